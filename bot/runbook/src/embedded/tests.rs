//! What each page does for the finding that it was written for, and that it keeps its hands off the others.

use std::collections::BTreeSet;

use incident::{
    Code, Confidence, EvidenceId, Finding, FindingId, HostName, Severity, Subject, Value,
};

use crate::{Library, concretise, embedded};

fn library() -> Library {
    let (library, problems) = Library::load(embedded::pages());
    assert_eq!(problems, []);
    library
}

/// Facts as `name=value`: numbers and yes or no become what they are, `a|b` becomes a list.
fn finding(n: usize, code: &str, subject: &str, facts: &[&str]) -> Finding {
    let value = |text: &str| match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text if text.contains('|') => Value::List(text.split('|').map(str::to_owned).collect()),
        text if !text.starts_with('0') => text
            .parse()
            .map_or_else(|_| Value::Text(text.to_owned()), Value::Int),
        text => Value::Text(text.to_owned()),
    };
    let (kind, name) = subject.split_once(':').unwrap();
    let facts = facts.iter().map(|fact| fact.split_once('=').unwrap());
    let severity = facts
        .clone()
        .find(|(name, _)| *name == "severity")
        .map_or("critical", |(_, text)| text);
    Finding {
        id: FindingId::nth(n),
        code: Code::new(code).unwrap(),
        severity: if severity == "warning" {
            Severity::Warning
        } else {
            Severity::Critical
        },
        confidence: Confidence::Confirmed,
        host: HostName::new("web1").unwrap(),
        subject: Subject::new(kind, name),
        title: String::new(),
        detail: String::new(),
        facts: facts
            .map(|(name, text)| (name.to_owned(), value(text)))
            .collect(),
        cites: vec![EvidenceId::nth(1)],
        explains: Vec::new(),
    }
}

/// The first page that answers a finding, and its steps or why there are none.
fn answer(library: &Library, finding: &Finding, all: &[Finding]) -> (String, Vec<String>) {
    let matches = library.matches(finding, all);
    let Some(first) = matches.found.first() else {
        return (String::new(), vec!["no page".to_owned()]);
    };
    let page = library.get(&first.runbook).unwrap();
    let steps = match concretise(page, finding) {
        Ok(steps) => steps
            .iter()
            .map(|step| {
                format!("{} {}", step.verb(), step.args().join(" "))
                    .trim()
                    .to_owned()
            })
            .collect(),
        Err(why) => vec![why.to_string().split(';').next().unwrap().to_owned()],
    };
    (page.id.to_string(), steps)
}

