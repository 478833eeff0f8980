//! Discord: a gateway in, REST out.
//!
//! Facts that this is built around: an interaction is answered within three seconds or lost, and its token lives for fifteen
//! minutes, so what a thread shows is posted and edited with the bot's own token; the client library has no time-outs, and its
//! rate limiter ignores a proxy, so one of them is off.

mod account;
mod commands;
mod form;
mod gateway;
mod hear;
mod layout;
mod look;
mod overhear;
mod signed;
mod sure;
mod text;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use incident::digest;
use serde_json::{Value, json};
use serenity::all::{
    ChannelId, CreateAttachment, GuildId, Http, HttpBuilder, HttpError, Message, MessageId, UserId,
};

use crate::Languages;
use crate::event::{ChatEvent, SendError, chain};
use crate::tally::Tally;

use hear::Ears;
pub use hear::Socket;
pub use layout::{Content, content, evidence};
pub use look::{ADMINISTRATOR, Application, COMMANDS, CONTENT, Looked, PERMISSIONS, Server, look};
pub use signed::{BadKey, PublicKey, Signed};
pub(crate) use signed::{PATHS, SIGNED_BY};

/// How long the gateway may be unconnected, as [`Options`] has it.
pub const PATIENCE: Duration = Duration::from_secs(90);
/// How long one call may take.
const CALL: Duration = Duration::from_secs(15);
/// How long is waited after a refusal for haste that does not say how long.
const HASTE: Duration = Duration::from_secs(2);
/// Discord's mark of a message that one person sees.
const FOR_ONE: u64 = 64;
/// Discord's numbers for what is not there, may not be done, or is put away.
const UNKNOWN_CHANNEL: isize = 10_003;
const UNKNOWN_MEMBER: isize = 10_007;
const UNKNOWN_USER: isize = 10_013;
const FORBIDDEN: [isize; 2] = [50_001, 50_013];
const THREAD_IS_THERE: isize = 160_004;
const THREAD_IS_ARCHIVED: isize = 50_083;
/// How long a thread stays in sight after the last word in it: a week, in minutes.
const IN_SIGHT: u32 = 10_080;

/// Somebody who is typing a host.
#[derive(Debug, Clone, Copy)]
pub struct Typing<'a> {
    /// Discord's name for them.
    pub user: &'a str,
    /// The conversation, whole.
    pub place: &'a str,
    /// The roles that they have there, where Discord says so.
    pub roles: Option<&'a BTreeSet<u64>>,
}

/// What is offered to whom while they type a host. It is asked at each letter, so it decides by what is known already.
#[derive(Clone)]
pub struct Offers(Arc<dyn Fn(Typing<'_>) -> Vec<String> + Send + Sync>);

impl Offers {
    /// What is offered is for this to say.
    pub fn new(offer: impl Fn(Typing<'_>) -> Vec<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(offer))
    }

    /// Nothing is offered to anybody.
    #[must_use]
    pub fn none() -> Self {
        Self::new(|_typing| Vec::new())
    }

    fn to(&self, typing: Typing<'_>) -> Vec<String> {
        (self.0)(typing)
    }
}

impl std::fmt::Debug for Offers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Offers")
    }
}

/// How Discord is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// The bot's token.
    pub token: String,
    /// The servers in which it answers; everywhere where none is named.
    pub guilds: BTreeSet<u64>,
    /// The HTTP client, where the library's own does not serve: it trusts the certificates that it came with.
    pub web: Option<reqwest::Client>,
    /// What stands before the API, and keeps to Discord's rates; none where it is reached itself.
    pub api: Option<String>,
    /// The people whom the settings know: they are asked whether they are sure before something is done.
    pub people: BTreeSet<String>,
    /// In which language each of them, and each channel, is spoken to.
    pub languages: Languages,
    /// Whether what people say in threads is heard, which Discord has to allow.
    pub hear_threads: bool,
    /// The names that are offered while somebody types a host.
    pub offers: Offers,
    /// What Discord's signatures are checked by, where it brings what people do over HTTP and not over the gateway.
    pub public_key: Option<PublicKey>,
    /// Unconnected for so long the gateway is opened anew: the library tries again by itself within seconds, but waits
    /// for ever for a server that takes a connection and says nothing.
    pub patience: Duration,
}

