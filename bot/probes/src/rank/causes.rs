//! Which finding can be the cause of which, as a table: nothing is guessed from order or time.

/// How a cause and its effect must be related.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Being on the same host is enough.
    Any,
    /// The same subject.
    SameSubject,
    /// The same unit, as subject or as fact `unit`.
    SameUnit,
    /// The same fact `port`.
    SamePort,
    /// The same path, as subject or as fact `path`.
    SamePath,
    /// The same mount point, as subject or as fact `mount`.
    SameMount,
    /// The effect's path lies in the cause's mount.
    MountContains,
    /// The effect's path lies below the cause's mount point, whatever is mounted there.
    PathUnder,
    /// The same fact `pid`.
    SamePid,
    /// The cause's package bears the name of the effect's unit: `mariadb-server` and `mariadb.service`.
    PackageOfUnit,
    /// The fact `mentions` of one names the subject of the other.
    Mentions,
    /// The effect's fact `message` has the cause's path.
    Named,
}

/// A code, or with `*` at its end all that begin so.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern(pub(super) &'static str);

impl Pattern {
    pub(super) fn fits(self, code: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(start) => code.starts_with(start),
            None => self.0 == code,
        }
    }
}

/// One row: this can cause that.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    pub(super) cause: Pattern,
    pub(super) effect: Pattern,
    pub(super) relation: Relation,
}

const fn pair(cause: &'static str, effect: &'static str, relation: Relation) -> Pair {
    Pair {
        cause: Pattern(cause),
        effect: Pattern(effect),
        relation,
    }
}

use Relation::{
    Any, Mentions, MountContains, Named, PackageOfUnit, PathUnder, SameMount, SamePath, SamePid,
    SamePort, SameSubject, SameUnit,
};

