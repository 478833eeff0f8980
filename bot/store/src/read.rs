//! Reading the journal back: each record is checked against its hash before anybody decides on it.

use incident::{IncidentId, Moment, ProposalId};

use crate::fault::{Fault, ReadError};
use crate::record::{self, Record, Row};
use crate::verify::Break;
use crate::{Store, sql};

/// An incident as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// Which.
    pub id: IncidentId,
    /// How many records it has.
    pub version: u64,
    /// When the first was recorded.
    pub opened_at: Moment,
    /// When the last was.
    pub changed_at: Moment,
    /// The hash of the last.
    pub hash: String,
}

/// How many records are read at a time; those that hold what was asked of a host are some ten kilobytes each.
const PAGE: i64 = 32;

type RecordRow = (String, i64, i64, String, String, String, String, String);
type ListRow = (String, i64, i64, i64, String);

impl Store {
    /// The incident's records in order, each checked against its hash and the one before it; empty where there are none.
    ///
    /// # Errors
    /// [`ReadError::Broken`] where a record is not what was recorded.
    pub async fn load(&self, incident: &IncidentId) -> Result<Vec<Record>, ReadError> {
        let mut records = Vec::new();
        self.each_record(incident, |record| records.push(record))
            .await?;
        Ok(records)
    }

    /// Hands over the incident's records in order, checked as [`Store::load`] checks them, without holding them all: what
    /// was asked of hundreds of hosts is tens of megabytes.
    ///
    /// # Errors
    /// [`ReadError::Broken`] where a record is not what was recorded; nothing that was handed over counts then.
    pub async fn each_record(
        &self,
        incident: &IncidentId,
        mut take: impl FnMut(Record) + Send,
    ) -> Result<(), ReadError> {
        let broken = |found| ReadError::Broken {
            incident: incident.clone(),
            found: Box::new(found),
        };
        let fault = |error| self.fault(error);
        // The records, and where the list of incidents says that they end: both of one moment.
        let mut moment = self.readers().begin().await.map_err(fault)?;
        let end: Option<(i64, String)> = sqlx::query_as(sql::CHAIN_END)
            .bind(incident.as_str())
            .fetch_optional(&mut *moment)
            .await
            .map_err(fault)?;
        let mut prev = record::genesis(incident.as_str());
        let mut last = 0;
        loop {
            let rows: Vec<RecordRow> = sqlx::query_as(sql::RECORDS_AFTER)
                .bind(incident.as_str())
                .bind(last)
                .bind(PAGE)
                .fetch_all(&mut *moment)
                .await
                .map_err(fault)?;
            if rows.is_empty() {
                break;
            }
            for (row, hash) in rows.into_iter().map(split) {
                last += 1;
                if row.seq != last {
                    return Err(broken(Break::Gone {
                        incident: row.incident,
                        seq: last,
                    }));
                }
                check_row(&row, &hash, &prev).map_err(broken)?;
                prev.clone_from(&hash);
                take(record(row, hash)?);
            }
        }
        moment.rollback().await.map_err(fault)?;
        // The chain alone does not show that its end was taken away, or that something was put behind it.
        match end {
            Some((version, hash)) if version == last && hash == prev => {}
            None if last == 0 => {}
            Some((version, _)) if version > last => {
                return Err(broken(Break::Gone {
                    incident: incident.to_string(),
                    seq: last + 1,
                }));
            }
            Some((version, _)) if version < last => {
                return Err(broken(Break::Added {
                    incident: incident.to_string(),
                    seq: version + 1,
                }));
            }
            end => {
                let listed = end.map_or_else(
                    || "nothing".to_owned(),
                    |(version, hash)| format!("{version} records and {hash}"),
                );
                return Err(broken(Break::Listed {
                    incident: incident.to_string(),
                    listed,
                    found: format!("{last} records and {prev}"),
                }));
            }
        }
        Ok(())
    }

