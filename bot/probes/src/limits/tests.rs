//! Control groups as a kernel 6.1 shows them, and which group is whose.

use proptest::prelude::*;

use super::{limited, read};

const TIGHT: &str = "\
/sys/fs/cgroup/system.slice/tight.service/memory.max:max
/sys/fs/cgroup/system.slice/tight.service/memory.high:62914560
/sys/fs/cgroup/system.slice/tight.service/memory.events:high 944
/sys/fs/cgroup/system.slice/tight.service/memory.events:oom_kill 2
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
    assert_eq!((tight.memory_max, tight.memory_high), (0, 62_914_560));
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
        (
            "/system.slice/shop.service/workers.service",
            Some("workers.service"),
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

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "(/sys/fs/cgroup[/a-z.]{0,30}:[ -~]{0,40}\n){0,8}|\\PC{0,200}") {
        read(&text);
    }
}
