//! A backup is a whole state directory: it opens, verifies and goes on like the one it was taken from.

use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions, Connection};

use crate::fault::Fault;
use crate::head::{Head, Writing};
use crate::open::{options, sync_dir};
use crate::place::{self, PlaceError};
use crate::{Store, record, sql};

/// No backup was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A backup never replaces anything.
    #[error("{path} is there already; give a directory that is new or empty")]
    Taken {
        /// What is in the way.
        path: PathBuf,
    },
    /// The directory will not do.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The journal could not be read, or the copy not be written.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// A file could not be written.
    #[error(
        "{path} cannot be written; point at a directory that can be, with room for the journal"
    )]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The copy does not read back.
    #[error("the copy {path} does not read back ({found}); remove it and try another disk")]
    Bad {
        /// The copy.
        path: PathBuf,
        /// What was found.
        found: String,
    },
}

impl Store {
    /// Copies the journal as it stands at one moment to a new state directory, with its head file, and checks the copy.
    /// Others go on writing
    /// meanwhile. Says how many records it holds.
    ///
    /// # Errors
    /// [`BackupError`] says why there is no backup. What was begun is left for a person to look at.
    pub async fn backup(&self, to: &Path) -> Result<u64, BackupError> {
        let _handle = place::prepare(to)?;
        let (path, head_path) = (to.join("journal.db"), to.join("head"));
        for path in [&path, &head_path] {
            if path.symlink_metadata().is_ok() {
                return Err(BackupError::Taken { path: path.clone() });
            }
        }
        let unwritten = |path: &Path| {
            let path = path.to_owned();
            move |source| BackupError::Unwritten { path, source }
        };
        let file = place::private_file(to, &path)?;
        let from = |error| BackupError::from(self.fault(error));
        let onto = |error| BackupError::from(Fault::of(&path, error));
        let mut source = options(self.path()).connect().await.map_err(from)?;
        sqlx::query("VACUUM INTO $1")
            .bind(path.to_string_lossy())
            .execute(&mut source)
            .await
            .map_err(onto)?;
        source.close().await.map_err(from)?;
        file.sync_all().map_err(unwritten(&path))?;
        let mut copy = options(&path).connect().await.map_err(onto)?;
        let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut copy)
            .await
            .map_err(onto)?;
        if found != "ok" {
            return Err(BackupError::Bad { path, found });
        }
        let end: Option<(i64, String)> = sqlx::query_as(sql::LEDGER_END)
            .fetch_optional(&mut copy)
            .await
            .map_err(onto)?;
        copy.close().await.map_err(onto)?;
        let (n, hash) = end.unwrap_or_else(|| (0, record::ledger_genesis(self.journal())));
        let head = Head::new(self.journal(), n, &hash, self.head_key());
        let file = place::private_file(to, &head_path)?;
        let writing = Writing::locked(file).map_err(unwritten(&head_path))?;
        writing
            .write_through(&head)
            .map_err(unwritten(&head_path))?;
        sync_dir(to).map_err(unwritten(to))?;
        Ok(n.unsigned_abs())
    }
}
