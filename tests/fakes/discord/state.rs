//! What a guild holds: people, roles, channels, messages, commands, interactions, and everything that was asked of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::message::Message;
use super::rates::Rates;
use crate::fakes::trouble::{Orders, Refusal};

/// The guild, unless a test speaks of another.
pub const GUILD: &str = "100000000000000001";
pub(crate) const APP: &str = "900000000000000001";
pub(crate) const BOT_USER: &str = "900000000000000002";

/// What README's invitation lets the bot do in a server.
pub(crate) const INVITED: u64 = 309_237_697_536;

/// What kind of conversation a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// A text channel of the guild.
    Text,
    /// A thread in one.
    Thread,
    /// Between one person and the bot.
    Direct,
}

/// A conversation.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// What kind it is.
    pub kind: ChannelKind,
    /// Its name.
    pub name: String,
    /// For a thread: where it hangs. For direct messages: with whom.
    pub parent: String,
    /// Who joined a thread.
    pub members: BTreeSet<String>,
    /// A thread that was put away.
    pub archived: bool,
    /// What the bot cannot see is forbidden to it.
    pub hidden_from_bot: bool,
}

impl Channel {
    /// As the platform returns it.
    pub(crate) fn json(&self) -> Value {
        let mut json =
            json!({"id": self.id, "name": self.name, "flags": 0, "last_message_id": null});
        match self.kind {
            ChannelKind::Text => {
                json["type"] = json!(0);
                json["guild_id"] = json!(GUILD);
                json["position"] = json!(0);
                json["nsfw"] = json!(false);
                json["permission_overwrites"] = json!([]);
            }
            ChannelKind::Thread => {
                json["type"] = json!(11);
                json["guild_id"] = json!(GUILD);
                json["parent_id"] = json!(self.parent);
                json["owner_id"] = json!(BOT_USER);
                json["member_count"] = json!(self.members.len().min(50));
                json["message_count"] = json!(0);
                json["thread_metadata"] = json!({"archived": self.archived, "locked": false,
                    "auto_archive_duration": 1440, "archive_timestamp": now()});
            }
            ChannelKind::Direct => {
                json["type"] = json!(1);
                json["recipients"] = json!([]);
                json.as_object_mut().unwrap().remove("name");
            }
        }
        json
    }
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Roles in the guild.
    pub roles: Vec<String>,
    /// The language of the client.
    pub locale: String,
}

impl Person {
    pub(crate) fn json(&self) -> Value {
        json!({"id": self.id, "username": self.name, "discriminator": "0", "global_name": self.name,
            "avatar": null, "bot": self.id == BOT_USER, "public_flags": 0})
    }

    pub(crate) fn member(&self) -> Value {
        json!({"user": self.json(), "nick": null, "avatar": null, "roles": self.roles,
            "joined_at": "2024-01-01T00:00:00.000000+00:00", "deaf": false, "mute": false,
            "flags": 0, "pending": false, "permissions": "2147483647"})
    }
}

/// What a person did that waits for the bot, and what became of it.
#[derive(Debug, Clone)]
pub struct Interaction {
    /// Its id.
    pub id: String,
    /// With what it is answered.
    pub token: String,
    /// 2 a command, 3 a component, 4 autocomplete, 5 a modal.
    pub kind: u64,
    /// Who did it.
    pub user: String,
    /// Where.
    pub channel: String,
    /// When.
    pub at: Instant,
    /// From sending it to the first response.
    pub delay: Option<Duration>,
    /// The type of the first response; 0 for none.
    pub response: u64,
    /// The data of the first response.
    pub data: Value,
    /// The message it happened on.
    pub source: Option<u64>,
    /// The message that answers it.
    pub original: Option<u64>,
    /// The fifteen minutes are over.
    pub expired: bool,
}

impl Interaction {
    /// Whether the bot answered within three seconds.
    #[must_use]
    pub fn answered(&self) -> bool {
        self.delay.is_some()
    }

    /// The text of the first response.
    #[must_use]
    pub fn text(&self) -> &str {
        self.data["content"].as_str().unwrap_or("")
    }

    /// What an autocomplete offers: (name, value).
    #[must_use]
    pub fn choices(&self) -> Vec<(String, Value)> {
        let choices = self.data["choices"].as_array().into_iter().flatten();
        choices
            .map(|choice| {
                let name = choice["name"].as_str().unwrap_or("").to_owned();
                (name, choice["value"].clone())
            })
            .collect()
    }

    /// Fails unless it was answered within so many milliseconds.
    pub fn assert_within(&self, milliseconds: u64) {
        let limit = Duration::from_millis(milliseconds);
        assert!(
            self.delay.is_some_and(|delay| delay <= limit),
            "the answer to interaction {} took {:?}, more than {milliseconds} ms",
            self.id,
            self.delay
        );
    }
}

