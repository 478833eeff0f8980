//! The life of a remediation, one table a rule.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;

use super::{Decision, Event, Incident, Moved, Outcome, Rules, Seen, State, decide, invert};
use crate::fact::{Claim, Ran, StepReport};
use crate::grant::NotGranted;
use crate::people::{Groups, Who};
use crate::policy::{HostTraits, Hosts, Policy, Requirement, Rule};
use crate::proposal::{Limits, Privilege};
use crate::report::{HostReport, Verdict};
use crate::*;

mod ends;
mod limits;
mod people;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

fn proposal() -> Proposal {
    Proposal {
        id: id("abc-1"),
        incident: id("20261123-abc"),
        host: id("web1"),
        host_key: "SHA256:x".into(),
        login: "ops".into(),
        privilege: Privilege::Sudo,
        runbook: id("unit-exec-permission"),
        runbook_version: 1,
        runbook_text: "sha256:0".to_owned(),
        title: "Make it executable".into(),
        risk: Risk::Low,
        answers: id("f-1"),
        answers_code: Code::new("unit.exec_permission").unwrap(),
        answers_subject: Subject::new("unit", "web.service"),
        steps: vec![
            Step::new("file.chmod", vec!["/usr/bin/web".into(), "0755".into()]).unwrap(),
            Step::new("unit.restart", vec!["web.service".into()]).unwrap(),
        ],
        undo: Undo::Automatic,
        undo_words: vec![],
        undoes: None,
        diff: String::new(),
        limits: Limits::default(),
        min_approvals: 1,
        made_at: Moment(0),
        expires_at: Moment(900_000),
    }
}

