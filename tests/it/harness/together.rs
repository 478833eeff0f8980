//! Several processes at the same work: one carries it out, the others say so.

use std::process::Command;

use serde_json::Value;

use super::bench::{Bench, Truth, ended};
use super::check::{helps_once, undone_once, violations};
use super::points::ends;

fn why(said: &Value) -> &str {
    said["why"].as_str().unwrap_or("")
}

/// What each of several clicks came to: the one that was taken says how it ended, the others are told.
#[track_caller]
fn one_was_taken(said: &[(i32, Value)]) {
    let taken = said.iter().filter(|(code, _)| *code == 0).count();
    assert_eq!(taken, 1, "{said:#?}");
    for (code, said) in said {
        if *code == 0 {
            assert_eq!(said["outcome"], "verified", "{said:#}");
        } else {
            let told = [
                "was approved before",
                "was carried out before",
                "is over (verified",
            ];
            assert!(
                *code == 2
                    && said["outcome"] == "refused"
                    && told.iter().any(|told| why(said).contains(told)),
                "{said:#}"
            );
        }
    }
}

#[test]
#[ignore = "needs the lab"]
fn of_clicks_at_the_same_moment_one_is_carried_out_and_the_others_are_told() {
    let mut bench = Bench::up("it-harness-clicks");
    let fixes = bench.all_offers();
    let [one, two, three, four, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };
    // Two at once, and then again when all is over.
    let clicks: Vec<_> = (0..2)
        .map(|_| bench.spawn(&["approve", &one.id], ""))
        .collect();
    one_was_taken(&clicks.into_iter().map(ended).collect::<Vec<_>>());
    for _ in 0..2 {
        let (code, said) = bench.sickbay(&["approve", &one.id]);
        assert!(
            code == 2 && why(&said).contains("is over (verified"),
            "{said:#}"
        );
    }
    assert_eq!(bench.truth(&one.service).starts, 1);
    helps_once(&bench, one, "two clicks at once");

    // Two undos at once.
    let clicks: Vec<_> = (0..2)
        .map(|_| bench.spawn(&["rollback", &one.id], ""))
        .collect();
    let said: Vec<_> = clicks.into_iter().map(ended).collect();
    let (done, told): (Vec<_>, Vec<_>) = said.iter().partition(|(code, _)| *code == 0);
    assert!(
        done.len() == 1
            && told
                .iter()
                .all(|(code, said)| *code == 2 && !why(said).is_empty()),
        "{said:#?}"
    );
    undone_once(&bench, one, "two undos at once");

    // Both have read that nobody has approved it yet when the first of them writes.
    let points = "app::before_append=1*sleep(1500)";
    let clicks: Vec<_> = (0..2)
        .map(|_| bench.spawn(&["approve", &two.id], points))
        .collect();
    one_was_taken(&clicks.into_iter().map(ended).collect::<Vec<_>>());
    helps_once(&bench, two, "two decisions on the same facts");

    // One change at a time on a host.
    bench.slow(three, 20);
    let first = bench.spawn(&["approve", &three.id], "");
    bench.until_starting(three);
    let (code, said) = bench.sickbay(&["approve", &four.id]);
    assert!(
        code == 2
            && said["outcome"] == "refused"
            && why(&said).contains("one change at a time on a host"),
        "{said:#}"
    );
    assert_eq!(ended(first).0, 0);
    helps_once(&bench, three, "another fix wanted its host");
    helps_once(&bench, four, "refused while its host was being changed");
}

#[test]
#[ignore = "needs the lab"]
fn what_one_process_performs_no_other_performs_while_it_lives() {
    let mut bench = Bench::up("it-harness-lease");
    let fixes = bench.all_offers();
    let [one, two, ..] = fixes.as_slice() else {
        panic!("too few fixes");
    };
    // The first is at work, for longer than a lease lasts: whoever recovers leaves it alone.
    bench.slow(one, 30);
    let first = bench.spawn(&["approve", &one.id], "");
    bench.until_starting(one);
    let mut left_alone = 0;
    loop {
        let (_, recovered) = bench.sickbay(&["recover"]);
        if !bench.is_starting(one) {
            break;
        }
        assert_eq!(recovered["done"], 0, "{recovered:#}");
        left_alone += 1;
    }
    assert!(left_alone > 0, "nobody tried");
    let (code, said) = ended(first);
    assert!(code == 0 && said["outcome"] == "verified", "{said:#}");
    assert_eq!(ends(&bench, &one.id), ["done"]);
    helps_once(&bench, one, "another process recovered meanwhile");

    // The first sleeps through its lease just before it would have started the run. The second buries that attempt and
    // makes the next; when the first wakes up, the host turns it away.
    let sleeper = bench.spawn(&["approve", &two.id], "hosts::before_start=sleep(19000)");
    bench.until_recorded(&two.id, "dispatched");
    signal(sleeper.id(), "STOP");
    bench.settle();
    let wanted = Truth {
        starts: 1,
        mode: "755".to_owned(),
        active: true,
    };
    assert_eq!(bench.truth(&two.service), wanted);
    signal(sleeper.id(), "CONT");
    let (code, said) = ended(sleeper);
    assert!(
        code == 0 && said["outcome"] == "verified",
        "it tells what the other did: {said:#}"
    );
    assert_eq!(ends(&bench, &two.id), ["never_ran", "done"]);
    let wrong = violations(&bench, two);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn signal(pid: u32, name: &str) {
    let done = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .status();
    assert!(done.is_ok_and(|status| status.success()));
}
