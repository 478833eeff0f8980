//! Claims cross incidents: one change at a time on a host, pauses and daily limits. Each is a row that only one can win.

use incident::fact::Claim;
pub use incident::fact::Claimed;
use incident::{ExecutionId, HostName, IncidentId, Moment};
use sqlx::SqliteConnection;

use crate::append::AppendError;
use crate::fault::ReadError;
use crate::{Store, sql};

/// Who has a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The execution.
    pub holder: String,
    /// Its incident.
    pub incident: String,
    /// Since when.
    pub since: Moment,
}

/// Takes one claim within a transaction.
pub(crate) async fn take(
    tx: &mut SqliteConnection,
    incident: &IncidentId,
    claim: &Claim,
    now: Moment,
) -> Result<(), Refused> {
    match claim {
        Claim::HostLock { host, holder } => lock_host(tx, incident, host, holder, now).await,
        Claim::Cooldown { key, until } => {
            let won = sqlx::query(sql::COOL_DOWN)
                .bind(key)
                .bind(until.0)
                .bind(incident.as_str())
                .bind(now.0)
                .execute(&mut *tx)
                .await?;
            if won.rows_affected() == 1 {
                return Ok(());
            }
            let (until, _): (i64, String) = sqlx::query_as(sql::COOLDOWN)
                .bind(key)
                .fetch_one(tx)
                .await?;
            Err(Refused::Claimed(Claimed::Cooldown {
                key: key.clone(),
                until: Moment(until),
                now,
            }))
        }
        Claim::Daily { key, day, max } => {
            if *max > 0 {
                let won = sqlx::query(sql::COUNT_DAY)
                    .bind(key)
                    .bind(*day)
                    .bind(i64::from(*max))
                    .execute(&mut *tx)
                    .await?;
                if won.rows_affected() == 1 {
                    return Ok(());
                }
            }
            let used: Option<i64> = sqlx::query_scalar(sql::DAILY)
                .bind(key)
                .bind(*day)
                .fetch_optional(tx)
                .await?;
            Err(Refused::Claimed(Claimed::Daily {
                key: key.clone(),
                used: used.unwrap_or(0).unsigned_abs(),
                max: *max,
            }))
        }
    }
}

/// A host's lock is taken once; taking it again for the same execution changes nothing.
async fn lock_host(
    tx: &mut SqliteConnection,
    incident: &IncidentId,
    host: &HostName,
    holder: &ExecutionId,
    now: Moment,
) -> Result<(), Refused> {
    let won = sqlx::query(sql::LOCK_HOST)
        .bind(host.as_str())
        .bind(holder.as_str())
        .bind(incident.as_str())
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
    if won.rows_affected() == 1 {
        return Ok(());
    }
    let (by, theirs, since): (String, String, i64) = sqlx::query_as(sql::HOST_LOCK)
        .bind(host.as_str())
        .fetch_one(tx)
        .await?;
    if by == holder.as_str() {
        return Ok(());
    }
    Err(Refused::Claimed(Claimed::HostLock {
        host: host.clone(),
        holder: by,
        incident: theirs,
        since: Moment(since),
        now,
    }))
}

/// Gives back every host that an execution holds; none is fine.
pub(crate) async fn release(
    tx: &mut SqliteConnection,
    holder: &ExecutionId,
) -> Result<(), sqlx::Error> {
    sqlx::query(sql::UNLOCK_HOSTS)
        .bind(holder.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives back one claim that nothing came of; one that is not there any more is fine.
pub(crate) async fn give_back(
    tx: &mut SqliteConnection,
    incident: &IncidentId,
    claim: &Claim,
) -> Result<(), sqlx::Error> {
    match claim {
        Claim::HostLock { holder, .. } => release(tx, holder).await,
        Claim::Cooldown { key, until } => {
            sqlx::query(sql::WARM_UP)
                .bind(key)
                .bind(until.0)
                .bind(incident.as_str())
                .execute(tx)
                .await?;
            Ok(())
        }
        Claim::Daily { key, day, .. } => {
            // The last one first: otherwise a count of two would be taken down twice.
            for statement in [sql::UNCOUNT_LAST, sql::UNCOUNT_DAY] {
                let gone = sqlx::query(statement)
                    .bind(key)
                    .bind(*day)
                    .execute(&mut *tx)
                    .await?;
                if gone.rows_affected() == 1 {
                    break;
                }
            }
            Ok(())
        }
    }
}

/// Why a claim was not taken.
pub(crate) enum Refused {
    Claimed(Claimed),
    Database(sqlx::Error),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Refused {
    /// The error of the append that asked.
    pub(crate) fn into_error(self, store: &Store) -> AppendError {
        match self {
            Self::Claimed(claimed) => AppendError::Claimed(claimed),
            Self::Database(error) => store.fault(error).into(),
        }
    }
}

impl Store {
    /// Who is changing this host.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn host_lock(&self, host: &HostName) -> Result<Option<Held>, ReadError> {
        let row: Option<(String, String, i64)> = sqlx::query_as(sql::HOST_LOCK)
            .bind(host.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(row.map(|(holder, incident, since)| Held {
            holder,
            incident,
            since: Moment(since),
        }))
    }

    /// Until when this key is paused; it may lie in the past.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn cooldown(&self, key: &str) -> Result<Option<Moment>, ReadError> {
        let row: Option<(i64, String)> = sqlx::query_as(sql::COOLDOWN)
            .bind(key)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(row.map(|(until, _)| Moment(until)))
    }

    /// How often this key was counted on a day since the epoch.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn daily(&self, key: &str, day: i64) -> Result<u64, ReadError> {
        let used: Option<i64> = sqlx::query_scalar(sql::DAILY)
            .bind(key)
            .bind(day)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(used.unwrap_or(0).unsigned_abs())
    }
}
