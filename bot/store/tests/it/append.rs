//! All of an append is kept, or nothing of it; and the one who decided on an older state is told.

use incident::fact::Claim;
use store::{AppendError, Appended, Stored, Thread};

use crate::common::*;

#[tokio::test]
async fn what_was_appended_is_loaded_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    assert_eq!(done(&store, facts("aaaaaa", 0, &["one", "two"])).await, 2);
    assert_eq!(done(&store, facts("aaaaaa", 2, &["three"])).await, 3);
    assert_eq!(texts(&store, "aaaaaa").await, ["one", "two", "three"]);
    let records = store.load(&incident("aaaaaa")).await.unwrap();
    assert_eq!(records[1].prev, records[0].hash);
    assert_eq!(records[0].seq, 1);
    assert_eq!(records[2].at, NOON);
    assert!(store.load(&incident("zzzzzz")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_decision_on_an_older_state_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    for version in [0, 2, u64::MAX] {
        let refused = store
            .append(facts("aaaaaa", version, &["late"]))
            .await
            .unwrap_err();
        assert!(
            matches!(refused, AppendError::Conflict { found: 1, .. }),
            "{refused}"
        );
    }
    let refused = store.append(facts("bbbbbb", 3, &["?"])).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::Conflict { found: 0, .. }),
        "{refused}"
    );
    assert_eq!(texts(&store, "aaaaaa").await, ["one"]);
}

#[tokio::test]
async fn a_redelivery_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut click = facts("aaaaaa", 0, &["one"]);
    click.heard = Some("slack Ev1".to_owned());
    click.effects = vec![effect("execute a1", NOON)];
    done(&store, click.clone()).await;
    for version in [0, 1] {
        click.expected_version = version;
        let again = store.append(click.clone()).await.unwrap();
        let incident = "20261123-aaaaaa".to_owned();
        assert_eq!(again, Appended::AlreadyHeard { incident });
    }
    assert_eq!(texts(&store, "aaaaaa").await, ["one"]);
    assert_eq!(store.pending(10, None).await.unwrap().len(), 1);
    assert_eq!(
        store.heard("slack Ev1").await.unwrap(),
        Some(incident("aaaaaa"))
    );
    assert_eq!(store.heard("slack Ev2").await.unwrap(), None);
}

#[tokio::test]
async fn a_refused_append_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut first = facts("aaaaaa", 0, &["one"]);
    first.claims = vec![Claim::HostLock {
        host: host("web1"),
        holder: execution("a1"),
    }];
    first.bodies = vec![body("e-1", "text")];
    done(&store, first).await;
    let mut second = facts("bbbbbb", 0, &["other"]);
    second.heard = Some("key".to_owned());
    second.effects = vec![effect("execute b1", NOON)];
    second.bodies = vec![body("e-1", "text")];
    second.proposals = vec![proposal("bbbbbb-1")];
    second.claims = vec![
        Claim::Daily {
            key: "d".to_owned(),
            day: 1,
            max: 1,
        },
        Claim::HostLock {
            host: host("web1"),
            holder: execution("b1"),
        },
    ];
    let refused = store.append(second).await.unwrap_err();
    assert!(matches!(refused, AppendError::Claimed(_)), "{refused}");
    assert!(store.load(&incident("bbbbbb")).await.unwrap().is_empty());
    assert!(store.pending(10, None).await.unwrap().is_empty());
    assert_eq!(store.heard("key").await.unwrap(), None);
    assert_eq!(store.body(&incident("bbbbbb"), "e-1").await.unwrap(), None);
    assert_eq!(
        store.incident_of(&proposal("bbbbbb-1")).await.unwrap(),
        None
    );
    assert_eq!(store.daily("d", 1).await.unwrap(), 0);
    sound(&store).await;
}

#[tokio::test]
async fn nothing_hangs_on_an_incident_without_a_fact() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut effects = facts("aaaaaa", 0, &[]);
    effects.effects = vec![effect("e", NOON)];
    let mut bodies = facts("aaaaaa", 0, &[]);
    bodies.bodies = vec![body("e-1", "text")];
    let mut proposals = facts("aaaaaa", 0, &[]);
    proposals.proposals = vec![proposal("aaaaaa-1")];
    for append in [effects, bodies, proposals] {
        let refused = store.append(append).await.unwrap_err();
        assert!(matches!(refused, AppendError::NoFact { .. }), "{refused}");
    }
    // A refusal that was heard is remembered, and is all there is.
    let mut heard = facts("aaaaaa", 0, &[]);
    heard.heard = Some("key".to_owned());
    assert_eq!(done(&store, heard).await, 0);
    assert!(store.incidents(10).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_effect_is_queued_once() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut first = facts("aaaaaa", 0, &["one"]);
    first.effects = vec![effect("k", NOON)];
    done(&store, first).await;
    let mut same = facts("aaaaaa", 1, &["two"]);
    same.effects = vec![effect("k", after(5))];
    done(&store, same).await;
    let pending = store.pending(10, None).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].not_before, NOON, "the first one stands");
    let mut other = facts("aaaaaa", 2, &["three"]);
    other.effects = vec![effect("k", NOON)];
    other.effects[0].kind = "verify".to_owned();
    let refused = store.append(other).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::EffectDiffers { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_text_is_kept_until_it_is_erased() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut append = facts("aaaaaa", 0, &["one"]);
    append.bodies = vec![body("e-1", "nul \0 and ümläut"), body("e-2", "")];
    done(&store, append).await;
    let id = incident("aaaaaa");
    let text = store.body(&id, "e-1").await.unwrap();
    assert_eq!(text, Some(Stored::Text("nul \0 and ümläut".to_owned())));
    assert_eq!(
        store.body(&id, "e-2").await.unwrap(),
        Some(Stored::Text(String::new()))
    );
    assert_eq!(store.body(&id, "e-3").await.unwrap(), None);
    let records = store.load(&id).await.unwrap();
    assert_eq!(
        records[0].attached[0].hash,
        body("e-1", "nul \0 and ümläut").hash()
    );
    let mut again = facts("aaaaaa", 1, &["two"]);
    again.bodies = vec![body("e-1", "other")];
    let refused = store.append(again).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::BodyTaken { .. }),
        "{refused}"
    );

    let mut erase = facts("aaaaaa", 1, &["erased e-1"]);
    erase.at = after(7);
    erase.erasures = vec!["e-1".to_owned()];
    done(&store, erase.clone()).await;
    assert_eq!(
        store.body(&id, "e-1").await.unwrap(),
        Some(Stored::Erased(after(7)))
    );
    erase.expected_version = 2;
    let refused = store.append(erase).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::NothingToErase { .. }),
        "{refused}"
    );
    assert!(store.erase_body(&id, "e-2", after(8)).await.unwrap());
    assert!(!store.erase_body(&id, "e-2", after(9)).await.unwrap());
    let verified = sound(&store).await;
    assert_eq!(
        (verified.bodies, verified.erased, verified.records),
        (2, 2, 2)
    );
}

