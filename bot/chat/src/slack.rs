//! Slack: a socket in, the Web API out.
//!
//! Facts of the client library that this is built around: its callbacks run one after another inside the loop that reads
//! the socket, so they only hand on; a socket without a rate limit reconnects in a hot loop; nothing in it has a time-out.

mod account;
mod blocks;
mod ear;
mod form;
mod hear;
mod layout;
mod look;
mod sent;
mod signed;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;

use crate::Locale;
use crate::beside::{self, File};
use crate::event::{ChatEvent, SendError};
use crate::form::Form;
use crate::front::New;
use crate::tally::Tally;
use ear::Ear;

pub use hear::Socket;
#[cfg(test)]
pub(crate) use layout::in_parts;
pub use layout::{Content, content, evidence};
pub use look::{Bot, Looked, SCOPES, Scope, USER_GROUPS, look};
pub use signed::Signed;
pub(crate) use signed::{PATHS, SIGNED_BY};

type Connector = SlackClientHyperConnector<HttpsConnector<HttpConnector>>;
pub(crate) type Client = SlackClient<Connector>;

/// How long one call to the Web API may take.
const CALL: Duration = Duration::from_secs(15);
/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// How many files are remembered that were put into threads.
const REMEMBERED: usize = 1_000;

/// How Slack is reached.
#[derive(Debug, Clone)]
pub struct Options {
    /// The Web API: `https://slack.com/api`.
    pub api: String,
    /// `xoxb-…`: posts messages.
    pub bot_token: String,
    /// `xapp-…`: opens the socket; nothing where Slack brings what people do over HTTP alone.
    pub app_token: Option<String>,
    /// What Slack signs its requests with; nothing where it brings none.
    pub signing_secret: Option<String>,
}

/// A workspace that Sickbay is installed in.
pub struct Slack {
    client: Arc<Client>,
    token: SlackApiToken,
    options: Options,
    /// What hears, once we are known there.
    ear: Arc<OnceLock<Arc<Ear>>>,
    /// Where the workspace is for people, once Slack said so: `https://example.slack.com/`.
    home: OnceLock<String>,
    /// The files that were put into threads since Sickbay started, so that who asks once more does not put them there again.
    there: Mutex<BTreeSet<(String, Vec<String>)>>,
    pub(crate) tally: Tally,
}

impl std::fmt::Debug for Slack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slack")
            .field("api", &self.options.api)
            .finish_non_exhaustive()
    }
}

/// Why Slack cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// TLS.
    #[error("the certificates that this machine trusts cannot be read; install ca-certificates")]
    Roots(#[source] std::io::Error),
    /// The token.
    #[error(
        "Slack does not take the bot token: {0}; install the app anew and give its xoxb- token"
    )]
    Token(String),
    /// The app-level token.
    #[error(
        "Slack opens no socket for the app token: {0}; Basic Information, App-Level Tokens: give one with connections:write, and switch Socket Mode on"
    )]
    AppToken(String),
}

fn connector(options: &Options) -> Result<Connector, SlackError> {
    Ok(SlackClientHyperConnector::with_connector(https()?).with_slack_api_url(&options.api))
}

/// HTTP with the certificates that this machine trusts.
fn https() -> Result<HttpsConnector<HttpConnector>, SlackError> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT));
    http.set_nodelay(true);
    let provider = rustls::crypto::ring::default_provider();
    Ok(hyper_rustls::HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(provider)
        .map_err(SlackError::Roots)?
        .https_or_http()
        .enable_http1()
        .wrap_connector(http))
}

/// Who we are in a workspace.
struct Who {
    team: String,
    me: String,
    home: String,
}

impl Slack {
    /// What speaks to Slack; Slack itself is not asked for anything yet.
    ///
    /// # Errors
    /// [`SlackError::Roots`].
    pub fn new(options: Options) -> Result<Self, SlackError> {
        Ok(Self {
            client: Arc::new(SlackClient::new(connector(&options)?)),
            token: SlackApiToken::new(options.bot_token.clone().into()),
            options,
            ear: Arc::default(),
            home: OnceLock::new(),
            there: Mutex::default(),
            tally: Tally::default(),
        })
    }

