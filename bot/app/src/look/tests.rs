//! A look that was cut short is never read as "nothing is wrong".

use incident::redact::Redactor;
use incident::{CouldNotCheck, Ended, HostStatus, RawOutput, Span};
use probes::Judgement;

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
