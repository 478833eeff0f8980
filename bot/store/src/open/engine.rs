//! The engine under the journal: a version without known losses, settings that keep what is committed, our schema.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

use super::OpenError;
use crate::fault::{BUSY_SECONDS, Fault};

/// The schema's steps, built into the program.
static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// `Sick`: tells our files from other databases.
const APPLICATION_ID: i64 = 0x5369_636b;

/// The first version that does not lose committed pages when the log is reset under two connections.
const OLDEST_ENGINE: (u32, u32, u32) = (3, 51, 3);

/// What every connection runs with.
pub(crate) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(BUSY_SECONDS))
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        .pragma("recursive_triggers", "ON")
        .pragma("secure_delete", "ON")
        .disable_statement_logging()
}

/// A pool whose connections are made when they are needed.
pub(crate) fn pool(path: &Path, connections: u32) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(3 * BUSY_SECONDS))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_lazy_with(options(path))
}

/// Refuses an engine that loses data.
pub(crate) async fn check_engine(
    conn: &mut SqliteConnection,
) -> Result<Result<(), OpenError>, sqlx::Error> {
    let found: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(conn)
        .await?;
    let mut parts = found.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version: (u32, u32, u32) = (next(), next(), next());
    if version >= OLDEST_ENGINE {
        return Ok(Ok(()));
    }
    Ok(Err(OpenError::Engine { found }))
}

/// The settings that safety rests on, as SQLite reports them back.
const SETTINGS: &[(&str, &str, &str)] = &[
    ("journal_mode", "PRAGMA journal_mode", "wal"),
    ("synchronous", "PRAGMA synchronous", "2"),
    ("foreign_keys", "PRAGMA foreign_keys", "1"),
    ("busy_timeout", "PRAGMA busy_timeout", "10000"),
    ("trusted_schema", "PRAGMA trusted_schema", "0"),
    ("cell_size_check", "PRAGMA cell_size_check", "1"),
    ("recursive_triggers", "PRAGMA recursive_triggers", "1"),
    ("secure_delete", "PRAGMA secure_delete", "1"),
];

/// Reads the safety settings back.
pub(crate) async fn check_settings(
    conn: &mut SqliteConnection,
    path: &Path,
) -> Result<Result<(), OpenError>, sqlx::Error> {
    for (setting, statement, wanted) in SETTINGS {
        let row = sqlx::query(*statement).fetch_one(&mut *conn).await?;
        let found = as_text(&row);
        if found != *wanted {
            return Ok(Err(OpenError::Setting {
                path: path.to_owned(),
                setting,
                found,
                wanted,
            }));
        }
    }
    Ok(Ok(()))
}

/// The first column, whether it is a number or a text.
fn as_text(row: &sqlx::sqlite::SqliteRow) -> String {
    use sqlx::Row as _;
    row.try_get::<i64, _>(0)
        .map(|number| number.to_string())
        .or_else(|_| row.try_get::<String, _>(0))
        .unwrap_or_else(|error| error.to_string())
}

/// Brings the schema up to date in one transaction, so that two processes cannot both do it.
pub(super) async fn migrate(conn: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let fault = |error| OpenError::from(Fault::of(path, error));
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
    if check_known(&mut tx, path).await? {
        return tx.rollback().await.map_err(fault);
    }
    sqlx::query("PRAGMA application_id = 1399415659")
        .execute(&mut *tx)
        .await
        .map_err(fault)?;
    MIGRATIONS
        .run_direct(None, &mut *tx, false)
        .await
        .map_err(|error| {
            if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
                return fault(error);
            }
            OpenError::Schema {
                path: path.to_owned(),
                source: error,
            }
        })?;
    tx.commit().await.map_err(fault)
}

/// Refuses a file that is not ours or of a later version; says whether its schema is the newest that we know.
pub(crate) async fn check_known(
    conn: &mut SqliteConnection,
    path: &Path,
) -> Result<bool, OpenError> {
    let fault = |error| OpenError::from(Fault::of(path, error));
    let id: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    if id != APPLICATION_ID && (id != 0 || tables > 0) {
        return Err(OpenError::Foreign {
            path: path.to_owned(),
        });
    }
    if tables == 0 {
        return Ok(false);
    }
    let known = MIGRATIONS
        .iter()
        .map(|step| step.version)
        .max()
        .unwrap_or(0);
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    if found > known {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found,
            known,
        });
    }
    // A step may be missing below the newest: another line of versions came to a later one first.
    let done: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    Ok(usize::try_from(done).is_ok_and(|done| done == MIGRATIONS.iter().count()))
}

/// Looks for pages that do not fit together.
pub(crate) async fn check_pages(conn: &mut SqliteConnection, path: &Path) -> Result<(), OpenError> {
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(conn)
        .await
        .map_err(|error| OpenError::from(Fault::of(path, error)))?;
    if found == "ok" {
        return Ok(());
    }
    Err(OpenError::Damaged {
        path: path.to_owned(),
        found,
    })
}
