//! Which message shows which part of an incident: kept beside the journal, since it can be made again from it.

use incident::IncidentId;

use crate::fault::{Fault, ReadError};
use crate::read::incident_id;
use crate::{Store, sql};

/// A message that shows a part of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Which part: `root`, `found`, `fix 20261123-abc-1`.
    pub part: String,
    /// The platform's own name for the message, whole; none while it is being sent, and nobody knows yet whether it arrived.
    pub message: Option<String>,
    /// The hash of what it shows.
    pub shown: String,
}

impl Store {
    /// The messages of an incident.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn posts(&self, incident: &IncidentId) -> Result<Vec<Post>, ReadError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(sql::POSTS)
            .bind(incident.as_str())
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(rows
            .into_iter()
            .map(|(part, message, shown)| Post {
                part,
                message: (!message.is_empty()).then_some(message),
                shown,
            })
            .collect())
    }

    /// The incident that a message belongs to.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn incident_of_message(
        &self,
        message: &str,
    ) -> Result<Option<IncidentId>, ReadError> {
        let id: Option<String> = sqlx::query_scalar(sql::INCIDENT_OF_MESSAGE)
            .bind(message)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        id.map(incident_id).transpose()
    }

    /// Keeps which message shows a part, and what it shows now.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn keep_post(&self, incident: &IncidentId, post: &Post) -> Result<(), Fault> {
        let store = self.clone();
        let (incident, post) = (incident.to_string(), post.clone());
        self.settled(async move {
            sqlx::query(sql::KEEP_POST)
                .bind(incident)
                .bind(post.part)
                .bind(post.message.unwrap_or_default())
                .bind(post.shown)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(())
        })
        .await
    }

    /// Forgets a message that was being sent: it did not arrive. One that stands there is kept.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn forget_post(&self, incident: &IncidentId, part: &str) -> Result<(), Fault> {
        let store = self.clone();
        let (incident, part) = (incident.to_string(), part.to_owned());
        self.settled(async move {
            sqlx::query(sql::FORGET_POST)
                .bind(incident)
                .bind(part)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(())
        })
        .await
    }
}
