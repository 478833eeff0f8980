//! Why a journal cannot be opened: what, where, and where to go instead.

use std::path::PathBuf;

use sqlx::migrate::MigrateError;

use crate::fault::{BUSY_SECONDS, Fault};
use crate::place::PlaceError;

/// The journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The directory will not do.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The file cannot be used.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Another process has been opening it for very long.
    #[error(
        "another process has kept the state directory {dir} locked for more than {BUSY_SECONDS} s; \
         find it with `fuser {dir}`, and try again when it is done"
    )]
    Locked {
        /// The directory.
        dir: PathBuf,
    },
    /// The engine is one that loses data.
    #[error(
        "this program was built with SQLite {found}, which can damage the journal; \
         build it with 3.51.3 or later"
    )]
    Engine {
        /// Its version.
        found: String,
    },
    /// A safety setting did not take.
    #[error(
        "the journal {path} would run with {setting} = {found} and not {wanted}; point --state at another disk"
    )]
    Setting {
        /// The file.
        path: PathBuf,
        /// The setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The file is a database of another program.
    #[error("{path} is a database of another program; point --state elsewhere")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later version of this program has written it.
    #[error(
        "the journal {path} was written by a later sickbay (its schema is {found}, this one knows {known}); \
         use that version, or point --state elsewhere"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The last that this program knows.
        known: i64,
    },
    /// The schema is not what this program made.
    #[error(
        "the schema of the journal {path} is not what sickbay made of it; go on from a backup with --state"
    )]
    Schema {
        /// The file.
        path: PathBuf,
        /// What differs.
        source: MigrateError,
    },
    /// The pages of the file do not fit together.
    #[error(
        "the journal {path} is damaged ({found}); keep a copy of its directory, then go on from the last backup \
         with --state"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first thing found.
        found: String,
    },
    /// The head file cannot be made.
    #[error("the head file {path} cannot be written; point --state at a directory that can be")]
    Head {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