/// One call of the REST API.
#[derive(Debug, Clone)]
pub struct Call {
    /// `POST /channels/…/messages`.
    pub asked: String,
    /// When it came.
    pub at: Instant,
    /// The body, or its `payload_json`.
    pub body: Value,
    /// The status, or the trouble it met.
    pub outcome: String,
}

/// A session of the gateway, which can be resumed.
#[derive(Debug, Clone, Default)]
pub struct Session {
    /// What it wants to hear.
    pub intents: u64,
    /// What it was told: number and frame.
    pub(crate) told: Vec<(u64, String)>,
    /// Whether it may be taken up again.
    pub resumable: bool,
}

/// The guild.
#[derive(Debug, Default)]
pub struct State {
    /// People by id.
    pub people: BTreeMap<String, Person>,
    /// Names of roles by id.
    pub roles: BTreeMap<String, String>,
    /// Channels by id.
    pub channels: BTreeMap<String, Channel>,
    /// Messages by id, in order.
    pub messages: BTreeMap<u64, Message>,
    /// The commands that the bot registered, in the guild or for all.
    pub commands: Vec<Value>,
    /// Interactions by id, in order.
    pub interactions: BTreeMap<String, Interaction>,
    /// The modal that each person has in front of them.
    pub modals: BTreeMap<String, Value>,
    /// Everything that was asked, in order.
    pub calls: Vec<Call>,
    /// What was refused, in order.
    pub refusals: Vec<Refusal>,
    /// Gateway sessions by id.
    pub sessions: BTreeMap<String, Session>,
    /// Connections to the gateway that are ready.
    pub sockets: usize,
    /// How often somebody identified.
    pub identifies: usize,
    /// How often somebody resumed.
    pub resumes: usize,
    /// Heartbeats that came.
    pub heartbeats: usize,
    /// Connections still to be dropped as soon as they are ready.
    pub flaps: usize,
    /// Connections that were taken while the gateway was mute.
    pub waiting: usize,
    /// How far its clock is ahead, in seconds.
    pub clock_ahead: i64,
    /// The servers that the bot was added to: id, name, and what it may do there.
    pub servers: Vec<(String, String, u64)>,
    /// The application's flags.
    pub flags: u64,
    /// Where interactions are posted instead of the gateway, as the portal has it.
    pub interactions_url: Option<String>,
    pub(crate) mute: bool,
    pub(crate) privileged: u64,
    pub(crate) orders: Orders,
    pub(crate) rates: Rates,
    pub(crate) window: Option<Duration>,
    pub(crate) deaf_to_heartbeats: bool,
    pub(crate) token_revoked: bool,
    last_id: u64,
}

impl State {
    /// A fresh id, which also is a time.
    pub(crate) fn next_id(&mut self) -> u64 {
        let clock = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let millis = u64::try_from(clock.as_millis()).unwrap_or(0);
        let id = millis.saturating_sub(1_420_070_400_000) << 22;
        self.last_id = id.max(self.last_id + 1);
        self.last_id
    }

    /// How long a first response is waited for.
    pub(crate) fn window(&self) -> Duration {
        self.window.unwrap_or(Duration::from_secs(3))
    }

    /// The messages of a channel in order; a thread is a channel.
    pub fn in_channel<'a>(&'a self, channel: &'a str) -> impl Iterator<Item = &'a Message> {
        self.messages
            .values()
            .filter(move |message| message.channel == channel)
    }

    /// The bot's messages anywhere, in order.
    pub fn said(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().filter(|message| message.by_bot)
    }

    /// The thread that hangs on a message: it has the message's id.
    #[must_use]
    pub fn thread_of(&self, message: &Message) -> Option<&Channel> {
        self.channels.get(&message.id.to_string())
    }

    /// The calls whose verb and path begin so.
    pub fn calls_of<'a>(&'a self, asked: &'a str) -> impl Iterator<Item = &'a Call> {
        self.calls
            .iter()
            .filter(move |call| call.asked.starts_with(asked))
    }

    pub(crate) fn refuse(&mut self, asked: &str, code: &str, detail: &str, body: &str) {
        self.refusals.push(Refusal::new(asked, code, detail, body));
    }

    /// The direct channel with a person, made on first use.
    pub(crate) fn direct(&mut self, user: &str) -> String {
        let found = self
            .channels
            .values()
            .find(|channel| channel.kind == ChannelKind::Direct && channel.parent == user);
        if let Some(channel) = found {
            return channel.id.clone();
        }
        let id = self.next_id().to_string();
        let channel = Channel {
            id: id.clone(),
            kind: ChannelKind::Direct,
            name: String::new(),
            parent: user.to_owned(),
            members: BTreeSet::new(),
            archived: false,
            hidden_from_bot: false,
        };
        self.channels.insert(id.clone(), channel);
        id
    }
}

/// The time as Discord writes it.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// Seconds since 1970.
pub(crate) fn seconds() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