/// The table. Earlier rows win where two would close a circle.
pub(super) const CAUSES: &[Pair] = &[
    // What is wrong with a file is the cause of being refused by it.
    pair("unit.exec_permission", "app.permission_denied", SamePath),
    pair("unit.exec_permission", "app.permission_denied", SameUnit),
    pair("unit.exec_interpreter", "app.permission_denied", SameUnit),
    pair("unit.exec_missing", "file.missing", SamePath),
    pair("file.wrong_mode", "app.permission_denied", SamePath),
    pair("file.wrong_owner", "app.permission_denied", SamePath),
    // Space and files.
    pair("fs.deleted_open", "fs.full", SameMount),
    pair("log.flood", "fs.full", SameMount),
    pair("unit.restart_loop", "log.flood", SameUnit),
    pair("disk.io_errors", "kernel.io_error", Any),
    pair("disk.io_errors", "fs.readonly", Any),
    pair("kernel.io_error", "fs.readonly", Any),
    pair("disk.io_errors", "disk.slow", SameSubject),
    pair("fs.full", "app.*", MountContains),
    pair("fs.full", "redis.*", MountContains),
    pair("fs.full", "mysql.*", MountContains),
    pair("fs.full", "postgres.*", MountContains),
    pair("fs.full", "unit.*", MountContains),
    pair("fs.full", "pkg.broken", MountContains),
    pair("fs.inodes", "app.*", MountContains),
    pair("fs.inodes", "redis.*", MountContains),
    pair("fs.inodes", "mysql.*", MountContains),
    pair("fs.inodes", "postgres.*", MountContains),
    pair("fs.inodes", "unit.*", MountContains),
    pair("fs.inodes", "pkg.broken", MountContains),
    pair("fs.readonly", "app.*", MountContains),
    pair("fs.readonly", "redis.*", MountContains),
    pair("fs.readonly", "mysql.*", MountContains),
    pair("fs.readonly", "postgres.*", MountContains),
    pair("fs.readonly", "unit.*", MountContains),
    pair("fs.readonly", "pkg.broken", MountContains),
    pair("fs.not_mounted", "file.*", PathUnder),
    pair("fs.not_mounted", "unit.*", PathUnder),
    pair("fs.not_mounted", "app.*", PathUnder),
    pair("fs.not_mounted", "mysql.*", PathUnder),
    pair("fs.hung", "kernel.hung_task", Any),
    pair("fs.hung", "unit.timeout", MountContains),
    pair("fs.hung", "load.high", Any),
    pair("file.*", "unit.*", SamePath),
    pair("file.*", "app.*", SamePath),
    pair("file.*", "unit.*", SameUnit),
    pair("file.*", "mysql.*", SamePath),
    pair("file.*", "redis.*", SamePath),
    pair("file.*", "postgres.*", SamePath),
    pair("file.*", "nginx.*", SamePath),
    pair("file.*", "apache.*", SamePath),
    // Work and memory.
    pair("mem.hog", "mem.low", Any),
    pair("mem.hog", "mem.oom", Any),
    pair("mem.hog", "swap.thrash", Any),
    pair("mem.low", "mem.oom", Any),
    pair("mem.low", "swap.thrash", Any),
    pair("mem.oom", "unit.oom_killed", SameUnit),
    pair("mem.oom", "unit.*", SameUnit),
    pair("swap.thrash", "io.pressure", Any),
    pair("disk.slow", "io.pressure", Any),
    pair("disk.slow", "kernel.hung_task", Any),
    pair("io.pressure", "load.high", Any),
    pair("cpu.hog", "cpu.saturated", Any),
    pair("cpu.hog", "load.high", Any),
    pair("cpu.steal", "cpu.saturated", Any),
    pair("cpu.saturated", "load.high", Any),
    pair("cpu.hog", "log.flood", SamePid),
    // Limits.
    pair("limits.files", "unit.open_files", SameUnit),
    pair("limits.files", "unit.open_files", SamePid),
    pair("limits.files", "unit.*", SameUnit),
    pair("limits.tasks", "unit.*", SameUnit),
    pair("limits.pids", "unit.failed", Any),
    pair("sysctl.drift", "limits.files", Mentions),
    pair("sysctl.drift", "net.listen_overflow", Mentions),
    pair("kmod.load_failed", "sysctl.drift", Mentions),
    pair("kmod.load_failed", "unit.failed", SameUnit),
    // Network.
    pair("ld.preload_missing", "cron.failed", Any),
    pair("net.link_down", "net.no_route", Any),
    pair("net.link_down", "net.dns", Any),
    pair("net.no_route", "net.dns", Any),
    pair("file.dangling_link", "net.dns", SamePath),
    pair("file.wrong_mode", "net.dns", SamePath),
    pair("unit.failed", "net.dns", Mentions),
    pair("unit.stopped", "net.dns", Mentions),
    pair("unit.masked", "net.dns", Mentions),
    pair("net.dns", "time.unsynced", Any),
    pair("net.no_route", "time.unsynced", Any),
    pair("net.port_taken", "unit.*", SameUnit),
    pair("net.port_taken", "unit.*", SamePort),
    pair("firewall.blocks", "app.connection_refused", SamePort),
    pair("firewall.blocks", "nginx.upstream_down", SamePort),
    pair("net.conntrack_full", "net.errors", Any),
    // Programs and their units: the reason before the state it led to.
    pair("tls.expired", "nginx.*", SamePath),
    pair("kernel.segfault", "unit.crashed", SameUnit),
    pair("kernel.segfault", "unit.crashed", SamePid),
    pair("nginx.config_syntax", "unit.*", SameUnit),
    pair("apache.config_syntax", "unit.*", SameUnit),
    pair("sshd.config_syntax", "unit.*", SameUnit),
    pair("haproxy.config_syntax", "unit.*", SameUnit),
    pair("python.module_missing", "unit.*", SameUnit),
    pair("node.module_missing", "unit.*", SameUnit),
    pair("perl.module_missing", "unit.*", SameUnit),
    pair("tls.key_mismatch", "nginx.config_syntax", SameUnit),
    pair("tls.key_mismatch", "apache.config_syntax", SameUnit),
    pair("tls.key_mismatch", "haproxy.config_syntax", SameUnit),
    pair("net.address_missing", "nginx.config_syntax", SameUnit),
    pair("net.address_missing", "apache.config_syntax", SameUnit),
    pair("net.address_missing", "haproxy.config_syntax", SameUnit),
    pair("net.port_taken", "nginx.config_syntax", SameUnit),
    pair("net.port_taken", "apache.config_syntax", SameUnit),
    pair("net.address_missing", "unit.*", SameUnit),
    pair("tls.*", "unit.*", SameUnit),
    pair("redis.config", "unit.*", SameUnit),
    pair("mysql.corrupt", "unit.*", SameUnit),
    pair("mysql.locked", "unit.*", SameUnit),
    pair("postgres.corrupt", "unit.*", SameUnit),
    pair("postgres.data_dir", "unit.*", SameUnit),
    pair("unit.sandbox", "unit.failed", SameUnit),
    pair("unit.sandbox", "unit.restart_loop", SameUnit),
    pair("unit.sandbox", "unit.start_limit", SameUnit),
    pair("unit.starting", "system.degraded", Any),
    pair("file.*", "nginx.config_syntax", Named),
    pair("file.*", "apache.config_syntax", Named),
    pair("file.*", "haproxy.config_syntax", Named),
    pair("file.*", "app.*", Named),
    pair("file.wrong_owner", "postgres.data_dir", SameUnit),
    pair("mysql.data_dir", "unit.*", SameUnit),
    pair("mysql.config", "unit.*", SameUnit),
    pair("postgres.config", "unit.*", SameUnit),
    pair("app.*", "unit.*", SameUnit),
    pair("custom.*", "unit.*", SameUnit),
    pair("pkg.broken", "unit.*", PackageOfUnit),
    pair("unit.oom_killed", "unit.crashed", SameUnit),
    pair("unit.exec_missing", "unit.failed", SameUnit),
    pair("unit.exec_missing", "unit.restart_loop", SameUnit),
    pair("unit.exec_missing", "unit.start_limit", SameUnit),
    pair("unit.exec_permission", "unit.failed", SameUnit),
    pair("unit.exec_permission", "unit.restart_loop", SameUnit),
    pair("unit.exec_permission", "unit.start_limit", SameUnit),
    pair("unit.exec_interpreter", "unit.failed", SameUnit),
    pair("unit.exec_interpreter", "unit.restart_loop", SameUnit),
    pair("unit.exec_interpreter", "unit.start_limit", SameUnit),
    pair("unit.missing_library", "unit.failed", SameUnit),
    pair("unit.missing_library", "unit.restart_loop", SameUnit),
    pair("unit.missing_library", "unit.start_limit", SameUnit),
    pair("unit.user_missing", "unit.failed", SameUnit),
    pair("unit.user_missing", "unit.restart_loop", SameUnit),
    pair("unit.user_missing", "unit.start_limit", SameUnit),
    pair("unit.working_dir", "unit.failed", SameUnit),
    pair("unit.working_dir", "unit.restart_loop", SameUnit),
    pair("unit.working_dir", "unit.start_limit", SameUnit),
    pair("unit.env_file", "unit.failed", SameUnit),
    pair("unit.env_file", "unit.restart_loop", SameUnit),
    pair("unit.env_file", "unit.start_limit", SameUnit),
    pair("unit.open_files", "unit.failed", SameUnit),
    pair("unit.open_files", "unit.restart_loop", SameUnit),
    pair("unit.open_files", "unit.start_limit", SameUnit),
    pair("unit.bad_setting", "unit.failed", SameUnit),
    pair("unit.bad_setting", "unit.stopped", SameUnit),
    pair("unit.oom_killed", "unit.failed", SameUnit),
    pair("unit.oom_killed", "unit.restart_loop", SameUnit),
    pair("unit.crashed", "unit.failed", SameUnit),
    pair("unit.crashed", "unit.restart_loop", SameUnit),
    pair("unit.crashed", "unit.start_limit", SameUnit),
    pair("unit.timeout", "unit.crashed", SameUnit),
    pair("unit.timeout", "unit.failed", SameUnit),
    pair("unit.timeout", "unit.restart_loop", SameUnit),
    pair("unit.masked", "unit.stopped", SameUnit),
    pair("unit.masked", "unit.failed", SameUnit),
    pair("unit.restart_loop", "unit.start_limit", SameUnit),
    pair("unit.start_limit", "unit.failed", SameUnit),
    pair("unit.dependency_failed", "unit.failed", SameUnit),
    pair("unit.dependency_failed", "unit.stopped", SameUnit),
    pair("unit.failed", "unit.dependency_failed", Mentions),
    pair("unit.masked", "unit.dependency_failed", Mentions),
    pair("unit.stopped", "unit.dependency_failed", Mentions),
    pair("unit.failed", "unit.timer_failed", Mentions),
    pair("unit.failed", "nginx.upstream_down", Mentions),
    pair("unit.stopped", "nginx.upstream_down", Mentions),
    pair("sysctl.drift", "net.few_ports", SameSubject),
    pair("unit.masked", "nginx.upstream_down", Mentions),
    pair("unit.restart_loop", "nginx.upstream_down", Mentions),
    pair("unit.failed", "app.connection_refused", Mentions),
    pair("unit.stopped", "app.connection_refused", Mentions),
    pair("unit.masked", "app.connection_refused", Mentions),
    pair("unit.restart_loop", "app.connection_refused", Mentions),
    pair("app.connection_refused", "unit.restart_loop", SameUnit),
    pair("app.connection_refused", "unit.start_limit", SameUnit),
    pair("app.connection_refused", "unit.failed", SameUnit),
    pair("unit.*", "nginx.upstream_down", SamePort),
    pair("unit.*", "app.connection_refused", SamePort),
    pair("unit.failed", "system.degraded", Any),
];
