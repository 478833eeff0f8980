//! What people said in the threads of incidents: kept beside the journal, in the order in which it was said.

use incident::{IncidentId, Moment};

use crate::fault::{Fault, ReadError};
use crate::{Store, sql};

/// Something that a person said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The incident in whose thread.
    pub incident: IncidentId,
    /// The platform's own name for the message, whole. The same message is kept once.
    pub message: String,
    /// Who: a responder, or the platform's name for somebody whom the settings do not know.
    pub author: String,
    /// When, as the platform tells it.
    pub at: Moment,
    /// What, redacted. None once the person took it back.
    pub text: Option<String>,
}

impl Store {
    /// Keeps these messages, all or none. One that is kept already stays as it is.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn keep_said(&self, said: Vec<Said>) -> Result<(), Fault> {
        let store = self.clone();
        self.settled(async move {
            let fault = |error| store.fault(error);
            let mut all = store
                .writer()
                .begin_with("BEGIN IMMEDIATE")
                .await
                .map_err(fault)?;
            for one in said {
                sqlx::query(sql::KEEP_SAID)
                    .bind(one.message)
                    .bind(one.incident.to_string())
                    .bind(one.author)
                    .bind(one.at.0)
                    .bind(one.text)
                    .execute(&mut *all)
                    .await
                    .map_err(fault)?;
            }
            all.commit().await.map_err(fault)
        })
        .await
    }

    /// Forgets what a message said, because the person took it back. That there was one stays known.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn unsay(&self, message: &str) -> Result<(), Fault> {
        let store = self.clone();
        let message = message.to_owned();
        self.settled(async move {
            sqlx::query(sql::UNSAY)
                .bind(message)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(())
        })
        .await
    }

    /// The last `most` things that were said of an incident, oldest first.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn said(&self, incident: &IncidentId, most: u32) -> Result<Vec<Said>, ReadError> {
        let rows: Vec<(String, String, i64, Option<String>)> = sqlx::query_as(sql::SAID)
            .bind(incident.as_str())
            .bind(most)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        let said = rows.into_iter().rev();
        Ok(said
            .map(|(message, author, at, text)| Said {
                incident: incident.clone(),
                message,
                author,
                at: Moment(at),
                text,
            })
            .collect())
    }
}
