//! What is told with each turn of the loop: to the service manager, to those who watch, and to whoever reads standard error.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chat::event::Platform;
use chat::front::Socket;
use incident::IncidentId;
use sd_notify::NotifyState;

use super::Serve;
use super::health::Health;
use crate::metrics::Now;
use crate::screen;

/// How long a platform that is away may keep whoever started us waiting.
const AWAY: Duration = Duration::from_secs(10);

/// The pulse of the process.
#[derive(Debug)]
pub(super) struct Pulse {
    pub(super) health: Arc<Health>,
    /// Where machines ask, where they may.
    pub(super) door: Option<SocketAddr>,
    began: Instant,
    /// Whether the service manager knows that we are there.
    ready: bool,
    /// What it was told last.
    status: String,
    /// Which platforms ever greeted us.
    greeted: BTreeSet<Platform>,
    /// Since when threads are behind.
    behind: BTreeMap<IncidentId, Instant>,
}

impl Pulse {
    pub(super) fn new(health: Arc<Health>, door: Option<SocketAddr>) -> Self {
        Self {
            health,
            door,
            began: Instant::now(),
            ready: false,
            status: String::new(),
            greeted: BTreeSet::new(),
            behind: BTreeMap::new(),
        }
    }

    /// The loop has turned once more.
    pub(super) fn beat(&mut self, serve: &Serve, sockets: &[(Platform, Socket)]) {
        self.health.turned();
        let mut heard = Vec::new();
        let mut away = Vec::new();
        for front in &serve.fronts {
            let platform = front.platform();
            let mut its = sockets.iter().filter(|(of, _)| *of == platform);
            let greeted = its.any(|(_, socket)| socket.greeted());
            self.health.platform(platform, greeted);
            serve.world.metrics.socket(platform, greeted);
            for ((deed, fate), so_many) in front.sent() {
                serve.world.metrics.sent(platform, deed, fate, so_many);
            }
            if greeted && self.greeted.insert(platform) {
                screen::aside(&format!("sickbay: {} is there", platform.name()));
            }
            let names = if greeted { &mut heard } else { &mut away };
            names.push(platform.name());
        }
        self.count(serve);
        self.tell(&heard, &away);
    }

    /// It was told to stop.
    pub(super) fn stopping(&self) {
        self.health.stopping();
        notify(&[NotifyState::Stopping]);
    }

    fn count(&mut self, serve: &Serve) {
        let (behind, waiting) = serve
            .notes
            .lock()
            .map(|notes| (notes.behind.clone(), notes.open.len()))
            .unwrap_or_default();
        let now = Instant::now();
        self.behind.retain(|id, _| behind.contains(id));
        for id in behind {
            self.behind.entry(id).or_insert(now);
        }
        let longest = self.behind.values().min();
        serve.world.metrics.now(&Now {
            approvals_waiting: waiting,
            threads_behind: self.behind.len(),
            thread_lag: longest.map_or(Duration::ZERO, |since| now.duration_since(*since)),
        });
    }

    /// Tells the service manager that the loop turns, that we are there, and what we wait for.
    fn tell(&mut self, heard: &[&str], away: &[&str]) {
        let mut news = vec![NotifyState::Watchdog];
        // A platform that is away is no reason to say that we did not start.
        if !self.ready && (away.is_empty() || self.began.elapsed() >= AWAY) {
            self.ready = true;
            news.push(NotifyState::Ready);
        }
        let mut status = match (heard, away) {
            ([], away) => format!("waiting for {}", away.join(" and ")),
            (heard, []) => format!("answering in {}", heard.join(" and ")),
            (heard, away) => format!(
                "answering in {}, waiting for {}",
                heard.join(" and "),
                away.join(" and ")
            ),
        };
        if !self.health.records() {
            status.push_str("; the journal cannot be written");
        }
        if let Some(door) = self.door {
            status.push_str(&format!("; http://{door}"));
        }
        let changed = self.status != status;
        if changed {
            self.status = status;
            news.push(NotifyState::Status(&self.status));
        }
        notify(&news);
    }
}

/// Tells the service manager, where there is one.
fn notify(news: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(news) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}
