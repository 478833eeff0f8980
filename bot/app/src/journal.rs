//! The journal as the program uses it: incidents come out, decisions go in, and a lost race is decided again.

use ed25519_dalek::SigningKey;
use incident::fact::EvidenceRecord;
use incident::policy::Requirement;
use incident::remediation::{Decision, Event, Incident, Rules, decide};
use incident::status::{self, Word};
use incident::{Effect, Evidence, Fact, IncidentId, Moment, ProposalId, Refusal, ResponderId};
use store::{Append, AppendError, Body, Leased, NewEffect, NewFact, ReadError, Record, Store};

use crate::place;

/// What can go wrong between a click and the journal.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// The event makes no sense now; shown to the person.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The journal could not be written.
    #[error(transparent)]
    Append(AppendError),
    /// A lease could not be kept.
    #[error(transparent)]
    Lease(#[from] store::LeaseError),
    /// A fact of a newer Sickbay.
    #[error(
        "record {seq} of incident {incident} cannot be read: {why}; a newer Sickbay may have written it"
    )]
    Unreadable {
        incident: IncidentId,
        seq: u64,
        why: String,
    },
    /// Random bytes or the clock.
    #[error(transparent)]
    Place(#[from] place::PlaceError),
}

impl JournalError {
    /// Whether the journal itself cannot be used, and not only one incident or one event.
    pub(crate) fn is_fault(&self) -> bool {
        match self {
            Self::Read(error) => matches!(error, ReadError::Fault(_)),
            Self::Append(error) => matches!(error, AppendError::Fault(_)),
            Self::Lease(error) => matches!(error, store::LeaseError::Fault(_)),
            Self::Place(_) => true,
            Self::Refused(_) | Self::Unreadable { .. } => false,
        }
    }
}

/// Loads an incident from its facts.
pub(crate) async fn load(store: &Store, id: &IncidentId) -> Result<Incident, JournalError> {
    let mut incident = Incident::new(id.clone());
    each_fact(store, id, |at, fact| incident.apply(&fact, at)).await?;
    Ok(incident)
}

fn fact(id: &IncidentId, record: &Record) -> Result<Fact, JournalError> {
    use serde::Deserialize as _;
    Fact::deserialize(&record.body).map_err(|error| JournalError::Unreadable {
        incident: id.clone(),
        seq: record.seq,
        why: error.to_string(),
    })
}

/// Hands over the facts of an incident with the moment each was recorded, without holding them all. Nothing that was handed
/// over counts where this fails.
pub(crate) async fn each_fact(
    store: &Store,
    id: &IncidentId,
    mut take: impl FnMut(Moment, Fact) + Send,
) -> Result<(), JournalError> {
    let mut unreadable = None;
    let hear = |record: Record| match fact(id, &record) {
        Ok(fact) if unreadable.is_none() => take(record.at, fact),
        Ok(_) => {}
        Err(error) => unreadable = unreadable.take().or(Some(error)),
    };
    store.each_record(id, hear).await?;
    unreadable.map_or(Ok(()), Err)
}

/// The facts of an incident with the moment each was recorded.
pub(crate) async fn facts(
    store: &Store,
    id: &IncidentId,
) -> Result<Vec<(Moment, Fact)>, JournalError> {
    let records = store.load(id).await?;
    records
        .iter()
        .map(|record| Ok((record.at, fact(id, record)?)))
        .collect()
}

fn new_fact(fact: &Fact) -> NewFact {
    NewFact {
        kind: fact.kind().to_owned(),
        body: serde_json::to_value(fact).unwrap_or(serde_json::Value::Null),
    }
}

fn new_effect(effect: &Effect, not_before: Moment) -> NewEffect {
    NewEffect {
        key: effect.key(),
        kind: effect.kind().to_owned(),
        body: serde_json::to_value(effect).unwrap_or(serde_json::Value::Null),
        not_before,
    }
}

/// An append of these facts and nothing else.
fn append_of(incident: &IncidentId, version: u64, at: Moment, facts: &[Fact]) -> Append {
    let mut append = Append::new(incident.clone(), version, at);
    append.facts = facts.iter().map(new_fact).collect();
    append.proposals = facts
        .iter()
        .filter_map(|fact| {
            if let Fact::Proposed { proposal } = fact {
                Some(proposal.id.clone())
            } else {
                None
            }
        })
        .collect();
    append
}

/// Records facts that nobody decides about: what was asked, seen and offered.
pub(crate) async fn record(
    store: &Store,
    incident: &mut Incident,
    facts: &[Fact],
    bodies: Vec<Body>,
    now: Moment,
) -> Result<(), JournalError> {
    let mut append = append_of(&incident.id, incident.version, now, facts);
    append.bodies = bodies;
    match store.append(append).await {
        Ok(_done) => {
            for fact in facts {
                incident.apply(fact, now);
            }
            Ok(())
        }
        Err(error) => Err(told(error)),
    }
}

/// Records facts beside whatever others record meanwhile: nobody decides about them, so a lost race is only tried again.
/// `make` says what they are for the incident as it is then.
pub(crate) async fn add(
    store: &Store,
    id: &IncidentId,
    bodies: &[Body],
    make: impl Fn(&Incident) -> Vec<Fact>,
) -> Result<Incident, JournalError> {
    add_numbered(store, id, |incident| Ok((make(incident), bodies.to_vec()))).await
}