/// A bot of Discord.
pub struct Discord {
    options: Arc<Options>,
    http: Arc<Http>,
    /// Answers interactions, which no rate applies to: the library's limiter would keep a place for each of them for ever.
    quick: Arc<Http>,
    /// The commands to whose senders an answer was promised.
    promised: Arc<Mutex<BTreeSet<String>>>,
    /// What hears, once we are known there.
    ears: Arc<OnceLock<Arc<Ears>>>,
    pub(crate) tally: Tally,
}

impl std::fmt::Debug for Discord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Discord")
            .field("application", &self.http.application_id())
            .finish_non_exhaustive()
    }
}

/// Why Discord cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    /// The token.
    #[error(
        "Discord does not take the bot token: {0}; copy it anew from the Bot page of the developer portal"
    )]
    Token(String),
}

/// A client. With a proxy the library's own limiter has to be off, or it would go around the proxy.
fn client(options: &Options) -> HttpBuilder {
    let mut builder = HttpBuilder::new(&options.token);
    if let Some(web) = &options.web {
        builder = builder.client(web.clone());
    }
    match &options.api {
        Some(api) => builder.proxy(api).ratelimiter_disabled(true),
        None => builder,
    }
}

impl Discord {
    /// What speaks to Discord; Discord itself is not asked for anything yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let http = client(&options).build();
        let quick = client(&options).ratelimiter_disabled(true).build();
        Self {
            options: Arc::new(options),
            http: Arc::new(http),
            quick: Arc::new(quick),
            promised: Arc::default(),
            ears: Arc::default(),
            tally: Tally::default(),
        }
    }

    /// Where a message can be seen; none for what is no message.
    #[must_use]
    pub fn link(message: &str) -> Option<String> {
        let mut parts = message.split(':').skip(1);
        let (guild, channel, id) = (parts.next()?, parts.next()?, parts.next()?);
        let numbers = [guild, channel, id].map(|part| number(part).ok());
        match numbers {
            [Some(guild), Some(channel), Some(id)] => Some(format!(
                "https://discord.com/channels/{guild}/{channel}/{id}"
            )),
            _ => None,
        }
    }

    /// The roles that somebody has in a server now; none where they are no member of it.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn roles(&self, guild: u64, user: &str) -> Result<BTreeSet<u64>, SendError> {
        let (guild, user) = (GuildId::new(guild), UserId::new(number(user)?));
        match tried(self.http.get_member(guild, user)).await {
            Ok(member) => Ok(member.roles.iter().map(|role| role.get()).collect()),
            Err(Failed {
                code: UNKNOWN_MEMBER | UNKNOWN_USER,
                ..
            }) => Ok(BTreeSet::new()),
            Err(failed) => Err(failed.why),
        }
    }

    /// Posts a message to a channel, and begins its thread; or to the thread of a message. Gives its whole name.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn post(
        &self,
        place: &str,
        thread: Option<&str>,
        once: &str,
        content: &Content,
    ) -> Result<String, SendError> {
        let channel = number(last_of(place))?;
        let Some(root) = thread else {
            let message = self.send(channel, once, content).await.map_err(refusal)?;
            // Where it cannot be begun now it is begun with the first message in it.
            if let Err(error) = self.begin(channel, message, &content.title).await {
                tracing::warn!(%error, "a thread cannot be begun yet");
            }
            return Ok(format!("{place}:{message}"));
        };
        // A thread that began with a message has the message's number.
        let inside = number(last_of(root))?;
        let mut sent = self.send(inside, once, content).await;
        if sent.as_ref().is_err_and(|no| no.code == UNKNOWN_CHANNEL) {
            match self.begin(channel, inside, &content.title).await {
                Ok(()) => sent = self.send(inside, once, content).await,
                // A card that nobody sees is worse than one beside its thread.
                Err(SendError::Refused(_)) => return self.beside(place, once, content).await,
                Err(later) => return Err(later),
            }
        }
        match sent {
            Ok(message) => {
                let server = place.rsplit_once(':').map_or(place, |(server, _)| server);
                Ok(format!("{server}:{inside}:{message}"))
            }
            Err(no) if FORBIDDEN.contains(&no.code) => self.beside(place, once, content).await,
            Err(no) => Err(no.why),
        }
    }

    /// Posts to the channel what ought to stand in a thread, where the thread may not be written to.
    async fn beside(
        &self,
        place: &str,
        once: &str,
        content: &Content,
    ) -> Result<String, SendError> {
        let sent = self.send(number(last_of(place))?, once, content).await;
        Ok(format!("{place}:{}", sent.map_err(refusal)?))
    }

    async fn send(&self, channel: u64, once: &str, content: &Content) -> Result<u64, Failed> {
        let mut body = content.body();
        let key = digest::of("sickbay discord once 1", &json!([channel, once]));
        let key: String = key.trim_start_matches("sha256:").chars().take(24).collect();
        if let Some(body) = body.as_object_mut() {
            body.insert("nonce".to_owned(), json!(key));
            body.insert("enforce_nonce".to_owned(), json!(true));
        }
        let place = ChannelId::new(channel);
        let sent = tried(self.http.send_message(place, files(content), &body)).await?;
        // Sent again since nobody said that it had arrived, it is the message that arrived then, with what it said then.
        if !shows(&sent, content) {
            let body = content.body();
            tried(
                self.http
                    .edit_message(place, sent.id, &body, files(content)),
            )
            .await?;
        }
        Ok(sent.id.get())
    }

    /// Begins the thread of a message.
    async fn begin(&self, channel: u64, message: u64, title: &str) -> Result<(), SendError> {
        let title = if title.is_empty() { "incident" } else { title };
        let body = json!({ "name": title, "auto_archive_duration": IN_SIGHT });
        let call = self.http.create_thread_from_message(
            ChannelId::new(channel),
            MessageId::new(message),
            &body,
            None,
        );
        match tried(call).await {
            Ok(_)
            | Err(Failed {
                code: THREAD_IS_THERE,
                ..
            }) => Ok(()),
            Err(failed) => Err(failed.why),
        }
    }

    /// Shows something else in a message of ours.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn edit(&self, message: &str, content: &Content) -> Result<(), SendError> {
        let (place, id) = message.rsplit_once(':').unwrap_or(("", message));
        let (channel, id) = (
            ChannelId::new(number(last_of(place))?),
            MessageId::new(number(id)?),
        );
        let body = content.body();
        let edit = || tried(self.http.edit_message(channel, id, &body, files(content)));
        match edit().await {
            Err(Failed {
                code: THREAD_IS_ARCHIVED,
                ..
            }) => {
                let awake = json!({ "archived": false });
                called(self.http.edit_thread(channel, &awake, None)).await?;
                edit().await.map_err(refusal)?;
            }
            edited => {
                edited.map_err(refusal)?;
            }
        }
        Ok(())
    }

    /// Says something that only the person sees who did this: in place of what a command was promised, else below it.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn whisper(&self, to: &ChatEvent, content: &Content) -> Result<(), SendError> {
        let Some(token) = &to.reply else {
            return Err(SendError::Refused(
                "there is nothing to answer to".to_owned(),
            ));
        };
        let mut body = content.body();
        if self.kept(&to.key) {
            let call = self
                .http
                .edit_original_interaction_response(token, &body, files(content));
            called(call).await?;
            return Ok(());
        }
        if let Some(body) = body.as_object_mut() {
            body.insert("flags".to_owned(), json!(FOR_ONE));
        }
        called(
            self.http
                .create_followup_message(token, &body, files(content)),
        )
        .await?;
        Ok(())
    }

    /// Takes back what a command was promised, where nothing more is said to the person alone.
    pub async fn settle(&self, to: &ChatEvent) {
        let (Some(token), true) = (&to.reply, self.kept(&to.key)) else {
            return;
        };
        if let Err(error) = called(self.http.delete_original_interaction_response(token)).await {
            tracing::warn!(%error, "Discord goes on showing that Sickbay thinks");
        }
    }

    /// Whether an answer was promised; from now on it is not.
    fn kept(&self, key: &str) -> bool {
        self.promised
            .lock()
            .is_ok_and(|mut promised| promised.remove(key))
    }
}

