//! What comes over the gateway, as events. Each interaction is answered before it is handed on, since Discord waits three
//! seconds; what it asks for is done after that.
//!
//! The client library leaves tasks behind that nobody can end, so each connection has a runtime of its own, which can be.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use serenity::all::{
    ChannelType, ClientBuilder, CommandInteraction, ComponentInteraction, ConnectionStage, Context,
    EventHandler, GatewayIntents, GuildId, Http, Interaction, InteractionId, PartialChannel, Ready,
    ResumedEvent, ShardManager,
};
use tokio::sync::{mpsc, oneshot};

use super::layout::{self, NOT_NOW, SURE};
use super::{Discord, FOR_ONE, Options, called, client, commands, response};
use crate::event::{Button, ChatEvent, Platform, SendError, What};
use crate::words;

/// How often the gateway is looked after.
const WATCH: Duration = Duration::from_secs(5);
/// Unconnected for so long it is taken for dead: the library tries again by itself within seconds.
const DEAD: Duration = Duration::from_secs(90);
/// How long is waited before a dead one is opened anew, at first and at most: Discord takes a thousand a day.
const AGAIN: Duration = Duration::from_secs(5);
const AGAIN_AT_MOST: Duration = Duration::from_secs(300);
/// How many interactions are remembered, so that one that comes again is not heard again.
const REMEMBERED: usize = 20_000;

