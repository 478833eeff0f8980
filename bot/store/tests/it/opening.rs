//! A journal that could not be trusted is not opened, and the refusal says where to go.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use store::{AppendError, Fault, OpenError, PlaceError, Store};

use crate::common::*;

/// What opening says, which must be a refusal.
async fn refused(dir: &Path) -> OpenError {
    match Store::open(dir, NOON).await {
        Ok(_) => panic!("opened {}", dir.display()),
        Err(refused) => refused,
    }
}

/// Runs statements on a database, which is made if need be.
pub(crate) async fn raw(path: &Path, statements: &[&'static str]) {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true);
    let mut conn = options.connect().await.unwrap();
    for statement in statements {
        sqlx::query(*statement).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
}

/// A small disk in memory, unmounted when dropped.
pub(crate) struct Disk(PathBuf);

impl Disk {
    /// None where this user may not mount; says so.
    pub(crate) fn mount(at: &Path, options: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("mode=0700,{options}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(at)
            .output();
        match mounted {
            Ok(done) if done.status.success() => Some(Self(at.to_owned())),
            other => {
                eprintln!(
                    "skipped: this test needs to mount a small disk, which takes root: {other:?}"
                );
                None
            }
        }
    }

    pub(crate) fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let done = Command::new("mount")
            .args(["-o", &options])
            .arg(&self.0)
            .status()
            .unwrap();
        assert!(done.success());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _status = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Fills a directory's disk to the last byte.
fn fill(dir: &Path) {
    use std::io::Write;
    let mut file = std::fs::File::create(dir.join("filler")).unwrap();
    for size in [65_536, 512, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

#[tokio::test]
async fn all_that_is_made_is_private() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("sickbay");
    let store = open(&state).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let mut names: Vec<String> = Vec::new();
    for file in std::fs::read_dir(&state).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(
        names,
        ["head", "journal.db", "journal.db-shm", "journal.db-wal"]
    );
    store.close().await;
    assert_eq!(
        std::fs::read_dir(&state).unwrap().count(),
        2,
        "the log is folded in"
    );
    assert_eq!(texts(&open(&state).await, "aaaaaa").await, ["one"]);
}

#[tokio::test]
async fn a_later_schema_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.close().await;
    let path = dir.path().join("journal.db");
    raw(
        &path,
        &["INSERT INTO _sqlx_migrations VALUES (9000, 'later', '', 1, x'00', 0)"],
    )
    .await;
    let said = refused(dir.path()).await.to_string();
    assert!(
        said.contains("written by a later sickbay (its schema is 9000, this one knows "),
        "{said}"
    );
}

#[tokio::test]
async fn a_step_that_is_missing_below_the_newest_is_made() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.close().await;
    let path = dir.path().join("journal.db");
    raw(
        &path,
        &[
            "DROP TABLE baseline",
            "DELETE FROM _sqlx_migrations WHERE version = 8",
        ],
    )
    .await;
    let store = open(dir.path()).await;
    assert_eq!(store.baselines().await.unwrap().len(), 0);
}

#[tokio::test]
async fn databases_of_others_are_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    raw(&path, &["CREATE TABLE theirs (x)"]).await;
    let said = refused(dir.path()).await.to_string();
    assert!(
        said.ends_with("is a database of another program; point --state elsewhere"),
        "{said}"
    );
    std::fs::write(&path, "not a database at all, but longer than a header of one hundred bytes would be, so it is read as one").unwrap();
    let refused = refused(dir.path()).await;
    assert!(
        matches!(refused, OpenError::Fault(Fault::Damaged { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_damaged_file_is_not_used() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for version in 0..50 {
        done(&store, facts("aaaaaa", version, &[&"long ".repeat(200)])).await;
    }
    store.close().await;
    let path = dir.path().join("journal.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    for byte in &mut bytes[middle..middle + 8192] {
        *byte ^= 0x5a;
    }
    std::fs::write(&path, bytes).unwrap();
    let refused = refused(dir.path()).await;
    let said = refused.to_string();
    assert!(
        said.contains("is damaged") && said.contains("keep a copy of its directory"),
        "{said}"
    );
}

#[tokio::test]
async fn a_read_only_disk_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&root.path().join("disk"), "size=4m") else {
        return;
    };
    let state = disk.0.join("state");
    let store = open(&state).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    store.close().await;
    disk.remount("ro");
    for dir in [state, disk.0.join("new")] {
        let refused = refused(&dir).await;
        assert!(
            matches!(refused, OpenError::Place(PlaceError::ReadOnly { .. })),
            "{refused:?}"
        );
        let said = refused.to_string();
        assert!(
            said.contains(&dir.display().to_string()) && said.contains("--state"),
            "{said}"
        );
    }
}

/// Appends until there is no room, counts what was kept, and says the refusal.
async fn until_full(store: &Store, kept: &mut u64) -> String {
    let text = "x".repeat(20_000);
    loop {
        match store.append(facts("aaaaaa", *kept, &[&text])).await {
            Ok(_) => *kept += 1,
            Err(AppendError::Fault(full @ Fault::Full { .. })) => return full.to_string(),
            Err(other) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_full_disk_is_refused_and_one_that_fills_up_loses_nothing() {
    let root = tempfile::tempdir().unwrap();
    let Some(disk) = Disk::mount(&root.path().join("disk"), "size=2m") else {
        return;
    };
    let state = disk.0.join("state");
    let store = open(&state).await;
    done(&store, facts("aaaaaa", 0, &["one"])).await;
    fill(&disk.0);
    let mut kept = 1;
    let said = until_full(&store, &mut kept).await;
    assert!(
        said.contains("no room is left") && said.contains("--state"),
        "{said}"
    );
    assert_eq!(
        texts(&store, "aaaaaa").await.len() as u64,
        kept,
        "what is there can be read"
    );
    store.close().await;
    fill(&disk.0);
    match Store::open(&state, NOON).await {
        Err(OpenError::Fault(Fault::Full { .. }) | OpenError::Place(PlaceError::Full { .. })) => {}
        Err(other) => panic!("{other:?}"),
        // The log that could not be folded in has room for a little more.
        Ok(store) => {
            until_full(&store, &mut kept).await;
            store.close().await;
        }
    }
    let new = refused(&disk.0.join("new")).await;
    assert!(
        matches!(
            new,
            OpenError::Fault(Fault::Full { .. }) | OpenError::Place(PlaceError::Full { .. })
        ),
        "{new:?}"
    );
    std::fs::remove_file(disk.0.join("filler")).unwrap();
    let store = open(&state).await;
    assert_eq!(done(&store, facts("aaaaaa", kept, &["on"])).await, kept + 1);
    assert_eq!(sound(&store).await.records, kept + 1);
}

#[tokio::test]
async fn many_open_a_new_journal_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let state = state.clone();
            tokio::spawn(async move { Store::open(&state, NOON).await })
        })
        .collect();
    for opened in opening {
        sound(&opened.await.unwrap().unwrap()).await;
    }
}