/// The same where the texts outside the chain, too, hang on what the incident has by then: evidence is numbered on from it.
pub(crate) async fn add_numbered(
    store: &Store,
    id: &IncidentId,
    mut make: impl FnMut(&Incident) -> Result<(Vec<Fact>, Vec<Body>), JournalError>,
) -> Result<Incident, JournalError> {
    let mut races = 0;
    loop {
        let mut incident = load(store, id).await?;
        let (facts, bodies) = make(&incident)?;
        let now = crate::clock::now();
        match record(store, &mut incident, &facts, bodies, now).await {
            Err(JournalError::Append(AppendError::Conflict { .. })) if races < MOST_RACES => {
                races += 1;
            }
            Err(error) => return Err(error),
            Ok(()) => return Ok(incident),
        }
    }
}

/// How often what lost a race is decided or recorded again before that is an error.
pub(crate) const MOST_RACES: u32 = 50;

/// Opens an incident because of an event that was heard. False where that event was heard before: then nothing is done.
pub(crate) async fn open(
    store: &Store,
    incident: &mut Incident,
    facts: &[Fact],
    heard: String,
    now: Moment,
) -> Result<bool, JournalError> {
    let mut append = append_of(&incident.id, incident.version, now, facts);
    append.heard = Some(heard);
    match store.append(append).await.map_err(told)? {
        store::Appended::AlreadyHeard { .. } => Ok(false),
        store::Appended::Done { .. } => {
            for fact in facts {
                incident.apply(fact, now);
            }
            Ok(true)
        }
    }
}

fn told(error: AppendError) -> JournalError {
    if let AppendError::Claimed(claimed) = &error {
        return JournalError::Refused(Refusal::Claimed(claimed.clone()));
    }
    JournalError::Append(error)
}

/// Hears an event: decides, records, and gives back the incident as it is then. A lost race is a conflict, and is decided
/// again by whoever asks, on the incident as it is then.
pub(crate) async fn hear(
    store: &Store,
    mut incident: Incident,
    event: &Event,
    requirement: &Requirement,
    key: &SigningKey,
    done: Option<&Leased>,
    now: Moment,
) -> Result<(Incident, Decision), JournalError> {
    let rules = Rules { requirement, key };
    let decision = decide(&incident, event.clone(), &rules, now)?;
    let mut append = append_of(&incident.id, incident.version, now, &decision.facts);
    append.effects = decision
        .effects
        .iter()
        .map(|effect| new_effect(effect, now))
        .collect();
    append.claims = decision.claims.clone();
    append.releases = decision.releases.clone();
    append.returns = decision.returns.clone();
    append.done_effect = done.map(|leased| (leased.id, leased.fence));
    crate::point!("app::before_append");
    store.append(append).await.map_err(told)?;
    crate::point!("app::after_append");
    for fact in &decision.facts {
        incident.apply(fact, now);
    }
    Ok((incident, decision))
}

/// Records what a person says of an incident as a whole, and gives it back as it is then. What was heard before is not recorded
/// again; a lost race is decided again.
pub(crate) async fn attend(
    store: &Store,
    id: &IncidentId,
    word: &Word,
    by: (&ResponderId, &str),
    heard: Option<&str>,
    now: Moment,
) -> Result<Incident, JournalError> {
    let mut races = 0;
    loop {
        let mut incident = load(store, id).await?;
        let (who, via) = by;
        let said = status::decide(&incident, word.clone(), who.clone(), via.to_owned());
        let fact = match said {
            Ok(fact) => fact,
            // What they said before is so, where this is the same word once more.
            Err(refusal) => match heard {
                Some(key) if store.heard(key).await?.as_ref() == Some(id) => return Ok(incident),
                Some(_) | None => return Err(refusal.into()),
            },
        };
        let mut append = append_of(id, incident.version, now, std::slice::from_ref(&fact));
        append.heard = heard.map(str::to_owned);
        match store.append(append).await {
            Ok(store::Appended::Done { .. }) => {
                incident.apply(&fact, now);
                return Ok(incident);
            }
            Ok(store::Appended::AlreadyHeard { .. }) => return Ok(incident),
            Err(AppendError::Conflict { .. }) if races < MOST_RACES => races += 1,
            Err(error) => return Err(told(error)),
        }
    }
}

/// The record of a piece of evidence, and its text as a body outside the chain.
pub(crate) fn evidence_record(one: &Evidence) -> Result<(EvidenceRecord, Body), JournalError> {
    let salt: [u8; 16] = place::random()?;
    let salt = data_encoding::HEXLOWER.encode(&salt);
    let body = Body {
        id: one.id.to_string(),
        text: one.text.clone(),
        salt,
    };
    let record = EvidenceRecord {
        id: one.id.clone(),
        host: one.host.clone(),
        key: one.key.clone(),
        argv: one.argv.clone(),
        ended: one.ended,
        took: one.took,
        truncated: one.truncated,
        text_hash: body.hash(),
    };
    Ok((record, body))
}

/// Nobody has heard of a proposal; `near` is the one that may have been meant.
pub(crate) fn no_proposal(proposal: &ProposalId, near: Option<&str>) -> JournalError {
    JournalError::Refused(Refusal::NoProposal {
        proposal: proposal.clone(),
        near: near.map(str::to_owned),
    })
}

/// What goes wrong between a click and the journal, for the person who clicked.
pub(crate) fn refusal(error: JournalError) -> Refusal {
    match error {
        JournalError::Refused(refusal) => refusal,
        error @ (JournalError::Read(_)
        | JournalError::Append(_)
        | JournalError::Lease(_)
        | JournalError::Unreadable { .. }
        | JournalError::Place(_)) => Refusal::Said(crate::sentence::of(&error)),
    }
}