fn incident() -> Incident {
    let mut incident = Incident::new(id("20261123-abc"));
    let opened = Fact::Opened {
        by: id("ana"),
        via: "terminal".into(),
        hosts: vec![id("web1")],
        symptom: String::new(),
        policy: String::new(),
    };
    incident.apply(&opened, Moment(0));
    incident.apply(
        &Fact::Proposed {
            proposal: Box::new(proposal()),
        },
        Moment(0),
    );
    incident
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn requirement(approvers: &[&str], min: u32, requester: bool) -> Requirement {
    let policy = Policy {
        rules: vec![Rule {
            risks: BTreeSet::from([Risk::Low]),
            hosts: Hosts::All,
            approvers: Who::named(approvers.iter().map(|name| id(name))),
            min,
            requester,
            expires: Span::minutes(15),
        }],
        groups: Groups::new(),
    };
    let host = HostTraits {
        name: id("web1"),
        groups: BTreeSet::new(),
        labels: BTreeMap::new(),
        local: false,
    };
    policy.requirement(Risk::Low, &host, 1, Span::minutes(15))
}

fn yes(by: &str) -> Event {
    Event::Approve {
        proposal: id("abc-1"),
        by: id(by),
        via: "terminal".into(),
        digest: proposal().digest(),
    }
}

/// Decides and remembers; a refusal is its text.
fn hear(
    incident: &mut Incident,
    event: Event,
    requirement: &Requirement,
    now: i64,
) -> Result<Decision, String> {
    let key = key();
    let decision = decide(
        incident,
        event,
        &Rules {
            requirement,
            key: &key,
        },
        Moment(now),
    )
    .map_err(|refusal| refusal.to_string())?;
    for fact in &decision.facts {
        incident.apply(fact, Moment(now));
    }
    Ok(decision)
}

#[track_caller]
fn check(by: &str, approvers: &[&str], min: u32, requester: bool, now: i64, expected: &str) {
    let got = match hear(
        &mut incident(),
        yes(by),
        &requirement(approvers, min, requester),
        now,
    ) {
        Ok(decision) if decision.effects.is_empty() => "waits".to_owned(),
        Ok(_) => "runs".to_owned(),
        Err(why) => why,
    };
    assert_eq!(got, expected);
}

#[test]
fn who_may_approve() {
    check("bo", &["bo"], 1, false, 1, "runs");
    check("bo", &["bo", "cy"], 2, false, 1, "waits");
    check("ana", &["ana"], 1, true, 1, "runs");
    check("bo", &["bo"], 1, false, 900_000, "runs");
    check(
        "bo",
        &["bo"],
        1,
        false,
        900_001,
        "proposal abc-1 expired; diagnose again to get a fresh one",
    );
    check(
        "ana",
        &["ana", "bo"],
        1,
        false,
        1,
        "ana asked for abc-1 and may not also approve it; ask another responder",
    );
    check(
        "bo",
        &["cy"],
        1,
        true,
        1,
        "bo may not approve low risk on web1; ask cy",
    );
    check(
        "bo",
        &[],
        1,
        true,
        1,
        "nobody may approve low risk on web1; the policy in the settings names no approver for it",
    );
}

#[test]
fn the_digest_on_the_card_must_be_that_of_the_proposal() {
    let mut event = yes("bo");
    if let Event::Approve { digest, .. } = &mut event {
        digest.push('0');
    }
    let why = hear(&mut incident(), event, &requirement(&["bo"], 1, true), 1).unwrap_err();
    assert!(
        why.starts_with("proposal abc-1 is not what that card showed"),
        "{why}"
    );
}

#[test]
fn every_bound_part_changes_the_digest() {
    let digest = proposal().digest();
    let changes: [fn(&mut Proposal); 10] = [
        |p| p.host = id("web2"),
        |p| p.host_key = "SHA256:y".into(),
        |p| p.login = "root".into(),
        |p| p.privilege = Privilege::Root,
        |p| p.runbook_version = 2,
        |p| p.runbook_text.clear(),
        |p| p.expires_at = Moment(1),
        |p| p.undo = Undo::Irreversible,
        |p| drop(p.steps.pop()),
        |p| p.answers_subject = Subject::new("unit", "other.service"),
    ];
    for change in changes {
        let mut other = proposal();
        change(&mut other);
        assert_ne!(other.digest(), digest);
    }
    let mut bound = proposal();
    let first = bound.steps.remove(0);
    bound.steps.insert(
        0,
        first.needing(BTreeMap::from([("mode".into(), "0644".into())])),
    );
    assert_ne!(
        bound.digest(),
        digest,
        "what a step needs is part of the digest"
    );
}

#[test]
fn one_person_counts_once_and_a_second_click_runs_nothing() {
    let mut incident = incident();
    let two = requirement(&["bo", "cy"], 2, false);
    hear(&mut incident, yes("bo"), &two, 1).unwrap();
    assert_eq!(
        hear(&mut incident, yes("bo"), &two, 2).unwrap_err(),
        "bo approved abc-1 before; 1 more must"
    );
    let decision = hear(&mut incident, yes("cy"), &two, 3).unwrap();
    assert_eq!(decision.effects.len(), 1);
    assert!(matches!(
        decision.claims.first(),
        Some(Claim::HostLock { .. })
    ));
    assert_eq!(
        hear(&mut incident, yes("cy"), &two, 4).unwrap_err(),
        "proposal abc-1 was approved before and is being carried out; it runs once"
    );
}

fn granted() -> (Incident, SignedGrant) {
    let mut incident = incident();
    hear(&mut incident, yes("bo"), &requirement(&["bo"], 1, true), 1).unwrap();
    let State::Granted { grant, .. } = &incident.remediations[&id("abc-1")].state else {
        panic!("not granted");
    };
    let grant = (**grant).clone();
    (incident, grant)
}

#[test]
fn only_a_genuine_grant_in_time_for_this_proposal_allows_anything() {
    let (_, signed) = granted();
    let ours = key().verifying_key();
    assert!(Approved::verify(&signed, proposal(), &ours, Moment(2)).is_ok());
    let theirs = SigningKey::from_bytes(&[8; 32]).verifying_key();
    let forged = Approved::verify(&signed, proposal(), &theirs, Moment(2)).unwrap_err();
    assert!(matches!(forged, NotGranted::Forged { .. }));
    let mut edited = signed.clone();
    edited.grant.expires_at = Moment(i64::MAX);
    let forged = Approved::verify(&edited, proposal(), &ours, Moment(2)).unwrap_err();
    assert!(matches!(forged, NotGranted::Forged { .. }));
    let late = Approved::verify(&signed, proposal(), &ours, Moment(400_000)).unwrap_err();
    assert!(matches!(late, NotGranted::Expired { .. }));
    let mut other = proposal();
    other.steps.pop();
    let other = Approved::verify(&signed, other, &ours, Moment(2)).unwrap_err();
    assert!(matches!(other, NotGranted::OtherProposal { .. }));
    let mut more = proposal();
    more.min_approvals = 2;
    // A proposal that asks for more people has another digest, so the grant is not for it.
    assert!(Approved::verify(&signed, more, &ours, Moment(2)).is_err());
}

#[test]
fn a_quorum_of_copies_is_no_quorum() {
    let (_, signed) = granted();
    let mut grant = signed.grant;
    grant.quorum = 2;
    let copy = grant.approvals[0].clone();
    grant.approvals.push(copy);
    let signed = grant.sign(&key());
    let few = Approved::verify(&signed, proposal(), &key().verifying_key(), Moment(2)).unwrap_err();
    assert_eq!(
        few,
        NotGranted::Quorum {
            given: 1,
            needed: 2
        }
    );
}

fn ran(execution: &str, ran: Ran) -> Event {
    Event::Ran {
        proposal: id("abc-1"),
        execution: id(execution),
        ran,
        steps: vec![],
        output: String::new(),
    }
}

#[test]
fn what_never_ran_is_tried_again_under_a_new_id_and_at_most_three_times() {
    let (mut incident, _) = granted();
    let one = requirement(&["bo"], 1, true);
    for attempt in 1..=3 {
        let starting = Event::Starting {
            proposal: id("abc-1"),
            root: "/var/lib/sickbay/runs".into(),
            boot: "b".into(),
        };
        hear(&mut incident, starting, &one, 2).unwrap();
        let event = ran(&format!("20261123-abc-1-a{attempt}"), Ran::NeverRan);
        let decision = hear(&mut incident, event, &one, 2).unwrap();
        assert_eq!(decision.effects.len(), usize::from(attempt < 3));
    }
    assert!(matches!(
        incident.remediations[&id("abc-1")].state,
        State::Ended {
            outcome: Outcome::Refused,
            ..
        }
    ));
}

#[test]
fn an_unknown_end_stays_unknown_whatever_is_seen_later() {
    let (mut incident, _) = granted();
    let one = requirement(&["bo"], 1, true);
    let event = ran(
        "20261123-abc-1-a1",
        Ran::Unknown {
            why: "the host was restarted".into(),
        },
    );
    let decision = hear(&mut incident, event, &one, 2).unwrap();
    assert!(
        matches!(decision.effects.as_slice(), [Effect::Verify { .. }]),
        "looked at, never rerun"
    );
    let looked = Event::Looked {
        proposal: id("abc-1"),
        verdict: Verdict::Verified,
        seen: Seen::PutBack,
    };
    hear(&mut incident, looked, &one, 3).unwrap();
    assert!(matches!(
        incident.remediations[&id("abc-1")].state,
        State::Ended {
            outcome: Outcome::Unknown,
            ..
        }
    ));
}

#[test]
fn an_undo_is_made_of_what_was_saved_and_needs_the_target_as_the_change_left_it() {
    let report = |before: &[(&str, &str)], after: &[(&str, &str)]| StepReport {
        done: true,
        code: 0,
        before: before
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect(),
        after: after
            .iter()
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect(),
    };
    let reports = [
        report(&[("mode", "0644")], &[("mode", "0755"), ("size", "9")]),
        report(&[("active", "failed")], &[("active", "active")]),
    ];
    let undo = invert(&id("20261123-abc-1-a1"), &proposal().steps, &reports).unwrap();
    let told: Vec<_> = undo
        .iter()
        .map(|step| (step.argv().join(" "), step.needs().clone()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "chmod 0644 /usr/bin/web".to_owned(),
                BTreeMap::from([("mode".to_owned(), "0755".to_owned())])
            ),
            ("systemctl stop web.service".to_owned(), BTreeMap::new()),
        ]
    );
}