    /// The incident's records as they stand, unchecked: to show people what is there when [`Store::load`] refuses.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn load_unchecked(&self, incident: &IncidentId) -> Result<Vec<Record>, ReadError> {
        let rows = self.rows(incident).await?;
        rows.into_iter()
            .map(|(row, hash)| record(row, hash))
            .collect()
    }

    async fn rows(&self, incident: &IncidentId) -> Result<Vec<(Row, String)>, Fault> {
        let rows: Vec<RecordRow> = sqlx::query_as(sql::RECORDS)
            .bind(incident.as_str())
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(rows.into_iter().map(split).collect())
    }

    /// The newest incidents first.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn incidents(&self, limit: u32) -> Result<Vec<IncidentRow>, ReadError> {
        let rows: Vec<ListRow> = sqlx::query_as(sql::INCIDENTS)
            .bind(i64::from(limit))
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(listed).collect()
    }

    /// The incidents that changed at this moment or later, the last one first.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn changed_since(&self, at: Moment) -> Result<Vec<IncidentRow>, ReadError> {
        let rows: Vec<ListRow> = sqlx::query_as(sql::CHANGED_SINCE)
            .bind(at.0)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(listed).collect()
    }

    /// One incident's row.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn incident(&self, id: &IncidentId) -> Result<Option<IncidentRow>, ReadError> {
        let row: Option<ListRow> = sqlx::query_as(sql::INCIDENT)
            .bind(id.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        row.map(listed).transpose()
    }

    /// The incidents whose id, or the letters at its end, begin with `prefix`: the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn find_incident(
        &self,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<IncidentRow>, ReadError> {
        let rows: Vec<ListRow> = sqlx::query_as(sql::FIND_INCIDENT)
            .bind(prefix)
            .bind(i64::from(limit))
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(listed).collect()
    }

    /// The incident that a proposal belongs to.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn incident_of(
        &self,
        proposal: &ProposalId,
    ) -> Result<Option<IncidentId>, ReadError> {
        let id: Option<String> = sqlx::query_scalar(sql::INCIDENT_OF)
            .bind(proposal.as_str())
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        id.map(incident_id).transpose()
    }

    /// The incident that this event was heard for, if it was.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn heard(&self, key: &str) -> Result<Option<IncidentId>, ReadError> {
        let id: Option<String> = sqlx::query_scalar(sql::HEARD)
            .bind(key)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        id.map(incident_id).transpose()
    }
}

fn split(row: RecordRow) -> (Row, String) {
    let (incident, seq, at, kind, body, attached, prev, hash) = row;
    let row = Row {
        incident,
        seq,
        at,
        kind,
        body,
        attached,
        prev,
    };
    (row, hash)
}

/// Checks one record against its own hash and its predecessor's.
pub(crate) fn check_row(row: &Row, hash: &str, prev: &str) -> Result<(), Break> {
    let found = row.hash();
    if found != hash || serde_json::from_str::<serde::de::IgnoredAny>(&row.body).is_err() {
        return Err(Break::Edited {
            incident: row.incident.clone(),
            seq: row.seq,
            kind: row.kind.clone(),
            found,
            recorded: hash.to_owned(),
        });
    }
    if row.prev != prev {
        return Err(Break::Unlinked {
            incident: row.incident.clone(),
            seq: row.seq,
            follows: row.prev.clone(),
            before: prev.to_owned(),
        });
    }
    Ok(())
}

fn record(row: Row, hash: String) -> Result<Record, ReadError> {
    let foreign = |what: &str| ReadError::Foreign {
        what: format!("{what} in record {} of incident {}", row.seq, row.incident),
    };
    Ok(Record {
        body: serde_json::from_str(&row.body).map_err(|_| foreign("a fact that is not JSON"))?,
        attached: serde_json::from_str(&row.attached)
            .map_err(|_| foreign("a list of texts that is not JSON"))?,
        incident: incident_id(row.incident)?,
        seq: row.seq.unsigned_abs(),
        at: Moment(row.at),
        kind: row.kind,
        prev: row.prev,
        hash,
    })
}

fn listed(row: ListRow) -> Result<IncidentRow, ReadError> {
    let (id, version, opened_at, changed_at, hash) = row;
    Ok(IncidentRow {
        id: incident_id(id)?,
        version: version.unsigned_abs(),
        opened_at: Moment(opened_at),
        changed_at: Moment(changed_at),
        hash,
    })
}

pub(crate) fn incident_id(text: String) -> Result<IncidentId, ReadError> {
    IncidentId::new(text).map_err(|bad| ReadError::Foreign {
        what: format!("an incident id that is none: {bad}"),
    })
}