/// Asks Discord who we are there; the client needs to know it for answers.
async fn introduce(http: &Http) -> Result<(), SendError> {
    let told = called(http.get_current_application_info()).await?;
    http.set_application_id(told.id);
    Ok(())
}

/// Whether a message says this. Discord takes white space from the ends.
fn shows(message: &Message, content: &Content) -> bool {
    let there = message.embeds.iter();
    let there = there.map(|embed| embed.description.as_deref().unwrap_or("").trim());
    let ours = content.embeds.iter();
    let ours = ours.map(|embed| embed["description"].as_str().unwrap_or("").trim());
    message.content.trim() == content.text.trim() && there.eq(ours)
}

/// The platform's own name at the end of a whole one.
fn last_of(whole: &str) -> &str {
    whole.rsplit(':').next().unwrap_or(whole)
}

/// Discord's names are numbers that are not 0; anything else would end the client library.
fn number(text: &str) -> Result<u64, SendError> {
    match text.parse() {
        Ok(number @ 1..) => Ok(number),
        Ok(0) | Err(_) => Err(SendError::Refused(format!(
            "{text:?} is no number of Discord"
        ))),
    }
}

fn files(content: &Content) -> Vec<CreateAttachment> {
    let files = content.files.iter();
    files
        .map(|file| CreateAttachment::bytes(file.bytes.clone(), file.name.clone()))
        .collect()
}

