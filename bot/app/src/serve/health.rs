//! How it is with the process, for whoever watches it: whether its loop turns, and whether each part of it can do its work.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use chat::event::Platform;
use serde_json::{Value, json};
use store::Store;

use crate::clock;
use crate::metrics::Metrics;

/// A loop that has not turned for so long hangs.
const HANGS: Duration = Duration::from_secs(30);
/// How often it is tried whether the journal takes what is to be recorded.
const TRY: Duration = Duration::from_secs(10);
/// What was tried so long ago says nothing any more.
const OLD: Duration = Duration::from_secs(60);

/// How it is.
#[derive(Debug)]
pub(super) struct Health(Mutex<State>);

#[derive(Debug)]
struct State {
    turned: Instant,
    /// When it was tried last whether the journal can be written, and whether it could.
    journal: (Instant, bool),
    /// The platforms, and whether each has greeted us.
    platforms: BTreeMap<Platform, bool>,
    stopping: bool,
}

/// A part that has to be there, and what it lacks.
pub(super) type Part = (&'static str, Option<&'static str>);

impl Health {
    /// The journal was just opened, and no platform has greeted us yet.
    pub(super) fn new(platforms: impl IntoIterator<Item = Platform>) -> Self {
        Self(Mutex::new(State {
            turned: Instant::now(),
            // Opening it was a write.
            journal: (Instant::now(), true),
            platforms: platforms
                .into_iter()
                .map(|platform| (platform, false))
                .collect(),
            stopping: false,
        }))
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        if let Ok(mut state) = self.0.lock() {
            change(&mut state);
        }
    }

    /// The loop has turned once more.
    pub(super) fn turned(&self) {
        self.change(|state| state.turned = Instant::now());
    }

    /// Whether a platform can be heard.
    pub(super) fn platform(&self, platform: Platform, greeted: bool) {
        self.change(|state| {
            state.platforms.insert(platform, greeted);
        });
    }

    /// It was told to stop.
    pub(super) fn stopping(&self) {
        self.change(|state| state.stopping = true);
    }

    /// Whether the loop turns.
    pub(super) fn alive(&self) -> bool {
        self.0
            .lock()
            .is_ok_and(|state| state.turned.elapsed() < HANGS)
    }

    /// Whether the journal takes what is to be recorded, as far as was tried.
    pub(super) fn records(&self) -> bool {
        self.0.lock().is_ok_and(|state| state.journal.1)
    }

    /// Each part that has to be there.
    pub(super) fn parts(&self) -> Vec<Part> {
        self.0.lock().map_or_else(
            |_| vec![("loop", Some("it ended by itself"))],
            |state| state.parts(Instant::now()),
        )
    }

    /// Tries again and again whether the journal takes what is to be recorded.
    pub(super) async fn watch_journal(&self, store: &Store, metrics: &Metrics) {
        loop {
            let tried = store.prove_writable(clock::now()).await;
            if let Err(error) = &tried {
                tracing::error!(%error, "the journal cannot be written");
            }
            metrics.journal(tried.is_ok());
            self.change(|state| state.journal = (Instant::now(), tried.is_ok()));
            tokio::time::sleep(TRY).await;
        }
    }
}

impl State {
    fn parts(&self, now: Instant) -> Vec<Part> {
        let hangs = now.duration_since(self.turned) >= HANGS;
        let journal = match self.journal {
            (at, _) if now.duration_since(at) >= OLD => Some("it does not answer"),
            (_, false) => Some("it cannot be written; the log says why"),
            (_, true) => None,
        };
        let mut parts = vec![("loop", hangs.then_some("it hangs")), ("journal", journal)];
        for (platform, greeted) in &self.platforms {
            let lacks = (!greeted).then_some("it is away, or has not greeted us yet");
            parts.push((platform.word(), lacks));
        }
        if self.stopping {
            parts.push(("process", Some("it was told to stop")));
        }
        parts
    }
}

/// Whether all parts are there.
pub(super) fn ready(parts: &[Part]) -> bool {
    parts.iter().all(|(_, lacks)| lacks.is_none())
}

/// The parts, for machines and for people who look at what machines look at.
pub(super) fn told(parts: &[Part]) -> Value {
    let each = parts
        .iter()
        .map(|(part, lacks)| ((*part).to_owned(), json!(lacks.unwrap_or("ready"))));
    let mut told: serde_json::Map<String, Value> = each.collect();
    told.insert("ready".to_owned(), json!(ready(parts)));
    Value::Object(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tried_long_ago_says_nothing() {
        let health = Health::new([Platform::Slack]);
        let lacking = |health: &Health, later: Duration| {
            let state = health.0.lock().unwrap();
            let parts = state.parts(Instant::now() + later);
            assert_eq!(
                ready(&parts),
                parts.iter().all(|(_, lacks)| lacks.is_none())
            );
            let lack = parts.iter().filter(|(_, lacks)| lacks.is_some());
            lack.map(|(part, _)| *part).collect::<Vec<_>>()
        };
        let now = Duration::ZERO;
        assert_eq!(lacking(&health, now), ["slack"]);
        health.platform(Platform::Slack, true);
        health.change(|state| state.journal = (Instant::now(), false));
        assert_eq!(lacking(&health, now), ["journal"]);
        health.change(|state| state.journal = (Instant::now(), true));
        assert_eq!(lacking(&health, now), [""; 0]);
        assert_eq!(lacking(&health, HANGS), ["loop"]);
        assert_eq!(lacking(&health, OLD), ["loop", "journal"]);
        health.stopping();
        assert_eq!(lacking(&health, now), ["process"]);
    }
}
