//! The gateway: opened, looked after, and opened anew when it is dead.
//!
//! The client library leaves tasks behind that nobody can end, so each connection has a runtime of its own, which can be.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serenity::all::{
    ChannelId, ClientBuilder, ConnectionStage, Context, EventHandler, GatewayError, GatewayIntents,
    GuildId, Http, Interaction, Message, MessageId, Ready, ResumedEvent, ShardManager,
};
use tokio::sync::{mpsc, oneshot};

use super::overhear::Told;
use super::{Options, called, client, commands};
use crate::again::Again;

/// How often the gateway is looked after.
const WATCH: Duration = Duration::from_secs(5);
/// How long is waited before a dead one is opened anew, at first and at most: Discord takes a thousand a day.
const AGAIN: Duration = Duration::from_secs(5);
const AGAIN_AT_MOST: Duration = Duration::from_secs(300);

/// Registers the commands; tries again until it worked.
pub(super) async fn register(options: Arc<Options>, http: Arc<Http>) {
    let mut open: Vec<Option<GuildId>> = options
        .guilds
        .iter()
        .map(|id| Some(GuildId::new(*id)))
        .collect();
    if open.is_empty() {
        open.push(None);
    }
    let mut again = Again::new(AGAIN, AGAIN_AT_MOST);
    loop {
        let mut left = Vec::new();
        for guild in open {
            let body = commands::registered(guild);
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
        tokio::time::sleep(again.wait(Duration::ZERO)).await;
    }
}

/// What keeps a connection to the gateway.
pub(super) struct Gateway {
    pub(super) options: Arc<Options>,
    pub(super) http: Arc<Http>,
    pub(super) greeted: Arc<AtomicBool>,
    pub(super) heard: mpsc::UnboundedSender<Interaction>,
    /// Where what people say goes; none where nobody wants to hear it.
    pub(super) overheard: Option<mpsc::UnboundedSender<Told>>,
    /// Whether Discord does not let the bot hear what people say.
    pub(super) deaf: Arc<AtomicBool>,
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
    pub(super) async fn keep_open(self) {
        let mut again = Again::new(AGAIN, AGAIN_AT_MOST);
        loop {
            let opened = Instant::now();
            let why = self.once().await;
            self.greeted.store(false, Ordering::Relaxed);
            tracing::warn!(why, "the gateway to Discord is opened anew");
            if opened.elapsed() > self.options.patience * 2 {
                again.over();
            }
            tokio::time::sleep(again.wait(Duration::ZERO)).await;
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
        let deaf = Arc::clone(&self.deaf);
        let overheard = self.overheard.clone();
        let overheard = overheard.filter(|_| !deaf.load(Ordering::Relaxed));
        // Commands and buttons come without any.
        let intents = if overheard.is_some() {
            GatewayIntents::GUILD_MESSAGES | GatewayIntents::MESSAGE_CONTENT
        } else {
            GatewayIntents::empty()
        };
        let hearing = Hearing {
            heard: self.heard.clone(),
            overheard,
            greeted: Arc::clone(&self.greeted),
        };
        let work = async move {
            let client = ClientBuilder::new_with_http(http, intents);
            let ended = match client.event_handler(hearing).await {
                Ok(mut client) => {
                    let _gone = shards.send(Arc::clone(&client.shard_manager));
                    client.start().await
                }
                Err(error) => Err(error),
            };
            // The answer to one intent too many is no connection at all, and commands must come.
            let no = serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents);
            if matches!(&ended, Err(error) if error.to_string() == no.to_string()) {
                deaf.store(true, Ordering::Relaxed);
                tracing::error!(
                    "Discord does not let this bot hear what people say, so none of it is kept: turn on the Message Content Intent on its Bot page in the developer portal, and start sickbay again"
                );
            }
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
        let patience = self.options.patience;
        let Ok(Ok(shards)) = tokio::time::timeout(patience, begun).await else {
            return "it does not begin".to_owned();
        };
        let mut alive = Instant::now();
        loop {
            tokio::select! {
                why = &mut ended => return why.unwrap_or_else(|_gone| "it ended".to_owned()),
                () = tokio::time::sleep(WATCH.min(patience)) => {}
            }
            let runners = tokio::time::timeout(WATCH, shards.runners.lock()).await;
            let connected = runners.map(|runners| {
                let mut runners = runners.values();
                runners.any(|runner| runner.stage == ConnectionStage::Connected)
            });
            // Where nobody says how it is, it is as it was.
            if let Ok(connected) = connected {
                self.greeted.store(connected, Ordering::Relaxed);
            }
            if connected == Ok(true) {
                alive = Instant::now();
            } else if alive.elapsed() > patience {
                return format!("not connected for {} s", patience.as_secs());
            }
        }
    }
}

/// The library's side: it only hands on.
struct Hearing {
    heard: mpsc::UnboundedSender<Interaction>,
    overheard: Option<mpsc::UnboundedSender<Told>>,
    greeted: Arc<AtomicBool>,
}

impl Hearing {
    fn overhear(&self, told: Told) {
        if let Some(overheard) = &self.overheard {
            let _gone = overheard.send(told);
        }
    }
}

#[serenity::async_trait]
impl EventHandler for Hearing {
    async fn ready(&self, _context: Context, _ready: Ready) {
        self.greeted.store(true, Ordering::Relaxed);
    }

    async fn resume(&self, _context: Context, _resumed: ResumedEvent) {
        self.greeted.store(true, Ordering::Relaxed);
    }

    async fn message(&self, _context: Context, message: Message) {
        self.overhear(Told::Said(Box::new(message)));
    }

    async fn message_delete(
        &self,
        _context: Context,
        channel: ChannelId,
        message: MessageId,
        guild: Option<GuildId>,
    ) {
        if let Some(guild) = guild {
            self.overhear(Told::Gone(guild, channel, message));
        }
    }

    async fn interaction_create(&self, _context: Context, interaction: Interaction) {
        if self.heard.send(interaction).is_err() {
            tracing::warn!("nobody listens to Discord any more");
        }
    }
}
