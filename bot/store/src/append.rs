//! One append is one transaction: what happened, what must be done, what was heard and what is claimed, or nothing of it.

mod error;

use incident::fact::Claim;
use incident::{ExecutionId, IncidentId, Moment, ProposalId, digest};
use sqlx::{Connection, SqliteConnection};

use crate::body::Body;
use crate::claim;
use crate::head::Grown;
use crate::lease::{self, EffectId};
use crate::points::point;
use crate::record::{self, Attached, Row};
use crate::{Store, sql};

pub use error::AppendError;

/// A fact to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFact {
    /// Its name: `proposed`.
    pub kind: String,
    /// The fact as JSON.
    pub body: serde_json::Value,
}

/// An effect to be performed by whoever leases it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEffect {
    /// What makes it the same effect: a second one with this key is not queued.
    pub key: String,
    /// Its name: `execute`.
    pub kind: String,
    /// The effect as JSON.
    pub body: serde_json::Value,
    /// Not before this moment: a timer lies in the future.
    pub not_before: Moment,
}

/// All that one event leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// Whose journal.
    pub incident: IncidentId,
    /// The version that was decided on; 0 opens the incident.
    pub expected_version: u64,
    /// When.
    pub at: Moment,
    /// What happened, in order.
    pub facts: Vec<NewFact>,
    /// What must be done.
    pub effects: Vec<NewEffect>,
    /// The key of the event that was heard. The second append with the same key does nothing.
    pub heard: Option<String>,
    /// Executions that give back the hosts they hold. Done before claims are taken.
    pub releases: Vec<ExecutionId>,
    /// Claims that were made for nothing and are given back. Done before claims are taken.
    pub returns: Vec<Claim>,
    /// What must be free.
    pub claims: Vec<Claim>,
    /// The leased effect that brought these facts: it is done with them, or they are refused.
    pub done_effect: Option<(EffectId, u64)>,
    /// Texts outside the chain; the first fact vouches for them.
    pub bodies: Vec<Body>,
    /// Bodies whose text is taken away for good, with the fact that says so.
    pub erasures: Vec<String>,
    /// Proposals that can be found by their id from here on.
    pub proposals: Vec<ProposalId>,
}

impl Append {
    /// An append that holds nothing yet.
    #[must_use]
    pub fn new(incident: IncidentId, expected_version: u64, at: Moment) -> Self {
        Self {
            incident,
            expected_version,
            at,
            facts: Vec::new(),
            effects: Vec::new(),
            heard: None,
            releases: Vec::new(),
            returns: Vec::new(),
            claims: Vec::new(),
            done_effect: None,
            bodies: Vec::new(),
            erasures: Vec::new(),
            proposals: Vec::new(),
        }
    }
}

/// What became of an append. It is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It was recorded.
    Done {
        /// The incident's version after it.
        version: u64,
        /// The hash of its last record.
        hash: String,
        /// The effects in the order given; one that was queued before has its earlier id.
        effects: Vec<EffectId>,
    },
    /// The event was heard before; nothing was done.
    AlreadyHeard {
        /// The incident it went to.
        incident: String,
    },
}

