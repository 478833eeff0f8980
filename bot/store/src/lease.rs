//! Effects are leased, so that a crash between recording and performing loses nothing, and fenced, so that whoever
//! slept through its lease cannot finish what another has taken over.

use incident::{IncidentId, Moment, Span};
use sqlx::{Connection, SqliteConnection};

use crate::fault::{Fault, ReadError};
use crate::points::point;
use crate::{Store, sql};

/// An effect in the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EffectId(pub i64);

impl std::fmt::Display for EffectId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An effect that the caller may perform until the lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// Which.
    pub id: EffectId,
    /// Its key.
    pub key: String,
    /// The incident that called for it.
    pub incident: IncidentId,
    /// Its name: `execute`.
    pub kind: String,
    /// The effect as JSON.
    pub body: serde_json::Value,
    /// What proves that the lease is still ours; it grows with each lease.
    pub fence: u64,
    /// How often it was leased, this time included.
    pub attempts: u32,
}

/// An effect that is not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// Which.
    pub id: EffectId,
    /// Its key.
    pub key: String,
    /// The incident that called for it.
    pub incident: String,
    /// Its name.
    pub kind: String,
    /// When it is due.
    pub not_before: Moment,
    /// Who has it and until when.
    pub leased: Option<(String, Moment)>,
    /// How often it was leased.
    pub attempts: u32,
}

/// The lease is not ours, so what we did with it does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    /// Somebody has finished it.
    #[error("effect {id} ({key}) is done already")]
    Done {
        /// Which.
        id: EffectId,
        /// Its key.
        key: String,
    },
    /// The lease ended, or was given back, and the fence has moved.
    #[error(
        "effect {id} ({key}) was taken over while we held it: our fence is {held}, it stands at {stands}"
    )]
    Taken {
        /// Which.
        id: EffectId,
        /// Its key.
        key: String,
        /// Ours.
        held: u64,
        /// The one in force.
        stands: u64,
    },
    /// There is no such effect.
    #[error("there is no effect {id}")]
    Unknown {
        /// Which.
        id: EffectId,
    },
}

