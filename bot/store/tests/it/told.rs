//! What was told of an incident: a person once, all of them after news or talk, and never twice.

use incident::Moment;
use store::{Append, NewFact, Post, Said, Store};

use crate::common::*;

/// An incident with a thread in a conversation.
async fn with_thread(store: &Store, letters: &str, place: &str) {
    done(store, facts(letters, 0, &["opened"])).await;
    let post = Post {
        part: "root".to_owned(),
        message: Some(format!("{place}:{letters}")),
        shown: String::new(),
    };
    store.keep_post(&incident(letters), &post).await.unwrap();
}

async fn record(store: &Store, letters: &str, version: u64, kind: &str, at: Moment) {
    let mut append = Append::new(incident(letters), version, at);
    append.facts = vec![NewFact {
        kind: kind.to_owned(),
        body: serde_json::json!({ "fact": kind }),
    }];
    done(store, append).await;
}

async fn say(store: &Store, letters: &str, n: i64, text: Option<&str>) {
    let said = Said {
        incident: incident(letters),
        message: format!("m {letters} {n}"),
        author: "ana".to_owned(),
        at: after(60_000 + n),
        text: text.map(str::to_owned),
    };
    store.keep_said(vec![said]).await.unwrap();
}

/// Those that stirred, as far as all were told of them before this.
async fn stirred(store: &Store, upto: Moment) -> Vec<(String, Moment)> {
    let all = store.stirred(NOON, upto).await.unwrap();
    all.into_iter()
        .map(|(id, at)| (id.letters().to_owned(), at))
        .collect()
}

#[tokio::test]
async fn a_person_is_told_once_whoever_asks() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for letters in ["aaaaaa", "bbbbbb"] {
        done(&store, facts(letters, 0, &["one"])).await;
    }
    let tell = async |letters: &str, who: &str| {
        let told = store.tell_once(&incident(letters), who, NOON).await;
        told.unwrap()
    };
    assert!(tell("aaaaaa", "ana").await);
    assert!(!tell("aaaaaa", "ana").await);
    assert!(tell("aaaaaa", "bo").await && tell("bbbbbb", "ana").await);
    store.close().await;
    let store = open(dir.path()).await;
    let again = store.tell_once(&incident("bbbbbb"), "ana", NOON).await;
    assert!(!again.unwrap(), "also after a restart");
}

#[tokio::test]
async fn news_or_talk_stirs_an_incident_until_all_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for letters in ["aaaaaa", "bbbbbb", "cccccc"] {
        with_thread(&store, letters, "slack:T1:C1").await;
    }
    // One without a thread has nobody to tell.
    done(&store, facts("dddddd", 0, &["opened"])).await;
    record(&store, "dddddd", 1, "approved", after(60_000)).await;
    assert_eq!(stirred(&store, after(90_000)).await, []);

    record(&store, "aaaaaa", 1, "approved", after(60_000)).await;
    record(&store, "bbbbbb", 1, "judged", after(60_000)).await;
    say(&store, "cccccc", 0, Some("hm")).await;
    say(&store, "cccccc", 1, Some("hm")).await;
    say(&store, "cccccc", 2, None).await;
    assert_eq!(
        stirred(&store, after(90_000)).await,
        [("aaaaaa".to_owned(), NOON)]
    );
    say(&store, "cccccc", 3, Some("hm")).await;
    let both = stirred(&store, after(90_000)).await;
    assert_eq!(both.len(), 2);

    let now = after(90_000);
    assert!(store.tell_all(&incident("aaaaaa"), now).await.unwrap());
    assert!(!store.tell_all(&incident("aaaaaa"), now).await.unwrap());
    assert_eq!(stirred(&store, after(90_000)).await[0].0, "cccccc");
    record(&store, "aaaaaa", 2, "verified", after(95_000)).await;
    assert_eq!(stirred(&store, after(89_999)).await.len(), 1, "too soon");
    assert_eq!(stirred(&store, now).await[0], ("aaaaaa".to_owned(), now));
}

#[tokio::test]
async fn what_counts_as_news_is_what_the_words_say_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let others = [
        "opened",
        "examined",
        "judged",
        "proposed",
        "expired",
        "granted",
        "dispatched",
        "thread",
        "resolved",
        "closed",
    ];
    let news = incident::account::NEWS;
    for (n, kind) in news.iter().chain(&others).enumerate() {
        let letters = format!("aaaa{n:02}");
        with_thread(&store, &letters, "slack:T1:C1").await;
        record(&store, &letters, 1, kind, after(60_000)).await;
        let stirs = stirred(&store, after(90_000)).await;
        let stirs = stirs.iter().any(|(one, _)| *one == letters);
        assert_eq!(stirs, news.contains(kind), "{kind}");
    }
}

#[tokio::test]
async fn the_incidents_of_a_conversation_are_known_by_their_threads() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    with_thread(&store, "aaaaaa", "slack:T1:C1").await;
    with_thread(&store, "bbbbbb", "slack:T1:C11").await;
    let found = store.incidents_in("slack:T1:C1", NOON, 3).await.unwrap();
    assert_eq!(found, [incident("aaaaaa")]);
    let later = store.incidents_in("slack:T1:C1", after(1), 3).await;
    assert_eq!(later.unwrap(), []);
}
