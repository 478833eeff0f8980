//! What a workspace holds: people, channels, messages, files, views, and everything that was asked of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::message::Message;
use super::rates::Rates;
use crate::fakes::trouble::{Orders, Refusal};

pub(crate) const TEAM: &str = "T0SICKBAY";
pub(crate) const APP: &str = "A0SICKBAY";
pub(crate) const BOT: &str = "B0SICKBAY";
pub(crate) const BOT_USER: &str = "U0SICKBAY";

/// What kind of conversation a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Everybody may read it.
    Public,
    /// Only its members know it.
    Private,
    /// Between one person and the bot.
    Direct,
}

impl ChannelKind {
    /// As events call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Direct => "im",
        }
    }

    /// As scopes call it.
    pub(crate) fn scope(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Direct => "im",
        }
    }
}

/// A conversation.
#[derive(Debug, Clone)]
pub struct Channel {
    /// `C…`, `G…` or `D…`.
    pub id: String,
    /// What kind it is.
    pub kind: ChannelKind,
    /// Who is in it; the bot is among them when it was invited.
    pub members: BTreeSet<String>,
    /// Nobody may post in it any more.
    pub archived: bool,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// `U…`.
    pub id: String,
    /// The handle.
    pub name: String,
    /// As `users.info` gives it when asked for it.
    pub locale: String,
    /// Left the workspace.
    pub deleted: bool,
}

/// A group that can be mentioned.
#[derive(Debug, Clone)]
pub struct UserGroup {
    /// `S…`.
    pub id: String,
    /// The handle.
    pub handle: String,
    /// Who is in it.
    pub users: Vec<String>,
}

/// A file, from the request for its address to its place in a channel.
#[derive(Debug, Clone)]
pub struct UploadedFile {
    /// `F…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its title, when given.
    pub title: String,
    /// The length that was announced.
    pub length: usize,
    /// What was uploaded.
    pub content: Option<Vec<u8>>,
    /// Where it was shared: the channels.
    pub shared: Vec<String>,
    /// The words for those who cannot see it.
    pub alt_text: String,
}

impl UploadedFile {
    /// As messages carry it.
    pub(crate) fn json(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "title": self.title,
            "size": self.length, "mode": "hosted", "is_public": true, "user": BOT_USER,
        })
    }
}

/// A modal or a home page that is open.
#[derive(Debug, Clone)]
pub struct OpenView {
    /// `V…`.
    pub id: String,
    /// Who sees it.
    pub user: String,
    /// As it was sent.
    pub body: Value,
    /// Changes with each update.
    pub hash: String,
}

impl OpenView {
    /// As the platform returns it, with what was typed into it.
    pub(crate) fn json(&self, values: Value) -> Value {
        let mut view = self.body.as_object().cloned().unwrap_or_default();
        let values = if values.is_null() { json!({}) } else { values };
        let more = json!({
            "id": self.id, "team_id": TEAM, "app_id": APP, "bot_id": BOT, "hash": self.hash,
            "state": {"values": values}, "root_view_id": self.id, "previous_view_id": null,
        });
        view.extend(more.as_object().cloned().unwrap_or_default());
        Value::Object(view)
    }
}

/// One call of the Web API, or one post to a `response_url`.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method.
    pub method: String,
    /// When it came.
    pub at: Instant,
    /// Its arguments.
    pub args: Map<String, Value>,
    /// `ok`, the error code, or the trouble it met.
    pub outcome: String,
}

/// What came back for something that was delivered to the bot.
#[derive(Debug, Clone)]
pub struct Ack {
    /// The envelope, or the request's number.
    pub envelope: String,
    /// From sending it to the answer; nothing when none came in time.
    pub delay: Option<Duration>,
    /// What the answer carried.
    pub payload: Value,
    /// Why there was none.
    pub trouble: String,
}

impl Ack {
    /// Whether it came in time.
    #[must_use]
    pub fn came(&self) -> bool {
        self.delay.is_some()
    }

    /// The text of its message.
    #[must_use]
    pub fn text(&self) -> &str {
        self.payload["text"].as_str().unwrap_or("")
    }

    /// Fails unless it came within so many milliseconds.
    pub fn assert_within(&self, milliseconds: u64) {
        let limit = Duration::from_millis(milliseconds);
        assert!(
            self.delay.is_some_and(|delay| delay <= limit),
            "the acknowledgement of {} took {:?}, more than {milliseconds} ms: {}",
            self.envelope,
            self.delay,
            self.trouble
        );
    }
}

/// Where a `response_url` leads.
#[derive(Debug, Clone)]
pub(crate) struct ResponseUrl {
    pub(crate) channel: String,
    pub(crate) user: String,
    pub(crate) original: Option<String>,
    pub(crate) thread: Option<String>,
    pub(crate) used: usize,
    pub(crate) expired: bool,
}

/// Something that may open a view, for three seconds and once.
#[derive(Debug, Clone)]
pub(crate) struct TriggerId {
    pub(crate) user: String,
    pub(crate) made: Instant,
    pub(crate) used: bool,
}

