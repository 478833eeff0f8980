//! A backup is a state directory like any other.

use store::{BackupError, HeadState, Store};

use crate::common::*;

#[tokio::test]
async fn a_backup_opens_verifies_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let mut append = facts("aaaaaa", 0, &["one", "two"]);
    append.bodies = vec![body("e-1", "text")];
    append.effects = vec![effect("e", NOON)];
    done(&store, append).await;
    let to = dir.path().join("copy");
    assert_eq!(store.backup(&to).await.unwrap(), 2);
    done(&store, facts("aaaaaa", 2, &["three"])).await;

    let copy = open(&to).await;
    let verified = sound(&copy).await;
    assert_eq!((verified.records, verified.head), (2, HeadState::Current));
    assert_eq!(texts(&copy, "aaaaaa").await, ["one", "two"]);
    assert_eq!(copy.pending(9, None).await.unwrap().len(), 1);
    done(&copy, facts("aaaaaa", 2, &["another three"])).await;
    sound(&copy).await;
    assert_eq!(texts(&store, "aaaaaa").await, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_backup_replaces_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let refused = store.backup(dir.path()).await.unwrap_err();
    assert!(matches!(refused, BackupError::Taken { .. }), "{refused}");
    let to = dir.path().join("copy");
    store.backup(&to).await.unwrap();
    let refused = store.backup(&to).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("give a directory that is new or empty"),
        "{refused}"
    );
}

#[tokio::test]
async fn an_empty_journal_can_be_backed_up() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let to = dir.path().join("copy");
    assert_eq!(store.backup(&to).await.unwrap(), 0);
    let copy = Store::open(&to, NOON).await.unwrap();
    sound(&copy).await;
}