/// A call that did not work, with Discord's number for it; 0 where it has none.
#[derive(Debug)]
struct Failed {
    code: isize,
    why: SendError,
}

fn refusal(failed: Failed) -> SendError {
    failed.why
}

/// Awaits a call for so long, and sorts what can go wrong.
async fn called<T>(call: impl Future<Output = serenity::Result<T>>) -> Result<T, SendError> {
    tried(call).await.map_err(refusal)
}

async fn tried<T>(call: impl Future<Output = serenity::Result<T>>) -> Result<T, Failed> {
    let trouble = |why: String| Failed {
        code: 0,
        why: SendError::Trouble(why),
    };
    match tokio::time::timeout(CALL, Box::pin(call)).await {
        Err(_late) => Err(trouble(format!("no answer within {} s", CALL.as_secs()))),
        Ok(Ok(told)) => Ok(told),
        Ok(Err(serenity::Error::Http(HttpError::UnsuccessfulRequest(no)))) => {
            let (status, code) = (no.status_code.as_u16(), no.error.code);
            let why = match status {
                429 => SendError::Limited(HASTE),
                400..=499 => SendError::Refused(sentence(&no.error)),
                _ => SendError::Trouble(format!("it says {status}")),
            };
            Err(Failed { code, why })
        }
        Ok(Err(serenity::Error::Http(HttpError::Request(error)))) => {
            // Without its address, in which the token of an interaction stands.
            Err(trouble(chain(&error.without_url())))
        }
        Ok(Err(other)) => Err(trouble(other.to_string())),
    }
}

/// What Discord says, with its number, and what exactly is wrong.
fn sentence(error: &serenity::http::DiscordJsonError) -> String {
    let mut said = format!("{} ({})", error.message, error.code);
    for one in error.errors.iter().take(3) {
        said.push_str(&format!("; {}: {}", one.path, one.message));
    }
    said
}

/// A response to an interaction.
fn response(kind: u8, data: &Value) -> Value {
    json!({ "type": kind, "data": data })
}
