//! `sickbay serve`: what people do in chat becomes events, and what the journal says becomes messages.
//!
//! A thread is a projection of its incident: after every change the messages that it ought to have are laid out and
//! compared with those that stand there. So a restart, an outage of the platform or a click at the terminal needs no
//! special case: the thread catches up.

mod answer;
mod hear;
mod intake;
mod sends;
mod thread;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chat::Languages;
use chat::discord::Discord;
use chat::event::{ChatEvent, Platform, What};
use chat::front::{Front, Socket};
use chat::slack::Slack;
use incident::remediation::Event;
use incident::{IncidentId, Moment, ProposalId, Span};
use store::ReadError;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use crate::cli::Global;
use crate::exit::Exit;
use crate::secret::Secret;
use crate::world::{Usage, World};
use crate::{clock, perform, screen};

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
    fronts: Vec<Front>,
    notes: Mutex<Notes>,
    /// Where what people say goes to be kept.
    intake: mpsc::Sender<intake::Heard>,
    /// One thread is brought up to date by one task at a time.
    turns: Mutex<BTreeMap<IncidentId, Arc<tokio::sync::Mutex<()>>>>,
    /// Whoever looks through a thread takes one.
    reading: Semaphore,
    sends: sends::Sends,
}

/// What is not in the journal, since it can be done without.
#[derive(Debug, Default)]
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
    /// When open proposals expire.
    open: BTreeMap<ProposalId, Moment>,
}

/// Runs the command.
pub(crate) async fn run(global: &Global) -> anyhow::Result<Exit> {
    // Without it the socket's task would end itself at the first connection.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let world = World::open(global, None).await?;
    let fronts = connect(&world).await?;
    if fronts.is_empty() {
        return Err(Usage(
            "there is nothing to serve: the settings have neither [slack] nor [discord]; deploy/config.example.toml shows them".to_owned(),
        )
        .into());
    }
    let (intake, heard) = mpsc::channel(intake::WAITING);
    let serve = Arc::new(Serve {
        languages: world.settings.languages(),
        world: Arc::new(world),
        fronts,
        notes: Mutex::default(),
        intake,
        turns: Mutex::default(),
        reading: Semaphore::new(READING),
        sends: sends::Sends::default(),
    });
    let (to, events) = mpsc::unbounded_channel();
    let mut sockets = Vec::new();
    for front in &serve.fronts {
        let socket = front
            .listen(to.clone())
            .map_err(|error| Usage(crate::sentence::of(&error)))?;
        screen::aside(&format!("sickbay: serving {}", front.platform().name()));
        sockets.push((front.platform(), socket));
    }
    drop(to);
    let keeping = tokio::spawn(intake::keep(Arc::clone(&serve.world), heard));
    serve.work(events, sockets).await;
    if !serve.kept().await {
        tracing::error!("what people said last is not kept: the journal does not take it");
    }
    keeping.abort();
    serve.world.hosts.close().await;
    Ok(Exit::Fine)
}

/// The platforms that the settings name, each asked who we are there.
async fn connect(world: &World) -> anyhow::Result<Vec<Front>> {
    let settings = &world.settings;
    let mut fronts = Vec::new();
    if let Some(slack) = &settings.slack {
        let options = chat::slack::Options {
            api: slack.api.clone(),
            bot_token: token(&slack.bot_token_file, "xoxb-")?,
            app_token: token(&slack.app_token_file, "xapp-")?,
        };
        let slack = Slack::connect(options)
            .await
            .map_err(|error| Usage(crate::sentence::of(&error)))?;
        fronts.push(Front::Slack(Box::new(slack)));
    }
    if let Some(discord) = &settings.discord {
        let people = settings.people.values();
        let options = chat::discord::Options {
            token: discord_token(&discord.bot_token_file)?,
            guilds: discord
                .guilds
                .iter()
                .filter_map(|id| id.parse().ok())
                .collect(),
            web: None,
            api: discord.api.clone(),
            people: people.flat_map(|person| person.discord.clone()).collect(),
            languages: settings.languages(),
            hosts: targets(world.inventory()),
            patience: chat::discord::PATIENCE,
        };
        let discord = Discord::connect(options)
            .await
            .map_err(|error| Usage(crate::sentence::of(&error)))?;
        fronts.push(Front::Discord(discord));
    }
    Ok(fronts)
}

/// What can be named where a host is wanted: the hosts, then the groups.
fn targets(inventory: &hosts::Inventory) -> Vec<String> {
    let hosts = inventory.hosts().map(|host| host.name.to_string());
    let groups: BTreeSet<String> = inventory
        .hosts()
        .flat_map(|host| host.groups.iter().map(|group| format!("@{group}")))
        .collect();
    hosts.chain(groups).collect()
}