impl Store {
    /// Commits all of `append`, or nothing. When it returns `Ok`, it is on the disk.
    ///
    /// The work runs to its end even where the caller stops waiting.
    ///
    /// # Errors
    /// [`AppendError::Conflict`] where the incident has moved on, [`AppendError::Claimed`] where a claim is somebody
    /// else's, [`AppendError::Stale`] where the leased effect is; else what was wrong. Nothing was kept.
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let store = self.clone();
        self.settled(async move {
            let (appended, grown) = store.append_in_transaction(&append).await?;
            point!("store::append::after_commit");
            if let Some(grown) = grown {
                store.advance_head(&grown).await;
            }
            point!("store::append::after_head");
            if !append.erasures.is_empty() {
                store.forget_log().await;
            }
            Ok(appended)
        })
        .await
    }

    /// The transaction, and how far the ledger moved, if it did.
    async fn append_in_transaction(
        &self,
        append: &Append,
    ) -> Result<(Appended, Option<Grown>), AppendError> {
        let fault = |error| AppendError::from(self.fault(error));
        let mut writer = self.writer().acquire().await.map_err(fault)?;
        let mut tx = writer.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
        point!("store::append::begun");
        let incident = append.incident.as_str();
        if let Some(key) = &append.heard {
            let first = sqlx::query(sql::HEAR)
                .bind(key)
                .bind(incident)
                .bind(append.at.0)
                .execute(&mut *tx)
                .await
                .map_err(fault)?;
            if first.rows_affected() == 0 {
                let incident = sqlx::query_scalar(sql::HEARD)
                    .bind(key)
                    .fetch_one(&mut *tx)
                    .await
                    .map_err(fault)?;
                tx.rollback().await.map_err(fault)?;
                return Ok((Appended::AlreadyHeard { incident }, None));
            }
        }
        if let Some((id, fence)) = append.done_effect {
            lease::finish_in(&mut tx, id, fence, append.at)
                .await
                .map_err(fault)??;
        }
        let (version, hash, grown) = self.add_facts(&mut tx, append).await?;
        let hangs =
            !(append.effects.is_empty() && append.bodies.is_empty() && append.proposals.is_empty());
        if (version == 0 && hangs) || (append.facts.is_empty() && !append.bodies.is_empty()) {
            return Err(AppendError::NoFact {
                incident: append.incident.clone(),
            });
        }
        for holder in &append.releases {
            claim::release(&mut tx, holder).await.map_err(fault)?;
        }
        for unused in &append.returns {
            claim::give_back(&mut tx, &append.incident, unused)
                .await
                .map_err(fault)?;
        }
        for wanted in &append.claims {
            claim::take(&mut tx, &append.incident, wanted, append.at)
                .await
                .map_err(|refused| refused.into_error(self))?;
        }
        let mut effects = Vec::with_capacity(append.effects.len());
        for effect in &append.effects {
            effects.push(self.add_effect(&mut tx, append, effect).await?);
        }
        self.add_bodies(&mut tx, append).await?;
        self.add_proposals(&mut tx, append).await?;
        point!("store::append::before_commit");
        tx.commit().await.map_err(fault)?;
        let appended = Appended::Done {
            version,
            hash,
            effects,
        };
        Ok((appended, grown))
    }

    /// Adds the facts to the incident's chain and to the ledger. Says the new version, its hash and how far
    /// the ledger moved.
    async fn add_facts(
        &self,
        tx: &mut SqliteConnection,
        append: &Append,
    ) -> Result<(u64, String, Option<Grown>), AppendError> {
        let fault = |error| AppendError::from(self.fault(error));
        let incident = append.incident.as_str();
        let end: Option<(i64, String)> = sqlx::query_as(sql::CHAIN_END)
            .bind(incident)
            .fetch_optional(&mut *tx)
            .await
            .map_err(fault)?;
        let (before, start) = end.unwrap_or_else(|| (0, record::genesis(incident)));
        if i64::try_from(append.expected_version).ok() != Some(before) {
            return Err(AppendError::Conflict {
                incident: append.incident.clone(),
                expected: append.expected_version,
                found: before.unsigned_abs(),
            });
        }
        let rows = chained(append, before, start.clone());
        let Some((last, hash)) = rows.last() else {
            return Ok((before.unsigned_abs(), start, None));
        };
        let moved = if before == 0 {
            sqlx::query(sql::OPEN_INCIDENT)
                .bind(incident)
                .bind(append.incident.letters())
                .bind(last.seq)
                .bind(hash)
                .bind(append.at.0)
        } else {
            sqlx::query(sql::MOVE_INCIDENT)
                .bind(incident)
                .bind(last.seq)
                .bind(hash)
                .bind(append.at.0)
                .bind(before)
        };
        let moved = moved.execute(&mut *tx).await.map_err(fault)?;
        if moved.rows_affected() != 1 {
            return Err(AppendError::Conflict {
                incident: append.incident.clone(),
                expected: append.expected_version,
                found: before.unsigned_abs(),
            });
        }
        let grown = self.add_rows(tx, &rows).await.map_err(fault)?;
        Ok((last.seq.unsigned_abs(), hash.clone(), Some(grown)))
    }

    /// Writes the rows and lists them in the ledger.
    async fn add_rows(
        &self,
        tx: &mut SqliteConnection,
        rows: &[(Row, String)],
    ) -> Result<Grown, sqlx::Error> {
        let before = self.ledger_end(tx).await?;
        let (mut n, mut prev) = before.clone();
        for (row, hash) in rows {
            sqlx::query(sql::ADD_RECORD)
                .bind(&row.incident)
                .bind(row.seq)
                .bind(row.at)
                .bind(&row.kind)
                .bind(&row.body)
                .bind(&row.attached)
                .bind(&row.prev)
                .bind(hash)
                .execute(&mut *tx)
                .await?;
            n += 1;
            prev = record::ledger_hash(n, &row.incident, row.seq, hash, &prev);
            sqlx::query(sql::ADD_LEDGER)
                .bind(n)
                .bind(&row.incident)
                .bind(row.seq)
                .bind(hash)
                .bind(&prev)
                .execute(&mut *tx)
                .await?;
        }
        Ok(Grown {
            before,
            end: (n, prev),
        })
    }

    /// Queues an effect. The same one again is the same one; another one under its key is refused.
    async fn add_effect(
        &self,
        tx: &mut SqliteConnection,
        append: &Append,
        effect: &NewEffect,
    ) -> Result<EffectId, AppendError> {
        let fault = |error| AppendError::from(self.fault(error));
        let body = digest::canonical(&effect.body);
        let id: Option<i64> = sqlx::query_scalar(sql::ADD_EFFECT)
            .bind(&effect.key)
            .bind(append.incident.as_str())
            .bind(&effect.kind)
            .bind(&body)
            .bind(effect.not_before.0)
            .bind(append.at.0)
            .fetch_optional(&mut *tx)
            .await
            .map_err(fault)?;
        if let Some(id) = id {
            return Ok(EffectId(id));
        }
        let (id, incident, kind, queued): (i64, String, String, String) =
            sqlx::query_as(sql::EFFECT_BY_KEY)
                .bind(&effect.key)
                .fetch_one(tx)
                .await
                .map_err(fault)?;
        if incident == append.incident.as_str() && kind == effect.kind && queued == body {
            Ok(EffectId(id))
        } else {
            Err(AppendError::EffectDiffers {
                key: effect.key.clone(),
            })
        }
    }

    async fn add_bodies(
        &self,
        tx: &mut SqliteConnection,
        append: &Append,
    ) -> Result<(), AppendError> {
        let fault = |error| AppendError::from(self.fault(error));
        for body in &append.bodies {
            let added = sqlx::query(sql::ADD_BODY)
                .bind(append.incident.as_str())
                .bind(&body.id)
                .bind(&body.salt)
                .bind(body.text.as_bytes())
                .execute(&mut *tx)
                .await
                .map_err(fault)?;
            if added.rows_affected() == 0 {
                return Err(AppendError::BodyTaken {
                    incident: append.incident.clone(),
                    id: body.id.clone(),
                });
            }
        }
        for id in &append.erasures {
            let erased = sqlx::query(sql::ERASE_BODY)
                .bind(append.incident.as_str())
                .bind(id)
                .bind(append.at.0)
                .execute(&mut *tx)
                .await
                .map_err(fault)?;
            if erased.rows_affected() == 0 {
                return Err(AppendError::NothingToErase {
                    incident: append.incident.clone(),
                    id: id.clone(),
                });
            }
        }
        Ok(())
    }

    async fn add_proposals(
        &self,
        tx: &mut SqliteConnection,
        append: &Append,
    ) -> Result<(), AppendError> {
        let fault = |error| AppendError::from(self.fault(error));
        for proposal in &append.proposals {
            let added = sqlx::query(sql::ADD_PROPOSAL)
                .bind(proposal.as_str())
                .bind(append.incident.as_str())
                .execute(&mut *tx)
                .await
                .map_err(fault)?;
            if added.rows_affected() == 1 {
                continue;
            }
            let incident: String = sqlx::query_scalar(sql::INCIDENT_OF)
                .bind(proposal.as_str())
                .fetch_one(&mut *tx)
                .await
                .map_err(fault)?;
            if incident != append.incident.as_str() {
                return Err(AppendError::ProposalTaken {
                    proposal: proposal.clone(),
                    incident,
                });
            }
        }
        Ok(())
    }
}

/// The facts as rows that follow version `before`, whose hash is `prev`, each with its own hash.
fn chained(append: &Append, before: i64, mut prev: String) -> Vec<(Row, String)> {
    let mut attached: Vec<Attached> = append
        .bodies
        .iter()
        .map(|body| Attached {
            id: body.id.clone(),
            hash: body.hash(),
        })
        .collect();
    let mut rows = Vec::with_capacity(append.facts.len());
    for (fact, seq) in append.facts.iter().zip(before + 1..) {
        let attached = std::mem::take(&mut attached);
        let row = Row {
            incident: append.incident.to_string(),
            seq,
            at: append.at.0,
            kind: fact.kind.clone(),
            body: digest::canonical(&fact.body),
            attached: digest::canonical(&serde_json::json!(attached)),
            prev,
        };
        let hash = row.hash();
        prev = hash.clone();
        rows.push((row, hash));
    }
    rows
}
