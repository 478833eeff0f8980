//! What was told of incidents beside their cards, and when: kept beside the journal, so that nobody is told the same twice.

use incident::{IncidentId, Moment};

use crate::fault::{Fault, ReadError};
use crate::read::incident_id;
use crate::{Store, sql};

/// The name under which what all are told is kept.
const ALL: &str = "";

impl Store {
    /// Keeps that a person is told of an incident. False where they were before.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn tell_once(
        &self,
        incident: &IncidentId,
        person: &str,
        at: Moment,
    ) -> Result<bool, Fault> {
        self.tell(sql::TELL_ONCE, incident, person, at).await
    }

    /// Keeps that all are told of an incident now. False where they were at this moment or later.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn tell_all(&self, incident: &IncidentId, at: Moment) -> Result<bool, Fault> {
        self.tell(sql::TELL_ALL, incident, ALL, at).await
    }

    async fn tell(
        &self,
        statement: &'static str,
        incident: &IncidentId,
        person: &str,
        at: Moment,
    ) -> Result<bool, Fault> {
        let statement = sqlx::query(statement)
            .bind(incident.to_string())
            .bind(person.to_owned())
            .bind(at.0);
        self.changes_one(statement).await
    }

    /// The incidents with a thread that changed at `since` or later, of which all were told last at `upto` or earlier, and about
    /// which there was news or talk since: with the moment since when.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn stirred(
        &self,
        since: Moment,
        upto: Moment,
    ) -> Result<Vec<(IncidentId, Moment)>, ReadError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(sql::STIRRED)
            .bind(since.0)
            .bind(upto.0)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter()
            .map(|(id, at)| Ok((incident_id(id)?, Moment(at))))
            .collect()
    }

    /// The incidents spoken of in a conversation that changed at this moment or later, newest first.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn incidents_in(
        &self,
        place: &str,
        since: Moment,
        most: u32,
    ) -> Result<Vec<IncidentId>, ReadError> {
        let rows: Vec<String> = sqlx::query_scalar(sql::INCIDENTS_IN)
            .bind(place)
            .bind(since.0)
            .bind(most)
            .fetch_all(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        rows.into_iter().map(incident_id).collect()
    }
}
