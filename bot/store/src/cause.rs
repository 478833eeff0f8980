//! What incidents came down to: kept beside the journal, since it can be made again from it.

use incident::cause::{Cause, Fixed};
use incident::{Code, HostName, IncidentId, Moment, RunbookId, Subject};
use sqlx::FromRow;

use crate::fault::{Fault, ReadError};
use crate::read::incident_id;
use crate::{Store, sql};

/// A cause as it is stored.
#[derive(FromRow)]
struct Row {
    incident: String,
    host: String,
    code: String,
    subject: String,
    title: String,
    opened_at: i64,
    runbook: Option<String>,
    fix: Option<String>,
    fixed_at: Option<i64>,
}

impl Store {
    /// The incidents whose causes are not told as they are now, each with its version, the newest first.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn untold_causes(&self, most: u32) -> Result<Vec<(IncidentId, u64)>, ReadError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql::UNTOLD_CAUSES)
            .bind(most)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter()
            .map(|(id, version)| Ok((incident_id(id)?, version.unsigned_abs())))
            .collect()
    }

    /// Keeps the causes of incidents, each as it is at a version; those that were kept of them before are forgotten.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn tell_causes(&self, told: Vec<(IncidentId, u64, Vec<Cause>)>) -> Result<(), Fault> {
        let store = self.clone();
        self.settled(async move {
            let fault = |error| store.fault(error);
            let begun = store.writer().begin_with("BEGIN IMMEDIATE").await;
            let mut all = begun.map_err(fault)?;
            for (incident, version, causes) in told {
                sqlx::query(sql::FORGET_CAUSES)
                    .bind(incident.as_str())
                    .execute(&mut *all)
                    .await
                    .map_err(fault)?;
                for one in causes {
                    let (runbook, fix, at) = match one.fixed {
                        Some(Fixed { runbook, title, at }) => {
                            (runbook.map(|id| id.to_string()), Some(title), Some(at.0))
                        }
                        None => (None, None, None),
                    };
                    sqlx::query(sql::KEEP_CAUSE)
                        .bind(incident.as_str())
                        .bind(one.host.to_string())
                        .bind(one.code.to_string())
                        .bind(one.subject.to_string())
                        .bind(one.title)
                        .bind(one.opened_at.0)
                        .bind(runbook)
                        .bind(fix)
                        .bind(at)
                        .execute(&mut *all)
                        .await
                        .map_err(fault)?;
                }
                sqlx::query(sql::CAUSES_TOLD)
                    .bind(incident.as_str())
                    .bind(i64::try_from(version).unwrap_or(i64::MAX))
                    .execute(&mut *all)
                    .await
                    .map_err(fault)?;
            }
            all.commit().await.map_err(fault)
        })
        .await
    }

    /// The causes of this code in other incidents that were not opened later: those about the same subject first, then the newest.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn causes_before(
        &self,
        (incident, opened_at): (&IncidentId, Moment),
        code: &Code,
        subject: &Subject,
        most: u32,
    ) -> Result<Vec<Cause>, ReadError> {
        let rows: Vec<Row> = sqlx::query_as(sql::CAUSES_BEFORE)
            .bind(code.to_string())
            .bind(incident.as_str())
            .bind(opened_at.0)
            .bind(subject.to_string())
            .bind(most)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(cause).collect()
    }

    /// The newest causes of all incidents.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn causes(&self, most: u32) -> Result<Vec<Cause>, ReadError> {
        let rows: Vec<Row> = sqlx::query_as(sql::CAUSES)
            .bind(most)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(cause).collect()
    }
}

fn cause(row: Row) -> Result<Cause, ReadError> {
    let foreign = |what: &str| ReadError::Foreign {
        what: format!(
            "a cause of incident {} with {what} that is none",
            row.incident
        ),
    };
    let runbook = row.runbook.as_deref().map(RunbookId::new).transpose();
    let fixed = match (&row.fix, row.fixed_at) {
        (Some(title), Some(at)) => Some(Fixed {
            runbook: runbook.map_err(|_| foreign("a runbook"))?,
            title: title.clone(),
            at: Moment(at),
        }),
        _ => None,
    };
    Ok(Cause {
        host: HostName::new(row.host.as_str()).map_err(|_| foreign("a host"))?,
        code: Code::new(row.code.as_str()).map_err(|_| foreign("a code"))?,
        subject: Subject::try_from(row.subject.clone()).map_err(|_| foreign("a subject"))?,
        incident: incident_id(row.incident.clone())?,
        title: row.title,
        opened_at: Moment(row.opened_at),
        fixed,
    })
}
