//! Findings in the words of the probes, with places for their values.

/// A finding of a kind: its code, its subject, its title in both languages and its facts, with places for values.
pub(super) struct Template {
    pub(super) code: &'static str,
    pub(super) subject: &'static str,
    pub(super) english: &'static str,
    pub(super) chinese: &'static str,
    /// The places that are facts.
    pub(super) facts: &'static [&'static str],
}

pub(super) const TEMPLATES: &[Template] = &[
    Template {
        code: "fs.full",
        subject: "mount:{path}",
        english: "{path} is {percent} % full, {size} left",
        chinese: "{path} 已使用 {percent}%，剩余 {size}",
        facts: &["path", "percent"],
    },
    Template {
        code: "unit.failed",
        subject: "unit:{unit}",
        english: "{unit} has failed (exit-code)",
        chinese: "{unit} 已失败（exit-code）",
        facts: &["unit"],
    },
    Template {
        code: "unit.stopped",
        subject: "unit:{unit}",
        english: "{unit} is not running",
        chinese: "{unit} 没有运行",
        facts: &["unit"],
    },
    Template {
        code: "unit.restart_loop",
        subject: "unit:{unit}",
        english: "{unit} keeps ending and being restarted ({count} times)",
        chinese: "{unit} 不断退出又被重启（已 {count} 次）",
        facts: &["unit", "count"],
    },
    Template {
        code: "unit.exec_permission",
        subject: "path:{path}",
        english: "{unit} may not run {path}",
        chinese: "{unit} 无权执行 {path}",
        facts: &["unit", "path"],
    },
    Template {
        code: "net.port_taken",
        subject: "port:{count}/tcp",
        english: "Port {count} is held by {comm} (pid {pid})",
        chinese: "端口 {count} 被 {comm}（pid {pid}）占用",
        facts: &["comm", "pid"],
    },
    Template {
        code: "mem.oom",
        subject: "process:{comm}",
        english: "The kernel killed {comm} for memory {count} times, last {count} min ago",
        chinese: "内核因内存不足杀死了 {comm}，共 {count} 次，最近一次在 {count} 分钟前",
        facts: &["comm"],
    },
    Template {
        code: "net.conntrack_full",
        subject: "host:web1",
        english: "{count} of {pid} tracked connections are in use",
        chinese: "连接跟踪表共 {pid} 项，已使用 {count} 项",
        facts: &[],
    },
    Template {
        code: "unit.missing_library",
        subject: "unit:{unit}",
        english: "{path} needs {library}, which is nowhere on the host",
        chinese: "{path} 需要的共享库 {library} 在主机上找不到",
        facts: &["unit", "path", "library"],
    },
    Template {
        code: "tls.expiring",
        subject: "certificate:{path}",
        english: "The certificate {path} expires on 2026-12-01, in {count} days",
        chinese: "证书 {path} 将于 2026-12-01 过期，还有 {count} 天",
        facts: &["path"],
    },
    Template {
        code: "file.wrong_owner",
        subject: "path:{path}",
        english: "{path} belongs to {comm}, but {user} has to use it",
        chinese: "{path} 的属主是 {comm}，而用户 {user} 需要使用它",
        facts: &["path", "comm", "user"],
    },
];
