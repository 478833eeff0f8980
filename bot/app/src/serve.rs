//! `sickbay serve`: what people do in chat becomes events, and what the journal says becomes messages.
//!
//! A thread is a projection of its incident: after every change the messages that it ought to have are laid out and
//! compared with those that stand there. So a restart, an outage of the platform or a click at the terminal needs no
//! special case: the thread catches up.

mod account;
mod answer;
mod ask;
pub(crate) mod fronts;
mod health;
mod hear;
mod http;
mod intake;
mod look;
mod may;
mod parts;
mod pulse;
pub(crate) mod safe;
mod scans;
mod sends;
mod summaries;
mod thread;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat::Languages;
use chat::event::{ChatEvent, Platform, What};
use chat::front::{Front, FrontError, Socket};
use incident::remediation::Event;
use incident::{IncidentId, Moment, ProposalId, Span};
use store::ReadError;
use tokio::sync::{OwnedMutexGuard, Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::cli::Global;
use crate::exit::Exit;
use crate::world::{self, Usage, World};
use crate::{clock, perform, screen};
use health::Health;
use http::{Door, Known};
use pulse::Pulse;

/// How often the journal is looked at for what others did, and threads that fell behind are shown again.
const TICK: Duration = Duration::from_secs(2);
/// How many ticks lie between two looks for effects that nobody performs.
const RECOVER_EVERY: u64 = 15;
/// For how long an incident is followed in which nothing happens any more: what is open ends within that.
const FOLLOWED: Span = Span::minutes(7 * 24 * 60);
/// How far before the last look the next one begins: another process may take so long to record what it dates.
const OVERLAP: Span = Span::minutes(10);
/// How long what was heard last may take at the end; whatever is in the journal by then is gone on with at the next start.
const LAST: Duration = Duration::from_secs(5);
/// How many threads are looked through at a time.
const READING: usize = 8;

/// Everything that answers in chat.
pub(crate) struct Serve {
    world: Arc<World>,
    /// Who is spoken to in which language.
    languages: Languages,
    /// The platforms that are served, one of each at most.
    fronts: Vec<Arc<Front>>,
    notes: Mutex<Notes>,
    /// Where what people say goes to be kept.
    intake: mpsc::Sender<intake::Heard>,
    /// One thread is brought up to date by one task at a time.
    turns: Mutex<BTreeMap<IncidentId, Arc<tokio::sync::Mutex<()>>>>,
    /// What, besides an incident, decides how its thread looks: this program, its settings and its runbooks.
    layout: String,
    /// Whoever looks through a thread takes one.
    reading: Semaphore,
    sends: sends::Sends,
    scans: Arc<scans::Scans>,
}

/// What is not in the journal, since it can be done without.
#[derive(Debug)]
struct Notes {
    /// What is being done now, host by host.
    doing: BTreeMap<IncidentId, Vec<String>>,
    /// Pages to read by hand, and why fixes are not offered.
    extras: BTreeMap<IncidentId, thread::Extras>,
    /// Diagnoses that run here.
    looking: BTreeSet<IncidentId>,
    /// The version of each incident that its thread shows.
    shown: BTreeMap<IncidentId, u64>,
    /// Those whose thread does not show it.
    behind: BTreeSet<IncidentId>,
    /// Whether it was said that none is behind any more since the start.
    caught_up: bool,
    /// What waits for an approval.
    open: BTreeMap<ProposalId, Waits>,
    /// When it is looked again for busy incidents.
    summed_up: Moment,
    /// Who spoke in which thread since the start.
    known: BTreeSet<(String, String)>,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            doing: BTreeMap::new(),
            extras: BTreeMap::new(),
            looking: BTreeSet::new(),
            shown: BTreeMap::new(),
            behind: BTreeSet::new(),
            caught_up: false,
            open: BTreeMap::new(),
            summed_up: Moment(0),
            known: BTreeSet::new(),
        }
    }
}

/// How long a proposal waits for an approval.
#[derive(Debug)]
struct Waits {
    incident: IncidentId,
    /// When somebody is called for it; none where that is over.
    calls: Option<Moment>,
    expires: Moment,
}

impl Waits {
    fn new(incident: &IncidentId, calls: Moment, expires: Moment, now: Moment) -> Self {
        Self {
            incident: incident.clone(),
            calls: Some(calls).filter(|at| *at > now),
            expires,
        }
    }
}

