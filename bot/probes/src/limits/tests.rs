//! Control groups as a kernel 6.1 shows them, and which group is whose.

use proptest::prelude::*;

use super::{limited, read, roomier};
use crate::judge::tests::{answers, look_at};

const TIGHT: &str = "\
/sys/fs/cgroup/system.slice/tight.service/memory.max:max
/sys/fs/cgroup/system.slice/tight.service/memory.high:62914560
/sys/fs/cgroup/system.slice/tight.service/memory.current:65110016
/sys/fs/cgroup/system.slice/tight.service/memory.pressure:some avg10=29.37 avg60=7.65 avg300=1.20 total=3875351
/sys/fs/cgroup/system.slice/tight.service/memory.pressure:full avg10=27.37 avg60=5.65 avg300=1.20 total=3875351
/sys/fs/cgroup/system.slice/slow.service/cpu.max:5000 100000
/sys/fs/cgroup/system.slice/slow.service/cpu.stat:nr_periods 86
/sys/fs/cgroup/system.slice/slow.service/cpu.stat:nr_throttled 80
/sys/fs/cgroup/system.slice/slow.service/cpu.pressure:some avg10=43.53 avg60=10.15 avg300=2.21 total=7199345
";

#[test]
fn limits_and_waits_are_read() {
    let groups = read(TIGHT);
    let tight = &groups["/system.slice/tight.service"];
    assert_eq!(
        (tight.memory_max, tight.memory_high, tight.memory_current),
        (0, 62_914_560, 65_110_016)
    );
    assert_eq!(tight.memory_waits, (27.37, 5.65));
    let slow = &groups["/system.slice/slow.service"];
    assert_eq!((slow.cpu_percent, slow.throttled), (5, 93));
    assert_eq!(slow.cpu_waits, (43.53, 10.15));
}

#[test]
fn only_units_of_this_host_own_a_limit() {
    for (path, owner) in [
        ("/system.slice/shop.service", Some("shop.service")),
        ("/shop.slice", Some("shop.slice")),
        ("/shops.slice/shop.service", Some("shop.service")),
        ("/system.slice/shop.service/workers.service", None),
        ("/lxc.payload.web/system.slice/mariadb.service", None),
        ("/lxc/101/ns/system.slice/mariadb.service", None),
        ("/docker/0a1b/system.slice/nginx.service", None),
        (
            "/system.slice/docker-0a1b.scope/system.slice/nginx.service",
            None,
        ),
        (
            "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service",
            None,
        ),
        ("/system.slice/docker-0a1b.scope", None),
        ("/machine.slice/libpod-0a1b.scope", None),
        ("/kubepods.slice/kubepods-besteffort.slice", None),
        ("/user.slice/user-1000.slice/session-3.scope", None),
        (
            "/system.slice/shop.service/payload/system.slice/x.service",
            None,
        ),
        ("", None),
    ] {
        assert_eq!(limited(path), owner, "{path}");
    }
}

#[test]
fn a_limit_is_raised_only_as_far_as_the_host_and_the_next_limit_go() {
    const MIB: i64 = 1 << 20;
    let answers = answers(&[(
        "memory.usage",
        "MemTotal: 4194304 kB\nMemFree: 1048576 kB\nMemAvailable: 1048576 kB\n",
    )]);
    for (limit, most, want) in [
        (100, i64::MAX, Some(200)),
        // Another 80 % of what is available is the most that can be given.
        (900, i64::MAX, None),
        (2000, i64::MAX, None),
        // MemoryHigh stays below MemoryMax, or stays as it is.
        (100, 150 * MIB, Some(150)),
        (100, 110 * MIB, None),
        (100, 0, None),
        (0, i64::MAX, None),
    ] {
        assert_eq!(
            look_at(&answers, |look| roomier(look, limit * MIB, most)),
            want.map(|want: i64| want * MIB),
            "{limit} {most}"
        );
    }
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "(/sys/fs/cgroup[/a-z.]{0,30}:[ -~]{0,40}\n){0,8}|\\PC{0,200}") {
        read(&text);
    }
}