#[test]
fn every_page_that_acts_does_what_it_says() {
    let library = library();
    let mut left: BTreeSet<String> = library
        .iter()
        .filter(|page| !page.is_prose())
        .map(|page| page.id.to_string())
        .collect();
    let mut check = |id: &str, code: &str, subject: &str, facts: &[&str], steps: &[&str]| {
        let finding = finding(1, code, subject, facts);
        let (first, told) = answer(&library, &finding, &[]);
        assert_eq!(
            (first.as_str(), told),
            (id, steps.iter().map(|step| (*step).to_owned()).collect()),
            "{code} {facts:?}"
        );
        left.remove(id);
    };

    // Containers.
    let podman = ["container=web", "engine=podman", "restartable=true"];
    check(
        "container-unhealthy",
        "container.unhealthy",
        "container:web",
        &podman,
        &["container.restart podman web"],
    );
    check(
        "container-stopped-on-boot",
        "container.stopped_on_boot",
        "container:web",
        &podman,
        &["container.start podman web"],
    );

    // Kubernetes.
    check(
        "k8s-rollout-undo",
        "k8s.rollout_stuck",
        "workload:shop/web",
        &["namespace=shop", "deployment=web", "revision=8", "to=7"],
        &["k8s.rollout_undo shop web 7"],
    );
    check(
        "k8s-uncordon",
        "k8s.node_cordoned",
        "node:worker-1",
        &["node=worker-1", "wanted=true"],
        &["k8s.uncordon worker-1"],
    );
    check(
        "k8s-not-ready",
        "k8s.probe_failing",
        "workload:shop/web",
        &["namespace=shop", "workload=deployment/web"],
        &["k8s.rollout_restart shop deployment/web"],
    );

    // Units.
    let shop = "unit:shop.service";
    check(
        "unit-exec-permission",
        "unit.exec_permission",
        shop,
        &["path=/opt/shop", "want_mode=0755"],
        &[
            "file.chmod /opt/shop 0755",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "unit-exec-missing",
        "unit.exec_missing",
        shop,
        &["path=/usr/bin/shop", "package=shop"],
        &[
            "package.reinstall shop",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "missing-library",
        "unit.missing_library",
        shop,
        &["library=libx.so.1", "package=libx1"],
        &[
            "package.reinstall libx1",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "env-file-missing",
        "unit.env_file",
        shop,
        &["path=/etc/shop/env", "want_target=/etc/shop/env.bak"],
        &[
            "file.move /etc/shop/env.bak /etc/shop/env",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "file-left-behind",
        "file.left_behind",
        "path:/srv/shop/shop.lock",
        &[
            "path=/srv/shop/shop.lock",
            "aside=/srv/shop/shop.lock.left-behind",
            "restart_unit=shop.service",
            "unit_state=failed",
        ],
        &[
            "file.move /srv/shop/shop.lock /srv/shop/shop.lock.left-behind",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "working-dir-missing",
        "unit.working_dir",
        shop,
        &["path=/srv/shop/work", "want_target=/srv/shop/work.old"],
        &[
            "file.move /srv/shop/work.old /srv/shop/work",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "unit-exec-renamed",
        "unit.exec_missing",
        shop,
        &[
            "path=/opt/shop/bin/shop",
            "want_target=/opt/shop/bin/shop.tmp",
        ],
        &[
            "file.move /opt/shop/bin/shop.tmp /opt/shop/bin/shop",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "file-renamed",
        "file.missing",
        "path:/etc/shop/shop.yaml",
        &["unit=shop.service", "want_target=/etc/shop/shop.yaml.bak"],
        &[
            "file.move /etc/shop/shop.yaml.bak /etc/shop/shop.yaml",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "unit-masked",
        "unit.masked",
        shop,
        &[],
        &["unit.unmask shop.service", "unit.start shop.service"],
    );
    check(
        "unit-start-limit",
        "unit.start_limit",
        shop,
        &[],
        &["unit.reset_failed shop.service", "unit.start shop.service"],
    );
    check(
        "unit-stopped",
        "unit.stopped",
        shop,
        &[],
        &["unit.start shop.service"],
    );
    check(
        "restart-unit",
        "unit.failed",
        shop,
        &["unit_state=failed"],
        &[
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "restart-unit",
        "nginx.upstream_down",
        "upstream:127.0.0.1:8080",
        &["unit=nginx.service", "restart_unit=shop.service"],
        &["unit.restart shop.service"],
    );
    check(
        "unit-timeout",
        "unit.timeout",
        shop,
        &["reason=start_or_stop"],
        &[
            "unit.set_property shop.service Service TimeoutStartSec 300",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "raise-open-files",
        "unit.open_files",
        shop,
        &["limit=256", "want_limit=4096"],
        &[
            "unit.set_property shop.service Service LimitNOFILE 4096",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "raise-tasks-limit",
        "limits.tasks",
        shop,
        &["limit=50", "want_limit=100"],
        &[
            "unit.set_property shop.service Service TasksMax 100",
            "unit.restart shop.service",
        ],
    );

    // Files.
    check(
        "file-owner",
        "file.wrong_owner",
        "path:/srv/x",
        &[
            "path=/srv/x",
            "want_owner=shop",
            "want_group=shop",
            "recursive=1",
            "restart_unit=shop.service",
        ],
        &["file.chown /srv/x shop shop 1", "unit.restart shop.service"],
    );
    check(
        "file-owner",
        "mysql.data_dir",
        "path:/var/lib/mysql",
        &[
            "path=/var/lib/mysql",
            "want_owner=mysql",
            "want_group=mysql",
        ],
        &["file.chown /var/lib/mysql mysql mysql 0"],
    );
    check(
        "file-owner",
        "postgres.data_dir",
        "path:/x",
        &["path=/x", "want_owner=postgres", "want_group=postgres"],
        &["file.chown /x postgres postgres 0"],
    );
    check(
        "file-mode",
        "postgres.data_dir",
        "path:/x",
        &["path=/x", "want_mode=0700"],
        &["file.chmod /x 0700"],
    );
    check(
        "file-mode",
        "file.wrong_mode",
        "path:/srv/www",
        &[
            "path=/srv/www",
            "want_mode=0755",
            "unit=nginx.service",
            "unit_state=active",
        ],
        &["file.chmod /srv/www 0755"],
    );
    check(
        "dangling-link",
        "file.dangling_link",
        "path:/srv/current",
        &[
            "path=/srv/current",
            "want_target=/srv/2",
            "restart_unit=shop.service",
        ],
        &["file.link /srv/current /srv/2", "unit.restart shop.service"],
    );

    // Disks.
    check(
        "free-space-rotated-logs",
        "fs.full",
        "mount:/var",
        &["mount=/var", "rotated_log=/var/log/x.1"],
        &["file.delete /var/log/x.1"],
    );
    check(
        "free-inodes",
        "fs.inodes",
        "mount:/tmp",
        &["mount=/tmp", "options=nr_inodes=1200"],
        &["mount.remount /tmp nr_inodes=1200"],
    );
    check(
        "deleted-but-open",
        "fs.deleted_open",
        "mount:/var",
        &["restart_unit=shop.service", "pid=7"],
        &["unit.restart shop.service"],
    );
    check(
        "remount-read-write",
        "fs.readonly",
        "mount:/srv",
        &["mount=/srv", "options=ro,relatime", "by_error=false"],
        &["mount.remount /srv rw"],
    );
    check(
        "mount-missing",
        "fs.not_mounted",
        "mount:/srv",
        &["mount=/srv"],
        &["mount.mount /srv"],
    );
    check(
        "log-flood",
        "log.flood",
        "path:/var/log/x",
        &["path=/var/log/x", "unit=trace.service"],
        &["unit.stop trace.service", "file.truncate /var/log/x"],
    );

    // Web and logging in.
    let line = ["path=/etc/x.conf", "line=3", "restart_unit=x.service"];
    let down = ["file.comment_line /etc/x.conf 3 #", "unit.start x.service"];
    for (id, code) in [
        ("nginx-config-line", "nginx.config_syntax"),
        ("apache-config-line", "apache.config_syntax"),
        ("haproxy-config-line", "haproxy.config_syntax"),
        ("sshd-config-line", "sshd.config_syntax"),
        ("mysql-config", "mysql.config"),
        ("postgres-config", "postgres.config"),
        ("redis-config", "redis.config"),
    ] {
        check(id, code, "path:/etc/x.conf", &line, &down);
    }
    check(
        "sshd-config-line",
        "sshd.config_syntax",
        "path:/etc/x.conf",
        &[&line[..], &["severity=warning"]].concat(),
        &["file.comment_line /etc/x.conf 3 #", "unit.reload x.service"],
    );
    check(
        "nginx-config-line",
        "nginx.config_syntax",
        "path:/etc/x.conf",
        &line[..2],
        &["file.comment_line /etc/x.conf 3 #"],
    );
    check(
        "port-taken",
        "net.port_taken",
        "port:80/tcp",
        &[
            "unit=nginx.service",
            "pid=7",
            "start_time=99",
            "holder_unit=",
        ],
        &["process.signal 7 99 TERM", "unit.restart nginx.service"],
    );
    check(
        "tls-expired",
        "tls.expired",
        "port:443",
        &["unit=nginx.service", "renewed=true"],
        &["unit.reload nginx.service"],
    );

    // Databases.
    let limit = [
        "path=/etc/my.cnf",
        "key=max_connections",
        "want_limit=200",
        "restart_unit=db.service",
    ];
    check(
        "mysql-max-connections",
        "mysql.too_many_connections",
        "unit:db.service",
        &limit,
        &[
            "file.set_key /etc/my.cnf mysqld max_connections 200  =",
            "unit.restart db.service",
        ],
    );
    check(
        "postgres-max-connections",
        "postgres.too_many_connections",
        "unit:db.service",
        &limit,
        &[
            "file.set_key /etc/my.cnf  max_connections 200  =",
            "unit.restart db.service",
        ],
    );
    check(
        "redis-write-refused",
        "redis.write_refused",
        "path:/var/lib/redis",
        &[
            "path=/var/lib/redis",
            "want_owner=redis",
            "want_group=redis",
            "unit=redis-server.service",
        ],
        &[
            "file.chown /var/lib/redis redis redis 0",
            "unit.restart redis-server.service",
        ],
    );

    // Closer looks.
    check(
        "capture-backtrace",
        "capture.asked",
        "process:7",
        &["kind=backtrace", "seconds=5", "pid=7", "start_time=99"],
        &["capture.backtrace 7 99"],
    );
    check(
        "capture-syscalls",
        "capture.asked",
        "process:7",
        &["kind=syscalls", "seconds=9", "pid=7", "start_time=99"],
        &["capture.syscalls 7 99 9"],
    );
    check(
        "capture-profile",
        "capture.asked",
        "process:7",
        &["kind=profile", "seconds=9", "pid=7", "start_time=99"],
        &["capture.profile 7 99 9"],
    );
    check(
        "capture-packets",
        "capture.asked",
        "port:5432",
        &["kind=packets", "seconds=10", "port=5432"],
        &["capture.packets 5432 10"],
    );
    check(
        "capture-core",
        "capture.asked",
        "path:/var/crash/core",
        &["kind=core", "seconds=5", "path=/var/crash/core"],
        &["capture.core /var/crash/core"],
    );

    // The rest of the host.
    check(
        "cpu-hog",
        "cpu.hog",
        "process:x/7",
        &["pid=7", "start_time=99"],
        &["process.signal 7 99 STOP"],
    );
    check(
        "kill-hog-memory",
        "mem.hog",
        "process:x/7",
        &["pid=7", "start_time=99"],
        &["process.signal 7 99 TERM"],
    );
    check(
        "kill-hog-memory",
        "mem.hog",
        "process:x/7",
        &["pid=7", "start_time=99", "restart_unit=shop.service"],
        &["unit.restart shop.service"],
    );
    check(
        "firewall-rule",
        "firewall.blocks",
        "port:80/tcp",
        &[
            "tool=iptables",
            "table=filter",
            "chain=INPUT",
            "rule=-p|tcp|--dport|80|-j|DROP",
        ],
        &["firewall.delete_rule iptables filter INPUT -p tcp --dport 80 -j DROP"],
    );
    check(
        "dns-resolver",
        "net.dns",
        "nameserver:192.0.2.1",
        &["path=/etc/resolv.conf", "line=2", "others_answer=true"],
        &["file.comment_line /etc/resolv.conf 2 #"],
    );
    check(
        "dns-resolver",
        "net.dns",
        "nameserver:127.0.0.53",
        &[
            "path=/etc/resolv.conf",
            "line=2",
            "others_answer=false",
            "restart_unit=systemd-resolved.service",
        ],
        &["unit.start systemd-resolved.service"],
    );
    check(
        "conntrack-full",
        "net.conntrack_full",
        "host:conntrack",
        &["key=net.netfilter.nf_conntrack_max", "want_limit=524288"],
        &["sysctl.set net.netfilter.nf_conntrack_max 524288"],
    );
    check(
        "pids-exhausted",
        "limits.pids",
        "host:pids",
        &["key=kernel.pid_max", "want_limit=65536"],
        &["sysctl.set kernel.pid_max 65536"],
    );
    check(
        "sysctl-drift",
        "sysctl.drift",
        "sysctl:vm.swappiness",
        &["key=vm.swappiness", "want=10"],
        &["sysctl.set vm.swappiness 10"],
    );
    check(
        "time-unsynced",
        "time.unsynced",
        "host:time",
        &["unit=systemd-timesyncd.service"],
        &["unit.start systemd-timesyncd.service"],
    );
    check(
        "unit-timer-stopped",
        "unit.timer_idle",
        "unit:backup.timer",
        &["unit=backup.timer", "reason=stopped"],
        &["unit.start backup.timer"],
    );
    check(
        "dpkg-configure",
        "pkg.broken",
        "host:dpkg",
        &["tool=dpkg"],
        &["dpkg.configure"],
    );
    check(
        "python-module-missing",
        "python.module_missing",
        shop,
        &["module=yaml", "package=python3-yaml"],
        &[
            "package.install python3-yaml",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );

    // Kernel modules.
    let module = "module:dummy";
    let edit = "path=/etc/modprobe.d/site.conf";
    let unblocked = &[
        "file.comment_line /etc/modprobe.d/site.conf 3 #",
        "kmod.load dummy",
    ];
    check(
        "kmod-load",
        "kmod.load_failed",
        module,
        &["loadable=true"],
        &["kmod.load dummy"],
    );
    check(
        "kmod-load",
        "kmod.load_failed",
        module,
        &["loadable=true", "target=/srv/data"],
        &["kmod.load dummy", "mount.mount /srv/data"],
    );
    check(
        "kmod-unblock",
        "kmod.blacklisted",
        module,
        &[edit, "line=3"],
        unblocked,
    );
    check(
        "kmod-unblock",
        "kmod.overridden",
        module,
        &[edit, "line=3"],
        unblocked,
    );
    check(
        "kmod-parameter",
        "kmod.bad_parameter",
        module,
        &[
            edit,
            "line=3",
            "reset_unit=systemd-modules-load.service",
            "unit_state=failed",
        ],
        &[
            "file.comment_line /etc/modprobe.d/site.conf 3 #",
            "kmod.load dummy",
            "unit.reset_failed systemd-modules-load.service",
        ],
    );
    check(
        "kmod-rename",
        "kmod.misnamed",
        module,
        &["path=/etc/modules", "line=6", "from=dumy", "to=dummy"],
        &["kmod.rename /etc/modules 6 dumy dummy", "kmod.load dummy"],
    );
    check(
        "kmod-index",
        "kmod.stale_index",
        module,
        &["release=6.1.0-57-cloud-amd64", "restart_unit=shop.service"],
        &[
            "kmod.depmod 6.1.0-57-cloud-amd64",
            "kmod.load dummy",
            "unit.restart shop.service",
        ],
    );
    check(
        "kmod-reinstall",
        "kmod.corrupt",
        module,
        &[
            "path=/lib/modules/x/dummy.ko",
            "package=linux-image-6.1.0-57-cloud-amd64",
        ],
        &[
            "package.reinstall linux-image-6.1.0-57-cloud-amd64",
            "kmod.load dummy",
        ],
    );
    check(
        "kmod-dkms",
        "kmod.dkms_failed",
        module,
        &[
            "dkms=shop-driver",
            "version=1.2",
            "release=6.1.0-57-cloud-amd64",
            "headers=true",
        ],
        &[
            "kmod.dkms shop-driver 1.2 6.1.0-57-cloud-amd64",
            "kmod.load dummy",
        ],
    );

    check(
        "kernel-reboot",
        "kmod.kernel_gone",
        "kernel:6.1.0-57",
        &["next=6.1.0-58"],
        &["host.reboot 10"],
    );

    check(
        "unit-oom-limit",
        "unit.oom_killed",
        shop,
        &[
            "limit_unit=shop.service",
            "limit_key=MemoryMax",
            "want_limit=200M",
            "unit=shop.service",
        ],
        &[
            "unit.set_property shop.service Service MemoryMax 200M",
            "unit.reset_failed shop.service",
            "unit.restart shop.service",
        ],
    );
    check(
        "raise-cpu-quota",
        "unit.cpu_limit",
        shop,
        &["unit=shop.service", "want_limit=50%"],
        &[
            "unit.set_property shop.service Service CPUQuota 50%",
            "unit.restart shop.service",
        ],
    );

    // What databases may take, what packages brought, what a process waits for.
    let db = [
        "unit=db.service",
        "restart_unit=db.service",
        "unit_state=failed",
        "path=/etc/db.cnf",
        "line=3",
    ];
    let again = ["unit.reset_failed db.service", "unit.restart db.service"];
    for (id, code, facts, step) in [
        (
            "mysql-buffer-pool",
            "mysql.buffer_pool",
            &[
                "key=innodb_buffer_pool_size",
                "section=server",
                "want=11392M",
            ][..],
            "file.set_key /etc/db.cnf server innodb_buffer_pool_size 11392M  =",
        ),
        (
            "postgres-shared-memory",
            "postgres.shared_memory",
            &["key=shared_buffers", "want=4096MB"],
            "file.set_key /etc/db.cnf  shared_buffers 4096MB  =",
        ),
        (
            "postgres-huge-pages",
            "postgres.huge_pages",
            &["key=huge_pages", "want=try"],
            "file.set_key /etc/db.cnf  huge_pages try  =",
        ),
        (
            "postgres-preload",
            "postgres.library_missing",
            &["key=shared_preload_libraries", "want='pg_stat_statements'"],
            "file.set_key /etc/db.cnf  shared_preload_libraries 'pg_stat_statements'  =",
        ),
        (
            "package-reinstall",
            "pkg.file_damaged",
            &["package=redis-tools", "damaged=true", "tool=dpkg"],
            "package.reinstall redis-tools",
        ),
        (
            "runtime-directory",
            "file.missing",
            &["runtime_directory=db"],
            "unit.set_property db.service Service RuntimeDirectory db",
        ),
    ] {
        let facts = [&db[..], facts].concat();
        check(
            id,
            code,
            "path:/etc/db.cnf",
            &facts,
            &[&[step][..], &again].concat(),
        );
    }
    check(
        "redis-module",
        "redis.module_missing",
        "path:/usr/lib/x.so",
        &db,
        &[
            "file.comment_line /etc/db.cnf 3 #",
            "unit.reset_failed db.service",
            "unit.start db.service",
        ],
    );
    check(
        "redis-overcommit",
        "redis.fork_refused",
        "sysctl:vm.overcommit_memory",
        &["key=vm.overcommit_memory", "want=1"],
        &["sysctl.set vm.overcommit_memory 1"],
    );
    let stopped = ["restart_unit=shop.service", "pid=42", "start_time=7"];
    check(
        "process-frozen",
        "unit.frozen",
        shop,
        &[&stopped[..], &["frozen=1"]].concat(),
        &["process.signal 42 7 CONT"],
    );
    assert_eq!(left, BTreeSet::new(), "pages that are not tried here");
}

#[test]
fn where_a_person_has_to_decide_the_first_page_is_only_read() {
    let library = library();
    let check = |id: &str, code: &str, facts: &[&str]| {
        let (first, steps) = answer(&library, &finding(1, code, "host:x", facts), &[]);
        assert_eq!(
            (first.as_str(), steps),
            (id, vec!["this page is for people".to_owned()]),
            "{code} {facts:?}"
        );
    };
    let brace = "message=unexpected end of file, expecting \"}\"";
    check(
        "config-by-hand",
        "nginx.config_syntax",
        &["path=/etc/nginx/x", "line=9", brace],
    );
    check(
        "config-by-hand",
        "nginx.config_syntax",
        &["path=/etc/nginx/x", "line=9", "directive=server"],
    );
    check(
        "config-by-hand",
        "haproxy.config_syntax",
        &["message=no line"],
    );
    check(
        "port-taken-by-service",
        "net.port_taken",
        &[
            "unit=nginx.service",
            "pid=7",
            "start_time=9",
            "holder_unit=apache2.service",
        ],
    );
    check(
        "tls-renew-by-hand",
        "tls.expired",
        &["unit=nginx.service", "renewed=false"],
    );
    check(
        "dns-by-hand",
        "net.dns",
        &["path=/etc/resolv.conf", "line=1", "others_answer=false"],
    );
    check("disk-full", "fs.full", &["mount=/srv"]);
    check("inodes-by-hand", "fs.inodes", &["mount=/srv"]);
    check(
        "disk-errors",
        "fs.readonly",
        &["mount=/srv", "by_error=true"],
    );
    check(
        "module-not-packaged",
        "python.module_missing",
        &["module=acme"],
    );
    check(
        "cpu-saturated",
        "cpu.hog",
        &["pid=7", "start_time=9", "restart_unit=mariadb.service"],
    );
    check("unit-user-missing", "unit.user_missing", &["user=shopp"]);
    check("kernel-module", "kmod.load_failed", &["module=dummy"]);
    check("kernel-module", "kmod.blacklisted", &["module=dummy"]);
    check("kernel-module", "kmod.dkms_failed", &["headers=false"]);
    check(
        "kernel-module",
        "kmod.unknown_symbol",
        &["symbol=x", "package=linux-image-6.1.0-57-cloud-amd64"],
    );
}

#[test]
fn an_explained_failure_is_not_restarted() {
    let library = library();
    let failed = finding(2, "unit.failed", "unit:nginx.service", &[]);
    let mut cause = finding(1, "nginx.config_syntax", "path:/etc/nginx/x", &[]);
    cause.explains = vec![FindingId::nth(2)];
    assert_eq!(answer(&library, &failed, &[cause, failed.clone()]).0, "");
}

#[test]
fn a_disk_with_errors_is_not_mounted_for_writing() {
    let library = library();
    let readonly = finding(1, "fs.readonly", "mount:/srv", &["mount=/srv"]);
    let errors = finding(2, "disk.io_errors", "disk:sda", &[]);
    assert_eq!(
        answer(&library, &readonly, &[readonly.clone(), errors]).0,
        "disk-errors"
    );
}
