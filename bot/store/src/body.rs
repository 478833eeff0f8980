//! Bodies are the long and personal texts: kept outside the chain so that one can be erased, bound to it by a salted hash.

use incident::{IncidentId, Moment, digest};

use crate::fault::{Fault, ReadError};
use crate::{Store, sql};

/// A text to be kept outside the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Its name, unique within the incident: `e-1`.
    pub id: String,
    /// The text, redacted.
    pub text: String,
    /// Random and secret until the text is erased with it, so that a short text cannot be guessed from its hash.
    pub salt: String,
}

impl Body {
    /// The hash that the record holds.
    #[must_use]
    pub fn hash(&self) -> String {
        body_hash(&self.salt, &self.text)
    }
}

/// `sha256:…` of a salt and a text: what a fact says of a text that lies outside the chain.
#[must_use]
pub fn body_hash(salt: &str, text: &str) -> String {
    bytes_hash(salt, text.as_bytes())
}

/// The same over the bytes as stored. The salt's length goes first, so that no two pairs give the same bytes.
pub(crate) fn bytes_hash(salt: &str, text: &[u8]) -> String {
    let mut bytes = format!("{}:{salt}", salt.len()).into_bytes();
    bytes.extend_from_slice(text);
    digest::of_bytes("sickbay body 1", &bytes)
}

pub(crate) type BodyRow = (Option<String>, Option<Vec<u8>>, Option<i64>);

/// What is there of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// Its text.
    Text(String),
    /// It was erased then.
    Erased(Moment),
}

impl Store {
    /// The text of a body, or when it was erased; nothing where there was never one.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn body(&self, incident: &IncidentId, id: &str) -> Result<Option<Stored>, ReadError> {
        let row: Option<BodyRow> = sqlx::query_as(sql::BODY)
            .bind(incident.as_str())
            .bind(id)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        match row {
            None => Ok(None),
            Some((_, Some(text), _)) => match String::from_utf8(text) {
                Ok(text) => Ok(Some(Stored::Text(text))),
                Err(_) => Err(ReadError::Foreign {
                    what: format!("a text {id} of incident {incident} that is not UTF-8"),
                }),
            },
            Some((_, None, at)) => Ok(Some(Stored::Erased(Moment(at.unwrap_or_default())))),
        }
    }

    /// Erases a body's text and salt for good; the chain still verifies. Says whether there was something to erase.
    ///
    /// Prefer [`crate::Append::erasures`], which records who erased it and why in the same transaction.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn erase_body(
        &self,
        incident: &IncidentId,
        id: &str,
        at: Moment,
    ) -> Result<bool, Fault> {
        let store = self.clone();
        let (incident, id) = (incident.to_string(), id.to_owned());
        self.settled(async move {
            let done = sqlx::query(sql::ERASE_BODY)
                .bind(incident)
                .bind(id)
                .bind(at.0)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            store.forget_log().await;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    /// Empties the write-ahead log, where an erased text would live on. A reader in the way makes it wait for the next
    /// time, or for the journal to be closed.
    pub(crate) async fn forget_log(&self) {
        let emptied = sqlx::query_as::<_, (i64, i64, i64)>("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(self.writer())
            .await;
        match emptied {
            Ok((0, _, _)) => {}
            Ok(_) => tracing::warn!(
                "an erased text stays in the journal's log until its readers are done"
            ),
            Err(error) => {
                tracing::warn!("an erased text stays in the journal's log for now: {error}");
            }
        }
    }
}
