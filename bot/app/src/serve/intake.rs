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
    Event(Box<ChatEvent>),
    /// Somebody wants to know when all before this is kept.
    Until(oneshot::Sender<()>),
}

/// Keeps what is heard, for ever: whoever started it ends it.
pub(super) async fn keep(world: Arc<World>, mut heard: mpsc::Receiver<Heard>) {
    // What was said in threads that are no incident's, or not yet: an answer may be quicker than the note of what it answers.
    let mut early: Vec<(Instant, ChatEvent)> = Vec::new();
    let mut threads = Threads::default();
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
                Heard::Event(event) => early.push((now, *event)),
                Heard::Until(kept) => waiting.push(kept),
            }
        }
        threads.look_again(now, !waiting.is_empty());
        while let Err(error) = kept(&world, &mut threads, &mut early).await {
            tracing::warn!(%error, messages = early.len(), "what people say cannot be kept; it is tried again");
            tokio::time::sleep(PAUSE).await;
        }
        for one in waiting {
            let _gone = one.send(());
        }
    }
}

impl Serve {
    /// Hands on what somebody said.
    pub(super) fn keep(&self, event: ChatEvent) {
        if self.intake.try_send(Heard::Event(Box::new(event))).is_err() {
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

/// Keeps what belongs to an incident; the rest stays where it is. Where the journal fails, all of it does.
async fn kept(
    world: &World,
    threads: &mut Threads,
    heard: &mut Vec<(Instant, ChatEvent)>,
) -> Result<(), anyhow::Error> {
    let mut said = Vec::new();
    let (mut done, mut taken_back) = (BTreeSet::new(), BTreeSet::new());
    let now = Instant::now();
    for (_, event) in heard.iter() {
        match (&event.what, &event.thread) {
            (What::Said { text, message, at }, Some(thread)) => {
                if let Some(incident) = threads.incident_of(world, thread, now).await? {
                    done.insert(message.clone());
                    said.push(Said {
                        incident,
                        message: message.clone(),
                        author: author(world, event),
                        at: *at,
                        text: Some(world.clean(text)),
                    });
                }
            }
            (What::TookBack { message }, _) => {
                taken_back.insert(message.clone());
            }
            (What::Said { .. } | What::Asked { .. } | What::Pressed { .. } | What::Joined, _) => {}
        }
    }
    if !said.is_empty() {
        let messages = said.len();
        world.store.keep_said(said).await?;
        world.metrics.kept(messages);
    }
    // It may have been said in the same batch, so this comes after it.
    for message in &taken_back {
        world.store.unsay(message).await?;
    }
    // What was taken back waits too: what was said may be noted later, or told later. Only its words are gone now.
    heard.retain_mut(|(_, event)| match &mut event.what {
        What::Said { message, text, .. } => {
            if taken_back.contains(message) {
                text.clear();
            }
            event.thread.is_some() && !done.contains(message)
        }
        What::TookBack { .. } => true,
        What::Asked { .. } | What::Pressed { .. } | What::Joined => false,
    });
    Ok(())
}

/// Which threads are an incident's.
#[derive(Debug, Default)]
struct Threads {
    known: BTreeMap<String, IncidentId>,
    /// Those that were none when they were looked for: a busy channel is not asked about at each word.
    unknown: BTreeMap<String, Instant>,
}

impl Threads {
    /// What was no incident's may be one by now. It is looked for after a pause, or at once where somebody waits.
    fn look_again(&mut self, now: Instant, at_once: bool) {
        self.unknown
            .retain(|_, since| !at_once && now.duration_since(*since) < PAUSE);
    }

    async fn incident_of(
        &mut self,
        world: &World,
        thread: &str,
        now: Instant,
    ) -> Result<Option<IncidentId>, ReadError> {
        if let Some(incident) = self.known.get(thread) {
            return Ok(Some(incident.clone()));
        }
        if self.unknown.contains_key(thread) {
            return Ok(None);
        }
        let found = world.store.incident_of_message(thread).await?;
        if let Some(incident) = &found {
            if self.known.len() >= REMEMBERED {
                self.known.clear();
            }
            self.known.insert(thread.to_owned(), incident.clone());
        } else {
            self.unknown.insert(thread.to_owned(), now);
        }
        Ok(found)
    }
}

/// The responder, or the platform's name for somebody whom the settings do not know.
fn author(world: &World, event: &ChatEvent) -> String {
    let known = world.settings.whom(event.platform, &event.user);
    known.map_or_else(
        || format!("{} {}", event.platform.word(), event.user),
        ToString::to_string,
    )
}
