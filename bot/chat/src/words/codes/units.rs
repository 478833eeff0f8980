//! Codes of units and of what keeps them from running.

use super::{Named, named};

/// The codes.
pub(super) const CODES: &[Named] = &[
    named(
        "unit.failed",
        "单元失败",
        "单元出错退出，没有在运行。",
        "先修复原因，再重启它。",
    ),
    named(
        "unit.restart_loop",
        "服务反复重启",
        "它启动、退出，又被再次启动。",
        "修复原因；它最后几行日志会说明是什么。",
    ),
    named(
        "unit.masked",
        "单元被屏蔽（masked）",
        "任何方式都无法启动它。",
        "如果还需要它，就解除屏蔽并启动。",
    ),
    named(
        "unit.start_limit",
        "服务启动次数过多，已放弃",
        "失败次数太多，systemd 不再尝试启动。",
        "重置计数，再启动一次。",
    ),
    named(
        "unit.stopped",
        "服务处于停止状态",
        "它已启用或被其他单元依赖，却没有运行。",
        "如果还需要它，就启动它。",
    ),
    named(
        "unit.timer_failed",
        "定时任务执行失败",
        "timer 启动的任务出错退出。",
        "查看它最后的日志，再执行一次。",
    ),
    named(
        "unit.timer_idle",
        "定时器不会启动任何任务",
        "已设置的 timer 不会再启动它的任务：被停止、任务不存在或被屏蔽，或没有任何将来的时刻。",
        "启动该 timer；改为存在的服务；改正它的时间。",
    ),
    named(
        "unit.dependency_failed",
        "依赖的单元失败",
        "它依赖的单元失败，因此没有启动。",
        "修复被依赖的单元。",
    ),
    named(
        "unit.timeout",
        "服务启动或停止超时",
        "systemd 已放弃等待。",
        "查看它在等什么；如果只是慢，就放宽时间。",
    ),
    named(
        "unit.oom_killed",
        "服务因内存不足被杀死",
        "内存用尽，它的一个进程被杀死。",
        "提高它的上限，或减少它的占用。",
    ),
    named(
        "unit.memory_limit",
        "服务受自身内存上限拖慢",
        "它大部分时间都在等内存，而自身的上限不允许它再要。",
        "主机有余量时提高上限。",
    ),
    named(
        "unit.cpu_limit",
        "服务受自身 CPU 配额限制",
        "它有活要干，但配额只允许它使用一小部分 CPU 时间。",
        "提高配额。",
    ),
    named(
        "unit.exec_missing",
        "服务程序文件不存在",
        "它要启动的程序不存在。",
        "重新安装软件包，或改正路径。",
    ),
    named(
        "unit.exec_permission",
        "服务程序没有执行权限",
        "程序不允许执行。",
        "恢复执行权限。",
    ),
    named(
        "unit.exec_interpreter",
        "脚本的解释器不存在",
        "脚本首行指定的程序不存在。",
        "安装解释器，或改正首行。",
    ),
    named(
        "unit.missing_library",
        "缺少共享库",
        "程序加载时找不到所需的库。",
        "重新安装该库所在的软件包。",
    ),
    named(
        "unit.user_missing",
        "服务的运行用户不存在",
        "它应当使用的用户或组不存在。",
        "重新创建该账户，或启动目录服务。",
    ),
    named(
        "unit.working_dir",
        "服务的工作目录不存在",
        "无法进入它应当启动的目录。",
        "挂载或创建该目录。",
    ),
    named(
        "unit.env_file",
        "服务的环境文件不存在",
        "保存其设置的文件无法读取。",
        "恢复该文件。",
    ),
    named(
        "unit.open_files",
        "服务的打开文件数达到上限",
        "它已达到打开文件数上限。",
        "提高 LimitNOFILE。",
    ),
    named(
        "unit.crashed",
        "服务程序崩溃",
        "它被 SEGV 或 ABRT 之类的信号终止。",
        "查看它最后的日志；重新安装，或退回上一个版本。",
    ),
    named(
        "unit.frozen",
        "服务进程被暂停后没有恢复",
        "进程还在、端口也占着，但谁也得不到回应。",
        "用 SIGCONT 让它继续；若有多个进程被暂停，就重启该服务。",
    ),
    named(
        "unit.bad_setting",
        "单元文件有错误",
        "systemd 无法识别某个设置，或拒绝加载该单元。",
        "改正出错的行，然后执行 daemon-reload。",
    ),
    named(
        "unit.sandbox",
        "单元自身的设置挡住了某个路径",
        "单元文件把某个路径隐藏或设为只读，而程序需要更多权限。",
        "用 ReadWritePaths 只放开这一处，或撤回该设置。",
    ),
    named(
        "unit.condition",
        "单元因条件不满足被跳过",
        "它本应启动，但单元文件要求的条件不成立。这不算失败，所以没有任何提示。",
        "恢复它要求的条件，或去掉该要求，然后启动它。",
    ),
    named(
        "unit.starting",
        "服务长时间处于启动中",
        "它既没有就绪，也没有失败：服务管理器还在等它。",
        "查看它此时的输出。数据库正在恢复时不要停止它。",
    ),
    named(
        "unit.reload_needed",
        "单元文件已改动但未重新加载",
        "systemd 仍在使用单元文件的旧内容。",
        "执行 systemctl daemon-reload，合适时再重启该单元。",
    ),
];
