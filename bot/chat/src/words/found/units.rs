//! What is found of units and of what keeps them from running.

use super::{Said, said};

/// The sentences.
pub(super) const SAID: &[Said] = &[
    said(
        "unit.failed",
        "{unit} has failed ({result})",
        "{unit} 已失败（{result}）",
    ),
    said("unit.failed", "{unit} has failed", "{unit} 已失败"),
    said("unit.failed", "{unit} has crashed", "{unit} 已崩溃"),
    said(
        "unit.restart_loop",
        "{unit} keeps ending and being restarted ({restarts} times)",
        "{unit} 不断退出又被重启（已 {restarts} 次）",
    ),
    said(
        "unit.masked",
        "{unit} is masked and cannot be started",
        "{unit} 已被屏蔽（masked），无法启动",
    ),
    said(
        "unit.start_limit",
        "{unit} was started too often and is not started again",
        "{unit} 启动次数过多，不再被启动",
    ),
    said(
        "unit.stopped",
        "{unit} is enabled but does not run",
        "{unit} 已设为启用（enabled），但没有运行",
    ),
    said(
        "unit.stopped",
        "{unit} does not run and is not enabled",
        "{unit} 没有运行，也没有设为启用（enabled）",
    ),
    said("unit.stopped", "{unit} is not running", "{unit} 没有运行"),
    said(
        "unit.timer_failed",
        "The last run of {timer} failed ({unit})",
        "{timer} 上一次执行失败（{unit}）",
    ),
    said(
        "unit.timer_idle",
        "{unit} is to start {_job}, which is masked",
        "{unit} 要启动的 {_job} 已被屏蔽",
    ),
    said(
        "unit.timer_idle",
        "{unit} is to start {_job}, which is not there",
        "{unit} 要启动的 {_job} 不存在",
    ),
    said(
        "unit.timer_idle",
        "{unit} will never start anything: none of its times lies ahead",
        "{unit} 不会再启动任何任务：没有任何将来的时刻",
    ),
    said(
        "unit.timer_idle",
        "{unit} is enabled but stopped: its job is not started any more",
        "{unit} 已启用但被停止，它的任务不再启动",
    ),
    said(
        "unit.dependency_failed",
        "{unit} was not started because a unit that it needs was not",
        "{unit} 没有启动，因为它依赖的一个单元没有启动",
    ),
    said(
        "unit.dependency_failed",
        "{unit} was not started because {mentions} was not",
        "{unit} 没有启动，因为 {mentions} 没有启动",
    ),
    said(
        "unit.timeout",
        "{unit} did not start or stop in time",
        "{unit} 没有在限定时间内完成启动或停止",
    ),
    said(
        "unit.timeout",
        "{unit} stopped answering its watchdog",
        "{unit} 不再响应 watchdog",
    ),
    said(
        "unit.timeout",
        "{unit} stopped answering its watchdog (limit {limit_text})",
        "{unit} 不再响应 watchdog（时限 {limit_text}）",
    ),
    said(
        "unit.oom_killed",
        "{unit} was ended because memory ran out",
        "{unit} 因内存耗尽被终止",
    ),
    said(
        "unit.oom_killed",
        "A process of {unit} was ended because memory ran out",
        "{unit} 的一个进程因内存耗尽被终止",
    ),
    said(
        "unit.oom_killed",
        "{unit} was ended because memory ran out, most likely at its own limit of {limit}",
        "{unit} 因内存耗尽被终止，很可能是达到了自身上限 {limit}",
    ),
    said(
        "unit.oom_killed",
        "{unit} reached its own memory limit of {limit}, and the kernel ended {comm}, last {_ago} ago",
        "{unit} 达到自身内存上限 {limit}，内核终止了 {comm}，发生在 {_ago}前",
    ),
    said(
        "unit.oom_killed",
        "{unit} reached its own memory limit of {limit}, and the kernel ended {comm} {count} times, last {_ago} ago",
        "{unit} 达到自身内存上限 {limit}，内核终止了 {comm} {count} 次，最近一次在 {_ago}前",
    ),
    said(
        "unit.oom_killed",
        "{unit} reached its own memory limit, and the kernel ended {comm}, last {_ago} ago",
        "{unit} 达到自身内存上限，内核终止了 {comm}，发生在 {_ago}前",
    ),
    said(
        "unit.oom_killed",
        "{unit} reached its own memory limit, and the kernel ended {comm} {count} times, last {_ago} ago",
        "{unit} 达到自身内存上限，内核终止了 {comm} {count} 次，最近一次在 {_ago}前",
    ),
    said(
        "unit.oom_killed",
        "{unit} reached the memory limit of {limit_unit} of {limit}, and the kernel ended {comm}, last {_ago} ago",
        "{unit} 达到 {limit_unit} 的内存上限 {limit}，内核终止了 {comm}，发生在 {_ago}前",
    ),
    said(
        "unit.oom_killed",
        "{unit} reached the memory limit of {limit_unit} of {limit}, and the kernel ended {comm} {count} times, last {_ago} ago",
        "{unit} 达到 {limit_unit} 的内存上限 {limit}，内核终止了 {comm} {count} 次，最近一次在 {_ago}前",
    ),
    said(
        "unit.memory_limit",
        "{unit} stands still {waiting_percent} % of the time at its own memory limit of {limit}",
        "{unit} 有 {waiting_percent}% 的时间卡在自身内存上限 {limit} 上",
    ),
    said(
        "unit.cpu_limit",
        "{unit} may use {_limit} % of one processor and waits {waiting_percent} % of the time",
        "{unit} 最多可用单个 CPU 的 {_limit}%，有 {waiting_percent}% 的时间在等待",
    ),
    said(
        "unit.frozen",
        "Process {comm} ({pid}) of {unit} was stopped by a signal and never let go on",
        "{unit} 的进程 {comm}（{pid}）被信号暂停后一直没有恢复",
    ),
    said(
        "unit.frozen",
        "{frozen} processes of {unit} were stopped by a signal and never let go on",
        "{unit} 的 {frozen} 个进程被信号暂停后一直没有恢复",
    ),
    said(
        "unit.crashed",
        "A command that starts {unit} was ended by a signal",
        "启动 {unit} 的某个命令被信号终止",
    ),
    said(
        "unit.restart_loop",
        "{unit} ended and waits to be started again",
        "{unit} 已退出，正等待再次启动",
    ),
    said(
        "unit.crashed",
        "{unit} crashed with signal {signal}",
        "{unit} 崩溃，信号为 {signal}",
    ),
    said(
        "unit.crashed",
        "{unit} was ended by signal {signal}",
        "{unit} 被信号 {signal} 终止",
    ),
    said(
        "unit.crashed",
        "The program of {unit} gave up over a fault of its own",
        "{unit} 的程序因自身的错误中止",
    ),
    said(
        "unit.bad_setting",
        "{unit} cannot be loaded: its unit file has an error",
        "{unit} 无法加载：单元文件有错误",
    ),
    said(
        "unit.reload_needed",
        "The unit file of {unit} changed and was not read again",
        "{unit} 的单元文件已改动，但没有重新读取",
    ),
    said(
        "unit.condition",
        "{unit} was not started: one condition of its unit file does not hold",
        "{unit} 没有启动：单元文件中的一个条件（condition）不成立",
    ),
    said(
        "unit.condition",
        "{unit} was not started: one assertion of its unit file does not hold",
        "{unit} 没有启动：单元文件中的一个断言（assertion）不成立",
    ),
    said(
        "unit.condition",
        "{unit} was not started: {condition} does not hold",
        "{unit} 没有启动：{condition} 不成立",
    ),
    said(
        "unit.starting",
        "{unit} has been starting for {_ago} and is not up",
        "{unit} 已启动了 {_ago}，仍未就绪",
    ),
    said(
        "unit.user_missing",
        "{unit} runs as user {user}, which does not exist",
        "{unit} 的运行用户 {user} 不存在",
    ),
    said(
        "unit.user_missing",
        "{unit} runs as group {group}, which does not exist",
        "{unit} 的运行用户组 {group} 不存在",
    ),
    said(
        "unit.user_missing",
        "{unit} runs as a user or group that does not exist",
        "{unit} 的运行用户或用户组不存在",
    ),
    said(
        "unit.user_missing",
        "PHP pool {pool} runs as {user}, which does not exist",
        "PHP 进程池 {pool} 的运行用户 {user} 不存在",
    ),
    said(
        "unit.exec_missing",
        "{unit} is to run {path}, which is not there",
        "{unit} 要运行的程序 {path} 不存在",
    ),
    said(
        "unit.exec_permission",
        "{unit} is to run {path} from {mount}, which is mounted noexec",
        "{unit} 要运行的程序 {path} 位于 {mount}，而它以 noexec 方式挂载",
    ),
    said(
        "unit.exec_permission",
        "{unit} may not pass through {path} to its program (mode {mode})",
        "{unit} 无权经过 {path} 到达它的程序（权限 {mode}）",
    ),
    said(
        "unit.exec_permission",
        "{path} is not executable (mode {mode})",
        "{path} 没有执行权限（权限 {mode}）",
    ),
    said(
        "unit.exec_permission",
        "{path} may not be run by {user} (mode {mode})",
        "用户 {user} 无权执行 {path}（权限 {mode}）",
    ),
    said(
        "unit.exec_permission",
        "{unit} may not run {path}",
        "{unit} 无权执行 {path}",
    ),
    said(
        "unit.exec_interpreter",
        "{path} has a carriage return after its interpreter {interpreter}",
        "{path} 首行的解释器 {interpreter} 后面多了一个回车符",
    ),
    said(
        "unit.exec_interpreter",
        "{path} needs {interpreter}, which is not there",
        "{path} 需要的解释器 {interpreter} 不存在",
    ),
    said(
        "unit.exec_interpreter",
        "{path} needs {interpreter}, which is not executable",
        "{path} 需要的解释器 {interpreter} 没有执行权限",
    ),
    said(
        "unit.exec_interpreter",
        "{path} needs {interpreter}, which is nowhere on the path",
        "{path} 需要的解释器 {interpreter} 在 PATH 中找不到",
    ),
    said(
        "unit.exec_interpreter",
        "{path} is not a program that this host can run",
        "{path} 不是这台主机能运行的程序",
    ),
    said(
        "unit.exec_interpreter",
        "{path} is there, but what its first line names to run it is not",
        "{path} 存在，但首行指定的解释器不存在",
    ),
    said(
        "unit.missing_library",
        "{path} needs {library}, which is nowhere on the host",
        "{path} 需要的共享库 {library} 在主机上找不到",
    ),
    said(
        "unit.missing_library",
        "{path} needs {library} and {_more} more, which is nowhere on the host",
        "{path} 需要的共享库 {library} 等在主机上找不到（另缺 {_more} 个）",
    ),
    said(
        "unit.missing_library",
        "{unit} needs {library}, which cannot be found",
        "{unit} 需要的共享库 {library} 找不到",
    ),
    said(
        "unit.missing_library",
        "{program} needs {version}, which {library} of this host does not have",
        "{program} 需要 {version}，而本机的 {library} 没有提供",
    ),
    said(
        "unit.working_dir",
        "The working directory {path} of {unit} is not there",
        "{unit} 的工作目录 {path} 不存在",
    ),
    said(
        "unit.working_dir",
        "The working directory {path} of {unit} may not be entered by its user",
        "{unit} 的运行用户无权进入工作目录 {path}",
    ),
    said(
        "unit.working_dir",
        "The working directory {path} of {unit} is not a folder",
        "{unit} 的工作目录 {path} 不是目录",
    ),
    said(
        "unit.working_dir",
        "{unit} cannot enter its working directory: {reason}",
        "{unit} 无法进入工作目录：{reason}",
    ),
    said(
        "unit.env_file",
        "{unit} needs the environment file {path}, which is not there",
        "{unit} 需要的环境文件 {path} 不存在",
    ),
    said(
        "unit.env_file",
        "{unit} cannot read an environment file: {reason}",
        "{unit} 无法读取环境文件：{reason}",
    ),
    said(
        "unit.open_files",
        "{unit} reached its limit of {limit} open files",
        "{unit} 的打开文件数达到上限 {limit}",
    ),
    said(
        "unit.open_files",
        "{unit} may not open more files",
        "{unit} 无法再打开更多文件",
    ),
    said(
        "unit.sandbox",
        "{setting}={value} keeps {unit} from {wanted}",
        "{setting}={value} 使 {unit} 无法访问 {wanted}",
    ),
];
