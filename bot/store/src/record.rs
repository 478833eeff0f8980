//! A record is a fact with its place in the chain; its hash covers every byte of it and of all before it.

use incident::{IncidentId, Moment, digest};
use serde::{Deserialize, Serialize};

/// The hash that a record holds of one body outside the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// The body, unique within the incident: `e-1`.
    pub id: String,
    /// `sha256:…` of its salt and text.
    pub hash: String,
}

/// One fact as it was recorded.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Whose journal it is in.
    pub incident: IncidentId,
    /// Its place there, from 1. An incident's version is the `seq` of its last record.
    pub seq: u64,
    /// When it was recorded.
    pub at: Moment,
    /// The fact's name: `proposed`.
    pub kind: String,
    /// The fact.
    pub body: serde_json::Value,
    /// The bodies it vouches for.
    pub attached: Vec<Attached>,
    /// The hash of the record before it; of the incident's id for the first one.
    pub prev: String,
    /// Its own hash.
    pub hash: String,
}

/// A record as its row holds it: `body` and `attached` are canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) incident: String,
    pub(crate) seq: i64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) body: String,
    pub(crate) attached: String,
    pub(crate) prev: String,
}

impl Row {
    /// The record's hash: `sickbay record 1` over the canonical JSON object of these fields.
    ///
    /// The object is put together from the stored text, so that reading a number and writing it again can never change
    /// what is hashed.
    pub(crate) fn hash(&self) -> String {
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let canonical = format!(
            "{{\"at\":{},\"attached\":{},\"body\":{},\"incident\":{},\"kind\":{},\"prev\":{},\"seq\":{}}}",
            self.at,
            self.attached,
            self.body,
            text(&self.incident),
            text(&self.kind),
            text(&self.prev),
            self.seq,
        );
        digest::of_bytes("sickbay record 1", canonical.as_bytes())
    }
}

/// What the first record of an incident follows.
pub(crate) fn genesis(incident: &str) -> String {
    digest::of_bytes("sickbay incident 1", incident.as_bytes())
}

/// What the first row of a journal's ledger follows.
pub(crate) fn ledger_genesis(journal: &str) -> String {
    digest::of_bytes("sickbay ledger genesis 1", journal.as_bytes())
}

/// The hash of one ledger row: the record's place and hash, and all rows before it.
pub(crate) fn ledger_hash(n: i64, incident: &str, seq: i64, record: &str, prev: &str) -> String {
    digest::of(
        "sickbay ledger 1",
        &serde_json::json!({"n": n, "incident": incident, "seq": seq, "record": record, "prev": prev}),
    )
}

#[cfg(test)]
mod tests;
