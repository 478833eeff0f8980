//! What is found of the host as a whole: processors, memory, time, packages, logins, jobs.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "cpu.hog",
        "Process {comm} ({_pid}) of {_unit} uses {_share} % of a core",
        "{_unit} 的进程 {comm}（{_pid}）占用了一个 CPU 核的 {_share}%",
    ),
    said(
        "cpu.hog",
        "Process {comm} ({_pid}) uses {_share} % of a core",
        "进程 {comm}（{_pid}）占用了一个 CPU 核的 {_share}%",
    ),
    said(
        "cpu.saturated",
        "All {_cores} processors are busy",
        "全部 {_cores} 个 CPU 都繁忙",
    ),
    said(
        "cpu.steal",
        "The hypervisor takes {_share} % of the processors away",
        "虚拟化平台抢占了 {_share}% 的 CPU",
    ),
    said(
        "load.high",
        "The load has been {_load} on {_cores} cores for a quarter of an hour",
        "{_cores} 个 CPU 核的负载达到 {_load}，已持续十五分钟",
    ),
    said(
        "io.pressure",
        "Work waits for disks {_share} % of the time",
        "有任务在等待磁盘的时间占 {_share}%",
    ),
    said(
        "mem.low",
        "Only {_free} of {_total} memory are available",
        "{_total} 内存中只剩 {_free} 可用",
    ),
    said(
        "mem.hog",
        "Process {comm} ({pid}) holds {_size}, {_share} % of all memory",
        "进程 {comm}（{pid}）占用 {_size} 内存，为全部内存的 {_share}%",
    ),
    said(
        "swap.thrash",
        "Memory is moved to swap and back all the time",
        "内存不断地换出到 swap 又换入",
    ),
    said(
        "limits.files",
        "{comm} ({pid}) of {unit} has {used} of {limit} files open",
        "{unit} 的进程 {comm}（{pid}）已打开 {used} 个文件，上限为 {limit}",
    ),
    said(
        "limits.files",
        "{comm} ({pid}) has {used} of {limit} files open",
        "进程 {comm}（{pid}）已打开 {used} 个文件，上限为 {limit}",
    ),
    said(
        "limits.files",
        "{used} of {limit} open files are in use on the host",
        "主机已打开 {used} 个文件，上限为 {limit}",
    ),
    said(
        "limits.files",
        "The host has no file watches left (fs.inotify)",
        "主机的文件监视数（fs.inotify）已用完",
    ),
    said(
        "limits.files",
        "The host has reached its limit of open files",
        "主机的打开文件数已达到上限",
    ),
    said(
        "limits.pids",
        "{used} of {limit} tasks are in use on the host",
        "主机已有 {used} 个任务，上限为 {limit}",
    ),
    said(
        "limits.tasks",
        "{unit} has {used} of the {limit} tasks that it may have",
        "{unit} 已有 {used} 个任务，上限为 {limit}",
    ),
    said(
        "limits.tasks",
        "{unit} has reached its limit of tasks",
        "{unit} 的任务数已达到上限",
    ),
    said(
        "limits.tasks",
        "{unit} cannot make another process or thread",
        "{unit} 无法再创建进程或线程",
    ),
    said(
        "host.reboot_required",
        "A reboot is pending",
        "主机等待重启",
    ),
    said(
        "host.reboot_required",
        "The running kernel {_kernel} has no modules on disk any more",
        "正在运行的内核 {_kernel} 在磁盘上已没有对应的模块",
    ),
    said(
        "change.recent",
        "Changed in the last day: {_packages} packages, {_files} files, a boot {_ago} ago",
        "最近一天内的变更：{_packages} 个软件包、{_files} 个文件、{_ago}前启动过",
    ),
    said(
        "change.recent",
        "Changed in the last day: {_packages} packages, {_files} files",
        "最近一天内的变更：{_packages} 个软件包、{_files} 个文件",
    ),
    said(
        "change.recent",
        "Changed in the last day: {_packages} packages, a boot {_ago} ago",
        "最近一天内的变更：{_packages} 个软件包、{_ago}前启动过",
    ),
    said(
        "change.recent",
        "Changed in the last day: {_files} files, a boot {_ago} ago",
        "最近一天内的变更：{_files} 个文件、{_ago}前启动过",
    ),
    said(
        "change.recent",
        "Changed in the last day: {_packages} packages",
        "最近一天内的变更：{_packages} 个软件包",
    ),
    said(
        "change.recent",
        "Changed in the last day: {_files} files",
        "最近一天内的变更：{_files} 个文件",
    ),
    said(
        "change.recent",
        "Changed in the last day: a boot {_ago} ago",
        "最近一天内的变更：{_ago}前启动过",
    ),
    said(
        "time.unsynced",
        "chronyd has no time source that answers",
        "chronyd 没有任何时间源应答",
    ),
    said(
        "time.unsynced",
        "The clock is {_offset} s off by chronyd's account",
        "据 chronyd 报告，系统时间偏差 {_offset} 秒",
    ),
    said(
        "time.unsynced",
        "ntpd follows none of its servers",
        "ntpd 没有与任何服务器同步",
    ),
    said(
        "time.unsynced",
        "systemd-timesyncd has never reached its server since boot",
        "自启动以来，systemd-timesyncd 从未连上它的时间服务器",
    ),
    said(
        "pkg.database",
        "The list of installed packages is empty",
        "已安装软件包的列表为空",
    ),
    said(
        "pkg.database",
        "The package database cannot be read: {_said}",
        "无法读取软件包数据库：{_said}",
    ),
    said(
        "pkg.sources",
        "apt cannot read its sources: {_said}",
        "apt 无法读取软件源配置：{_said}",
    ),
    said(
        "pkg.broken",
        "A run of {tool} was interrupted",
        "{tool} 的一次执行被中断",
    ),
    said(
        "pkg.broken",
        "Package {package} is {state}",
        "软件包 {package} 处于 {state} 状态",
    ),
    said(
        "pkg.broken",
        "{_count} packages are not wholly installed: {packages}",
        "{_count} 个软件包没有完整安装：{packages}",
    ),
    said(
        "pkg.broken",
        "{_count} packages are not wholly installed: {_packages}",
        "{_count} 个软件包没有完整安装：{_packages}",
    ),
    said(
        "security.policy_denied",
        "SELinux forbids {comm} to {access} ({kind})",
        "SELinux 禁止 {comm} 执行 {access}（{kind}）",
    ),
    said(
        "security.policy_denied",
        "AppArmor forbids {comm} the operation {access}",
        "AppArmor 禁止 {comm} 执行 {access}",
    ),
    said(
        "pkg.dependencies",
        "Package {package} needs {message}, which is not installed",
        "软件包 {package} 需要 {message}，但它没有安装",
    ),
    said(
        "pkg.held",
        "Held at their version: {packages}",
        "被锁定版本的软件包：{packages}",
    ),
    said(
        "pkg.held",
        "Held at their version: {_packages}",
        "被锁定版本的软件包：{_packages}",
    ),
    said(
        "cron.failed",
        "cron does not run {path}",
        "cron 不执行 {path}",
    ),
    said(
        "cron.failed",
        "cron does not run the jobs of {user}: its account is refused",
        "cron 不执行用户 {user} 的任务：该账号被拒绝",
    ),
    said(
        "cron.failed",
        "A job of cron failed {count} times",
        "一个 cron 任务失败了 {count} 次",
    ),
    said(
        "cron.ignored",
        "cron passes over {path}: its name has a dot or another sign that cron does not take",
        "cron 忽略了 {path}：文件名含有点号或其他 cron 不接受的字符",
    ),
    said(
        "cron.ignored",
        "cron passes over {path}: others than root may write to it",
        "cron 忽略了 {path}：root 以外的用户也能写它",
    ),
    said(
        "cron.ignored",
        "cron passes over {path}: it does not belong to root",
        "cron 忽略了 {path}：它的属主不是 root",
    ),
    said(
        "cron.command_missing",
        "A job of cron is to run {path}, which is not there",
        "一个 cron 任务要运行的 {path} 不存在",
    ),
    said(
        "cron.command_missing",
        "A job of cron is to run {path}, which is not executable",
        "一个 cron 任务要运行的 {path} 没有执行权限",
    ),
    said(
        "cron.stopped",
        "cron does not run, and there are jobs for it",
        "cron 没有运行，而有任务等它执行",
    ),
    said(
        "login.failures",
        "{address} logged in by password after many wrong ones",
        "{address} 在多次输错密码之后用密码登录成功",
    ),
    said(
        "login.failures",
        "{count} logins were refused",
        "有 {count} 次登录被拒绝",
    ),
    said(
        "login.closed",
        "{path} keeps everybody but root from logging in",
        "{path} 使 root 以外的人都无法登录",
    ),
    said(
        "login.module_missing",
        "{path} demands {module}, which is not on the host",
        "{path} 要求的模块 {module} 不在主机上",
    ),
    said(
        "ld.preload_missing",
        "/etc/ld.so.preload names {path}, which is not there",
        "/etc/ld.so.preload 指定的 {path} 不存在",
    ),
    said(
        "boot.target",
        "The host boots into {target}: after the next start no service runs",
        "主机会启动到 {target}：下次启动后不会运行任何服务",
    ),
];
