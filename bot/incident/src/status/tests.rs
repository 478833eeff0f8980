//! Who may say that they are on it and that it is over, and how far an incident is by its facts.

use crate::account::tests::{Story, ana, id};
use crate::remediation::Outcome;
use crate::status::{Status, Word, decide};
use crate::{Fact, Moment};

fn over() -> Word {
    Word::Over {
        reason: "it was the cable".to_owned(),
    }
}

fn say(story: &Story, word: Word, who: &str) -> Result<Fact, String> {
    let said = decide(&story.incident(), word, id(who), "slack U1".to_owned());
    said.map_err(|refusal| refusal.to_string())
}

#[test]
fn somebody_is_on_it_once_and_it_is_over_once() {
    let mut story = Story::opened();
    assert!(
        matches!(say(&story, Word::OnIt, "ana"), Ok(Fact::Acknowledged { by, .. }) if by == ana())
    );
    story.on_it("ana");
    assert_eq!(
        say(&story, Word::OnIt, "ana").unwrap_err(),
        "ana is on incident 20261123-abc since 1970-01-01 00:01 UTC"
    );
    assert!(say(&story, Word::OnIt, "bo").is_ok());
    assert!(
        matches!(say(&story, over(), "bo"), Ok(Fact::Resolved { reason, .. }) if reason == "it was the cable")
    );
    story.over("bo");
    for word in [Word::OnIt, over()] {
        assert_eq!(
            say(&story, word, "ana").unwrap_err(),
            "bo resolved incident 20261123-abc at 1970-01-01 00:02 UTC; diagnose again if the trouble is back"
        );
    }
}

#[test]
fn what_nobody_opened_is_refused_and_so_is_what_still_runs() {
    let story = Story::default();
    assert_eq!(
        say(&story, over(), "ana").unwrap_err(),
        "there is no incident 20261123-abc"
    );
    let mut story = Story::found();
    story.approved("bo");
    assert_eq!(
        say(&story, over(), "ana").unwrap_err(),
        "abc-1 is still being carried out; resolve incident 20261123-abc when it has ended"
    );
    assert!(say(&story, Word::OnIt, "ana").is_ok());
}

#[test]
fn what_is_recorded_of_it_is_read_for_ever() {
    let check = |text: &str| {
        let fact: Fact = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&fact).unwrap(), text);
        fact.kind()
    };
    let on_it = r#"{"fact":"acknowledged","by":"ana","via":"slack U1"}"#;
    assert_eq!(check(on_it), "acknowledged");
    let over = r#"{"fact":"resolved","by":"ana","via":"slack U1","reason":"a cable"}"#;
    assert_eq!(check(over), "resolved");
    let silent = r#"{"fact":"resolved","by":"ana","via":"slack U1"}"#;
    assert_eq!(check(silent), "resolved");
}

#[test]
fn its_status_follows_from_its_facts() {
    let mut story = Story::opened();
    assert_eq!(story.incident().status(), Status::Investigating);
    let mut story_of_found = Story::found();
    assert_eq!(story_of_found.incident().status(), Status::Investigating);
    story_of_found.approved("bo");
    assert_eq!(story_of_found.incident().status(), Status::Mitigating);
    story_of_found.ran();
    assert_eq!(story_of_found.incident().status(), Status::Mitigating);
    let mut failed = story_of_found.clone();
    failed.looked(Outcome::NotFixed);
    assert_eq!(failed.incident().status(), Status::Mitigating);
    story_of_found.looked(Outcome::Verified);
    assert_eq!(story_of_found.incident().status(), Status::Monitoring);
    story_of_found.over("ana");
    assert_eq!(story_of_found.incident().status(), Status::Resolved);
    // Whoever undoes the fix is at it again.
    story_of_found.undoing("bo");
    assert_eq!(story_of_found.incident().status(), Status::Mitigating);
    story_of_found.undone();
    assert_eq!(story_of_found.incident().status(), Status::Investigating);
    story.over("ana");
    assert_eq!(story.incident().status(), Status::Resolved);
    // A first look that ends after that is no reason to open it again; a second one is.
    story.push(story_of_found.facts[1].1.clone());
    assert_eq!(story.incident().status(), Status::Resolved);
    story.push(story_of_found.facts[1].1.clone());
    assert_eq!(story.incident().status(), Status::Investigating);
    assert_eq!(story.facts.last().unwrap().0, Moment(180_000));
}

/// A closer look mends nothing: it neither makes an incident one that is being mitigated, nor opens one that is over.
#[test]
fn a_closer_look_changes_nothing_of_an_incident() {
    let mut story = Story::found();
    story.only_look();
    story.approved("bo");
    assert_eq!(story.incident().status(), Status::Investigating);
    story.ran();
    story.looked(Outcome::Captured);
    let incident = story.incident();
    assert_eq!(incident.status(), Status::Investigating);
    let one = incident.remediations.values().next().unwrap();
    assert_eq!(one.outcome(), Some(Outcome::Captured));
    let mut over = Story::found();
    over.only_look();
    over.over("ana");
    over.approved("bo");
    assert_eq!(over.incident().status(), Status::Resolved);
}
