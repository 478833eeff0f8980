//! What a run uses up of its runbook's limits is given back where nothing ran.

use super::*;

fn approved_at(now: i64) -> (Incident, Vec<Claim>) {
    let mut incident = incident();
    let two = requirement(&["bo", "cy"], 2, false);
    hear(&mut incident, yes("bo"), &two, now - 1).unwrap();
    let decision = hear(&mut incident, yes("cy"), &two, now).unwrap();
    (incident, decision.claims)
}

#[test]
fn nothing_ran_so_nothing_is_used_up() {
    let two = requirement(&["bo", "cy"], 2, false);
    let starting = Event::Starting {
        proposal: id("abc-1"),
        root: "disk".into(),
        boot: "b".into(),
    };
    let moved = Event::Moved {
        proposal: id("abc-1"),
        moved: Moved::TooLate,
    };
    let why = || "mode is 0600".into();
    let check = |events: &[Event], given_back: bool| {
        let (mut incident, claims) = approved_at(5);
        let used: Vec<Claim> = claims
            .into_iter()
            .filter(|claim| !matches!(claim, Claim::HostLock { .. }))
            .collect();
        assert_eq!(used.len(), 2, "{used:?}");
        let mut last = Decision::default();
        for event in events {
            // Whatever time passes between the approval and the end.
            last = hear(&mut incident, event.clone(), &two, 90_000_000).unwrap();
        }
        let wanted = if given_back { used } else { Vec::new() };
        assert_eq!(last.returns, wanted, "{events:?}");
    };
    check(std::slice::from_ref(&moved), true);
    let a1 = |how| ran("20261123-abc-1-a1", how);
    check(&[starting.clone(), a1(Ran::Refused { why: why() })], true);
    check(&[starting.clone(), a1(Ran::NeverRan)], true);
    check(&[starting.clone(), a1(Ran::Done)], false);
    check(&[starting.clone(), a1(Ran::Unknown { why: why() })], false);
    check(&[starting, a1(Ran::StepFailed { step: 1, code: 1 })], false);
}

#[test]
fn a_second_attempt_keeps_what_the_first_used_up() {
    let two = requirement(&["bo", "cy"], 2, false);
    let (mut incident, claims) = approved_at(5);
    let again = hear(
        &mut incident,
        ran("20261123-abc-1-a1", Ran::NeverRan),
        &two,
        60_000,
    )
    .unwrap();
    assert!(again.returns.is_empty() && again.effects.len() == 1);
    let moved = Event::Moved {
        proposal: id("abc-1"),
        moved: Moved::TooLate,
    };
    let over = hear(&mut incident, moved, &two, 70_000).unwrap();
    assert!(over.returns.iter().all(|claim| claims.contains(claim)));
    assert_eq!(over.returns.len(), 2);
}
