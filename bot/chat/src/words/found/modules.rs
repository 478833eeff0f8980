//! What is said of kernel modules.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "kernel.initrd_missing",
        "Kernel {release} has no initramfs",
        "内核 {release} 没有 initramfs",
    ),
    said(
        "kmod.kernel_gone",
        "The modules of the running kernel {release} are gone",
        "运行中内核 {release} 的模块已被删除",
    ),
    said(
        "kmod.parameter_ignored",
        "Module {module} is loaded without its setting {parameter}, which it does not know",
        "模块 {module} 已加载，但不认识参数 {parameter}，该设置未生效",
    ),
    said(
        "kmod.locked",
        "No module can be loaded until the next boot; missing: {_names}",
        "下次启动前无法加载任何模块；缺少：{_names}",
    ),
    said(
        "kmod.overridden",
        "Module {module} is switched off by {_place}",
        "模块 {module} 被 {_place} 关闭",
    ),
    said(
        "kmod.blacklisted",
        "Module {module} is wanted, but {_place} forbids it",
        "配置要求加载模块 {module}，但 {_place} 禁用了它",
    ),
    said(
        "kmod.stale_index",
        "The index of the modules of {release} does not know {module}",
        "{release} 的模块索引里没有 {module}",
    ),
    said(
        "kmod.corrupt",
        "The file of module {module} is damaged",
        "模块 {module} 的文件已损坏",
    ),
    said(
        "kmod.other_kernel",
        "Module {module} is built for kernel {other}, and {release} runs",
        "模块 {module} 是为内核 {other} 编译的，而当前运行的是 {release}",
    ),
    said(
        "kmod.other_kernel",
        "Module {module} is there for kernel {other}, and {release} runs",
        "模块 {module} 只存在于内核 {other}，而当前运行的是 {release}",
    ),
    said(
        "kmod.unknown_symbol",
        "Module {module} needs {path}, which is gone",
        "模块 {module} 依赖的 {path} 已不存在",
    ),
    said(
        "kmod.unknown_symbol",
        "Module {module} needs {symbol}, which this kernel has not got",
        "模块 {module} 需要 {symbol}，而当前内核没有",
    ),
    said(
        "kmod.bad_parameter",
        "Module {module} does not take {parameter}={value}",
        "模块 {module} 不接受 {parameter}={value}",
    ),
    said(
        "kmod.bad_signature",
        "The kernel refuses the signature of module {module}",
        "内核拒绝模块 {module} 的签名",
    ),
    said(
        "kmod.load_failed",
        "Kernel module {module} is wanted but not loaded",
        "内核模块 {module} 需要加载，但没有加载",
    ),
    said(
        "kmod.load_failed",
        "Kernel module {module} was not found",
        "找不到内核模块 {module}",
    ),
    said(
        "kmod.load_failed",
        "Kernel module {module} could not be loaded: {message}",
        "内核模块 {module} 无法加载：{message}",
    ),
    said(
        "kmod.dkms_failed",
        "Module {module} was not built for the running kernel {release}",
        "模块 {module} 没有为当前内核 {release} 编译",
    ),
    said(
        "kmod.misnamed",
        "There is no kernel module {module}; there is one named {to}",
        "没有名为 {module} 的内核模块；有一个叫 {to}",
    ),
    said(
        "kmod.not_found",
        "There is no kernel module {module} for the running kernel",
        "当前内核没有模块 {module}",
    ),
    said(
        "kmod.next_start",
        "Module {module} is loaded, and would not be after the next start",
        "模块 {module} 已加载，但下次启动后将不再存在",
    ),
    said(
        "kmod.next_start",
        "Module {module} is to be in the initramfs and cannot be found",
        "模块 {module} 应放入 initramfs，但找不到",
    ),
];