    /// Where a message can be seen, as Slack's own links to messages are; `root` is the one whose thread it stands in. None for a
    /// file, and while nobody knows where the workspace is.
    #[must_use]
    pub fn link(&self, message: &str, root: Option<&str>) -> Option<String> {
        let home = self.home.get()?.trim_end_matches('/');
        let (place, ts) = message.rsplit_once(':')?;
        let is_time = ts.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let channel = last_of(place);
        if !is_time || !channel.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let link = format!("{home}/archives/{channel}/p{}", ts.replace('.', ""));
        let root = root.map(last_of).filter(|root| root != ts);
        Some(match root {
            Some(root) => format!("{link}?thread_ts={root}&cid={channel}"),
            None => link,
        })
    }

    /// Who is in a user group now.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn members(&self, group: &str) -> Result<BTreeSet<String>, SendError> {
        let request = SlackApiUserGroupsUsersListRequest::new(group.to_owned().into());
        let session = self.client.open_session(&self.token);
        let told = called(session.usergroups_users_list(&request)).await?;
        Ok(told.users.iter().map(ToString::to_string).collect())
    }

    /// Posts a message, or files, where there are only those. Gives its whole name. What may stand there already is looked for,
    /// where Slack lets us look.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn post(&self, new: New<'_>, content: &Content) -> Result<String, SendError> {
        let New {
            place,
            root: thread,
            once,
            again,
        } = new;
        if let Some(since) = again
            && let Some(there) = self.find(new, since, content).await?
        {
            // It may show what was true then.
            if !content.blocks.is_empty() {
                self.edit(&there, content).await?;
            }
            return Ok(there);
        }
        if content.blocks.is_empty() {
            return self
                .attach(place, thread, &content.text, &content.files)
                .await;
        }
        let channel = last_of(place);
        let marked = content.message().with_metadata(sent::mark(once));
        let mut request = SlackApiChatPostMessageRequest::new(channel.into(), marked);
        request.thread_ts = thread.map(|thread| last_of(thread).into());
        request.unfurl_links = Some(false);
        request.unfurl_media = Some(false);
        let session = self.client.open_session(&self.token);
        let told = called(session.chat_post_message(&request)).await?;
        Ok(format!("{place}:{}", told.ts))
    }

    /// Shows something else in a message of ours.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn edit(&self, message: &str, content: &Content) -> Result<(), SendError> {
        let (place, ts) = message.rsplit_once(':').unwrap_or(("", message));
        let request = SlackApiChatUpdateRequest::new(
            last_of(place).into(),
            content.message(),
            ts.to_owned().into(),
        );
        let session = self.client.open_session(&self.token);
        called(session.chat_update(&request)).await?;
        Ok(())
    }

    /// Puts files into a conversation, or into a thread of it. Gives the whole name of the last one.
    async fn attach(
        &self,
        place: &str,
        thread: Option<&str>,
        text: &str,
        files: &[File],
    ) -> Result<String, SendError> {
        let session = self.client.open_session(&self.token);
        let mut there = Vec::new();
        for file in files {
            let mut ask =
                SlackApiFilesGetUploadUrlExternalRequest::new(file.name.clone(), file.bytes.len());
            ask.alt_txt = (!file.alt.is_empty()).then(|| file.alt.clone());
            let door = called(session.get_upload_url_external(&ask)).await?;
            let put = SlackApiFilesUploadViaUrlRequest::new(
                door.upload_url,
                file.bytes.clone(),
                file.kind().to_owned(),
            );
            called(session.files_upload_via_url(&put)).await?;
            let mut one = SlackApiFilesComplete::new(door.file_id);
            one.title = Some(file.name.clone());
            there.push(one);
        }
        let name = there.last().map(|file| format!("{place}:{}", file.id));
        let name = name.ok_or_else(|| SendError::Refused("there is nothing in it".to_owned()))?;
        let mut done = SlackApiFilesCompleteUploadExternalRequest::new(there);
        done.channel_id = Some(last_of(place).into());
        done.thread_ts = thread.map(|thread| last_of(thread).into());
        done.initial_comment = (!text.is_empty()).then(|| text.to_owned());
        called(session.files_complete_upload_external(&done)).await?;
        Ok(name)
    }

    /// Says something that only the person sees who did this. What is too long for that goes to the thread where they did it,
    /// as a file, or follows in further messages. A command brings an address that takes an answer also where Sickbay is no
    /// member; elsewhere it has to be one.
    ///
    /// # Errors
    /// [`SendError`].
    pub async fn whisper(
        &self,
        to: &ChatEvent,
        content: &Content,
        locale: Locale,
    ) -> Result<(), SendError> {
        if content.files.is_empty() {
            return self.whisper_one(to, content).await;
        }
        if let Some(thread) = &to.thread {
            match self.put_once(&to.place, thread, &content.files).await {
                Ok(()) => {
                    let told = layout::in_thread(content, locale);
                    return self.whisper_one(to, &told).await;
                }
                Err(error @ SendError::Refused(_)) => {
                    tracing::warn!(%error, "a file cannot be put into a thread");
                }
                Err(later) => return Err(later),
            }
        }
        for part in layout::in_parts(content, locale) {
            self.whisper_one(to, &part).await?;
        }
        Ok(())
    }

    /// Puts files into a thread, where they are not since Sickbay started: several may ask for the same.
    async fn put_once(&self, place: &str, thread: &str, files: &[File]) -> Result<(), SendError> {
        let which = (thread.to_owned(), beside::digests(files));
        if self.there.lock().is_ok_and(|there| there.contains(&which)) {
            return Ok(());
        }
        self.attach(place, Some(thread), "", files).await?;
        if let Ok(mut there) = self.there.lock() {
            if there.len() >= REMEMBERED {
                there.clear();
            }
            there.insert(which);
        }
        Ok(())
    }

    /// Puts a form before the person who did this. What they fill in comes as if they had done it at once.
    ///
    /// # Errors
    /// [`SendError`]; then there is no form, as far as we know.
    pub async fn ask(&self, to: &ChatEvent, form: &Form, locale: Locale) -> Result<(), SendError> {
        let none = || SendError::Refused("there is nothing that a form follows".to_owned());
        let trigger = to.form.clone().ok_or_else(none)?;
        if let (Form::Diagnose { targets }, Some(ear)) = (form, self.ear.get()) {
            ear.kept.keep(&trigger, targets);
        }
        let view = serde_json::from_value(form::view(form, to, locale));
        let view = view.map_err(|error| SendError::Refused(error.to_string()))?;
        let session = self.client.open_session(&self.token);
        let request = SlackApiViewsOpenRequest::new(trigger.into(), view);
        called(session.views_open(&request)).await?;
        Ok(())
    }

    async fn whisper_one(&self, to: &ChatEvent, content: &Content) -> Result<(), SendError> {
        let session = self.client.open_session(&self.token);
        let reply = to.reply.as_deref().map(url::Url::parse);
        if let Some(Ok(address)) = reply {
            let request = SlackApiPostWebhookMessageRequest::new(content.message());
            called(self.client.respond_to_event(&address.into(), &request)).await?;
            return Ok(());
        }
        let mut request = SlackApiChatPostEphemeralRequest::new(
            last_of(&to.place).into(),
            to.user.clone().into(),
            content.message(),
        );
        request.thread_ts = to.thread.as_deref().map(|thread| last_of(thread).into());
        called(session.chat_post_ephemeral(&request)).await?;
        Ok(())
    }
}