#[test]
fn a_finding_that_is_gone_verifies_only_where_nothing_else_broke() {
    let finding = |code: &str, subject: &str| Finding {
        id: id("f-1"),
        code: Code::new(code).unwrap(),
        severity: Severity::Critical,
        confidence: Confidence::Confirmed,
        host: id("web1"),
        subject: Subject::new("unit", subject),
        title: format!("{code} of {subject}"),
        detail: String::new(),
        facts: BTreeMap::new(),
        cites: vec![],
        explains: vec![],
    };
    let after = |status, findings: Vec<Finding>| HostReport {
        host: id("web1"),
        status,
        took: Span(1),
        findings,
        could_not_check: vec![],
        unreachable: String::new(),
        since: None,
    };
    let broken = finding("unit.failed", "a.service");
    let before = [broken.clone()];
    let verdict =
        |status, findings| crate::report::compare(&before, &broken, &after(status, findings)).0;
    use HostStatus as H;
    assert_eq!(verdict(H::Healthy, vec![]), Verdict::Verified);
    assert_eq!(
        verdict(H::Critical, vec![broken.clone()]),
        Verdict::NotFixed
    );
    assert_eq!(
        verdict(H::Critical, vec![finding("unit.exec_missing", "a.service")]),
        Verdict::NotFixed
    );
    assert_eq!(
        verdict(H::Critical, vec![finding("unit.failed", "b.service")]),
        Verdict::Worse
    );
    assert_eq!(verdict(H::Unknown, vec![]), Verdict::CouldNotCheck);
    assert_eq!(verdict(H::Unreachable, vec![]), Verdict::CouldNotCheck);
}

