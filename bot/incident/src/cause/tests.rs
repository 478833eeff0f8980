//! What an incident came down to, fact by fact.

use super::{Cause, Causes, Fixed, episodes};
use crate::proposal::{Limits, Privilege};
use crate::report::{HostReport, Verdict};
use crate::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn finding(n: usize, code: &str, severity: Severity, explains: &[usize]) -> Finding {
    Finding {
        id: FindingId::nth(n),
        code: Code::new(code).unwrap(),
        severity,
        confidence: Confidence::Confirmed,
        host: id("web1"),
        subject: Subject::new("unit", "web.service"),
        title: format!("{code} is found"),
        detail: String::new(),
        facts: [].into(),
        cites: Vec::new(),
        explains: explains.iter().map(|n| FindingId::nth(*n)).collect(),
    }
}

fn opened() -> Fact {
    Fact::Opened {
        by: id("ana"),
        via: "terminal".into(),
        hosts: vec![id("web1")],
        symptom: String::new(),
        policy: String::new(),
    }
}

fn judged(findings: Vec<Finding>) -> Fact {
    Fact::Judged {
        report: HostReport {
            host: id("web1"),
            status: HostStatus::Critical,
            took: Span(0),
            findings,
            could_not_check: Vec::new(),
            unreachable: String::new(),
            since: None,
        },
    }
}

fn proposed(letters: &str, code: &str, undoes: Option<&str>) -> Fact {
    let proposal = Proposal {
        id: id(letters),
        incident: id("20261123-abc"),
        host: id("web1"),
        host_key: String::new(),
        login: "ops".into(),
        privilege: Privilege::Sudo,
        runbook: id("unit-exec-permission"),
        runbook_version: 1,
        runbook_text: "sha256:0".to_owned(),
        title: "Make it executable".into(),
        risk: Risk::Low,
        answers: id("f-1"),
        answers_code: Code::new(code).unwrap(),
        answers_subject: Subject::new("unit", "web.service"),
        steps: Vec::new(),
        undo: Undo::Automatic,
        undo_words: Vec::new(),
        undoes: undoes.map(id),
        diff: String::new(),
        limits: Limits::default(),
        min_approvals: 1,
        made_at: Moment(0),
        expires_at: Moment(900_000),
    };
    Fact::Proposed {
        proposal: Box::new(proposal),
    }
}

fn verified(letters: &str, verdict: Verdict) -> Fact {
    Fact::Verified {
        proposal: id(letters),
        verdict,
        why: String::new(),
        seen: None,
    }
}

/// The causes as `code` or `code fixed after N ms by RUNBOOK`.
fn told(facts: &[(i64, Fact)]) -> Vec<String> {
    let mut causes = Causes::new(id("20261123-abc"));
    for (at, fact) in facts {
        causes.hear(fact, Moment(*at));
    }
    let told = causes.told();
    told.iter()
        .map(|one| match (&one.fixed, one.took()) {
            (Some(fixed), Some(took)) => {
                let by = fixed
                    .runbook
                    .as_ref()
                    .map_or(&*fixed.title, RunbookId::as_str);
                format!("{} fixed after {} ms by {by}", one.code, took.0)
            }
            _ => one.code.to_string(),
        })
        .collect()
}

#[test]
fn only_roots_above_info_are_causes() {
    let findings = vec![
        finding(1, "unit.exec_permission", Severity::Critical, &[2]),
        finding(2, "unit.failed", Severity::Critical, &[]),
        finding(3, "host.reboot_required", Severity::Info, &[]),
        finding(4, "fs.full", Severity::Warning, &[]),
    ];
    let facts = [(0, opened()), (10, judged(findings))];
    assert_eq!(told(&facts), ["unit.exec_permission", "fs.full"]);
}

