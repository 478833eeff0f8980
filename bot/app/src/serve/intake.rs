//! What people say in the threads of incidents, kept as it comes. Many messages at once, since a thread is busiest when it
//! matters most; nothing of it decides anything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chat::event::{ChatEvent, What};
use incident::IncidentId;
use store::{ReadError, Said};
use tokio::sync::{mpsc, oneshot};

use super::Serve;
use crate::world::World;

/// How many messages may wait while the journal cannot be written. Some hours of a busy workspace.
pub(super) const WAITING: usize = 100_000;
/// How many are kept in one go.
const AT_ONCE: usize = 500;
/// How long it takes until what could not be kept is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// For how long a message may be quicker than the note of the thread that it stands in.
const EARLY: Duration = Duration::from_secs(10);
/// How long anybody waits for what was said to be kept.
const LONG: Duration = Duration::from_secs(10);
/// How many threads are remembered as an incident's.
const REMEMBERED: usize = 10_000;

/// What is handed to whoever keeps it.
#[derive(Debug)]
pub(super) enum Heard {
    /// Somebody said something, or took it back.
    Event(ChatEvent),
    /// Somebody wants to know when all before this is kept.
    Until(oneshot::Sender<()>),
}

/// Keeps what is heard, for ever: whoever started it ends it.
pub(super) async fn keep(world: Arc<World>, mut heard: mpsc::Receiver<Heard>) {
    let mut known = BTreeMap::new();
    // What was said in threads that are no incident's, or not yet: an answer may be quicker than the note of what it answers.
    let mut early: Vec<(Instant, ChatEvent)> = Vec::new();
    let mut batch = Vec::new();
    loop {
        let more = heard.recv_many(&mut batch, AT_ONCE);
        if early.is_empty() {
            if more.await == 0 {
                return;
            }
        } else if let Ok(0) = tokio::time::timeout(PAUSE, more).await {
            return;
        }
        let now = Instant::now();
        early.retain(|(since, _)| now.duration_since(*since) < EARLY);
        let mut waiting = Vec::new();
        for one in batch.drain(..) {
            match one {
                Heard::Event(event) => early.push((now, event)),
                Heard::Until(kept) => waiting.push(kept),
            }
        }
        loop {
            match kept(&world, &mut known, &early).await {
                Ok(of_nobody) => {
                    early = of_nobody;
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, messages = early.len(), "what people say cannot be kept; it is tried again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        for one in waiting {
            let _gone = one.send(());
        }
    }
}

impl Serve {
    /// Hands on what somebody said.
    pub(super) fn keep(&self, event: ChatEvent) {
        if self.intake.try_send(Heard::Event(event)).is_err() {
            tracing::error!("a message is not kept: too many wait for the journal");
        }
    }

    /// Waits until all that was heard so far is kept, but not for long.
    pub(super) async fn kept(&self) -> bool {
        let (to, kept) = oneshot::channel();
        let wait = async { self.intake.send(Heard::Until(to)).await.is_ok() && kept.await.is_ok() };
        tokio::time::timeout(LONG, wait).await.unwrap_or(false)
    }
}

/// Keeps what belongs to an incident, and gives the rest back.
async fn kept(
    world: &World,
    known: &mut BTreeMap<String, IncidentId>,
    events: &[(Instant, ChatEvent)],
) -> Result<Vec<(Instant, ChatEvent)>, anyhow::Error> {
    let (mut said, mut rest, mut taken_back) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (since, event) in events {
        match (&event.what, &event.thread) {
            (What::Said { text, message, at }, Some(thread)) => {
                let Some(incident) = incident_of(world, known, thread).await? else {
                    rest.push((*since, event.clone()));
                    continue;
                };
                let text = incident::redact::printable(text.as_bytes());
                said.push(Said {
                    incident,
                    message: message.clone(),
                    author: author(world, event),
                    at: *at,
                    text: Some(world.redactor.redact(&text)),
                });
            }
            (What::TookBack { message }, _) => {
                taken_back.insert(message.as_str());
            }
            (What::Said { .. } | What::Asked { .. } | What::Pressed { .. }, _) => {}
        }
    }
    if !said.is_empty() {
        world.store.keep_said(said).await?;
    }
    // It may have been said in the same batch, so this comes after it.
    for message in &taken_back {
        world.store.unsay(message).await?;
    }
    rest.retain(|(_, event)| match &event.what {
        What::Said { message, .. } => !taken_back.contains(message.as_str()),
        What::TookBack { .. } | What::Asked { .. } | What::Pressed { .. } => false,
    });
    Ok(rest)
}

/// The incident that a thread is about. Only those that are one are remembered: a thread becomes one as it begins.
async fn incident_of(
    world: &World,
    known: &mut BTreeMap<String, IncidentId>,
    thread: &str,
) -> Result<Option<IncidentId>, ReadError> {
    if let Some(incident) = known.get(thread) {
        return Ok(Some(incident.clone()));
    }
    let found = world.store.incident_of_message(thread).await?;
    if let Some(incident) = &found {
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(thread.to_owned(), incident.clone());
    }
    Ok(found)
}

/// The responder, or the platform's name for somebody whom the settings do not know.
fn author(world: &World, event: &ChatEvent) -> String {
    let mut people = world.settings.people.iter();
    people
        .find(|(_, person)| person.is(event.platform, &event.user))
        .map_or_else(
            || format!("{} {}", event.platform.word(), event.user),
            |(id, _)| id.to_string(),
        )
}
