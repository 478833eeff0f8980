//! A journal in a directory of its own, and short names for what the tests say often.

use std::path::Path;

use incident::{ExecutionId, HostName, IncidentId, Moment, ProposalId};
use serde_json::json;
use store::{Append, Appended, Body, Break, NewEffect, NewFact, Store, Verdict, Verified};

pub(crate) const NOON: Moment = Moment(1_795_435_200_000);

pub(crate) fn after(ms: i64) -> Moment {
    Moment(NOON.0 + ms)
}

pub(crate) fn incident(letters: &str) -> IncidentId {
    IncidentId::new(format!("20261123-{letters}")).unwrap()
}

pub(crate) fn execution(id: &str) -> ExecutionId {
    ExecutionId::new(id).unwrap()
}

pub(crate) fn host(name: &str) -> HostName {
    HostName::new(name).unwrap()
}

pub(crate) fn proposal(id: &str) -> ProposalId {
    ProposalId::new(id).unwrap()
}

pub(crate) fn fact(text: &str) -> NewFact {
    NewFact {
        kind: "noted".to_owned(),
        body: json!({"fact": "noted", "text": text}),
    }
}

pub(crate) fn effect(key: &str, not_before: Moment) -> NewEffect {
    NewEffect {
        key: key.to_owned(),
        kind: "execute".to_owned(),
        body: json!({"effect": "execute", "key": key}),
        not_before,
    }
}

pub(crate) fn body(id: &str, text: &str) -> Body {
    Body {
        id: id.to_owned(),
        text: text.to_owned(),
        salt: format!("salt of {id}"),
    }
}

/// An append of facts to an incident at a version.
pub(crate) fn facts(letters: &str, version: u64, texts: &[&str]) -> Append {
    let mut append = Append::new(incident(letters), version, NOON);
    append.facts = texts.iter().map(|text| fact(text)).collect();
    append
}

pub(crate) async fn open(dir: &Path) -> Store {
    Store::open(dir, NOON).await.unwrap()
}

/// Appends what must be recorded and says the version after it.
pub(crate) async fn done(store: &Store, append: Append) -> u64 {
    match store.append(append).await.unwrap() {
        Appended::Done { version, .. } => version,
        Appended::AlreadyHeard { incident } => panic!("heard before, for {incident}"),
    }
}

/// The texts of an incident's facts.
pub(crate) async fn texts(store: &Store, letters: &str) -> Vec<String> {
    let records = store.load(&incident(letters)).await.unwrap();
    records
        .iter()
        .map(|record| record.body["text"].as_str().unwrap().to_owned())
        .collect()
}

/// Verifies a journal that must be sound.
pub(crate) async fn sound(store: &Store) -> Verified {
    match store.verify().await.unwrap() {
        Verdict::Sound(verified) => verified,
        Verdict::Broken(found) => panic!("{found}"),
    }
}

/// Verifies a journal that must not be.
pub(crate) async fn broken(store: &Store) -> Break {
    match store.verify().await.unwrap() {
        Verdict::Sound(verified) => panic!("passes for sound: {verified:?}"),
        Verdict::Broken(found) => found,
    }
}
