//! What can go wrong with the file itself, told once for every operation: what, where, and what to do next.

use std::path::{Path, PathBuf};

use incident::IncidentId;

use crate::verify::Break;

/// The journal could not be read or written. Nothing of the operation was kept.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The disk, the quota or the file size limit is used up.
    #[error(
        "no room is left to write the journal {path}; free some space there, or point --state at another disk"
    )]
    Full {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The file or its disk takes no writes.
    #[error(
        "the journal {path} cannot be written: its disk or directory is read-only; \
         point --state at a directory that can be written"
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// Another process holds the write lock for too long.
    #[error(
        "another process has kept the journal {path} locked for more than {BUSY_SECONDS} s; \
         find it with `fuser {path}`, and try again when it is done"
    )]
    Busy {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The pages of the file do not fit together.
    #[error(
        "the journal {path} is damaged; keep a copy of its directory, then go on from the last backup \
         with --state"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// Anything else.
    #[error("the journal {path} could not be used")]
    Other {
        /// The file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// The task that did the work ended early: the runtime shuts down, or there is a defect.
    #[error(
        "the write to the journal {path} was cut short; look with `sickbay incident list` whether it is there"
    )]
    Stopped {
        /// The file.
        path: PathBuf,
        /// Why.
        source: tokio::task::JoinError,
    },
}

/// How long a writer waits for another one.
pub(crate) const BUSY_SECONDS: u64 = 10;

impl Fault {
    /// Sorts what the database said by what a person can do about it.
    pub(crate) fn of(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        match primary_code(&source) {
            Some(13) => Self::Full { path, source },
            // A full disk also shows as a failed write, a failed growth of the shared-memory file or a failed open.
            Some(10 | 14) if is_full(&path) => Self::Full { path, source },
            Some(8) => Self::ReadOnly { path, source },
            Some(5 | 6) => Self::Busy { path, source },
            Some(11 | 26) => Self::Damaged { path, source },
            _ if matches!(source, sqlx::Error::PoolTimedOut) => Self::Busy { path, source },
            _ => Self::Other { path, source },
        }
    }
}

/// SQLite's primary result code; the extended one has it in its low byte.
pub(crate) fn primary_code(error: &sqlx::Error) -> Option<i64> {
    let code = error.as_database_error()?.code()?;
    Some(code.parse::<i64>().ok()? & 0xff)
}

/// Whether the disk that holds `path` has no room for even a few pages.
fn is_full(path: &Path) -> bool {
    path.parent()
        .and_then(|dir| rustix::fs::statvfs(dir).ok())
        .is_some_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < 256 * 1024)
}

/// Something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be used.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// What is stored is not what was recorded.
    #[error("the journal of incident {incident} does not hold together: {found}")]
    Broken {
        /// Whose journal.
        incident: IncidentId,
        /// The first difference.
        found: Box<Break>,
    },
    /// A row holds what this program would never write.
    #[error(
        "the journal holds {what}, which this program never writes; run `sickbay audit verify`"
    )]
    Foreign {
        /// What it is and where.
        what: String,
    },
}
