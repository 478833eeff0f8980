//! Only a process that has ended for certain is called dead.

use super::{Process, is_dead, ours, seen};

#[test]
fn a_process_that_lives_is_not_dead_and_one_that_ended_is() {
    assert!(!is_dead(&ours()), "{}", ours());
    let mut child = std::process::Command::new("sleep")
        .arg("60")
        .spawn()
        .unwrap();
    let name = seen(child.id()).unwrap().name();
    assert!(!is_dead(&name), "{name}");
    child.kill().unwrap();
    // Dead is also what nobody has reaped yet.
    while seen(child.id()).is_some() {
        std::thread::yield_now();
    }
    assert!(is_dead(&name), "{name}");
    child.wait().unwrap();
    assert!(is_dead(&name), "{name}");
}

#[test]
fn what_cannot_be_told_is_not_called_dead() {
    let us = seen(std::process::id()).unwrap();
    let check = |dead: bool, other: Process| assert_eq!(is_dead(&other.name()), dead, "{other:?}");
    check(
        true,
        Process {
            start: us.start + 1,
            ..us.clone()
        },
    );
    check(
        true,
        Process {
            boot: "another".to_owned(),
            ..us.clone()
        },
    );
    check(
        false,
        Process {
            space: "pid:[1]".to_owned(),
            start: 1,
            ..us
        },
    );
    for name in [
        "",
        "12-0",
        "p12",
        "12",
        "12 x pid:[1] b",
        "12 1 pid:[1] ",
        "12 1 pid:[1] b more",
    ] {
        assert!(!is_dead(name), "{name:?}");
    }
}
