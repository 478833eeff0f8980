//! Recorded hosts and the pressure that is told of them; what nobody could look at stays apart from what is fine.

use incident::vitals::{Area, MOST_FILESYSTEMS, State};
use incident::{Gauge, Vitals};
use proptest::prelude::*;

use super::vitals;
use crate::judge::tests::{look_at, parse};

fn told(recorded: &str) -> Vitals {
    let (answers, _) = parse(recorded);
    look_at(&answers, |look| vitals(look, &[]))
}

fn line(gauge: &Gauge) -> String {
    let number = |n: Option<i64>| n.map_or("?".to_owned(), |n| n.to_string());
    let why = if gauge.why.is_empty() {
        String::new()
    } else {
        format!(" ({})", gauge.why)
    };
    format!(
        "{:?} {}: {} of {} {:?} {:?}{why}\n",
        gauge.area,
        gauge.name,
        number(gauge.used),
        number(gauge.of),
        gauge.unit,
        gauge.state
    )
}

/// The gauges that are not fine, and whether anything else is told.
#[track_caller]
fn check(recorded: &str, expected: &[&str]) {
    let vitals = told(recorded);
    let found: Vec<String> = vitals
        .gauges
        .iter()
        .filter(|gauge| gauge.state != State::Fine && gauge.state != State::Unknown)
        .map(|gauge| line(gauge).trim().to_owned())
        .collect();
    assert_eq!(expected, found);
}

#[test]
fn pressed_hosts_are_told_as_their_findings_tell_it() {
    check(
        include_str!("../../cases/memory-short.txt"),
        &[
            "Processors idle for a disk: 43 of 100 Percent Near",
            "Memory memory: 4043776000 of 4115456000 Bytes Over",
            "Memory swap: 1072713728 of 1073737728 Bytes Near",
        ],
    );
    check(
        include_str!("../../cases/processors-all-busy.txt"),
        &[
            "Processors busy: 99 of 100 Percent Near",
            "Processors taken by other machines: 28 of 100 Percent Near",
            "Processors load of five minutes: 890 of 200 Hundredths Over",
            "Network broken or dropped packets: 20 of 100 Percent Near",
        ],
    );
    check(
        include_str!("../../cases/network-full.txt"),
        &["Network tracked connections: 261000 of 262144 Count Over"],
    );
}

#[test]
fn a_well_host_is_not_said_to_be_pressed() {
    for recorded in [
        include_str!("../../cases/healthy-web.txt"),
        include_str!("../../cases/healthy-database.txt"),
    ] {
        check(recorded, &[]);
    }
    // Its processors are at work on purpose, and it is a container whose findings say no more than that.
    let busy = told(include_str!("../../cases/healthy-busy.txt"));
    assert!(busy.gauges.iter().all(|gauge| gauge.state != State::Over));
}

#[test]
fn a_container_is_not_blamed_for_its_machine() {
    insta::assert_snapshot!(
        told(include_str!("../../cases/healthy-web.txt"))
            .gauges
            .iter()
            .map(line)
            .collect::<String>()
    );
}

#[test]
fn a_host_that_does_not_say_what_it_is_is_not_called_a_container() {
    let uptime = "now 1795433413\n/proc/uptime:90061.41 1.00\n/proc/loadavg:9.40 8.90 8.20 9/200 4242\n/sys/devices/system/cpu/online:0-1\n";
    let load = |identity: &str| {
        let vitals = told(&format!("{identity}@@ 0 root os.uptime\n{uptime}"));
        let mut load = vitals
            .of(Area::Processors)
            .filter(|g| g.name.starts_with("load"));
        line(load.next().unwrap())
    };
    assert!(load("").contains("whether it is a container is not known"));
    let machine = "@@ 0 root os.identity\n/proc/sys/kernel/osrelease:6.1.0\n";
    assert!(load(machine).contains("890 of 200 Hundredths Over"));
    let contained = format!("{machine}container:lxc\n");
    assert!(load(&contained).contains("a container sees only its machine's"));
}

#[test]
fn nobody_could_look_is_said_and_not_drawn_as_fine() {
    insta::assert_snapshot!(
        told(include_str!("../../cases/gaps.txt"))
            .gauges
            .iter()
            .map(line)
            .collect::<String>()
    );
    let nothing = told("");
    assert!(!nothing.gauges.is_empty());
    for gauge in &nothing.gauges {
        assert_eq!(gauge.state, State::Unknown, "{}", gauge.name);
        assert_eq!((gauge.used, gauge.of), (None, None));
        assert!(!gauge.why.is_empty(), "{}", gauge.name);
    }
}

#[test]
fn filesystems_come_fullest_first_and_not_too_many() {
    let vitals = told(include_str!("../../cases/filesystems-in-trouble.txt"));
    insta::assert_snapshot!(
        vitals
            .gauges
            .iter()
            .filter(|g| matches!(g.area, Area::Space | Area::Inodes))
            .map(line)
            .collect::<String>()
    );
    let lines: String = (0..40)
        .map(|n| format!("/dev/sd{n} 1000 {} {} 1% /mnt/{n}\n", n * 10, 1000 - n * 10))
        .collect();
    let many = told(&format!("@@ 0 root disk.space\n{lines}"));
    let names: Vec<&str> = many.of(Area::Space).map(|g| g.name.as_str()).collect();
    assert_eq!(names.len(), MOST_FILESYSTEMS);
    assert_eq!(names[0], "/mnt/39");
}

#[test]
fn units_near_their_limit_of_tasks_are_named() {
    let dir = "/sys/fs/cgroup/system.slice";
    check(
        &format!(
            "@@ 0 root limits.tasks\n{dir}/a.service/pids.current:95\n{dir}/a.service/pids.max:100\n\
             {dir}/b.service/pids.current:5\n{dir}/b.service/pids.max:100\n{dir}/c.service/pids.max:9\n"
        ),
        &["Limits tasks of a.service: 95 of 100 Count Near"],
    );
}

proptest! {
    #[test]
    fn hostile_answers_never_panic_and_are_never_fine_without_a_number(text in "\\PC{0,300}") {
        for key in ["host.sample", "os.uptime", "memory.usage", "disk.space", "disk.inodes", "net.conntrack", "pressure.now", "kernel.limits", "limits.tasks"] {
            let vitals = told(&format!("@@ 0 root {key}\n{text}\n"));
            for gauge in vitals.gauges {
                prop_assert_eq!(gauge.used.is_none(), gauge.state == State::Unknown);
            }
        }
    }
}