#[tokio::test]
async fn an_erased_text_is_gone_from_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let secret = "the text that somebody asked us to forget";
    let on_disk = || {
        let files = std::fs::read_dir(dir.path()).unwrap();
        files.flatten().any(|file| {
            let bytes = std::fs::read(file.path()).unwrap();
            bytes
                .windows(secret.len())
                .any(|part| part == secret.as_bytes())
        })
    };
    let mut append = facts("aaaaaa", 0, &["one"]);
    append.bodies = vec![body("e-1", secret), body("e-2", &secret.repeat(500))];
    done(&store, append).await;
    assert!(on_disk());
    let mut erase = facts("aaaaaa", 1, &["erased e-1"]);
    erase.erasures = vec!["e-1".to_owned()];
    done(&store, erase).await;
    assert!(
        store
            .erase_body(&incident("aaaaaa"), "e-2", NOON)
            .await
            .unwrap()
    );
    assert!(!on_disk(), "while the journal is open");
    store.close().await;
    assert!(!on_disk(), "after it was closed");
}

#[tokio::test]
async fn incidents_and_proposals_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for (n, letters) in ["aaaaaa", "abbbbb", "cccccc"].into_iter().enumerate() {
        let mut append = facts(letters, 0, &["one"]);
        append.at = after(i64::try_from(n).unwrap());
        append.proposals = vec![append.incident.proposal(1)];
        done(&store, append).await;
    }
    let newest: Vec<String> = store
        .incidents(2)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.id.to_string())
        .collect();
    assert_eq!(newest, ["20261123-cccccc", "20261123-abbbbb"]);
    let changed = store.changed_since(after(1)).await.unwrap();
    let changed: Vec<&str> = changed.iter().map(|row| row.id.letters()).collect();
    assert_eq!(changed, ["cccccc", "abbbbb"]);
    let row = store.incident(&incident("aaaaaa")).await.unwrap().unwrap();
    assert_eq!((row.version, row.opened_at), (1, NOON));
    assert_eq!(store.find_incident("a", 10).await.unwrap().len(), 2);
    assert_eq!(
        store.find_incident("ab", 10).await.unwrap()[0].id,
        incident("abbbbb")
    );
    assert_eq!(store.find_incident("20261123", 10).await.unwrap().len(), 3);
    assert!(store.find_incident("%", 10).await.unwrap().is_empty());
    assert_eq!(
        store.incident_of(&proposal("cccccc-1")).await.unwrap(),
        Some(incident("cccccc"))
    );
    let mut thief = facts("dddddd", 0, &["one"]);
    thief.proposals = vec![proposal("cccccc-1")];
    let refused = store.append(thief).await.unwrap_err();
    assert!(
        matches!(refused, AppendError::ProposalTaken { .. }),
        "{refused}"
    );
}

#[tokio::test]
async fn a_caller_that_stops_waiting_does_not_cut_a_write_in_half() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for version in 0..20 {
        let append = facts("aaaaaa", version, &["one"]);
        let wait = std::time::Duration::from_micros(version * 50);
        let _gave_up = tokio::time::timeout(wait, store.append(append)).await;
        while store
            .incident(&incident("aaaaaa"))
            .await
            .unwrap()
            .map_or(0, |row| row.version)
            <= version
        {
            tokio::task::yield_now().await;
        }
    }
    sound(&store).await;
}

#[tokio::test]
async fn what_a_thread_shows_holds_until_its_incident_moves_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    let thread = Thread {
        incident: incident("aaaaaa"),
        version: 1,
        open: vec![(proposal("aaaaaa-1"), after(6), after(9))],
    };
    store.keep_thread("new", &thread).await.unwrap();
    let shown = store.threads("new", NOON).await.unwrap();
    assert_eq!(shown, std::slice::from_ref(&thread));
    assert_eq!(store.threads("old", NOON).await.unwrap(), []);
    assert_eq!(store.threads("new", after(1)).await.unwrap(), []);
    done(&store, facts("aaaaaa", 1, &["two"])).await;
    assert_eq!(store.threads("new", NOON).await.unwrap(), []);
    let later = Thread {
        version: 2,
        open: Vec::new(),
        ..thread
    };
    store.keep_thread("new", &later).await.unwrap();
    assert_eq!(store.threads("new", NOON).await.unwrap(), [later]);
}
