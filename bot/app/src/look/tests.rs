//! A look that was cut short is never read as "nothing is wrong".

use incident::redact::Redactor;
use incident::{CouldNotCheck, Ended, HostStatus, RawOutput, Severity, Span, Subject, Value};
use probes::{Draft, Judgement};

use super::Seen;

fn seen() -> Seen {
    let judgement = Judgement {
        drafts: Vec::new(),
        could_not_check: Vec::new(),
        essentials_answered: true,
    };
    Seen {
        judgement: Some(judgement),
        unreachable: String::new(),
        ..Seen::nothing(&hosts::Host::local())
    }
}

#[test]
fn a_host_that_went_away_half_way_is_unknown() {
    let whole = seen();
    let mut cut = seen();
    cut.cut = Some(CouldNotCheck {
        probe: "unit.show nginx.service".to_owned(),
        why: "the connection was lost".to_owned(),
        next: "diagnose again".to_owned(),
    });
    let redactor = Redactor::new("");
    let report = |seen: &Seen| seen.number((0, 0), &redactor).report;
    assert_eq!(report(&whole).status, HostStatus::Healthy);
    assert_eq!(report(&cut).status, HostStatus::Unknown);
    assert_eq!(report(&cut).could_not_check.len(), 1);
}

#[test]
fn a_question_without_an_answer_is_named() {
    let mut seen = seen();
    for (key, ended) in [
        ("unit.list", Ended::Exited { code: 0 }),
        ("unit.exec nginx.service", Ended::TimedOut),
    ] {
        let answer = RawOutput {
            key: key.to_owned(),
            ended,
            took: Span(0),
            truncated: false,
            as_root: true,
            bytes: Vec::new(),
        };
        seen.answers.insert(key.to_owned(), answer);
    }
    let keys = [
        "unit.list",
        "unit.show x.service",
        "unit.exec nginx.service",
    ]
    .map(str::to_owned);
    assert_eq!(seen.unanswered(&keys), Some("unit.exec nginx.service"));
    assert_eq!(
        seen.unanswered(&keys[..2]),
        None,
        "what nobody asked about is fine"
    );
}

/// A step is made from a finding's facts, so a path that a word of redaction stands in has to come through.
#[test]
fn typed_facts_come_through_and_secrets_do_not() {
    let path = "/run/secrets/db:password:prod9";
    let mut seen = seen();
    let plan = probes::first_wave(&probes::Window::default(), None);
    let key = plan.runs[0].key();
    let answer = RawOutput {
        key: key.clone(),
        ended: Ended::Exited { code: 0 },
        took: Span(0),
        truncated: false,
        as_root: true,
        bytes: b"api_key: hunter2".to_vec(),
    };
    seen.answers.insert(key.clone(), answer);
    seen.plans.push(plan);
    let subject = Subject::new("path", path);
    let draft = Draft::new(
        "fs.full",
        Severity::Warning,
        subject,
        "password=hunter2 is full",
    )
    .fact("path", path)
    .fact("unit", "api-key@secret:prod.service")
    .fact("line", "login failed, password: hunter2")
    .cite(key);
    if let Some(judgement) = &mut seen.judgement {
        judgement.drafts.push(draft);
    }
    let numbered = seen.number((0, 0), &Redactor::new(""));
    assert!(!numbered.evidence[0].1.text.contains("hunter2"));
    let finding = &numbered.report.findings[0];
    let fact = |name: &str| match &finding.facts[name] {
        Value::Text(text) => text.clone(),
        other @ (Value::Bool(_) | Value::Int(_) | Value::List(_)) => panic!("{other:?}"),
    };
    assert_eq!(finding.subject.name, path);
    assert_eq!(fact("path"), path);
    assert_eq!(fact("unit"), "api-key@secret:prod.service");
    assert!(fact("line").contains(incident::redact::MARK));
    assert!(!finding.title.contains("hunter2"));
}
