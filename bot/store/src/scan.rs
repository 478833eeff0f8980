//! Scans of a schedule: each due time at most once, one at a time, whoever looks at the clock; and what the last one came to.

use incident::Moment;

use crate::fault::{Fault, ReadError};
use crate::{Store, sql};

/// The right to do a scan that is due, until its lease is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The scan.
    pub name: String,
    /// Which due time it is for.
    pub due: Moment,
    /// When somebody first began with this due time: earlier than now where they did not get to its end.
    pub began: Moment,
    /// Whether somebody began with it before.
    pub again: bool,
    fence: i64,
}

impl Store {
    /// Up to when a scan is done by this schedule. One that nobody knew, or whose schedule is another, begins now.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn scan_done(&self, name: &str, plan: &str, now: Moment) -> Result<Moment, Fault> {
        let store = self.clone();
        let (name, plan) = (name.to_owned(), plan.to_owned());
        self.settled(async move {
            let fault = |error| store.fault(error);
            sqlx::query(sql::PLAN_SCAN)
                .bind(&name)
                .bind(&plan)
                .bind(now.0)
                .execute(store.writer())
                .await
                .map_err(fault)?;
            let done: i64 = sqlx::query_scalar(sql::SCAN_DONE)
                .bind(&name)
                .fetch_one(store.writer())
                .await
                .map_err(fault)?;
            Ok(Moment(done))
        })
        .await
    }

    /// Begins a scan that is due. None where it is done, where somebody is at it, or at another: they take turns.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn begin_scan(
        &self,
        name: &str,
        due: Moment,
        now: Moment,
        until: Moment,
    ) -> Result<Option<Turn>, Fault> {
        let store = self.clone();
        let name = name.to_owned();
        self.settled(async move {
            let row: Option<(i64, i64)> = sqlx::query_as(sql::BEGIN_SCAN)
                .bind(&name)
                .bind(due.0)
                .bind(now.0)
                .bind(until.0)
                .fetch_optional(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(row.map(|(began, fence)| Turn {
                name,
                due,
                began: Moment(began),
                again: began < now.0,
                fence,
            }))
        })
        .await
    }

    /// Keeps a turn for longer. False where it is lost.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn renew_scan(&self, turn: &Turn, until: Moment) -> Result<bool, Fault> {
        self.turned(sql::RENEW_SCAN, turn, until).await
    }

    /// Ends a turn: its due time is done. False where it was lost.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn finish_scan(&self, turn: &Turn) -> Result<bool, Fault> {
        self.turned(sql::FINISH_SCAN, turn, turn.due).await
    }

    /// Gives a turn back undone; it may be begun again from then on, and any other at once.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn give_back_scan(&self, turn: &Turn, from: Moment) -> Result<bool, Fault> {
        self.turned(sql::GIVE_BACK_SCAN, turn, from).await
    }

    async fn turned(
        &self,
        statement: &'static str,
        turn: &Turn,
        at: Moment,
    ) -> Result<bool, Fault> {
        let statement = sqlx::query(statement)
            .bind(turn.name.clone())
            .bind(turn.fence)
            .bind(at.0);
        self.changes_one(statement).await
    }

    /// Keeps what a scan came to, unless a later one of its name is kept.
    ///
    /// # Errors
    /// [`Fault`] where the journal cannot be written.
    pub async fn keep_scan(&self, name: &str, at: Moment, kept: &str) -> Result<(), Fault> {
        let store = self.clone();
        let (name, kept) = (name.to_owned(), kept.to_owned());
        self.settled(async move {
            sqlx::query(sql::KEEP_SCAN)
                .bind(name)
                .bind(at.0)
                .bind(kept)
                .execute(store.writer())
                .await
                .map_err(|error| store.fault(error))?;
            Ok(())
        })
        .await
    }

    /// What the last scan of a name came to.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn kept_scan(&self, name: &str) -> Result<Option<String>, ReadError> {
        let kept = sqlx::query_scalar(sql::KEPT_SCAN)
            .bind(name)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(kept)
    }

    /// Up to when a scan is done, where that is known; nothing is written.
    ///
    /// # Errors
    /// [`ReadError`] where the journal cannot be read.
    pub async fn scan_done_so_far(&self, name: &str) -> Result<Option<Moment>, ReadError> {
        let done: Option<i64> = sqlx::query_scalar(sql::SCAN_DONE)
            .bind(name)
            .fetch_optional(self.readers())
            .await
            .map_err(|error| self.fault(error))?;
        Ok(done.map(Moment))
    }
}
