//! Codes of kernel modules and what boots them.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[
    named(
        "kmod.kernel_gone",
        "运行中内核的模块已被删除",
        "尚未加载的模块都无法再加载：需要模块的文件系统、防火墙规则、隧道和设备都用不了。",
        "重启到已安装的内核，或重新安装当前内核的软件包。",
    ),
    named(
        "kmod.parameter_ignored",
        "模块忽略了不认识的参数",
        "模块已加载，但该设置没有生效。",
        "改正参数名，重新加载模块。",
    ),
    named(
        "kmod.locked",
        "内核已禁止加载模块",
        "尚未加载的模块在下次启动前都无法加载。",
        "让需要的模块在锁定之前加载，然后重启。",
    ),
    named(
        "kmod.overridden",
        "内核模块被关闭",
        "modprobe 配置用别的命令代替了加载它。",
        "删除该行，或不再要求加载它。",
    ),
    named(
        "kmod.blacklisted",
        "内核模块既被要求加载又被禁用",
        "配置要求开机加载它，黑名单却不允许。",
        "确定哪一方正确，删除另一行。",
    ),
    named(
        "kmod.stale_index",
        "内核模块索引已过期",
        "模块文件存在，但 modprobe 找不到它。",
        "用 depmod 重建索引。",
    ),
    named(
        "kmod.corrupt",
        "内核模块文件已损坏",
        "内核无法把它当作模块加载。",
        "重新安装所属软件包，并检查磁盘。",
    ),
    named(
        "kmod.other_kernel",
        "内核模块属于另一个内核",
        "它是为另一个内核版本编译的。",
        "重启到那个内核，或为当前内核安装或编译该模块。",
    ),
    named(
        "kmod.unknown_symbol",
        "内核模块缺少依赖的符号",
        "它依赖的模块或函数不存在或已改变。",
        "重新安装所属软件包，或为当前内核重新编译。",
    ),
    named(
        "kmod.bad_signature",
        "内核拒绝模块的签名",
        "内核只加载已签名的模块，而它没有签名，或签名密钥不受信任。",
        "为模块签名并登记密钥；不要关闭安全启动。",
    ),
    named(
        "kmod.bad_parameter",
        "内核模块的参数无效",
        "只要该行还在，模块就无法加载。",
        "改正参数值，或删除该行。",
    ),
    named(
        "kmod.dkms_failed",
        "模块没有为当前内核编译",
        "DKMS 有它的源码，但没有为当前内核编译出模块。",
        "安装内核头文件并重新编译；失败时换用更新的源码。",
    ),
    named(
        "kmod.misnamed",
        "内核模块的名称写错",
        "开机加载程序找不到这个名称就会跳过，只在日志里留下一行。",
        "改正名称。",
    ),
    named(
        "kmod.not_found",
        "没有这个内核模块",
        "当前内核既没有这个模块文件，也没有内建它。",
        "安装带有它的软件包或内核，或删除这个名称。",
    ),
    named(
        "kernel.initrd_missing",
        "某个内核缺少 initramfs",
        "启动该内核时会找不到根文件系统。",
        "用 update-initramfs 或 dracut 生成它。",
    ),
    named(
        "kmod.next_start",
        "下次启动后会缺少内核模块",
        "主机运行期间一切正常；重启之后，需要该模块的设备、文件系统或规则将无法使用。",
        "在下次重启之前把模块补回来：重新安装它的软件包，或运行 depmod。",
    ),
];
