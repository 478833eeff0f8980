//! A Slack workspace on loopback: Web API, Socket Mode, signed HTTP, `response_url`.
//!
//! People in it do what people do (`slash`, `press`, `say`, `submit`); a story waits for what they would see.

mod api;
mod blocks;
mod deliver;
mod judge;
mod members;
mod message;
mod methods;
mod rates;
mod respond;
mod script;
mod socket;
mod state;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

pub use deliver::Routes;
pub use message::{Button, Message};
pub use script::Answered;
pub use socket::End;
pub use state::{
    Ack, Call, Channel, ChannelKind, OpenView, Person, State, UploadedFile, UserGroup,
};

use super::door::{Door, Heard, Said};
use super::trouble::Trouble;
use super::watched::{Watched, lock};
use super::{PATIENCE, cut};
use deliver::Sent;
use socket::Order;
use state::BOT_USER;

/// What the bot may do unless a test says otherwise.
const SCOPES: [&str; 14] = [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "usergroups:read",
    "users:read",
];

/// The workspace, as a test holds it. Clones are the same workspace.
#[derive(Clone)]
pub struct Slack {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) bot_token: String,
    pub(crate) app_token: String,
    pub(crate) secret: String,
    pub(crate) watched: Watched<State>,
    sockets: Mutex<BTreeMap<u64, mpsc::UnboundedSender<Order>>>,
    waiting: Mutex<BTreeMap<String, (u64, oneshot::Sender<serde_json::Value>)>>,
    sent: Mutex<BTreeMap<String, Sent>>,
    routes: Mutex<Option<Routes>>,
    window: Mutex<Duration>,
    doors: OnceLock<[Door; 2]>,
}

impl Inner {
    /// Changes the workspace, and wakes who waits for it.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        self.watched.change(change)
    }

    fn door(&self, n: usize) -> &Door {
        &self.doors.get().unwrap()[n]
    }

    /// Where HTTP is.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.door(0).address())
    }

    /// Where a socket with this ticket is.
    pub(crate) fn socket_url(&self, ticket: &str) -> String {
        format!("ws://{}/link/?ticket={ticket}", self.door(1).address())
    }
}

impl Slack {
    /// Opens an empty workspace with the bot in it.
    pub async fn start() -> Self {
        let inner = Arc::new(Inner {
            bot_token: "xoxb-0000-fake".to_owned(),
            app_token: "xapp-1-A0SICKBAY-0000-fake".to_owned(),
            secret: "8f742231b10e8888abcd99yyyzzz85a5".to_owned(),
            watched: Watched::default(),
            sockets: Mutex::default(),
            waiting: Mutex::default(),
            sent: Mutex::default(),
            routes: Mutex::default(),
            window: Mutex::new(Duration::from_secs(3)),
            doors: OnceLock::new(),
        });
        let http = Arc::clone(&inner);
        let sockets = Arc::clone(&inner);
        let doors = [
            Door::http(move |heard| route(Arc::clone(&http), heard)).await,
            Door::raw(move |stream| socket::serve(Arc::clone(&sockets), stream)).await,
        ];
        assert!(inner.doors.set(doors).is_ok());
        let slack = Self { inner };
        slack.scopes(&SCOPES);
        slack.app_scopes(&["connections:write"]);
        slack.user(BOT_USER, "sickbay");
        slack
    }

