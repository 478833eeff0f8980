//! A Discord guild on loopback: REST, gateway, signed interactions.
//!
//! People in it do what people do (`slash`, `press`, `say`, `submit`); a story waits for what they would see.

mod gateway;
mod limits;
mod message;
mod parts;
mod rates;
mod rest;
mod script;
mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use data_encoding::HEXLOWER;
use ed25519_dalek::SigningKey;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;

pub use gateway::End;
pub use message::{Button, File, Message};
pub use state::{Call, Channel, ChannelKind, GUILD, Interaction, Person, Session, State};

use super::door::{Door, converse};
use super::trouble::Trouble;
use super::watched::{Watched, lock};
use super::{PATIENCE, cut};
use gateway::Order;
use state::BOT_USER;

/// The guild, as a test holds it. Clones are the same guild.
#[derive(Clone)]
pub struct Discord {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) token: String,
    pub(crate) key: SigningKey,
    pub(crate) watched: Watched<State>,
    sockets: Mutex<BTreeMap<String, mpsc::UnboundedSender<Order>>>,
    endpoint: Mutex<Option<String>>,
    doors: OnceLock<[Door; 2]>,
}

impl Inner {
    fn door(&self, n: usize) -> &Door {
        &self.doors.get().unwrap()[n]
    }

    pub(crate) fn gateway_url(&self) -> String {
        format!("ws://{}", self.door(1).address())
    }

    pub(crate) fn public_key(&self) -> String {
        HEXLOWER.encode(self.key.verifying_key().as_bytes())
    }
}

impl Discord {
    /// Opens a guild with the bot in it and nobody else.
    pub async fn start() -> Self {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let inner = Arc::new(Inner {
            token: "OTAw.fake.token".to_owned(),
            key: SigningKey::from_bytes(&seed),
            watched: Watched::default(),
            sockets: Mutex::default(),
            endpoint: Mutex::default(),
            doors: OnceLock::new(),
        });
        let http = Arc::clone(&inner);
        let sockets = Arc::clone(&inner);
        let doors = [
            Door::http(move |heard| rest::answer(Arc::clone(&http), heard)).await,
            Door::raw(move |stream| gateway::serve(Arc::clone(&sockets), stream)).await,
        ];
        assert!(inner.doors.set(doors).is_ok());
        let discord = Self { inner };
        discord.user(BOT_USER, "sickbay");
        let server = (GUILD.to_owned(), "Sickbay".to_owned(), state::INVITED);
        discord.change(|state| state.servers.push(server));
        discord
    }