/// An open gateway. Dropping it closes it.
#[derive(Debug)]
pub struct Socket {
    greeted: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Socket {
    /// Whether the gateway is open and Discord has greeted us on it.
    #[must_use]
    pub fn greeted(&self) -> bool {
        self.greeted.load(Ordering::Relaxed)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// What answers interactions and hands them on.
struct Ears {
    options: Arc<Options>,
    http: Arc<Http>,
    promised: Arc<Mutex<BTreeSet<String>>>,
    to: mpsc::UnboundedSender<ChatEvent>,
    seen: Mutex<(VecDeque<u64>, BTreeSet<u64>)>,
}

impl Discord {
    /// Registers the commands, opens the gateway and keeps it open; what people do goes to `to`.
    #[must_use]
    pub fn listen(&self, to: mpsc::UnboundedSender<ChatEvent>) -> Socket {
        let ears = Arc::new(Ears {
            options: Arc::clone(&self.options),
            http: Arc::clone(&self.http),
            promised: Arc::clone(&self.promised),
            to,
            seen: Mutex::default(),
        });
        let (heard, mut interactions) = mpsc::unbounded_channel();
        let greeted = Arc::new(AtomicBool::new(false));
        let answering = tokio::spawn(async move {
            while let Some(interaction) = interactions.recv().await {
                let ears = Arc::clone(&ears);
                tokio::spawn(async move { ears.answer(interaction).await });
            }
        });
        let registering = register(Arc::clone(&self.options), Arc::clone(&self.http));
        let gateway = Gateway {
            options: Arc::clone(&self.options),
            http: Arc::clone(&self.http),
            greeted: Arc::clone(&greeted),
            heard,
        };
        Socket {
            greeted,
            tasks: vec![
                answering,
                tokio::spawn(registering),
                tokio::spawn(gateway.keep_open()),
            ],
        }
    }
}

/// Registers the commands, trying again until it worked.
async fn register(options: Arc<Options>, http: Arc<Http>) {
    let body = commands::registered();
    let mut open: Vec<Option<GuildId>> = options
        .guilds
        .iter()
        .map(|id| Some(GuildId::new(*id)))
        .collect();
    if open.is_empty() {
        open.push(None);
    }
    let mut wait = AGAIN;
    loop {
        let mut left = Vec::new();
        for guild in open {
            let done = match guild {
                Some(guild) => called(http.create_guild_commands(guild, &body)).await,
                None => called(http.create_global_commands(&body)).await,
            };
            if let Err(error) = done {
                let place = guild.map_or("everywhere".to_owned(), |guild| {
                    format!("in server {guild}")
                });
                tracing::warn!(%error, "the commands cannot be registered {place}; is the app added there, with the scope applications.commands?");
                left.push(guild);
            }
        }
        if left.is_empty() {
            return;
        }
        open = left;
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(AGAIN_AT_MOST);
    }
}

/// What keeps a connection to the gateway.
struct Gateway {
    options: Arc<Options>,
    http: Arc<Http>,
    greeted: Arc<AtomicBool>,
    heard: mpsc::UnboundedSender<Interaction>,
}

/// A connection. Dropping it ends all of its tasks, also those that wait for something that never comes.
struct Connection {
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Gateway {
    async fn keep_open(self) {
        let mut wait = AGAIN;
        loop {
            let opened = Instant::now();
            let why = self.once().await;
            self.greeted.store(false, Ordering::Relaxed);
            tracing::warn!(why, "the gateway to Discord is opened anew");
            if opened.elapsed() > DEAD * 2 {
                wait = AGAIN;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(AGAIN_AT_MOST);
        }
    }

    /// Opens the gateway and waits until it is dead; says why.
    async fn once(&self) -> String {
        // Whoever put something before Discord is not served by the real one behind their back: the library would go there
        // where it is not told the address.
        if self.options.api.is_some()
            && let Err(error) = called(self.http.get_gateway()).await
        {
            return format!("its address is not known: {error}");
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("sickbay-discord")
            .enable_all()
            .build();
        let runtime = match runtime {
            Ok(runtime) => runtime,
            Err(error) => return format!("no thread for it: {error}"),
        };
        let ended = self.begin(&runtime);
        let _connection = Connection {
            runtime: Some(runtime),
        };
        self.watch(ended).await
    }

    /// Begins the client on its runtime. The receivers get its shards, and why it ended.
    fn begin(
        &self,
        runtime: &tokio::runtime::Runtime,
    ) -> (
        oneshot::Receiver<Arc<ShardManager>>,
        oneshot::Receiver<String>,
    ) {
        let (shards, begun) = oneshot::channel();
        let (why, ended) = oneshot::channel();
        let http = client(&self.options).build();
        let hearing = Hearing {
            heard: self.heard.clone(),
            greeted: Arc::clone(&self.greeted),
        };
        let work = async move {
            let client = ClientBuilder::new_with_http(http, GatewayIntents::empty());
            let ended = match client.event_handler(hearing).await {
                Ok(mut client) => {
                    let _gone = shards.send(Arc::clone(&client.shard_manager));
                    client.start().await
                }
                Err(error) => Err(error),
            };
            let told =
                ended.map_or_else(|error| error.to_string(), |()| "it was closed".to_owned());
            let _gone = why.send(told);
        };
        runtime.spawn(Box::pin(work));
        (begun, ended)
    }

    async fn watch(
        &self,
        (begun, mut ended): (
            oneshot::Receiver<Arc<ShardManager>>,
            oneshot::Receiver<String>,
        ),
    ) -> String {
        let Ok(Ok(shards)) = tokio::time::timeout(DEAD, begun).await else {
            return "it does not begin".to_owned();
        };
        let mut alive = Instant::now();
        loop {
            tokio::select! {
                why = &mut ended => return why.unwrap_or_else(|_gone| "it ended".to_owned()),
                () = tokio::time::sleep(WATCH) => {}
            }
            let runners = tokio::time::timeout(WATCH, shards.runners.lock()).await;
            let connected = runners.is_ok_and(|runners| {
                let mut runners = runners.values();
                runners.any(|runner| runner.stage == ConnectionStage::Connected)
            });
            if connected {
                alive = Instant::now();
            } else if alive.elapsed() > DEAD {
                return format!("not connected for {} s", DEAD.as_secs());
            }
        }
    }
}

/// The library's side: it only hands on.
struct Hearing {
    heard: mpsc::UnboundedSender<Interaction>,
    greeted: Arc<AtomicBool>,
}

#[serenity::async_trait]
impl EventHandler for Hearing {
    async fn ready(&self, _context: Context, _ready: Ready) {
        self.greeted.store(true, Ordering::Relaxed);
    }

    async fn resume(&self, _context: Context, _resumed: ResumedEvent) {
        self.greeted.store(true, Ordering::Relaxed);
    }

    async fn interaction_create(&self, _context: Context, interaction: Interaction) {
        if self.heard.send(interaction).is_err() {
            tracing::warn!("nobody listens to Discord any more");
        }
    }
}

/// Where something was done: the conversation, and the message that its thread hangs on.
struct Place {
    place: String,
    thread: Option<String>,
}

impl Ears {
    /// Whether this is new; from now on it is not.
    fn first(&self, id: InteractionId) -> bool {
        let Ok(mut seen) = self.seen.lock() else {
            return true;
        };
        let (order, ids) = &mut *seen;
        if !ids.insert(id.get()) {
            return false;
        }
        order.push_back(id.get());
        if order.len() > REMEMBERED
            && let Some(oldest) = order.pop_front()
        {
            ids.remove(&oldest);
        }
        true
    }

    async fn answer(&self, interaction: Interaction) {
        if !self.first(interaction.id()) {
            return;
        }
        match interaction {
            Interaction::Command(command) => self.command(command).await,
            Interaction::Autocomplete(typing) => self.complete(&typing).await,
            Interaction::Component(pressed) => self.pressed(pressed).await,
            Interaction::Ping(_) | Interaction::Modal(_) | _ => {}
        }
    }

    async fn respond(&self, id: InteractionId, token: &str, body: &Value) -> Result<(), SendError> {
        let call = self
            .http
            .create_interaction_response(id, token, body, Vec::new());
        let done = called(call).await;
        if let Err(error) = &done {
            tracing::warn!(%error, "Discord did not get its answer in time");
        }
        done
    }

    /// Where this is, or why nothing is done there.
    fn place(
        &self,
        guild: Option<GuildId>,
        channel: u64,
        about: Option<&PartialChannel>,
    ) -> Result<Place, String> {
        let Some(guild) = guild.map(GuildId::get) else {
            return Err(words::no_server());
        };
        if !self.options.guilds.is_empty() && !self.options.guilds.contains(&guild) {
            return Err(words::other_server(guild));
        }
        // Only a thread has a channel that it hangs in; for a channel it is the category.
        let threads = [
            ChannelType::PublicThread,
            ChannelType::PrivateThread,
            ChannelType::NewsThread,
        ];
        let inside = about
            .filter(|about| threads.contains(&about.kind))
            .and_then(|about| about.parent_id);
        Ok(match inside {
            // A thread that began with a message has the message's number.
            Some(parent) => Place {
                place: format!("discord:{guild}:{parent}"),
                thread: Some(format!("discord:{guild}:{parent}:{channel}")),
            },
            None => Place {
                place: format!("discord:{guild}:{channel}"),
                thread: None,
            },
        })
    }

    async fn refuse(&self, id: InteractionId, token: &str, why: &str) {
        let said = json!({
            "content": why, "allowed_mentions": { "parse": [] }, "flags": FOR_ONE,
        });
        let _told = self.respond(id, token, &response(4, &said)).await;
    }

    fn hand_on(&self, id: InteractionId, user: u64, place: Place, token: String, what: What) {
        let event = ChatEvent {
            key: key(id),
            platform: Platform::Discord,
            user: user.to_string(),
            place: place.place,
            thread: place.thread,
            reply: Some(token),
            what,
        };
        if self.to.send(event).is_err() {
            tracing::warn!("nobody listens to Discord any more");
        }
    }

    async fn command(&self, command: CommandInteraction) {
        let text = commands::text(&command.data.name, &command.data.options);
        let channel = command.channel_id.get();
        let place = match self.place(command.guild_id, channel, command.channel.as_ref()) {
            Ok(place) => place,
            Err(why) => return self.refuse(command.id, &command.token, &why).await,
        };
        // What was promised is kept or taken back by whoever handles the command.
        let promise = response(5, &json!({ "flags": FOR_ONE }));
        let told = self.respond(command.id, &command.token, &promise).await;
        if told.is_ok()
            && let Ok(mut promised) = self.promised.lock()
        {
            promised.insert(key(command.id));
        }
        let user = command.user.id.get();
        self.hand_on(command.id, user, place, command.token, What::Asked { text });
    }

    /// Offers hosts to whoever is known; the names of hosts are nobody else's business.
    async fn complete(&self, typing: &CommandInteraction) {
        let known = self.options.people.contains(&typing.user.id.to_string())
            && self
                .place(typing.guild_id, typing.channel_id.get(), None)
                .is_ok();
        let typed = commands::typing(&typing.data.options).filter(|_| known);
        let hosts = self.options.hosts.iter().map(String::as_str);
        let choices = typed.map_or_else(Vec::new, |typed| commands::choices(typed, hosts));
        let choices: Vec<Value> = choices
            .iter()
            .map(|choice| json!({ "name": choice, "value": choice }))
            .collect();
        let body = response(8, &json!({ "choices": choices }));
        let _told = self.respond(typing.id, &typing.token, &body).await;
    }

    async fn pressed(&self, pressed: ComponentInteraction) {
        let (id, token) = (pressed.id, &pressed.token);
        let channel = pressed.channel_id.get();
        let place = match self.place(pressed.guild_id, channel, pressed.channel.as_ref()) {
            Ok(place) => place,
            Err(why) => return self.refuse(id, token, &why).await,
        };
        let custom = pressed.data.custom_id.clone();
        if custom == NOT_NOW {
            let said = layout::answered(words::NOT_NOW);
            let _told = self.respond(id, token, &response(7, &said)).await;
            return;
        }
        let (sure, named) = match custom.strip_prefix(SURE) {
            Some(named) => (true, named),
            None => (false, custom.as_str()),
        };
        let (word, about) = named.split_once(':').unwrap_or((named, ""));
        let Some(button) = Button::of(word) else {
            let _told = self.respond(id, token, &json!({ "type": 6 })).await;
            return;
        };
        let user = pressed.user.id.get();
        let known = self.options.people.contains(&user.to_string());
        if matches!(button, Button::Approve | Button::Undo) && !sure && known {
            let embeds = pressed.message.embeds.iter();
            let titles: Vec<&str> = embeds.filter_map(|embed| embed.title.as_deref()).collect();
            let ask = layout::sure(button, about, &pressed.message.content, &titles);
            let _told = self.respond(id, token, &response(4, &ask)).await;
            return;
        }
        let answer = if sure {
            response(7, &layout::answered(words::SAID_YES))
        } else {
            json!({ "type": 6 })
        };
        // Whether Discord got its answer or not: a yes is never lost.
        let _told = self.respond(id, token, &answer).await;
        let about = about.to_owned();
        let what = What::Pressed { button, about };
        self.hand_on(id, user, place, pressed.token, what);
    }
}

/// What makes an interaction the same when it is delivered again.
fn key(id: InteractionId) -> String {
    format!("discord:interaction:{id}")
}
