//! Who may is a value that comes in with the click: why they might is recorded, and what could not be read allows nothing.

use super::*;
use crate::people::{Found, Group, Seen};

/// Whoever is on the list may, two of them; of these people it was looked up.
fn listed(found: &[(&str, Seen)]) -> Requirement {
    let mut seen = Found::default();
    for (who, what) in found {
        seen.add("the list", id(who), what.clone());
    }
    let policy = Policy {
        rules: vec![Rule {
            risks: BTreeSet::from([Risk::Low]),
            hosts: Hosts::All,
            approvers: Who {
                people: BTreeSet::from([id("cy")]),
                groups: BTreeSet::from(["oncall".to_owned()]),
            },
            min: 2,
            requester: false,
            expires: Span::minutes(15),
        }],
        groups: Groups::from([(
            "oncall".to_owned(),
            Group {
                members: BTreeSet::new(),
                elsewhere: BTreeSet::from(["the list".to_owned()]),
            },
        )]),
    };
    let host = HostTraits {
        name: id("web1"),
        groups: BTreeSet::new(),
        labels: BTreeMap::new(),
        local: false,
    };
    policy
        .requirement(Risk::Low, &host, 1, Span::minutes(15))
        .with(seen)
}

fn away() -> Seen {
    Seen::Untold("nobody answers".to_owned())
}

fn refused(incident: &mut Incident, by: &str, found: &[(&str, Seen)], expected: &str) {
    let before = incident.clone();
    let why = hear(incident, yes(by), &listed(found), 2).unwrap_err();
    assert_eq!(why, expected);
    assert_eq!(*incident, before, "nothing was recorded");
}

#[test]
fn who_cannot_be_looked_up_may_nothing() {
    let mut incident = incident();
    refused(
        &mut incident,
        "bo",
        &[("bo", away())],
        "whether bo may approve low risk on web1 cannot be told now: nobody answers; nothing was recorded, try again in a moment",
    );
    refused(
        &mut incident,
        "bo",
        &[],
        "whether bo may approve low risk on web1 cannot be told now: it was not looked up in the list; nothing was recorded, try again in a moment",
    );
    refused(
        &mut incident,
        "bo",
        &[("bo", Seen::Off)],
        "bo may not approve low risk on web1; ask @oncall, cy",
    );
}

#[test]
fn the_journal_keeps_why_they_might() {
    let mut incident = incident();
    let on = [("bo", Seen::On)];
    let first = hear(&mut incident, yes("bo"), &listed(&on), 1).unwrap();
    let [Fact::Approved { approval, .. }] = first.facts.as_slice() else {
        panic!("{first:?}");
    };
    assert_eq!(approval.because, "rule 1, in @oncall by the list");
    let second = hear(&mut incident, yes("cy"), &listed(&on), 2).unwrap();
    let granted = second.facts.iter().find_map(|fact| {
        if let Fact::Granted { grant, .. } = fact {
            Some(grant.grant.approvals.clone())
        } else {
            None
        }
    });
    let because: Vec<String> = granted
        .unwrap()
        .into_iter()
        .map(|one| one.because)
        .collect();
    assert_eq!(
        because,
        ["rule 1, in @oncall by the list", "rule 1, by name"]
    );
}

#[test]
fn an_earlier_yes_counts_only_of_whoever_still_may() {
    let mut incident = incident();
    hear(&mut incident, yes("bo"), &listed(&[("bo", Seen::On)]), 1).unwrap();
    // It cannot be told whether bo still may, so cy's yes is not taken: it would be the last one, and nobody would be asked again.
    refused(
        &mut incident,
        "cy",
        &[("bo", away())],
        "whether bo, who said yes before, still may cannot be told now: nobody answers; nothing was recorded, try again in a moment",
    );
    // Bo was taken off the list: one yes is left, and somebody else has to say the second.
    let one = hear(&mut incident, yes("cy"), &listed(&[("bo", Seen::Off)]), 3).unwrap();
    assert!(one.effects.is_empty(), "{one:?}");
    let found = [("bo", Seen::Off), ("dee", Seen::On)];
    let two = hear(&mut incident, yes("dee"), &listed(&found), 4).unwrap();
    assert_eq!(two.effects.len(), 1);
}

#[test]
fn a_journal_from_before_reads_as_it_did() {
    let old = serde_json::json!({
        "by": "bo", "via": "terminal", "at": 1, "digest": "sha256:x",
    });
    let approval: Approval = serde_json::from_value(old.clone()).unwrap();
    assert_eq!(approval.because, "");
    // The signature of a grant is over what is written, so what was not there is not written.
    assert_eq!(serde_json::to_value(&approval).unwrap(), old);
}