/// Runs the command.
pub(crate) async fn run(global: &Global) -> anyhow::Result<Exit> {
    // Without it the socket's task would end itself at the first connection.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let settings = world::settings(global)?;
    fronts::are_named(&settings)?;
    safe::check(global, &settings)?;
    // What was looked at is what is used, also where somebody edits the file meanwhile.
    let world = World::with(global, settings, None).await?;
    let fronts = fronts::of(&world)?;
    let door = match &world.settings.http {
        Some(http) => Some(Door::open(http.listen).await?),
        None => None,
    };
    for unwise in safe::warnings(&world.settings) {
        screen::aside(&format!("sickbay: {unwise}"));
    }
    let health = Arc::new(Health::new(fronts.iter().map(|front| front.platform())));
    let pulse = Pulse::new(Arc::clone(&health), door.as_ref().map(|door| door.address));
    let signed = fronts.iter().filter_map(|front| front.signed());
    let signed: Vec<_> = signed.map(Arc::new).collect();
    let (intake, heard) = mpsc::channel(intake::WAITING);
    let serve = Arc::new(Serve {
        layout: layout(&world),
        languages: world.settings.languages(),
        world: Arc::new(world),
        fronts,
        notes: Mutex::default(),
        intake,
        turns: Mutex::default(),
        reading: Semaphore::new(READING),
        sends: sends::Sends::default(),
        scans: Arc::default(),
    });
    let (to, events) = mpsc::unbounded_channel();
    let mut arriving = JoinSet::new();
    for front in &serve.fronts {
        screen::aside(&format!("sickbay: serving {}", front.platform().name()));
        let (front, to) = (Arc::clone(front), to.clone());
        // While one platform is away the others are served.
        arriving.spawn(async move { Ok((front.platform(), front.arrive(to).await?)) });
    }
    drop(to);
    let metrics = serve.world.metrics.clone();
    let mut beside = JoinSet::new();
    beside.spawn(intake::keep(Arc::clone(&serve.world), heard));
    let (watched, watching) = (Arc::clone(&health), serve.world.store.clone());
    let counting = metrics.clone();
    beside.spawn(async move { watched.watch_journal(&watching, &counting).await });
    let door = door.map(|door| {
        screen::aside(&format!("sickbay: http://{} for machines", door.address));
        door.serve(Known {
            health,
            metrics,
            signed,
        })
    });
    let ended = serve.work(events, arriving, pulse).await;
    // Ended between a message and the note of it, the next start would post it again. Nobody begins until the process is gone.
    let quiet = tokio::time::timeout(LAST, serve.quiet()).await;
    if quiet.is_err() {
        tracing::warn!("a platform does not answer; what is being sent may be sent again");
    }
    if !serve.kept().await {
        tracing::error!("what people said last is not kept: the journal does not take it");
    }
    if let Some(door) = door {
        door.shut().await;
    }
    drop(beside);
    serve.world.hosts.close().await;
    ended?;
    Ok(Exit::Fine)
}

impl Serve {
    /// Does what it is there for, until it is told to stop. A platform that will never take us is an error.
    async fn work(
        self: &Arc<Self>,
        mut events: mpsc::UnboundedReceiver<ChatEvent>,
        mut arriving: JoinSet<Result<(Platform, Socket), FrontError>>,
        mut pulse: Pulse,
    ) -> anyhow::Result<()> {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut count = 0_u64;
        let mut since = clock::now().minus(FOLLOWED);
        self.remember(since).await;
        let mut sockets = Vec::new();
        // What was heard and is being done.
        let mut under_way = JoinSet::new();
        let mut stop = std::pin::pin!(told_to_stop());
        let ended = loop {
            tokio::select! {
                Some(event) = events.recv() => {
                    if let Some(work) = self.take(event) {
                        under_way.spawn(work);
                    }
                }
                Some(_ended) = under_way.join_next() => {}
                Some(arrived) = arriving.join_next() => match arrived {
                    Ok(Ok(socket)) => sockets.push(socket),
                    Ok(Err(error)) => break Err(Usage(crate::sentence::of(&error)).into()),
                    Err(error) => break Err(error.into()),
                },
                _ = ticks.tick() => {
                    pulse.beat(self, &sockets);
                    if count.is_multiple_of(RECOVER_EVERY) {
                        let serve = Arc::clone(self);
                        tokio::spawn(async move { perform::recover(&serve.world).await });
                    }
                    count += 1;
                    // What is wrong with them is in the log, and said where one is needed.
                    let _usable = self.world.shelf.reread();
                    self.expire().await;
                    self.tell_busy().await;
                    self.scan_if_due();
                    let now = clock::now();
                    match self.catch_up(since).await {
                        Ok(()) => since = now.minus(OVERLAP),
                        Err(error) => tracing::warn!(%error, "the journal cannot be read; threads stay as they are"),
                    }
                }
                () = &mut stop => break Ok(()),
            }
        };
        // The platforms were told of all that came so far that it has arrived, so nobody sends it again. What comes from here on
        // has not arrived.
        events.close();
        pulse.stopping();
        drop((arriving, sockets));
        while let Some(event) = events.recv().await {
            if let Some(work) = self.take(event) {
                under_way.spawn(work);
            }
        }
        let done = async {
            self.scans.end().await;
            while under_way.join_next().await.is_some() {}
        };
        if tokio::time::timeout(LAST, done).await.is_err() {
            tracing::warn!("what was asked last is gone on with at the next start");
        }
        ended
    }

    /// Waits until no thread is written to. Nobody writes to one as long as its turn is held.
    async fn quiet(&self) -> Vec<OwnedMutexGuard<()>> {
        let turns = self
            .turns
            .lock()
            .map(|turns| turns.values().cloned().collect());
        let turns: Vec<Arc<tokio::sync::Mutex<()>>> = turns.unwrap_or_default();
        let mut held = Vec::with_capacity(turns.len());
        for turn in turns {
            held.push(turn.lock_owned().await);
        }
        held
    }