/// Why a lease could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// It is not ours.
    #[error(transparent)]
    Stale(#[from] Stale),
    /// The file could not be written.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Finishes an effect within a transaction.
pub(crate) async fn finish_in(
    tx: &mut SqliteConnection,
    id: EffectId,
    fence: u64,
    at: Moment,
) -> Result<Result<(), Stale>, sqlx::Error> {
    let done = sqlx::query(sql::FINISH)
        .bind(id.0)
        .bind(i64::try_from(fence).unwrap_or(-1))
        .bind(at.0)
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 1 {
        return Ok(Ok(()));
    }
    Ok(Err(stale(tx, id, fence).await?))
}

/// Why nothing matched an id and a fence.
async fn stale(tx: &mut SqliteConnection, id: EffectId, held: u64) -> Result<Stale, sqlx::Error> {
    let row: Option<(String, i64, Option<String>, Option<i64>)> = sqlx::query_as(sql::EFFECT_STATE)
        .bind(id.0)
        .fetch_optional(tx)
        .await?;
    Ok(match row {
        None => Stale::Unknown { id },
        Some((key, _, _, Some(_))) => Stale::Done { id, key },
        Some((key, fence, _, None)) => Stale::Taken {
            id,
            key,
            held,
            stands: fence.unsigned_abs(),
        },
    })
}

type LeasedRow = (i64, String, String, String, String, i64, i64, i64);

impl Store {
    /// Takes up to `limit` effects that are due and that nobody holds, oldest first, for `ttl`; of one incident or of all.
    ///
    /// `owner` names this process so that another can tell whether it still lives.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be used or holds what this program would not write.
    pub async fn lease(
        &self,
        owner: &str,
        now: Moment,
        ttl: Span,
        limit: u32,
        incident: Option<&IncidentId>,
    ) -> Result<Vec<Leased>, ReadError> {
        if !self.is_due(now, incident).await? {
            return Ok(Vec::new());
        }
        let store = self.clone();
        let owner = owner.to_owned();
        let incident = incident.map(ToString::to_string);
        let mut rows = self
            .settled(async move {
                let rows = store
                    .lease_rows(&owner, now, now.plus(ttl), limit, incident.as_deref())
                    .await
                    .map_err(|error| store.fault(error))?;
                point!("store::lease::after_commit");
                Ok::<_, Fault>(rows)
            })
            .await?;
        rows.sort_by_key(|row| (row.7, row.0));
        rows.into_iter().map(leased).collect()
    }

    /// Whether anything is there to lease: looked up without the write lock, since mostly there is nothing.
    async fn is_due(&self, now: Moment, incident: Option<&IncidentId>) -> Result<bool, Fault> {
        let due = match incident {
            None => sqlx::query_scalar::<_, i64>(sql::IS_DUE).bind(now.0),
            Some(incident) => sqlx::query_scalar(sql::IS_DUE_OF)
                .bind(now.0)
                .bind(incident.to_string()),
        };
        let due = due.fetch_optional(self.readers()).await;
        Ok(due.map_err(|error| self.fault(error))?.is_some())
    }

    async fn lease_rows(
        &self,
        owner: &str,
        now: Moment,
        until: Moment,
        limit: u32,
        incident: Option<&str>,
    ) -> Result<Vec<LeasedRow>, sqlx::Error> {
        let mut writer = self.writer().acquire().await?;
        let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
        let lease = match incident {
            None => sqlx::query_as(sql::LEASE),
            Some(_) => sqlx::query_as(sql::LEASE_OF),
        };
        let lease = lease
            .bind(owner)
            .bind(until.0)
            .bind(now.0)
            .bind(i64::from(limit));
        let lease = match incident {
            None => lease,
            Some(incident) => lease.bind(incident),
        };
        let rows = lease.fetch_all(&mut *tx).await?;
        point!("store::lease::before_commit");
        tx.commit().await?;
        Ok(rows)
    }

    /// Holds a leased effect until another moment.
    ///
    /// # Errors
    /// [`LeaseError::Stale`] where it is no longer ours: stop performing it.
    pub async fn renew(&self, id: EffectId, fence: u64, until: Moment) -> Result<(), LeaseError> {
        self.change(sql::RENEW, id, fence, until).await
    }

    /// Gives a leased effect back, to be taken again from `not_before` on.
    ///
    /// # Errors
    /// [`LeaseError::Stale`] where it is no longer ours.
    pub async fn release(
        &self,
        id: EffectId,
        fence: u64,
        not_before: Moment,
    ) -> Result<(), LeaseError> {
        self.change(sql::GIVE_BACK, id, fence, not_before).await
    }

    /// Finishes a leased effect that brought no fact. One that did is finished by [`crate::Append::done_effect`].
    ///
    /// # Errors
    /// [`LeaseError::Stale`] where it is no longer ours.
    pub async fn finish(&self, id: EffectId, fence: u64, at: Moment) -> Result<(), LeaseError> {
        let done = self.change(sql::FINISH, id, fence, at).await;
        point!("store::finish::after_commit");
        done
    }

    /// One statement that must match an id and its fence.
    async fn change(
        &self,
        statement: &'static str,
        id: EffectId,
        fence: u64,
        moment: Moment,
    ) -> Result<(), LeaseError> {
        let store = self.clone();
        self.settled(async move {
            let fault = |error| LeaseError::from(store.fault(error));
            let mut writer = store.writer().acquire().await.map_err(fault)?;
            let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
            let changed = sqlx::query(statement)
                .bind(id.0)
                .bind(i64::try_from(fence).unwrap_or(-1))
                .bind(moment.0)
                .execute(&mut *tx)
                .await
                .map_err(fault)?;
            if changed.rows_affected() != 1 {
                return Err(stale(&mut tx, id, fence).await.map_err(fault)?.into());
            }
            tx.commit().await.map_err(fault)
        })
        .await
    }

    /// Gives back all that an owner holds: one that ends in good order, or is known to be dead. Says how many.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn release_all(&self, owner: &str) -> Result<u64, Fault> {
        let store = self.clone();
        let owner = owner.to_owned();
        self.settled(async move {
            let given = sqlx::query(sql::GIVE_BACK_ALL)
                .bind(owner)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(given.rows_affected())
        })
        .await
    }

    /// Makes due what was given back to be taken again later. Says how many.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn hasten(&self, now: Moment) -> Result<u64, Fault> {
        let store = self.clone();
        self.settled(async move {
            let due = sqlx::query(sql::HASTEN)
                .bind(now.0)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(due.rows_affected())
        })
        .await
    }

    /// Who holds effects, whether or not their leases have ended.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be read.
    pub async fn owners(&self) -> Result<Vec<String>, Fault> {
        sqlx::query_scalar(sql::OWNERS)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))
    }

    /// The effects that are not done, the first due first; of one incident or of all.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be read.
    pub async fn pending(
        &self,
        limit: u32,
        incident: Option<&IncidentId>,
    ) -> Result<Vec<Pending>, Fault> {
        type Row = (
            i64,
            String,
            String,
            String,
            i64,
            Option<String>,
            Option<i64>,
            i64,
        );
        let rows = match incident {
            None => sqlx::query_as::<_, Row>(sql::PENDING).bind(i64::from(limit)),
            Some(incident) => sqlx::query_as(sql::PENDING_OF)
                .bind(i64::from(limit))
                .bind(incident.to_string()),
        };
        let rows = rows.fetch_all(self.readers()).await;
        let pending = |row: Row| {
            let (id, key, incident, kind, not_before, owner, until, attempts) = row;
            Pending {
                id: EffectId(id),
                key,
                incident,
                kind,
                not_before: Moment(not_before),
                leased: owner.zip(until.map(Moment)),
                attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
            }
        };
        let rows = rows.map_err(|error| self.fault(error))?;
        Ok(rows.into_iter().map(pending).collect())
    }
}

fn leased(row: LeasedRow) -> Result<Leased, ReadError> {
    let (id, key, incident, kind, body, fence, attempts, _) = row;
    let foreign = |what: &str| ReadError::Foreign {
        what: format!("an effect {id} with {what}"),
    };
    Ok(Leased {
        id: EffectId(id),
        incident: IncidentId::new(incident).map_err(|_| foreign("an incident id that is none"))?,
        body: serde_json::from_str(&body).map_err(|_| foreign("a body that is not JSON"))?,
        key,
        kind,
        fence: fence.unsigned_abs(),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
    })
}
