//! What the threads of incidents show: kept beside the journal, since it can be made again from it.

use incident::{IncidentId, Moment, ProposalId};

use crate::fault::{Fault, ReadError};
use crate::read::incident_id;
use crate::{Store, sql};

/// What a thread shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Whose.
    pub incident: IncidentId,
    /// Which version of it.
    pub version: u64,
    /// What waits in it for an approval, when somebody is called for it, and until when it waits.
    pub open: Vec<(ProposalId, Moment, Moment)>,
}

impl Store {
    /// The threads that show their incidents as these are now, laid out so, of incidents that changed at this moment or later.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn threads(&self, layout: &str, since: Moment) -> Result<Vec<Thread>, ReadError> {
        let rows: Vec<(String, i64, String)> = sqlx::query_as(sql::THREADS)
            .bind(layout)
            .bind(since.0)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter()
            .map(|(incident, version, open)| {
                Ok(Thread {
                    incident: incident_id(incident)?,
                    version: u64::try_from(version).unwrap_or(0),
                    open: serde_json::from_str(&open).unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Keeps what a thread shows now, and how it is laid out.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn keep_thread(&self, layout: &str, thread: &Thread) -> Result<(), Fault> {
        let store = self.clone();
        let (layout, thread) = (layout.to_owned(), thread.clone());
        self.settled(async move {
            sqlx::query(sql::KEEP_THREAD)
                .bind(thread.incident.to_string())
                .bind(i64::try_from(thread.version).unwrap_or(i64::MAX))
                .bind(layout)
                .bind(serde_json::json!(thread.open).to_string())
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(())
        })
        .await
    }
}
