//! Who only looks leaves everything as it was, and says what is wrong all the same.

use std::collections::BTreeMap;
use std::path::Path;

use store::{OpenError, Store};

use crate::common::*;
use crate::opening::{Disk, raw};

/// Every file of a directory with what is in it.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).unwrap_or_default())
        })
        .collect()
}

/// What looking says, which must be that something is wrong.
async fn refused(dir: &Path) -> OpenError {
    match Store::look(dir).await {
        Ok(_) => panic!("looked at {}", dir.display()),
        Err(refused) => refused,
    }
}

#[tokio::test]
async fn nothing_is_made_and_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let absent = dir.path().join("state");
    assert!(Store::look(&absent).await.unwrap().is_none());
    assert!(!absent.exists(), "looking makes no directory");
    let room = Store::room(&absent).unwrap();
    assert!(room.free > 0 && room.free <= room.whole);

    let store = open(&absent).await;
    done(&store, facts("aaaaaa", 0, &["one", "two"])).await;
    store.close().await;
    let before = files(&absent);
    let looked = Store::look(&absent).await.unwrap().unwrap();
    looked.takes_writes().await.unwrap();
    assert_eq!(looked.incidents(5).await.unwrap().len(), 1);
    assert_eq!(texts(&looked, "aaaaaa").await, ["one", "two"]);
    assert_eq!(looked.head_disagrees().await.unwrap(), None);
    looked.close().await;
    assert!(before == files(&absent), "looking changes no byte");
}

#[tokio::test]
async fn a_journal_whose_writer_was_killed_is_ours() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    // All that was written stands in the log: the file itself does not yet say whose it is.
    let copy = tempfile::tempdir().unwrap();
    for (name, bytes) in files(dir.path()) {
        if !name.ends_with("-shm") {
            std::fs::write(copy.path().join(name), bytes).unwrap();
        }
    }
    let before = files(copy.path());
    let looked = Store::look(copy.path()).await.unwrap().unwrap();
    looked.takes_writes().await.unwrap();
    assert_eq!(texts(&looked, "aaaaaa").await, ["one"]);
    looked.close().await;
    // What its users share in memory is no part of it.
    let mut after = files(copy.path());
    after.retain(|name, _| !name.ends_with("-shm"));
    assert!(before == after, "the log is not folded into the file");
}

#[tokio::test]
async fn what_is_no_journal_of_ours_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    raw(&path, &["CREATE TABLE notes (text TEXT)"]).await;
    let before = files(dir.path());
    assert!(matches!(
        refused(dir.path()).await,
        OpenError::Foreign { .. }
    ));
    assert!(before == files(dir.path()));
    std::fs::write(&path, "hello").unwrap();
    assert!(matches!(
        refused(dir.path()).await,
        OpenError::Foreign { .. }
    ));
}

#[tokio::test]
async fn a_disk_that_takes_no_writes_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().join("small");
    let Some(disk) = Disk::mount(&at, "size=8m") else {
        return;
    };
    let store = open(&at).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    store.close().await;
    assert!(Store::room(&at).unwrap().in_memory);
    disk.remount("ro");
    let said = match Store::look(&at).await {
        Ok(looked) => looked
            .unwrap()
            .takes_writes()
            .await
            .unwrap_err()
            .to_string(),
        Err(error) => error.to_string(),
    };
    assert!(said.contains("cannot be written"), "{said}");
}