/// The workspace.
#[derive(Debug, Default)]
pub struct State {
    /// Conversations by id.
    pub channels: BTreeMap<String, Channel>,
    /// People by id.
    pub people: BTreeMap<String, Person>,
    /// Groups by id.
    pub groups: BTreeMap<String, UserGroup>,
    /// Messages by channel and time, in order. Deleted ones are not there.
    pub messages: BTreeMap<(String, String), Message>,
    /// Files by id.
    pub files: BTreeMap<String, UploadedFile>,
    /// Views by id.
    pub views: BTreeMap<String, OpenView>,
    /// Everything that was asked, in order.
    pub calls: Vec<Call>,
    /// What was refused, in order.
    pub refusals: Vec<Refusal>,
    /// What is allowed and yet unwise, such as a message without a text for lock screens.
    pub warnings: Vec<String>,
    /// Every acknowledgement, also those that were lost or late.
    pub acks: Vec<Ack>,
    /// Sockets that said hello and are open.
    pub sockets: usize,
    /// Sockets that ever said hello.
    pub hellos: usize,
    /// Sockets still to be dropped after their hello.
    pub flaps: usize,
    /// How far its clock is ahead, in seconds.
    pub clock_ahead: i64,
    pub(crate) scopes: BTreeSet<String>,
    pub(crate) app_scopes: BTreeSet<String>,
    pub(crate) orders: Orders,
    pub(crate) rates: Rates,
    pub(crate) response_urls: BTreeMap<String, ResponseUrl>,
    pub(crate) triggers: BTreeMap<String, TriggerId>,
    pub(crate) acks_to_lose: usize,
    pub(crate) tickets: BTreeMap<String, bool>,
    pub(crate) tokens_revoked: bool,
    pub(crate) echoes: Vec<Value>,
    last_ts: u64,
    numbers: u64,
}

impl State {
    /// The next number, for ids.
    pub(crate) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// A time that no other message has, as Slack writes it.
    pub(crate) fn next_ts(&mut self) -> String {
        let clock = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let micros = u64::try_from(clock.as_micros()).unwrap_or(u64::MAX);
        self.last_ts = micros.max(self.last_ts + 1);
        let (seconds, rest) = (self.last_ts / 1_000_000, self.last_ts % 1_000_000);
        format!("{seconds}.{rest:06}")
    }

    /// A fresh id that may open one view.
    pub(crate) fn next_trigger(&mut self, user: &str) -> String {
        let id = format!("{}.{}.trigger", self.number(), TEAM);
        let trigger = TriggerId {
            user: user.to_owned(),
            made: Instant::now(),
            used: false,
        };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// A message, wherever it is.
    #[must_use]
    pub fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.messages.get(&(channel.to_owned(), ts.to_owned()))
    }

    /// The messages of a channel in order, those in threads and those for one person only included.
    pub fn in_channel<'a>(&'a self, channel: &'a str) -> impl Iterator<Item = &'a Message> {
        let from = (channel.to_owned(), String::new());
        self.messages
            .range(from..)
            .take_while(move |((at, _ts), _message)| at == channel)
            .map(|(_place, message)| message)
    }

    /// The bot's messages anywhere, in order of channel and time.
    pub fn said(&self) -> impl Iterator<Item = &Message> {
        self.messages.values().filter(|message| message.by_bot)
    }

    /// A thread's messages, its parent first.
    pub fn in_thread<'a>(
        &'a self,
        channel: &'a str,
        parent: &'a str,
    ) -> impl Iterator<Item = &'a Message> {
        self.in_channel(channel).filter(move |message| {
            message.ts == parent || message.thread.as_deref() == Some(parent)
        })
    }

    /// The calls of one method.
    pub fn calls_of<'a>(&'a self, method: &'a str) -> impl Iterator<Item = &'a Call> {
        self.calls.iter().filter(move |call| call.method == method)
    }

    pub(crate) fn refuse(&mut self, asked: &str, code: &str, detail: &str, body: &str) {
        self.refusals.push(Refusal::new(asked, code, detail, body));
    }

    /// Whether the bot may speak here, in Slack's words when not.
    pub(crate) fn writable(&self, channel: &str) -> Result<&Channel, &'static str> {
        let found = self.channels.get(channel).ok_or("channel_not_found")?;
        let member = found.members.contains(BOT_USER);
        match found.kind {
            _ if found.archived => Err("is_archived"),
            _ if member => Ok(found),
            ChannelKind::Public if self.scopes.contains("chat:write.public") => Ok(found),
            ChannelKind::Public => Err("not_in_channel"),
            // What the bot is not in does not exist for it.
            ChannelKind::Private | ChannelKind::Direct => Err("channel_not_found"),
        }
    }

    /// The direct channel with a person, made on first use.
    pub(crate) fn direct(&mut self, user: &str) -> String {
        let found = self
            .channels
            .values()
            .find(|channel| channel.kind == ChannelKind::Direct && channel.members.contains(user));
        if let Some(channel) = found {
            return channel.id.clone();
        }
        let id = format!("D{user}");
        let channel = Channel {
            id: id.clone(),
            kind: ChannelKind::Direct,
            members: [user.to_owned(), BOT_USER.to_owned()].into(),
            archived: false,
        };
        self.channels.insert(id.clone(), channel);
        id
    }
}
