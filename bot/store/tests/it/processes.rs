//! Several processes share one file: each append is one after the other, and no one decides on what is past.

use std::path::PathBuf;

use store::{AppendError, Store};

use crate::common::*;

/// Appends `count` facts to one incident, deciding again whenever another was faster. Says how often that was.
async fn writer(dir: PathBuf, name: &'static str, count: usize) -> usize {
    let store = Store::open(&dir, NOON).await.unwrap();
    let mut conflicts = 0;
    for n in 0..count {
        let text = format!("{name} {n}");
        loop {
            let row = store.incident(&incident("aaaaaa")).await.unwrap();
            let version = row.map_or(0, |row| row.version);
            match store.append(facts("aaaaaa", version, &[&text])).await {
                Ok(_) => break,
                Err(AppendError::Conflict { .. }) => conflicts += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    store.close().await;
    conflicts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_append_is_lost_and_none_is_doubled() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state");
    // They also race to make the file.
    let writers: Vec<_> = ["p", "q", "r"]
        .into_iter()
        .map(|name| tokio::spawn(writer(path.clone(), name, 40)))
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let store = open(&path).await;
    let texts = texts(&store, "aaaaaa").await;
    assert_eq!(texts.len(), 120);
    for name in ["p", "q", "r"] {
        let own: Vec<&String> = texts.iter().filter(|text| text.starts_with(name)).collect();
        let expected: Vec<String> = (0..40).map(|n| format!("{name} {n}")).collect();
        assert_eq!(own, expected.iter().collect::<Vec<_>>());
    }
    let verified = sound(&store).await;
    assert_eq!((verified.records, verified.incidents), (120, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_clicks_at_the_same_moment_are_one() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).await;
    let second = open(dir.path()).await;
    done(&first, facts("aaaaaa", 0, &["opened"])).await;
    for version in 1..20 {
        let (a, b) = tokio::join!(
            first.append(facts("aaaaaa", version, &["approved"])),
            second.append(facts("aaaaaa", version, &["approved"])),
        );
        let lost = [a, b]
            .into_iter()
            .filter_map(Result::err)
            .collect::<Vec<_>>();
        assert!(
            matches!(lost[..], [AppendError::Conflict { .. }]),
            "{lost:?}"
        );
    }
    assert_eq!(texts(&second, "aaaaaa").await.len(), 20);
}
