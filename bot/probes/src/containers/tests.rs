//! What is said of containers, from the words of real engines: Podman 4.3 with crun 1.8 in the lab, Docker 20.10 as its source and users have it.

use proptest::prelude::*;

use super::why::{Why, missing_source, start_error};
use crate::judge::tests::found;

/// Thirteen containers of one host, as Podman has them.
const LIST: &str = "now 1796110366
up 863
engine podman
c\tpodman\tweb\trunning\t0\tfalse\t0\t\t2026-12-01 07:29:25.104620516 +0000 UTC\t2026-12-01 07:29:25.211586009 +0000 UTC\t0001-01-01 00:00:00 +0000 UTC\t\t
c\tpodman\tjob\texited\t3\tfalse\t0\t\t2026-12-01 07:29:25.244610332 +0000 UTC\t2026-12-01 07:29:25.341769849 +0000 UTC\t2026-12-01 07:29:25.342947482 +0000 UTC\t\t
c\tpodman\tmade\tcreated\t0\tfalse\t0\t\t2026-12-01 07:29:25.373947287 +0000 UTC\t0001-01-01 00:00:00 +0000 UTC\t0001-01-01 00:00:00 +0000 UTC\t\t
c\tpodman\tgone\tcreated\t0\tfalse\t0\t\t2026-12-01 07:30:05.919823585 +0000 UTC\t0001-01-01 00:00:00 +0000 UTC\t0001-01-01 00:00:00 +0000 UTC\t\t
c\tpodman\tloop\trunning\t0\tfalse\t319\talways\t2026-12-01 07:30:06.415866194 +0000 UTC\t2026-12-01 07:32:47.01956549 +0000 UTC\t2026-12-01 07:32:46.752478084 +0000 UTC\t\t
c\tpodman\tsick\trunning\t0\tfalse\t0\t\t2026-12-01 07:30:06.66504079 +0000 UTC\t2026-12-01 07:30:06.889657124 +0000 UTC\t0001-01-01 00:00:00 +0000 UTC\t\tunhealthy
c\tpodman\tonce\texited\t0\tfalse\t0\t\t2026-12-01 07:30:07.664176737 +0000 UTC\t2026-12-01 07:30:07.907864181 +0000 UTC\t2026-12-01 07:30:07.91647287 +0000 UTC\t\t
restarts podman
";
const GONE: &str = "engine podman
state created
exit 0
oom false
error \"\"
policy \nrestarts 0
user \"\"
program \"\" [\"sleep\",\"100\"]
memory 0
readonly false
network none
drops [\"CAP_AUDIT_WRITE\",\"CAP_MKNOD\",\"CAP_NET_RAW\"]
adds []
mount bind true \"/srv/gone\" \"/data\"
gone /srv/gone
health  0
";
const SICK: &str = "engine podman
state running
exit 0
oom false
error \"\"
program \"\" [\"sleep\",\"1000\"]
checked 1 \"\"
check [\"CMD-SHELL\",\"test -e /tmp/ok\"]
";

#[test]
fn a_host_with_containers_of_all_kinds() {
    let (found, _, asks) = found(&[
        ("container.list", LIST),
        ("container.show gone", GONE),
        ("container.show sick", SICK),
        (
            "container.show loop",
            "exit 0\nerror \"\"\nlog cannot open /data/app.db\n",
        ),
        ("container.show made", "state created\nexit 0\nerror \"\"\n"),
    ]);
    assert_eq!(
        found,
        [
            "Critical container.crash_loop container:loop | Container loop does not stay up: started again 319 times",
            "Warning container.mount_missing container:gone | Container gone is given /srv/gone, which is not there",
            "Warning container.unhealthy container:sick | Container sick runs, but its health check fails",
            "Info container.exited container:job | Container job has ended: exit code 3",
        ]
    );
    assert_eq!(asks, ["container.show job"]);
}

/// One row: state, exit code, out of memory, restarts, policy, seconds since it was started and ended, health.
fn one(state: &str, exit: i64, oom: bool, restarts: i64, policy: &str, ago: (i64, i64)) -> String {
    let at = |ago: i64| {
        let then = 1_796_110_366 - ago;
        let clock = then.rem_euclid(86_400);
        format!(
            "{}T{:02}:{:02}:{:02}.5Z",
            crate::read::date(then),
            clock / 3600,
            clock / 60 % 60,
            clock % 60
        )
    };
    format!(
        "now 1796110366\nup 86400\nengine docker\nc\tdocker\t/web\t{state}\t{exit}\t{oom}\t{restarts}\t{policy}\t{}\t{}\t{}\t\t\n",
        at(200_000),
        at(ago.0),
        at(ago.1)
    )
}

#[track_caller]
fn check(row: &str, shown: &str, want: &[&str]) {
    let (found, ..) = found(&[("container.list", row), ("container.show web", shown)]);
    assert_eq!(found, want, "{row}{shown}");
}

#[test]
fn what_each_end_means() {
    let quiet: &[&str] = &[];
    // Ended well, told to end, a job that failed, one that was restarted days ago.
    check(&one("exited", 0, false, 0, "no", (90, 60)), "", quiet);
    check(
        &one("exited", 143, false, 0, "always", (9000, 60)),
        "",
        quiet,
    );
    check(
        &one("running", 0, false, 40, "always", (9000, 9001)),
        "",
        quiet,
    );
    check(
        &one("exited", 1, false, 0, "no", (90, 60)),
        "",
        &["Info container.exited container:web | Container web has ended: exit code 1"],
    );
    check(
        &one("exited", 139, false, 5, "on-failure", (90, 60)),
        "",
        &[
            "Warning container.exited container:web | Container web has ended: exit code 139, SIGSEGV: it crashed",
        ],
    );
    // Somebody stopped it, and it ended with an error for that; one that a failed start left behind is wanted.
    check(
        &one("exited", 1, false, 0, "always", (9000, 60)),
        "error \"\"\n",
        &["Info container.exited container:web | Container web has ended: exit code 1"],
    );
    check(
        &one("exited", 128, false, 0, "always", (9000, 60)),
        "error \"network 0c5a not found\"\n",
        &["Warning container.exited container:web | Container web has ended: exit code 128"],
    );
    // Seen between its end and its next start.
    check(
        &one("exited", 1, false, 5, "always", (11, 10)),
        "",
        &[
            "Critical container.crash_loop container:web | Container web does not stay up: started again 5 times",
        ],
    );
    // The cause stands before the loop.
    check(
        &one("restarting", 137, true, 9, "always", (90, 60)),
        "oom true\nmemory 268435456\n",
        &[
            "Critical container.oom_killed container:web | Container web was killed for want of memory",
            "Critical container.crash_loop container:web | Container web does not stay up: started again 9 times",
        ],
    );
    // A start that failed: wanted, or of today.
    let error = r#"error "OCI runtime create failed: runc create failed: unable to start container process: exec: \"server\": executable file not found in $PATH: unknown""#;
    check(
        &one("created", 127, false, 0, "always", (200_000, 200_000)),
        error,
        &[
            "Critical container.command_missing container:web | Container web is to run server, which its image has not got",
        ],
    );
    check(
        &one("exited", 127, false, 0, "no", (90, 60)),
        "exit 127\nlog sh: line 1: /app/run: not found\n",
        &[
            "Warning container.command_missing container:web | Container web is to run /app/run, which its image has not got",
        ],
    );
    check(
        &one("exited", 127, false, 0, "no", (190_000, 190_000)),
        "exit 127\nlog sh: line 1: /app/run: not found\n",
        &[
            "Info container.command_missing container:web | Container web is to run /app/run, which its image has not got",
        ],
    );
}

#[test]
fn what_engines_say_of_a_start() {
    let missing = |name: &str| Some(Why::Missing(name.to_owned()));
    let denied = |name: &str| Some(Why::Denied(name.to_owned()));
    let port = |port: &str| Some(Why::Port(port.to_owned()));
    let rows = [
        (
            "crun: executable file `/nope` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
            missing("/nope"),
        ),
        (
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: \"/app/srv\": stat /app/srv: no such file or directory: unknown",
            missing("/app/srv"),
        ),
        (
            "crun: open executable: Permission denied: OCI permission denied",
            denied(""),
        ),
        (
            "OCI runtime create failed: runc create failed: unable to start container process: exec: \"/etc/passwd\": permission denied: unknown",
            denied("/etc/passwd"),
        ),
        (
            "OCI runtime create failed: container_linux.go:380: starting container process caused: exec format error: unknown",
            denied(""),
        ),
        (
            "driver failed programming external connectivity on endpoint web (0c5a): Bind for 0.0.0.0:8080 failed: port is already allocated",
            port("8080"),
        ),
        (
            "driver failed programming external connectivity on endpoint web (0c5a): Error starting userland proxy: listen tcp4 0.0.0.0:80: bind: address already in use",
            port("80"),
        ),
        ("", None),
        ("context deadline exceeded", None),
    ];
    for (error, want) in rows {
        assert_eq!(start_error(error), want, "{error}");
    }
    let rows = [
        (
            "unable to start container \"0523\": crun: error stat'ing file `/srv/gone`: No such file or directory: OCI runtime attempted to invoke a command that was not found",
            Some("/srv/gone"),
        ),
        (
            "error while creating mount source path '/srv/x': mkdir /srv/x: read-only file system",
            None,
        ),
        (
            "invalid mount config for type \"bind\": bind source path does not exist: /srv/data/app",
            Some("/srv/data/app"),
        ),
        (
            "statfs /srv/data/app: no such file or directory",
            Some("/srv/data/app"),
        ),
        (
            "OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting \"/srv/app.conf\" to rootfs at \"/etc/app.conf\": stat /srv/app.conf: no such file or directory: unknown",
            Some("/srv/app.conf"),
        ),
    ];
    for (error, want) in rows {
        assert_eq!(missing_source(error).as_deref(), want, "{error}");
    }
}

#[test]
fn a_health_check_that_cannot_run_is_not_restarted_for() {
    for (said, want) in [
        ("connection refused", false),
        ("404 Not Found", false),
        ("/bin/sh: 1: curl: not found\n", true),
        (
            "OCI runtime exec failed: exec failed: unable to start container process: exec: \"curl\": executable file not found in $PATH: unknown",
            true,
        ),
    ] {
        let shown = super::Shown {
            checked: said.to_owned(),
            ..super::Shown::default()
        };
        assert_eq!(super::cannot_check(&shown), want, "{said}");
    }
}

#[test]
fn left_behind_by_a_reboot() {
    let row = "now 1796110366\nup 3600\nengine podman\nc\tpodman\tdb\texited\t143\tfalse\t0\talways\t2026-11-01 07:29:25 +0000 UTC\t2026-11-01 07:29:25 +0000 UTC\t2026-12-01 06:31:00 +0000 UTC\t\t\n";
    let want = "Warning container.stopped_on_boot container:db | Container db ran until the reboot and was not started since";
    assert_eq!(found(&[("container.list", row)]).0, [want]);
    // The host went down hard: no end was written.
    let hard = row.replace("2026-12-01 06:31:00", "2026-10-30 06:31:00");
    assert_eq!(found(&[("container.list", &hard)]).0, [want]);
    // Some minutes before: somebody may have stopped it, so it is not offered to be started.
    let minutes = row.replace("2026-12-01 06:31:00", "2026-12-01 06:27:00");
    assert_eq!(
        found(&[("container.list", &minutes)]).0,
        [want.replace("Warning", "Info")]
    );
    // Stopped long before, or started again by the unit for it.
    let before = row.replace("2026-12-01 06:31:00", "2026-12-01 04:00:00");
    assert!(found(&[("container.list", &before)]).0.is_empty());
    let enabled = format!("{row}restarts podman\n");
    assert!(found(&[("container.list", &enabled)]).0.is_empty());
}

#[test]
fn an_engine_that_does_not_work() {
    let rows = [
        (
            "down docker 1 dockerd does not run\n",
            "Warning container.engine_down engine:docker | docker does not work: dockerd does not run",
        ),
        (
            "down docker 124 \n",
            "Warning container.engine_down engine:docker | docker does not answer",
        ),
        (
            "down podman 125 Error: configure storage: open /var/lib/containers/storage/overlay/.has-mount-program: no space left on device\n",
            "Warning container.engine_down engine:podman | podman does not work: Error: configure storage: open /var/lib/containers/storage/overlay/.has-mount-program: no space left on device",
        ),
    ];
    for (text, want) in rows {
        assert_eq!(found(&[("container.list", text)]).0, [want]);
    }
}

#[test]
fn an_engine_that_tells_less() {
    let text = "now 1796110366\nup 9\nengine nerdctl\nc\tnerdctl\tweb\tUp\nc\tnerdctl\tdb\tExited (1) 2 hours ago\n";
    assert_eq!(
        found(&[("container.list", text)]).0,
        ["Info container.exited container:db | Container db has ended: exit code 1"]
    );
}

proptest! {
    #[test]
    fn hostile_answers_never_panic(list in "(c\t[a-z\t0-9:. /{}<>-]{0,80}\n|down .{0,20}\n|now -?[0-9]{0,19}\n|up [0-9]{0,19}\n){0,6}", shown in "\\PC{0,200}") {
        let _found = found(&[("container.list", &list), ("container.show a", &shown)]);
        let _start = start_error(&shown);
        let _source = missing_source(&shown);
    }
}