/// Asks Slack who we are there.
async fn introduce(client: &Client, token: &SlackApiToken) -> Result<Who, SendError> {
    let session = client.open_session(token);
    let told = called(session.auth_test()).await?;
    Ok(Who {
        team: told.team_id.to_string(),
        me: told.user_id.to_string(),
        home: told.url.value().to_string(),
    })
}

/// The platform's own name at the end of a whole one.
fn last_of(whole: &str) -> String {
    whole.rsplit(':').next().unwrap_or(whole).to_owned()
}

/// Awaits a call for so long, and sorts what can go wrong.
async fn called<T>(call: impl Future<Output = ClientResult<T>>) -> Result<T, SendError> {
    match tokio::time::timeout(CALL, call).await {
        Err(_late) => Err(SendError::Trouble(format!(
            "no answer within {} s",
            CALL.as_secs()
        ))),
        Ok(Ok(told)) => Ok(told),
        Ok(Err(SlackClientError::RateLimitError(limited))) => Err(SendError::Limited(
            limited.retry_after.unwrap_or(Duration::from_secs(1)),
        )),
        Ok(Err(SlackClientError::ApiError(refused))) => Err(sorted(refused.code)),
        Ok(Err(other)) => Err(SendError::Trouble(other.to_string())),
    }
}

/// Whether a code of Slack's is a refusal, or its word for a bad moment.
fn sorted(code: String) -> SendError {
    match code.as_str() {
        "internal_error"
        | "fatal_error"
        | "service_unavailable"
        | "request_timeout"
        | "ratelimited"
        | "rate_limited"
        | "team_added_to_org" => SendError::Trouble(code),
        _ => SendError::Refused(code),
    }
}