/// The bot's token of Discord from its file: three parts with dots between them.
fn discord_token(from: &Secret) -> anyhow::Result<String> {
    let token = secret(from)?;
    if token.contains(char::is_whitespace)
        || token.split('.').filter(|part| !part.is_empty()).count() != 3
    {
        return Err(Usage(format!(
            "{from} does not hold a bot token of Discord; it is on the Bot page of the developer portal, after Reset Token"
        ))
        .into());
    }
    Ok(token)
}

/// A token from its file. What is in it is never shown.
fn token(from: &Secret, begins: &str) -> anyhow::Result<String> {
    let token = secret(from)?;
    if !token.starts_with(begins) || token.contains(char::is_whitespace) {
        return Err(Usage(format!(
            "{from} does not hold a Slack token of the kind that is wanted here: it begins with {begins}"
        ))
        .into());
    }
    Ok(token)
}

/// What a secret is; where it cannot be had, nothing is begun.
fn secret(from: &Secret) -> anyhow::Result<String> {
    from.read()
        .map_err(|error| Usage(crate::sentence::of(&error)).into())
}

impl Serve {
    async fn work(
        self: &Arc<Self>,
        mut events: mpsc::UnboundedReceiver<ChatEvent>,
        sockets: Vec<(Platform, Socket)>,
    ) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut count = 0_u64;
        let mut since = clock::now().minus(FOLLOWED);
        let mut waiting: BTreeSet<Platform> =
            sockets.iter().map(|(platform, _)| *platform).collect();
        let mut stop = std::pin::pin!(told_to_stop());
        loop {
            tokio::select! {
                Some(event) = events.recv() => {
                    if let Some(work) = self.take(event) {
                        tokio::spawn(work);
                    }
                }
                _ = ticks.tick() => {
                    for (platform, socket) in &sockets {
                        if socket.greeted() && waiting.remove(platform) {
                            screen::aside(&format!("sickbay: {} has opened the socket", platform.name()));
                        }
                    }
                    if count.is_multiple_of(RECOVER_EVERY) {
                        let serve = Arc::clone(self);
                        tokio::spawn(async move { perform::recover(&serve.world).await });
                    }
                    count += 1;
                    self.expire().await;
                    let now = clock::now();
                    match self.catch_up(since).await {
                        Ok(()) => since = now.minus(OVERLAP),
                        Err(error) => tracing::warn!(%error, "the journal cannot be read; threads stay as they are"),
                    }
                }
                () = &mut stop => break,
            }
        }
        // The platforms were told of all that came so far that it has arrived, so nobody sends it again.
        events.close();
        drop(sockets);
        let mut last = JoinSet::new();
        while let Some(event) = events.recv().await {
            if let Some(work) = self.take(event) {
                last.spawn(work);
            }
        }
        if tokio::time::timeout(LAST, last.join_all()).await.is_err() {
            tracing::warn!("what was asked last is gone on with at the next start");
        }
    }

    /// What an event asks for, to be done beside everything else; nothing where it is only kept.
    fn take(self: &Arc<Self>, event: ChatEvent) -> Option<impl Future<Output = ()> + use<>> {
        if matches!(event.what, What::Said { .. } | What::TookBack { .. }) {
            self.keep(event);
            return None;
        }
        let serve = Arc::clone(self);
        Some(async move { serve.heard(event).await })
    }

    /// What nobody approved in time is said to have expired.
    async fn expire(&self) {
        let now = clock::now();
        let late: Vec<ProposalId> = self
            .notes
            .lock()
            .map(|mut notes| {
                let late: Vec<_> = notes
                    .open
                    .iter()
                    .filter(|(_, at)| **at < now)
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
        for id in behind {
            // One that is being brought up to date is not queued for again: in an outage each takes longer than a tick.
            if self.turn(&id).try_lock().is_err() {
                continue;
            }
            let serve = Arc::clone(self);
            tokio::spawn(async move {
                serve.resume(&id).await;
                serve.show(&id).await;
            });
        }
        Ok(())
    }

    /// The front on which a place or a message is, by its whole name; none where that platform is not served here.
    fn front(&self, name: &str) -> Option<&Front> {
        self.fronts.iter().find(|front| front.has(name))
    }

    fn turn(&self, incident: &IncidentId) -> Arc<tokio::sync::Mutex<()>> {
        self.turns
            .lock()
            .map(|mut turns| Arc::clone(turns.entry(incident.clone()).or_default()))
            .unwrap_or_default()
    }
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