    /// What an event asks for, to be done beside everything else; nothing where it is only kept.
    fn take(self: &Arc<Self>, event: ChatEvent) -> Option<impl Future<Output = ()> + use<>> {
        if matches!(event.what, What::Said { .. } | What::TookBack { .. }) {
            self.spoke(&event);
            self.keep(event);
            return None;
        }
        let serve = Arc::clone(self);
        Some(async move { serve.heard(event).await })
    }

    /// What nobody approved for a while is called for, and what nobody approved in time is said to have expired.
    async fn expire(&self) {
        let now = clock::now();
        let late: Vec<ProposalId> = self
            .notes
            .lock()
            .map(|mut notes| {
                // Their threads call for those who may approve them.
                let due = |waits: &mut Waits| waits.calls.take_if(|at| *at <= now).is_some();
                let called: Vec<IncidentId> = notes
                    .open
                    .values_mut()
                    .filter_map(|waits| due(waits).then(|| waits.incident.clone()))
                    .collect();
                notes.behind.extend(called);
                let late: Vec<_> = notes
                    .open
                    .iter()
                    .filter(|(_, waits)| waits.expires < now)
                    .map(|(id, _)| id.clone())
                    .collect();
                for id in &late {
                    notes.open.remove(id);
                }
                late
            })
            .unwrap_or_default();
        for id in late {
            let Ok((_, proposal)) = crate::commands::click::find(&self.world, &id).await else {
                continue;
            };
            let heard = self.world.hear(&proposal, &Event::Tick, None).await;
            if let Err(error) = heard {
                tracing::warn!(%error, proposal.id = %id, "it cannot be said to have expired");
            }
        }
    }

    /// What threads showed when Sickbay ended last; whatever is not so any more is shown again.
    async fn remember(&self, since: Moment) {
        match self.world.store.threads(&self.layout, since).await {
            Ok(threads) => {
                let Ok(mut notes) = self.notes.lock() else {
                    return;
                };
                let now = clock::now();
                for thread in threads {
                    for (proposal, calls, expires) in thread.open {
                        let mut waits = Waits::new(&thread.incident, calls, expires, now);
                        // Whether somebody was called while nobody ran here, the thread tells.
                        waits.calls.get_or_insert(now);
                        notes.open.insert(proposal, waits);
                    }
                    notes.shown.insert(thread.incident, thread.version);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "what threads show is not known; all are looked through");
            }
        }
    }

    /// Shows what has changed since then and was not shown, whoever changed it; also what could not be shown before.
    async fn catch_up(self: &Arc<Self>, since: Moment) -> Result<(), ReadError> {
        let rows = self.world.store.changed_since(since).await?;
        let behind: Vec<IncidentId> = self
            .notes
            .lock()
            .map(|mut notes| {
                for row in rows {
                    if notes.shown.get(&row.id) != Some(&row.version) {
                        notes.behind.insert(row.id);
                    }
                }
                notes.behind.iter().cloned().collect()
            })
            .unwrap_or_default();
        self.say_caught_up();
        for id in behind {
            // One that is being brought up to date is not queued for again: in an outage each takes longer than a tick.
            if self.turn(&id).try_lock().is_err() {
                continue;
            }
            let serve = Arc::clone(self);
            tokio::spawn(async move {
                if let Some(incident) = serve.show(&id).await {
                    serve.resume(&incident).await;
                }
            });
        }
        Ok(())
    }

    /// Says once that all threads show what is so.
    fn say_caught_up(&self) {
        let Ok(mut notes) = self.notes.lock() else {
            return;
        };
        if notes.behind.is_empty() && !notes.caught_up {
            notes.caught_up = true;
            screen::aside("sickbay: all threads are up to date");
        }
    }

    /// The front on which a place or a message is, by its whole name; none where that platform is not served here.
    fn front(&self, name: &str) -> Option<&Front> {
        let mut fronts = self.fronts.iter().map(AsRef::as_ref);
        fronts.find(|front| front.has(name))
    }

    fn turn(&self, incident: &IncidentId) -> Arc<tokio::sync::Mutex<()>> {
        self.turns
            .lock()
            .map(|mut turns| Arc::clone(turns.entry(incident.clone()).or_default()))
            .unwrap_or_default()
    }
}

/// The digest of all that decides how threads look besides their incidents.
fn layout(world: &World) -> String {
    let program = std::env::current_exe().and_then(|path| path.metadata());
    let program = program.map(|about| (about.len(), about.modified().ok()));
    let knowledge = world.shelf.knowledge();
    let pages: Vec<String> = knowledge
        .library
        .iter()
        .map(runbook::Runbook::digest)
        .collect();
    let all = serde_json::json!([
        env!("CARGO_PKG_VERSION"),
        format!("{:?}", program.ok()),
        format!("{:?}", world.settings),
        format!("{:?}", world.inventory()),
        pages,
    ]);
    incident::digest::of("sickbay layout 1", &all)
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
