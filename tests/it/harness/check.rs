//! What must hold at the end of every run, whatever was killed: the host's own count against the journal.

use serde_json::Value;

use super::bench::{Bench, Fix, Truth};

/// What became of one proposal, by the journal.
struct Story {
    approvals: usize,
    /// How each attempt ended.
    ends: Vec<String>,
    verdicts: Vec<String>,
    voided: bool,
}

fn of(facts: &[Value], proposal: &str) -> Story {
    let all = |kind: &str| {
        let kind = kind.to_owned();
        facts
            .iter()
            .filter(move |fact| fact["fact"] == kind && fact["proposal"] == proposal)
    };
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    Story {
        approvals: all("approved").count(),
        ends: all("executed")
            .map(|fact| text(&fact["ran"]["how"]))
            .collect(),
        verdicts: all("verified").map(|fact| text(&fact["verdict"])).collect(),
        voided: all("voided").count() > 0,
    }
}

/// Lets everything settle; gives what is wrong with a fix.
pub(super) fn violations(bench: &Bench, fix: &Fix) -> Vec<String> {
    found(bench, fix).1
}

/// The same, with the facts of its incident.
fn found(bench: &Bench, fix: &Fix) -> (Vec<Value>, Vec<String>) {
    bench.settle();
    let facts = bench.facts(&fix.id);
    let story = of(&facts, &fix.id);
    let truth = bench.truth(&fix.service);
    let undone = undos_of(&facts, &fix.id)
        .iter()
        .any(|undo| of(&facts, undo).ends.iter().any(|how| how == "done"));
    let mut wrong = Vec::new();
    let Truth {
        starts,
        ref mode,
        active,
    } = truth;
    let ran: Vec<_> = story
        .ends
        .iter()
        .filter(|how| *how != "never_ran")
        .collect();
    if starts > 1 {
        wrong.push(format!("the fix ran {starts} times"));
    }
    if starts > 0 && story.approvals == 0 {
        wrong.push("it ran without an approval".to_owned());
    }
    if ran.len() > 1 {
        wrong.push(format!("more than one attempt ended: {:?}", story.ends));
    }
    if ran.iter().any(|how| *how == "done") && starts != 1 {
        wrong.push(format!(
            "it is said to be done and was started {starts} times"
        ));
    }
    if starts > 0 && !ran.iter().any(|how| *how == "done" || *how == "unknown") {
        wrong.push(format!("it ran and nobody says so: {:?}", story.ends));
    }
    if story.approvals > 0 && story.verdicts.is_empty() && !story.voided && story.ends.is_empty() {
        wrong.push("an approval was taken and nothing came of it".to_owned());
    }
    if story.approvals == 0 && !story.ends.is_empty() {
        wrong.push(format!("an end was made up: {:?}", story.ends));
    }
    if story.verdicts == ["verified"] && !undone && !(active && mode == "755") {
        wrong.push(format!(
            "it is said to have helped, and the host says {truth:?}"
        ));
    }
    if undone && (active || mode != "644") {
        wrong.push(format!(
            "it is said to be undone, and the host says {truth:?}"
        ));
    }
    let (sound, audit) = bench.sickbay(&["audit", "verify"]);
    if sound != 0 {
        wrong.push(format!("the journal does not verify: {audit}"));
    }
    (facts, wrong)
}

/// The proposals that undo another.
fn undos_of(facts: &[Value], proposal: &str) -> Vec<String> {
    facts
        .iter()
        .filter(|fact| fact["fact"] == "proposed")
        .map(|fact| &fact["proposal"])
        .filter(|undo| undo["undoes"] == proposal)
        .filter_map(|undo| undo["id"].as_str().map(str::to_owned))
        .collect()
}

/// After a kill the next click brings the fix to its end: the approval that was taken is carried out, or where none was
/// taken it can still be given. Either way it has run once.
#[track_caller]
pub(super) fn helps_once(bench: &Bench, fix: &Fix, after: &str) {
    let (facts, wrong) = found(bench, fix);
    assert!(wrong.is_empty(), "{after}: {wrong:#?}");
    let approved = of(&facts, &fix.id).approvals > 0;
    once_more(
        bench,
        &["approve", &fix.id],
        approved,
        "is over (verified",
        after,
    );
    let wanted = Truth {
        starts: 1,
        mode: "755".to_owned(),
        active: true,
    };
    assert_eq!(bench.truth(&fix.service), wanted, "{after}");
}

/// The same for an undo.
#[track_caller]
pub(super) fn undone_once(bench: &Bench, fix: &Fix, after: &str) {
    let (facts, wrong) = found(bench, fix);
    assert!(wrong.is_empty(), "{after}: {wrong:#?}");
    let undos = undos_of(&facts, &fix.id);
    let approved = undos
        .iter()
        .any(|undo| of(&facts, undo).approvals > 0 && !of(&facts, undo).voided);
    once_more(
        bench,
        &["rollback", &fix.id],
        approved,
        "was undone before",
        after,
    );
    let wanted = Truth {
        starts: 1,
        mode: "644".to_owned(),
        active: false,
    };
    assert_eq!(bench.truth(&fix.service), wanted, "{after}");
}

/// One more click: refused with these words where the first was taken, else carried out.
#[track_caller]
fn once_more(bench: &Bench, args: &[&str], taken: bool, words: &str, after: &str) {
    let (code, said) = bench.sickbay(args);
    if taken {
        let why = said["why"].as_str().unwrap_or("");
        assert!(
            code == 2 && said["outcome"] == "refused" && why.contains(words),
            "{after}: the approval that was taken did not lead to its end: {said:#}"
        );
    } else {
        assert!(
            code == 0 && said["outcome"] == "verified",
            "{after}: {said:#}"
        );
    }
}
