//! Looking at a journal without touching it: nothing is made, brought up to date or recorded.

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions as _, Connection as _};

use crate::fault::Fault;
use crate::open::{
    CHECKED_AT_OPEN, check_engine, check_known, check_pages, check_settings, options, pool,
};
use crate::place;
use crate::{OpenError, PlaceError, Store, sql};

/// What a disk has left for a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes that we may still write.
    pub free: u64,
    /// Bytes in all.
    pub whole: u64,
    /// Whether a reboot empties it.
    pub in_memory: bool,
}

impl Store {
    /// Opens the journal in `dir` to look at it; none where there is none yet. Whoever then writes through it was told not
    /// to: its schema may be an older one.
    ///
    /// # Errors
    /// [`OpenError`] as [`Store::open`] has it.
    pub async fn look(dir: &Path) -> Result<Option<Self>, OpenError> {
        let path = dir.join("journal.db");
        if !dir.exists() {
            return Ok(None);
        }
        let _handle = place::check(dir)?;
        // Beside the file lie its log and the memory that its users share: the engine could only say that it cannot open them.
        let may = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
        if let Err(source) = rustix::fs::access(dir, may) {
            return Err(PlaceError::of(dir, source.into()).into());
        }
        let about = match std::fs::symlink_metadata(&path) {
            Ok(about) if about.is_file() && about.len() == 0 => return Ok(None),
            Ok(about) if about.is_file() => about,
            Ok(_) => return Err(PlaceError::NotAFile { path }.into()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let dir = dir.to_owned();
                return Err(PlaceError::Unusable { dir, source }.into());
            }
        };
        // A connection would turn the file of another program into one with a log like ours.
        if !is_ours(&path) {
            return Err(OpenError::Foreign { path });
        }
        let fault = |error| OpenError::from(Fault::of(&path, error));
        // The last connection to end folds the log into the file; one that may not write leaves both as they are. Where there
        // is no log, it would leave one behind.
        let keeper = if has_log(&path) {
            let reading = options(&path).read_only(true).connect().await;
            Some(reading.map_err(fault)?)
        } else {
            None
        };
        let writer = pool(&path, 1);
        let mut conn = writer.acquire().await.map_err(fault)?;
        check_engine(&mut conn).await.map_err(fault)??;
        check_settings(&mut conn, &path).await.map_err(fault)??;
        check_known(&mut conn, &path).await?;
        if about.len() <= CHECKED_AT_OPEN {
            check_pages(&mut conn, &path).await?;
        }
        let journal: Result<String, _> = sqlx::query_scalar(sql::JOURNAL_ID)
            .fetch_one(&mut *conn)
            .await;
        let journal = journal.map_err(fault)?;
        drop(conn);
        Ok(Some(Self::of(dir, path, journal, writer, None, keeper)))
    }

    /// Whether the journal takes writes: the place of a writer is taken and given back, and nothing is written.
    ///
    /// # Errors
    /// [`Fault`] says why it takes none.
    pub async fn takes_writes(&self) -> Result<(), Fault> {
        let fault = |error| self.fault(error);
        let mut conn = self.writer().acquire().await.map_err(fault)?;
        let turn = conn.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
        turn.rollback().await.map_err(fault)
    }

    /// What the disk under a directory has left. For one that is not there yet: under where it would be.
    ///
    /// # Errors
    /// Where the system does not say.
    pub fn room(dir: &Path) -> Result<Room, std::io::Error> {
        let mut there: PathBuf = std::path::absolute(dir)?;
        while !there.exists() && there.pop() {}
        let disk = rustix::fs::statvfs(&there)?;
        let kind = rustix::fs::statfs(&there)?;
        Ok(Room {
            free: disk.f_bavail.saturating_mul(disk.f_frsize),
            whole: disk.f_blocks.saturating_mul(disk.f_frsize),
            in_memory: place::in_memory(kind.f_type),
        })
    }
}

/// Whether the first bytes of a file are those of a journal, or what makes it one still stands in its log. What cannot be
/// read is left to the engine to say.
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::FileExt as _;
    let mut head = [0; 72];
    let read = std::fs::File::open(path).and_then(|file| file.read_exact_at(&mut head, 0));
    match read {
        Ok(()) => head.ends_with(b"Sick") || (head.ends_with(&[0; 4]) && has_log(path)),
        Err(error) => error.kind() != std::io::ErrorKind::UnexpectedEof,
    }
}

fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(PathBuf::from(log)).is_ok_and(|about| about.len() > 0)
}
