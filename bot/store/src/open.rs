//! Opening is where trust is checked: the place, the engine, its settings, the schema and the file, before any use.

mod engine;
mod error;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use incident::Moment;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqlitePool};
use sqlx::{Connection as _, Sqlite, SqliteConnection};

use crate::fault::{BUSY_SECONDS, Fault};
use crate::head::HeadKey;
use crate::place::{self, PlaceError};
use crate::points::point;
use crate::{record, sql};

use engine::migrate;
pub(crate) use engine::options;
pub(crate) use engine::{check_engine, check_known, check_pages, check_settings, pool};
pub use error::OpenError;

/// A file up to this size is checked whenever it is opened; a larger one by `audit verify`.
pub(crate) const CHECKED_AT_OPEN: u64 = 64 * 1024 * 1024;

/// The journal. Cheap to clone; several processes may have it open at once.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    head: PathBuf,
    head_key: Option<HeadKey>,
    journal: String,
    writer: SqlitePool,
    readers: SqlitePool,
    /// Where the journal is only looked at: what keeps its log from being folded into the file when the others end.
    keeper: tokio::sync::Mutex<Option<SqliteConnection>>,
}

impl Store {
    /// Opens the journal in `dir`, and makes both if they are not there.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the place, the file or the engine, and where to go.
    pub async fn open(dir: &Path, now: Moment) -> Result<Self, OpenError> {
        Self::open_signing(dir, now, None).await
    }

    /// Opens the journal as [`Store::open`] does, and signs its head file with a key that is kept elsewhere.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the place, the file or the engine, and where to go.
    pub async fn open_signing(
        dir: &Path,
        now: Moment,
        head_key: Option<HeadKey>,
    ) -> Result<Self, OpenError> {
        let opening = place::prepare(dir)?;
        lock(&opening, dir).await?;
        let path = dir.join("journal.db");
        let file = place::private_file(dir, &path)?;
        let size = file.metadata().map_or(0, |about| about.len());
        drop(file);
        let writer = pool(&path, 1);
        let fault = |error| OpenError::from(Fault::of(&path, error));
        let mut conn = writer.acquire().await.map_err(fault)?;
        check_engine(&mut conn).await.map_err(fault)??;
        check_settings(&mut conn, &path).await.map_err(fault)??;
        migrate(&mut conn, &path).await?;
        point!("store::open::migrated");
        if size <= CHECKED_AT_OPEN {
            check_pages(&mut conn, &path).await?;
        }
        write_mark(&mut conn, "opened", now).await.map_err(fault)?;
        let journal: String = sqlx::query_scalar(sql::JOURNAL_ID)
            .fetch_one(&mut *conn)
            .await
            .map_err(fault)?;
        drop(conn);
        let store = Self::of(dir, path, journal, writer, head_key, None);
        store.begin_head(dir).await?;
        Ok(store)
    }

    pub(crate) fn of(
        dir: &Path,
        path: PathBuf,
        journal: String,
        writer: SqlitePool,
        head_key: Option<HeadKey>,
        keeper: Option<SqliteConnection>,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                readers: pool(&path, 4),
                keeper: tokio::sync::Mutex::new(keeper),
                head: dir.join("head"),
                path,
                head_key,
                journal,
                writer,
            }),
        }
    }

    /// Writes a mark that says nothing but when, and waits until it is on the disk.
    ///
    /// # Errors
    /// [`Fault`] where nothing could be recorded now: the disk is full, say.
    pub async fn prove_writable(&self, now: Moment) -> Result<(), Fault> {
        let store = self.clone();
        self.settled(async move {
            let mut conn = store.writer().acquire().await.map_err(|e| store.fault(e))?;
            let written = write_mark(&mut conn, "proved", now).await;
            written.map_err(|error| store.fault(error))
        })
        .await
    }

    /// Closes the journal and folds its log into the file. Not closing it loses nothing.
    pub async fn close(self) {
        self.inner.readers.close().await;
        self.inner.writer.close().await;
        if let Some(keeper) = self.inner.keeper.lock().await.take() {
            let _gone = keeper.close().await;
        }
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    pub(crate) fn head_path(&self) -> &Path {
        &self.inner.head
    }

    pub(crate) fn head_key(&self) -> Option<&HeadKey> {
        self.inner.head_key.as_ref()
    }

    pub(crate) fn journal(&self) -> &str {
        &self.inner.journal
    }

    pub(crate) fn writer(&self) -> &SqlitePool {
        &self.inner.writer
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    pub(crate) fn fault(&self, error: sqlx::Error) -> Fault {
        Fault::of(&self.inner.path, error)
    }

    /// Runs a write to its end even where the caller stops waiting: a transaction is never left half done.
    pub(crate) async fn settled<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        match tokio::spawn(work).await {
            Ok(done) => done,
            Err(source) => Err(Fault::Stopped {
                path: self.inner.path.clone(),
                source,
            }
            .into()),
        }
    }

    /// Runs a statement that changes one row or none, and says whether it changed one.
    pub(crate) async fn changes_one(
        &self,
        statement: Query<'static, Sqlite, SqliteArguments>,
    ) -> Result<bool, Fault> {
        let store = self.clone();
        self.settled(async move {
            let done = statement
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    /// The ledger's last row and its hash; 0 and what the first row follows, where there is none.
    pub(crate) async fn ledger_end(
        &self,
        conn: &mut SqliteConnection,
    ) -> Result<(i64, String), sqlx::Error> {
        let end: Option<(i64, String)> =
            sqlx::query_as(sql::LEDGER_END).fetch_optional(conn).await?;
        Ok(end.unwrap_or_else(|| (0, record::ledger_genesis(&self.inner.journal))))
    }
}

/// Only a write shows that writes will do.
async fn write_mark(
    conn: &mut SqliteConnection,
    name: &'static str,
    now: Moment,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ($1, $2) \
        ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(now.0.to_string())
    .execute(conn)
    .await
    .map(|_done| ())
}

/// Waits until no other process is opening the same journal.
async fn lock(opening: &File, dir: &Path) -> Result<(), OpenError> {
    let pause = Duration::from_millis(10);
    for _ in 0..BUSY_SECONDS * 100 {
        match opening.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(pause).await,
            Err(TryLockError::Error(source)) => {
                return Err(PlaceError::Unusable {
                    dir: dir.to_owned(),
                    source,
                }
                .into());
            }
        }
    }
    Err(OpenError::Locked {
        dir: dir.to_owned(),
    })
}

/// Waits until a new name in the directory is on the disk.
pub(crate) fn sync_dir(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}