#[test]
fn a_fix_counts_once_it_is_verified_and_until_it_is_undone() {
    let code = "unit.exec_permission";
    let mut facts = vec![
        (100, opened()),
        (110, judged(vec![finding(1, code, Severity::Critical, &[])])),
        (120, proposed("abc-1", code, None)),
        (200, verified("abc-1", Verdict::NotFixed)),
    ];
    assert_eq!(told(&facts), [code]);
    facts.push((300, proposed("abc-2", "fs.full", None)));
    facts.push((310, verified("abc-2", Verdict::Verified)));
    assert_eq!(told(&facts), [code], "that fix was for something else");
    facts.push((320, proposed("abc-3", code, None)));
    facts.push((350, verified("abc-3", Verdict::Verified)));
    let fixed = format!("{code} fixed after 250 ms by unit-exec-permission");
    assert_eq!(told(&facts), [fixed]);
    facts.push((400, proposed("abc-4", code, Some("abc-3"))));
    facts.push((410, verified("abc-4", Verdict::NotFixed)));
    assert_eq!(told(&facts).len(), 1);
    assert!(told(&facts)[0].contains("fixed"), "an undo that failed");
    facts.push((420, verified("abc-4", Verdict::Verified)));
    assert_eq!(told(&facts), [code]);
}

/// A cause by the end of its incident's id and when it was opened, in minutes.
fn cause(letters: &str, minutes: i64, host: &str, fixed: bool) -> Cause {
    Cause {
        incident: id(&format!("20261123-{letters}")),
        host: id(host),
        code: Code::new("fs.full").unwrap(),
        subject: Subject::new("mount", "/var"),
        title: String::new(),
        opened_at: Moment(minutes * 60_000),
        fixed: fixed.then(|| Fixed {
            runbook: Some(id("disk-full")),
            title: String::new(),
            at: Moment(minutes * 60_000 + 1),
        }),
    }
}

#[test]
fn what_a_person_said_who_resolved_it_is_how_it_was_fixed() {
    let findings = vec![finding(1, "redis.config", Severity::Critical, &[])];
    let resolved = Fact::Resolved {
        by: id("ana"),
        via: "terminal".to_owned(),
        reason: "a typo".to_owned(),
    };
    let facts = [(1_000, judged(findings.clone())), (5_000, resolved)];
    let said = told(&facts);
    assert_eq!(said.len(), 1);
    assert!(said[0].ends_with("by a typo"), "{said:?}");
    // Whoever looked again was not done.
    let [looked, over] = facts;
    let again = (9_000, judged(findings));
    assert_eq!(told(&[looked, over, again]), ["redis.config"]);
}

#[test]
fn several_looks_at_one_failure_are_one() {
    let check = |causes: &[(&str, i64, &str, bool)], kept: &[&str]| {
        let causes = causes
            .iter()
            .map(|(letters, at, host, fixed)| cause(letters, *at, host, *fixed));
        let left = episodes(causes.collect());
        let left: Vec<&str> = left.iter().map(|one| &one.incident.as_str()[9..]).collect();
        assert_eq!(left, kept);
    };
    let (web1, web2) = ("web1", "web2");
    check(
        &[
            ("ccc", 20, web1, true),
            ("bbb", 10, web1, false),
            ("aaa", 0, web1, false),
        ],
        &["ccc"],
    );
    check(
        &[
            ("ccc", 20, web1, false),
            ("bbb", 10, web1, true),
            ("aaa", 0, web1, false),
        ],
        &["ccc", "bbb"],
    );
    // Another host, another day, and a fix of its own are other failures.
    check(
        &[("bbb", 10, web2, false), ("aaa", 0, web1, false)],
        &["bbb", "aaa"],
    );
    check(
        &[("bbb", 10_000, web1, false), ("aaa", 0, web1, false)],
        &["bbb", "aaa"],
    );
    check(
        &[("bbb", 10, web1, true), ("aaa", 0, web1, true)],
        &["bbb", "aaa"],
    );
    check(&[], &[]);
}
