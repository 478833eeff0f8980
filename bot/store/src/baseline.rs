//! Which evidence is a host's baseline: its text is a body of the incident in which it was taken, bound to the chain like any other.

use incident::{EvidenceId, HostName, IncidentId, Moment, ResponderId};
use sqlx::FromRow;

use crate::body::{BodyRow, body_hash};
use crate::fault::{Fault, ReadError};
use crate::read::incident_id;
use crate::{Store, sql};

/// How many baselines are kept of a host: the one that counts, and the one before it.
pub const BASELINES_KEPT: u32 = 2;

/// A baseline of a host: who took it and when, and which evidence it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The host.
    pub host: HostName,
    /// When.
    pub taken_at: Moment,
    /// Who.
    pub taken_by: ResponderId,
    /// `SHA256:…` of the host's key then, or `local`.
    pub host_key: String,
    /// In which incident.
    pub incident: IncidentId,
    /// As which evidence.
    pub evidence: EvidenceId,
    /// The hash of its text that the incident's journal has.
    pub hash: String,
}

#[derive(FromRow)]
struct Row {
    host: String,
    taken_at: i64,
    taken_by: String,
    host_key: String,
    incident: String,
    evidence: String,
    hash: String,
}

impl Store {
    /// Keeps a baseline, which counts from now on; those before the last one are forgotten.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn keep_baseline(&self, baseline: Baseline) -> Result<(), Fault> {
        let store = self.clone();
        self.settled(async move {
            let fault = |error| store.fault(error);
            let begun = store.writer().begin_with("BEGIN IMMEDIATE").await;
            let mut all = begun.map_err(fault)?;
            sqlx::query(sql::KEEP_BASELINE)
                .bind(baseline.host.to_string())
                .bind(baseline.taken_at.0)
                .bind(baseline.taken_by.to_string())
                .bind(baseline.host_key)
                .bind(baseline.incident.to_string())
                .bind(baseline.evidence.to_string())
                .bind(baseline.hash)
                .execute(&mut *all)
                .await
                .map_err(fault)?;
            sqlx::query(sql::FORGET_BASELINES)
                .bind(baseline.host.to_string())
                .bind(BASELINES_KEPT)
                .execute(&mut *all)
                .await
                .map_err(fault)?;
            all.commit().await.map_err(fault)
        })
        .await
    }

    /// The baseline of a host that counts.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn baseline(&self, host: &HostName) -> Result<Option<Baseline>, ReadError> {
        let row: Option<Row> = sqlx::query_as(sql::BASELINE)
            .bind(host.to_string())
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        row.map(baseline).transpose()
    }

    /// The baselines of all hosts, by host, the one that counts first.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn baselines(&self) -> Result<Vec<Baseline>, ReadError> {
        let rows: Vec<Row> = sqlx::query_as(sql::BASELINES)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(baseline).collect()
    }

    /// What a baseline says; nothing where that was erased, or is not what was recorded.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn baseline_text(&self, baseline: &Baseline) -> Result<Option<String>, ReadError> {
        let row: Option<BodyRow> = sqlx::query_as(sql::BODY)
            .bind(baseline.incident.as_str())
            .bind(baseline.evidence.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        let Some((Some(salt), Some(text), _)) = row else {
            return Ok(None);
        };
        let text = String::from_utf8(text).ok();
        Ok(text.filter(|text| body_hash(&salt, text) == baseline.hash))
    }

    /// Forgets the baseline of a host that counts, so that the one before it does again. Says whether there was one. What was
    /// recorded of it stays in its incident.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn drop_baseline(&self, host: &HostName) -> Result<bool, Fault> {
        let store = self.clone();
        let host = host.to_string();
        self.settled(async move {
            let done = sqlx::query(sql::DROP_BASELINE)
                .bind(host)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(done.rows_affected() > 0)
        })
        .await
    }
}

fn baseline(row: Row) -> Result<Baseline, ReadError> {
    let foreign = |what: &str| ReadError::Foreign {
        what: format!("a baseline of host {:?} with {what} that is none", row.host),
    };
    Ok(Baseline {
        host: HostName::new(row.host.as_str()).map_err(|_| foreign("a name"))?,
        taken_at: Moment(row.taken_at),
        taken_by: ResponderId::new(row.taken_by.as_str()).map_err(|_| foreign("a person"))?,
        evidence: EvidenceId::new(row.evidence.as_str()).map_err(|_| foreign("evidence"))?,
        incident: incident_id(row.incident)?,
        host_key: row.host_key,
        hash: row.hash,
    })
}