proptest::proptest! {
    /// Whatever is heard in whatever order: at most one attempt is open, and nothing runs without the quorum.
    #[test]
    fn no_order_of_events_runs_anything_twice(events in proptest::collection::vec(0..9_u8, 0..40)) {
        let mut incident = incident();
        let two = requirement(&["bo", "cy"], 2, false);
        let mut started = BTreeSet::new();
        for (n, kind) in events.into_iter().enumerate() {
            let attempt = started.len() + 1;
            let event = match kind {
                0 => yes("bo"),
                1 => yes("cy"),
                2 => Event::Reject { proposal: id("abc-1"), by: id("dee"), via: "t".into(), reason: String::new() },
                3 => Event::Moved { proposal: id("abc-1"), moved: Moved::TooLate },
                4 => Event::Starting { proposal: id("abc-1"), root: "r".into(), boot: "b".into() },
                5 => ran(&format!("20261123-abc-1-a{attempt}"), Ran::Done),
                6 => ran(&format!("20261123-abc-1-a{attempt}"), Ran::NeverRan),
                7 => Event::Looked { proposal: id("abc-1"), verdict: Verdict::Verified, seen: Seen::PutBack },
                _ => Event::Tick,
            };
            let Ok(decision) = hear(&mut incident, event, &two, i64::try_from(n).unwrap()) else { continue };
            for effect in &decision.effects {
                if let Effect::Execute { execution, .. } = effect {
                    proptest::prop_assert!(started.insert(execution.clone()), "{execution} was granted twice");
                }
            }
        }
        proptest::prop_assert!(started.len() <= 3);
    }
}
