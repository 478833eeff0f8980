//! What real tools wrote about real processes, and what is made of it.

use incident::Value;
use incident::capture::{Asked, Capture, Kind};
use proptest::prelude::*;

use super::{hinted, judge, read};
use crate::judge::tests::drafts_of;

macro_rules! case {
    ($name:literal) => {
        include_str!(concat!("cases/", $name, ".txt"))
    };
}

#[test]
fn stacks_are_grouped_by_where_threads_stand() {
    insta::assert_debug_snapshot!(
        "backtrace-eu-stack",
        read(Kind::Backtrace, case!("backtrace-eu-stack"))
    );
    insta::assert_debug_snapshot!(
        "backtrace-gdb",
        read(Kind::Backtrace, case!("backtrace-gdb"))
    );
    insta::assert_debug_snapshot!(
        "backtrace-kernel",
        read(Kind::Backtrace, case!("backtrace-kernel"))
    );
}

#[test]
fn a_core_says_where_its_program_stood() {
    insta::assert_debug_snapshot!("core-eu-stack", read(Kind::Core, case!("core-eu-stack")));
}

#[test]
fn calls_that_fail_and_calls_that_do_not_end_are_told() {
    insta::assert_debug_snapshot!(
        "syscalls-failing",
        read(Kind::Syscalls, case!("syscalls-failing"))
    );
    insta::assert_debug_snapshot!(
        "syscalls-waiting",
        read(Kind::Syscalls, case!("syscalls-waiting"))
    );
    insta::assert_debug_snapshot!(
        "syscalls-spinning",
        read(Kind::Syscalls, case!("syscalls-spinning"))
    );
}

#[test]
fn a_profile_names_the_busiest_functions() {
    insta::assert_debug_snapshot!("profile-busy", read(Kind::Profile, case!("profile-busy")));
    insta::assert_debug_snapshot!("profile-idle", read(Kind::Profile, case!("profile-idle")));
}

#[test]
fn packets_say_who_was_answered() {
    insta::assert_debug_snapshot!(
        "packets-answered",
        read(Kind::Packets, case!("packets-answered"))
    );
    insta::assert_debug_snapshot!(
        "packets-refused",
        read(Kind::Packets, case!("packets-refused"))
    );
    insta::assert_debug_snapshot!(
        "packets-unanswered",
        read(Kind::Packets, case!("packets-unanswered"))
    );
    insta::assert_debug_snapshot!("packets-none", read(Kind::Packets, case!("packets-none")));
}

/// Two views of one packet, the same packet sent again, what a router said, and a connection that was there before.
#[test]
fn views_of_a_packet_are_one_packet() {
    let text = "== packets 9\n\
        1.000000 veth1 In  IP 10.0.0.2.40000 > 10.0.0.5.5432: Flags [S], seq 7, win 5, length 0\n\
        1.000010 br0   In  IP 10.0.0.2.40000 > 10.0.0.5.5432: Flags [S], seq 7, win 5, length 0\n\
        2.010000 veth1 In  IP 10.0.0.2.40000 > 10.0.0.5.5432: Flags [S], seq 7, win 5, length 0\n\
        2.020000 eth0  In  IP 10.0.0.1 > 10.0.0.2: ICMP host 10.0.0.5 unreachable - admin prohibited filter, length 68\n\
        3.000000 eth0  In  IP6 fe80::1.50000 > fe80::2.5432: Flags [P.], seq 1:9, ack 1, win 5, length 8\n\
        3.000100 eth0  Out IP6 fe80::2.5432 > fe80::1.50000: Flags [R], seq 1, win 0, length 0\n";
    insta::assert_debug_snapshot!("packets-views", read(Kind::Packets, text));
}

#[test]
fn what_makes_no_sense_is_said_to_be_that() {
    for kind in Kind::ALL {
        assert_eq!(read(kind, "gdb: cannot attach"), Capture::Unread);
        assert_eq!(read(kind, ""), Capture::Unread);
    }
}

/// What is asked for in a symptom, what the host says of it, and what the finding says.
#[test]
fn a_request_becomes_a_finding_that_its_page_can_fill() {
    let asked = Asked::parse("backtrace shop.service").unwrap();
    let runs = hinted(&asked.to_string());
    let key = runs[0].key();
    assert_eq!(key, "capture.target backtrace shop.service 5");
    assert_eq!(hinted("capture the flag"), []);
    assert_eq!(hinted("the site is down"), []);
    // What could not be read is no silence.
    let unread = "sickbay: needs root: /var/crash\n";
    assert_eq!(
        drafts_of(&[("capture.target core nginx 5", unread)], judge),
        []
    );
    let found = |key: &str, text: &str| {
        let drafts = drafts_of(&[(key, text)], judge);
        let draft = &drafts[0];
        let facts: Vec<String> = draft
            .facts
            .iter()
            .map(|(name, value)| match value {
                Value::Int(number) => format!("{name}={number}"),
                Value::Text(text) => format!("{name}={text}"),
                other @ (Value::Bool(_) | Value::List(_)) => format!("{name}={other:?}"),
            })
            .collect();
        format!("{} | {} | {}", draft.subject, draft.title, facts.join(" "))
    };
    insta::assert_snapshot!(
        "asked",
        [
            found(&key, "process 41 9107 shop.py shop.service\n"),
            found(&key, ""),
            found("capture.target packets 5432 10", "port 5432\n"),
            found("capture.target core nginx 5", "path /var/crash/core.a b\n"),
            found("capture.target syscalls 7 3", "process 7 99 sh -\n"),
        ]
        .join("\n")
    );
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "(== [a-z]{1,9}( [0-9]{1,3}){0,2}\n|[ -~]{0,60}\n|\\PC{0,40}\n){0,12}") {
        for kind in Kind::ALL {
            let _read = read(kind, &text);
        }
    }
}