    /// What `with_slack_api_url` takes.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.inner.base())
    }

    /// `xoxb-…`.
    #[must_use]
    pub fn bot_token(&self) -> &str {
        &self.inner.bot_token
    }

    /// `xapp-…`.
    #[must_use]
    pub fn app_token(&self) -> &str {
        &self.inner.app_token
    }

    /// What HTTP requests are signed with.
    #[must_use]
    pub fn signing_secret(&self) -> &str {
        &self.inner.secret
    }

    /// The team.
    #[must_use]
    pub fn team(&self) -> &'static str {
        state::TEAM
    }

    /// The bot's user id.
    #[must_use]
    pub fn bot_user(&self) -> &'static str {
        BOT_USER
    }

    /// Adds a person.
    pub fn user(&self, id: &str, name: &str) {
        self.user_speaking(id, name, "en-US");
    }

    /// Adds a person with a locale, such as `zh-CN`.
    pub fn user_speaking(&self, id: &str, name: &str, locale: &str) {
        let person = Person {
            id: id.to_owned(),
            name: name.to_owned(),
            locale: locale.to_owned(),
            deleted: false,
        };
        self.change(|state| state.people.insert(id.to_owned(), person));
    }

    /// Adds a public channel with these people and the bot.
    pub fn channel(&self, id: &str, people: &[&str]) {
        self.place(id, ChannelKind::Public, people);
    }

    /// Adds a private channel with these people and the bot.
    pub fn private_channel(&self, id: &str, people: &[&str]) {
        self.place(id, ChannelKind::Private, people);
    }

    /// Adds the direct messages between a person and the bot.
    pub fn direct(&self, id: &str, person: &str) {
        self.place(id, ChannelKind::Direct, &[person]);
    }

    fn place(&self, id: &str, kind: ChannelKind, people: &[&str]) {
        let mut members: std::collections::BTreeSet<String> =
            people.iter().map(|person| (*person).to_owned()).collect();
        members.insert(BOT_USER.to_owned());
        self.change(|state| {
            for person in &members {
                assert!(state.people.contains_key(person), "no user {person}");
            }
            let channel = Channel {
                id: id.to_owned(),
                kind,
                members,
                archived: false,
            };
            state.channels.insert(id.to_owned(), channel);
        });
    }

    /// Adds a group that can be mentioned.
    pub fn user_group(&self, id: &str, handle: &str, users: &[&str]) {
        let group = UserGroup {
            id: id.to_owned(),
            handle: handle.to_owned(),
            users: users.iter().map(|user| (*user).to_owned()).collect(),
        };
        self.change(|state| state.groups.insert(id.to_owned(), group));
    }

    /// Takes the bot out of a channel.
    pub fn remove_bot(&self, channel: &str) {
        self.change(|state| {
            let found = state.channels.get_mut(channel).unwrap();
            found.members.remove(BOT_USER);
        });
    }

    /// Archives a channel.
    pub fn archive(&self, channel: &str) {
        self.change(|state| state.channels.get_mut(channel).unwrap().archived = true);
    }

    /// Sets what the bot's token may do, in place of everything.
    pub fn scopes(&self, scopes: &[&str]) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.change(|state| state.scopes = scopes);
    }

    /// Sets what the app-level token may do, in place of everything.
    pub fn app_scopes(&self, scopes: &[&str]) {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self.change(|state| state.app_scopes = scopes);
    }

    /// Every call is answered with `token_revoked` from here on.
    pub fn revoke_tokens(&self) {
        self.change(|state| state.tokens_revoked = true);
    }

    /// The next `times` calls whose method begins with `method` meet this trouble. `response_url` and `upload` count
    /// as methods; an empty name means every call.
    pub fn trouble(&self, method: &str, trouble: Trouble, times: usize) {
        self.change(|state| state.orders.order(method, trouble, times));
    }

    /// Enforces Slack's documented rates from here on: whoever is faster gets a 429, which is no refusal.
    pub fn enforce_rates(&self) {
        self.change(|state| state.rates.on = true);
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

    /// The next acknowledgements do not arrive: events are sent again, a person sees a failure.
    pub fn lose_acks(&self, n: usize) {
        self.change(|state| state.acks_to_lose = n);
    }

    /// How long an acknowledgement is waited for; three seconds, as Slack does, unless set.
    pub fn ack_window(&self, window: Duration) {
        *lock(&self.inner.window) = window;
    }

    /// Sends everything to HTTP routes, signed, in place of sockets.
    pub fn over_http(&self, routes: Routes) {
        *lock(&self.inner.routes) = Some(routes);
    }

    /// Changes anything else in the workspace.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        self.inner.change(change)
    }

    /// Looks at the workspace as it is.
    pub fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        self.inner.watched.look(look)
    }

    /// The messages of a channel, those in threads included.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.look(|state| state.in_channel(channel).cloned().collect())
    }

    /// A thread, its parent first.
    #[must_use]
    pub fn thread(&self, channel: &str, parent: &str) -> Vec<Message> {
        self.look(|state| state.in_thread(channel, parent).cloned().collect())
    }

    /// A message as it is, after whatever was done to it.
    #[must_use]
    pub fn now(&self, message: &Message) -> Option<Message> {
        self.look(|state| state.message(&message.channel, &message.ts).cloned())
    }

    /// Whom the bot's messages ping, with the message that does it.
    #[must_use]
    pub fn pings(&self) -> Vec<(String, Message)> {
        self.look(|state| {
            let pings = |message: &Message| {
                let message = message.clone();
                let pings = message.pings().into_iter();
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

    /// Waits for a message of the bot that says this.
    pub async fn wait_for_words(&self, channel: &str, words: &str) -> Message {
        let what = format!("a message of the bot in {channel} that says {words:?}");
        self.wait_for(&what, |state| {
            let mut said = state.in_channel(channel);
            said.find(|message| message.by_bot && message.says(words))
                .cloned()
        })
        .await
    }

    /// Waits until so many sockets said hello and are open.
    pub async fn connected(&self, sockets: usize) {
        self.wait_for("a socket", |state| (state.sockets >= sockets).then_some(()))
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
        assert!(told.is_empty(), "Slack refused:\n{}", told.join("\n"));
    }

    /// What happened, for a test that fails.
    #[must_use]
    pub fn story(&self) -> String {
        self.look(|state| {
            let mut told = vec![format!("{} sockets of {}", state.sockets, state.hellos)];
            told.extend(state.messages.values().map(|message| {
                let thread = message.thread.as_deref().unwrap_or("");
                let place = format!("{} {} {thread}", message.channel, message.ts);
                format!("{place} {}: {}", message.user, cut(&message.words()))
            }));
            let calls = state.calls.iter().rev().take(20).rev();
            told.extend(calls.map(|call| format!("{}: {}", call.method, call.outcome)));
            told.extend(state.refusals.iter().map(ToString::to_string));
            told.join("\n")
        })
    }
}

async fn route(inner: Arc<Inner>, heard: Heard) -> Said {
    let path = heard.path.clone();
    if path.starts_with("/api/") {
        let said = api::answer(Arc::clone(&inner), heard).await;
        inner.deliver_echoes();
        return said;
    }
    if let Some(id) = path.strip_prefix("/response/") {
        return respond::answer(&inner, id, &heard).await;
    }
    match path.strip_prefix("/upload/") {
        Some(id) if heard.verb == "POST" => {
            inner.change(|state| methods::upload(state, id, &heard.body))
        }
        _ => {
            inner.change(|state| state.refuse(&path, "not_found", &heard.verb, ""));
            Said::empty(404)
        }
    }
}
