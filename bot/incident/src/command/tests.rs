//! What is typed, and what is made of it.

use super::*;

#[track_caller]
fn check(typed: &str, expected: &str) {
    let got = match parse(typed) {
        Ok(command) => format!("{command:?}"),
        Err(misunderstood) => misunderstood.to_string(),
    };
    assert_eq!(got, expected, "{typed:?}");
}

#[test]
fn what_is_typed_is_a_command_or_told_how_it_is_typed() {
    check("/status", "Status");
    check(
        "diagnose web1 the site is down",
        r#"Diagnose { target: "web1", symptom: "the site is down" }"#,
    );
    check(
        "diagnose",
        "diagnose needs a host, a group or a label; type `diagnose TARGET [what is wrong]`",
    );
    check(
        "diagnose -oX",
        "\"-oX\" begins with `-`, so it is not a host; type `diagnose TARGET [what is wrong]`",
    );
    check(
        "reject",
        "proposal id \"\" is not valid: it is empty; type `reject PROPOSAL [why]`",
    );
    check(
        "reject k7f3qa-1  not while the backup runs",
        r#"Reject { proposal: ProposalId("k7f3qa-1"), reason: "not while the backup runs" }"#,
    );
    check(
        "explain full",
        "\"full\" is not a finding code; write it like `fs.full`: lower-case parts with dots between; type `explain CODE`",
    );
    check(
        "diagnos web1",
        "there is no command \"diagnos\"; did you mean `diagnose`?",
    );
    check(
        "capture web1 backtrace nginx.service",
        r#"Capture { target: "web1", asked: Asked { kind: Backtrace, of: "nginx.service", seconds: 5 } }"#,
    );
    check(
        "capture web1 packets 5432 20",
        r#"Capture { target: "web1", asked: Asked { kind: Packets, of: "5432", seconds: 20 } }"#,
    );
    check(
        "capture web1 packets db",
        "\"db\" is no process id, unit or program; packets take a port, core takes a file or a program; type `capture TARGET KIND OF [SECONDS]`",
    );
    check(
        "capture web1 syscalls nginx 600",
        "\"600\" is not a number of seconds from 1 to 30; type `capture TARGET KIND OF [SECONDS]`",
    );
    check(
        "capture web1 heap nginx",
        "\"heap\" is nothing that can be captured; it is one of backtrace, syscalls, profile, packets and core; type `capture TARGET KIND OF [SECONDS]`",
    );
    check(
        "capture web1 core",
        "it does not say of what: a process id, a unit, a program, a port for packets, a file for core; type `capture TARGET KIND OF [SECONDS]`",
    );
    check("ack", "Ack { incident: None }");
    check("resolve", r#"Resolve { incident: None, note: "" }"#);
    check(
        "resolve it was the cable",
        r#"Resolve { incident: None, note: "it was the cable" }"#,
    );
    check(
        "resolve 20261123-k7f3qa  it was the cable",
        r#"Resolve { incident: Some(IncidentId("20261123-k7f3qa")), note: "it was the cable" }"#,
    );
    check(
        "postmortem a b",
        "incident id \"a b\" is not valid: it has a character that is not allowed; use letters, digits, `.`, `_` and `-`; type `postmortem [INCIDENT]`",
    );
    check("tea", "there is no command \"tea\"; type `help`");
}

#[test]
fn the_verbs_have_chinese_names() {
    check(
        "诊断 web1 网站打不开，一直 502",
        r#"Diagnose { target: "web1", symptom: "网站打不开，一直 502" }"#,
    );
    check(
        "诊断web1，web2　很慢",
        r#"Diagnose { target: "web1,web2", symptom: "很慢" }"#,
    );
    check(
        "批准k7f3qa-1",
        r#"Approve { proposal: Some(ProposalId("k7f3qa-1")) }"#,
    );
    check("批准", "Approve { proposal: None }");
    check("总结", "Summarise { incident: None }");
    check("状态", "Status");
    check("帮助", "Help");
    check("手册 磁盘", r#"Runbook { query: "磁盘" }"#);
    for (word, verb) in IN_CHINESE {
        assert!(VERBS.iter().any(|(name, _)| *name == verb), "{word}");
        let same = |typed: &str| parse(&format!("{typed} fs.full-1"));
        let (chinese, english) = (same(word), same(verb));
        assert_eq!(chinese, english, "{word}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "\\PC{0,80}") {
        let _parsed = parse(&text);
    }
}
