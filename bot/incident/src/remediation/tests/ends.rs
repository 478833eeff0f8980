//! What a run did stays known, whatever could be seen afterwards: an undo rests on it.

use super::*;

#[test]
fn an_end_that_is_known_is_told_from_one_that_is_not() {
    let check = |how: Ran, verdict: Verdict, outcome: Outcome| {
        let (mut incident, _) = granted();
        let one = requirement(&["bo"], 1, true);
        hear(
            &mut incident,
            ran("20261123-abc-1-a1", how.clone()),
            &one,
            2,
        )
        .unwrap();
        let looked = Event::Looked {
            proposal: id("abc-1"),
            verdict,
            seen: Seen::PutBack,
        };
        hear(&mut incident, looked, &one, 3).unwrap();
        let remediation = &incident.remediations[&id("abc-1")];
        assert!(
            matches!(&remediation.state, State::Ended { outcome: is, .. } if *is == outcome),
            "{remediation:?}"
        );
        assert_eq!(remediation.ran, Some(how));
    };
    let lost = || Ran::Unknown {
        why: "its runner ended without a record".into(),
    };
    check(Ran::Done, Verdict::Verified, Outcome::Verified);
    check(Ran::Done, Verdict::CouldNotCheck, Outcome::Unknown);
    check(lost(), Verdict::Verified, Outcome::Unknown);
    check(lost(), Verdict::CouldNotCheck, Outcome::Unknown);
}