    /// What `HttpBuilder::proxy` takes; with the rate limiter off.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.door(0).address())
    }

    /// The bot's token, without `Bot `.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.inner.token
    }

    /// The application.
    #[must_use]
    pub fn application(&self) -> &'static str {
        state::APP
    }

    /// The bot's user id.
    #[must_use]
    pub fn bot_user(&self) -> &'static str {
        BOT_USER
    }

    /// With what signatures are checked, in hex.
    #[must_use]
    pub fn public_key(&self) -> String {
        self.inner.public_key()
    }

    /// Answers REST on any other stream, such as one that came out of TLS.
    pub async fn serve(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let inner = Arc::clone(&self.inner);
        converse(
            stream,
            Arc::new(move |heard| rest::answer(Arc::clone(&inner), heard)),
        )
        .await;
    }

    /// Adds a person; ids are numbers.
    pub fn user(&self, id: &str, name: &str) {
        self.user_with(id, name, "en-US", &[]);
    }

    /// Adds a person with a locale, such as `zh-CN`, and roles.
    pub fn user_with(&self, id: &str, name: &str, locale: &str, roles: &[&str]) {
        assert!(id.parse::<u64>().is_ok(), "an id of Discord is a number");
        let person = Person {
            id: id.to_owned(),
            name: name.to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            locale: locale.to_owned(),
        };
        self.change(|state| {
            for role in &person.roles {
                assert!(state.roles.contains_key(role), "there is no role {role}");
            }
            state.people.insert(id.to_owned(), person);
        });
    }

    /// Adds a role.
    pub fn role(&self, id: &str, name: &str) {
        self.change(|state| state.roles.insert(id.to_owned(), name.to_owned()));
    }

    /// Adds a text channel.
    pub fn channel(&self, id: &str, name: &str) {
        assert!(id.parse::<u64>().is_ok(), "an id of Discord is a number");
        let channel = Channel {
            id: id.to_owned(),
            kind: ChannelKind::Text,
            name: name.to_owned(),
            parent: GUILD.to_owned(),
            members: BTreeSet::new(),
            archived: false,
            hidden_from_bot: false,
        };
        self.change(|state| state.channels.insert(id.to_owned(), channel));
    }

    /// Hides a channel from the bot.
    pub fn hide(&self, channel: &str) {
        self.change(|state| state.channels.get_mut(channel).unwrap().hidden_from_bot = true);
    }

    /// The direct messages between a person and the bot.
    #[must_use]
    pub fn direct(&self, user: &str) -> String {
        self.change(|state| state.direct(user))
    }

    /// Interactions are posted here, signed, in place of the gateway.
    pub fn over_http(&self, url: &str) {
        *lock(&self.inner.endpoint) = Some(url.to_owned());
    }

    /// The next `times` calls whose verb and path begin with `asked` (`POST /channels/`) meet this trouble; an empty
    /// text means every call.
    pub fn trouble(&self, asked: &str, trouble: Trouble, times: usize) {
        self.change(|state| state.orders.order(asked, trouble, times));
    }

    /// The bot's token is no longer believed, by REST nor by the gateway.
    pub fn revoke_token(&self) {
        self.change(|state| state.token_revoked = true);
    }

    /// The bot's token is believed again.
    pub fn restore_token(&self) {
        self.change(|state| state.token_revoked = false);
    }

    /// Shows a hidden channel to the bot.
    pub fn unhide(&self, channel: &str) {
        self.change(|state| state.channels.get_mut(channel).unwrap().hidden_from_bot = false);
    }

    /// Somebody puts a thread away; it is not locked.
    pub fn archive(&self, thread: &str) {
        self.change(|state| state.channels.get_mut(thread).unwrap().archived = true);
    }

    /// Enforces rates from here on: whoever is faster gets a 429, which is no refusal.
    pub fn enforce_rates(&self) {
        self.change(|state| state.rates.on = true);
    }

    /// How long a first response is waited for; three seconds, as Discord does, unless set.
    pub fn answer_window(&self, window: Duration) {
        self.change(|state| state.window = Some(window));
    }

    /// Takes all ordered troubles back.
    pub fn no_trouble(&self) {
        self.change(|state| state.orders.clear());
    }

    /// Nothing answers and every connection ends, until `recover`.
    pub fn outage(&self) {
        self.inner.door(0).shut();
        self.inner.door(1).shut();
    }

    /// Ends an outage.
    pub fn recover(&self) {
        self.inner.door(0).open();
        self.inner.door(1).open();
    }

    /// Changes anything else in the guild.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        self.inner.watched.change(change)
    }

    /// Looks at the guild as it is.
    pub fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.inner.watched.look(look)
    }

    /// The messages of a channel or a thread.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.look(|state| state.in_channel(channel).cloned().collect())
    }

    /// The messages of the thread that hangs on a message.
    #[must_use]
    pub fn thread(&self, message: &Message) -> Vec<Message> {
        self.messages(&message.id.to_string())
    }

    /// A message as it is, after whatever was done to it.
    #[must_use]
    pub fn now(&self, message: &Message) -> Option<Message> {
        self.look(|state| state.messages.get(&message.id).cloned())
    }

    /// Whom the bot's messages pinged, with the message that did it.
    #[must_use]
    pub fn pings(&self) -> Vec<(String, Message)> {
        self.look(|state| {
            let pings = |message: &Message| {
                let message = message.clone();
                let pings = message.pings.clone().into_iter();
                pings.map(move |ping| (ping, message.clone()))
            };
            state.said().flat_map(pings).collect()
        })
    }

    /// Waits until `found` finds something, woken by each change; fails with `what` when it never comes.
    pub async fn wait_for<T>(&self, what: &str, found: impl Fn(&State) -> Option<T>) -> T {
        self.wait_up_to(PATIENCE, what, found).await
    }

    /// The same with a patience of its own.
    pub async fn wait_up_to<T>(
        &self,
        patience: Duration,
        what: &str,
        found: impl Fn(&State) -> Option<T>,
    ) -> T {
        let came = self.inner.watched.wait(patience, found).await;
        came.unwrap_or_else(|| panic!("{what} never came.\n{}", self.story()))
    }

    /// Waits for a message of the bot that says this, in a channel or a thread; an empty channel means anywhere.
    pub async fn wait_for_words(&self, channel: &str, words: &str) -> Message {
        let what = format!("a message of the bot in {channel:?} that says {words:?}");
        self.wait_for(&what, |state| {
            let mut said = state.said();
            said.find(|message| {
                let here = channel.is_empty() || message.channel == channel;
                here && message.says(words)
            })
            .cloned()
        })
        .await
    }

    /// Waits until a connection to the gateway is ready.
    pub async fn connected(&self) {
        self.wait_for("a connection to the gateway", |state| {
            (state.sockets > 0).then_some(())
        })
        .await;
    }

    /// Waits until the bot registered this command.
    pub async fn registered(&self, command: &str) {
        self.wait_for(&format!("the command {command}"), |state| {
            let mut commands = state.commands.iter();
            commands.any(|known| known["name"] == command).then_some(())
        })
        .await;
    }

    /// Fails when anything was refused.
    pub fn assert_no_refusals(&self) {
        self.assert_no_refusals_but(&[]);
    }

    /// Fails when anything was refused with another code than these, which a story meant to happen.
    pub fn assert_no_refusals_but(&self, meant: &[&str]) {
        let refusals = self.look(|state| state.refusals.clone());
        let told: Vec<String> = refusals
            .iter()
            .filter(|refusal| !meant.contains(&refusal.code.as_str()))
            .map(ToString::to_string)
            .collect();
        assert!(told.is_empty(), "Discord refused:\n{}", told.join("\n"));
    }

    /// What happened, for a test that fails.
    #[must_use]
    pub fn story(&self) -> String {
        self.look(|state| {
            let mut told = vec![format!(
                "{} connections, {} identified, {} resumed",
                state.sockets, state.identifies, state.resumes
            )];
            told.extend(state.messages.values().map(|message| {
                let place = format!("{} {} {}", message.channel, message.id, message.author);
                format!("{place}: {}", cut(&message.words()))
            }));
            let calls = state.calls.iter().rev().take(20).rev();
            told.extend(calls.map(|call| format!("{}: {}", call.asked, call.outcome)));
            told.extend(state.refusals.iter().map(ToString::to_string));
            told.join("\n")
        })
    }
}
