//! What comes over the socket, as events. Nothing is done here: what was heard is handed on, and Slack gets its answer at
//! once, since it waits three seconds and the library reads nothing else meanwhile.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use incident::Moment;
use slack_morphism::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::{Client, Connector, Slack, SlackError, connector};
use crate::event::{Button, ChatEvent, Platform, What};
use crate::seen::Seen;

/// How often the socket is looked after.
const WATCH: Duration = Duration::from_secs(5);
/// Without a greeting for so long the socket is taken for dead: Slack renews one about every hour.
const SILENT: Duration = Duration::from_secs(2 * 3600 + 600);
/// Without the first greeting for so long it is tried anew.
const FIRST: Duration = Duration::from_secs(90);

/// An open socket. Dropping it closes it.
#[derive(Debug)]
pub struct Socket {
    state: Arc<State>,
    watch: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    to: UnboundedSender<ChatEvent>,
    me: String,
    greeted: Mutex<Option<Instant>>,
    seen: Seen,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Socket {
    /// Whether Slack has greeted us on this socket.
    #[must_use]
    pub fn greeted(&self) -> bool {
        self.state
            .greeted
            .lock()
            .is_ok_and(|greeted| greeted.is_some())
    }
}

impl Slack {
    /// Opens the socket and keeps it open; what people do goes to `to`.
    ///
    /// # Errors
    /// [`SlackError::Roots`].
    pub fn listen(&self, to: UnboundedSender<ChatEvent>) -> Result<Socket, SlackError> {
        // The throttle applies only to a token that knows its team; without both, a socket that flaps is opened a
        // thousand times a second.
        let limit = SlackApiRateControlConfig::new().with_max_retries(3);
        let connector = connector(&self.options)?.with_rate_control(limit);
        let client = Arc::new(SlackClient::new(connector));
        let token = SlackApiToken::new(self.options.app_token.clone().into())
            .with_team_id(self.team.clone().into());
        let state = Arc::new(State {
            to,
            me: self.me.clone(),
            greeted: Mutex::new(None),
            seen: Seen::default(),
        });
        let watch = tokio::spawn(keep_open(client, token, Arc::clone(&state)));
        Ok(Socket { state, watch })
    }
}

/// Opens the socket, and opens it anew when it is dead: the library tries again by itself, but never says that it gave up.
async fn keep_open(client: Arc<Client>, token: SlackApiToken, state: Arc<State>) {
    loop {
        let listener = listener(&client, &state);
        let opened = Instant::now();
        if let Err(error) = listener.listen_for(&token).await {
            tracing::warn!(%error, "the socket to Slack does not open");
        }
        listener.start().await;
        loop {
            tokio::time::sleep(WATCH).await;
            let greeted = state.greeted.lock().ok().and_then(|greeted| *greeted);
            let dead = match greeted {
                Some(at) => at.max(opened).elapsed() > SILENT,
                None => opened.elapsed() > FIRST,
            };
            if dead {
                tracing::warn!("the socket to Slack is silent and is opened anew");
                listener.shutdown().await;
                break;
            }
        }
    }
}

fn listener(client: &Arc<Client>, state: &Arc<State>) -> SlackClientSocketModeListener<Connector> {
    let callbacks = SlackSocketModeListenerCallbacks::new()
        .with_hello_events(greeted)
        .with_command_events(command)
        .with_interaction_events(pressed)
        .with_push_events(said);
    let environment = Arc::new(
        SlackClientEventsListenerEnvironment::new(Arc::clone(client))
            .with_error_handler(not_understood)
            .with_user_state(Arc::clone(state)),
    );
    let config = SlackClientSocketModeConfig::new().with_reconnect_timeout_in_seconds(5);
    SlackClientSocketModeListener::new(&config, environment, callbacks)
}

/// What nobody here understands is acknowledged all the same: Slack would only send it again.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library wants a function of this shape"
)]
fn not_understood(
    error: Box<dyn std::error::Error + Send + Sync>,
    _client: Arc<Client>,
    _states: SlackClientEventsUserState,
) -> http::StatusCode {
    tracing::warn!(%error, "Slack said something that is not understood");
    http::StatusCode::OK
}

async fn state_of(states: &SlackClientEventsUserState) -> Option<Arc<State>> {
    states
        .read()
        .await
        .get_user_state::<Arc<State>>()
        .map(Arc::clone)
}

async fn greeted<T: Send>(_hello: T, _client: Arc<Client>, states: SlackClientEventsUserState) {
    if let Some(state) = state_of(&states).await
        && let Ok(mut greeted) = state.greeted.lock()
    {
        *greeted = Some(Instant::now());
    }
}

impl State {
    /// Hands an event on, once.
    fn hand_on(&self, event: ChatEvent) {
        if self.seen.first(&event.key) && self.to.send(event).is_err() {
            tracing::warn!("nobody listens to Slack any more");
        }
    }
}

async fn command(
    event: SlackCommandEvent,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> Result<SlackCommandEventResponse, Box<dyn std::error::Error + Send + Sync>> {
    let text = event.text.clone().unwrap_or_default();
    let command = event.command.to_string();
    let text = match command.trim_start_matches('/') {
        // `/sickbay hosts` is `hosts`; `/diagnose web1` is `diagnose web1`.
        "sickbay" => text,
        verb => format!("{verb} {text}"),
    };
    if let Some(state) = state_of(&states).await {
        state.hand_on(ChatEvent {
            key: format!("slack:command:{}", event.trigger_id),
            platform: Platform::Slack,
            user: event.user_id.to_string(),
            place: place(&event.team_id, &event.channel_id),
            thread: None,
            locale: None,
            reply: Some(event.response_url.value().to_string()),
            what: What::Asked { text: plain(&text) },
        });
    }
    Ok(SlackCommandEventResponse::new(SlackMessageContent::new()))
}

async fn pressed(
    event: SlackInteractionEvent,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let SlackInteractionEvent::BlockActions(event) = event else {
        return Ok(());
    };
    let (Some(state), Some(user), Some(channel)) = (
        state_of(&states).await,
        event.user.as_ref(),
        event.channel.as_ref(),
    ) else {
        return Ok(());
    };
    let place = place(&event.team.id, &channel.id);
    let thread = event
        .message
        .as_ref()
        .and_then(|message| message.origin.thread_ts.clone())
        .map(|ts| format!("{place}:{ts}"));
    for action in event.actions.iter().flatten() {
        // One id a message: what stands behind a colon only tells buttons of one kind apart.
        let id = action.action_id.to_string();
        let word = id.split(':').next().unwrap_or(&id);
        let Some(button) = Button::of(word) else {
            continue;
        };
        let at = action
            .action_ts
            .as_ref()
            .map_or_else(|| event.trigger_id.to_string(), ToString::to_string);
        state.hand_on(ChatEvent {
            key: format!("slack:press:{}:{at}:{}", user.id, action.action_id),
            platform: Platform::Slack,
            user: user.id.to_string(),
            place: place.clone(),
            thread: thread.clone(),
            locale: None,
            reply: None,
            what: What::Pressed {
                button,
                about: action.value.clone().unwrap_or_default(),
            },
        });
    }
    Ok(())
}

async fn said(
    event: SlackPushEventCallback,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let Some(state) = state_of(&states).await else {
        return Ok(());
    };
    let key = format!("slack:event:{}", event.event_id);
    if let SlackEventCallbackBody::AppMention(mention) = event.event {
        let place = place(&event.team_id, &mention.channel);
        let thread = mention
            .origin
            .thread_ts
            .as_ref()
            .map(|ts| format!("{place}:{ts}"));
        let text = mention.content.text.unwrap_or_default();
        let name = format!("<@{}>", state.me);
        state.hand_on(ChatEvent {
            key,
            platform: Platform::Slack,
            user: mention.user.to_string(),
            place,
            thread,
            locale: None,
            reply: None,
            what: What::Asked {
                text: plain(text.replace(&name, " ").trim()),
            },
        });
    } else if let SlackEventCallbackBody::Message(message) = event.event
        && let Some(event) = told(&event.team_id, key, message)
    {
        state.hand_on(event);
    }
    Ok(())
}

/// What a person said in a thread, or took back. Our own messages, edits and joins are not what people say.
fn told(team: &SlackTeamId, key: String, message: SlackMessageEvent) -> Option<ChatEvent> {
    let place = place(team, message.origin.channel.as_ref()?);
    let event = |user: &SlackUserId, thread: Option<String>, what| ChatEvent {
        key,
        platform: Platform::Slack,
        user: user.to_string(),
        place: place.clone(),
        thread,
        locale: None,
        reply: None,
        what,
    };
    if let (Some(SlackMessageEventType::MessageDeleted), Some(ts)) =
        (&message.subtype, &message.deleted_ts)
    {
        let by = message.previous_message?.sender.user?;
        let message = format!("{place}:{ts}");
        return Some(event(&by, None, What::TookBack { message }));
    }
    let shared = matches!(
        message.subtype,
        Some(SlackMessageEventType::FileShare | SlackMessageEventType::ThreadBroadcast)
    );
    if message.sender.bot_id.is_some() || (message.subtype.is_some() && !shared) {
        return None;
    }
    let thread = format!("{place}:{}", message.origin.thread_ts?);
    let text = message.content.and_then(|content| content.text);
    let what = What::Said {
        text: plain(&text.unwrap_or_default()),
        message: format!("{place}:{}", message.origin.ts),
        at: moment(message.origin.ts.value()),
    };
    Some(event(&message.sender.user?, Some(thread), what))
}

/// `1700000000.000100`, the name of a message, says when it was sent: seconds and their millionths.
fn moment(ts: &str) -> Moment {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
    let seconds: i64 = seconds.parse().unwrap_or(0);
    let thousandths: i64 = rest.get(..3).and_then(|ms| ms.parse().ok()).unwrap_or(0);
    Moment(seconds.saturating_mul(1000).saturating_add(thousandths))
}

fn place(team: &SlackTeamId, channel: &SlackChannelId) -> String {
    format!("slack:{team}:{channel}")
}

/// What was typed, as it was typed: Slack escapes three characters, and turns what looks like an address into a link.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, link) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = link.find('>') else {
            rest = link;
            break;
        };
        let inner = link.get(1..end).unwrap_or("");
        let shown = match inner.split_once('|') {
            Some((_, label)) if !inner.starts_with(['@', '#', '!']) => label,
            _ => inner.trim_start_matches("mailto:"),
        };
        out.push_str(shown);
        rest = link.get(end + 1..).unwrap_or("");
    }
    out.push_str(rest);
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use incident::Moment;

    use super::{moment, plain};

    #[track_caller]
    fn check(sent: &str, typed: &str) {
        assert_eq!(plain(sent), typed);
    }

    #[test]
    fn a_message_is_named_by_its_time() {
        let check = |ts: &str, ms: i64| assert_eq!(moment(ts), Moment(ms), "{ts}");
        check("1700000000.000100", 1_700_000_000_000);
        check("1700000000.250100", 1_700_000_000_250);
        check("1700000000", 1_700_000_000_000);
        check("x.y", 0);
    }

    #[test]
    fn what_slack_sends_is_what_was_typed() {
        check("web1 the site is down", "web1 the site is down");
        check(
            "<http://web1.example|web1.example> is down",
            "web1.example is down",
        );
        check("<http://a.example/x> 502", "http://a.example/x 502");
        check("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d");
        check("<@U1> look <#C1|general>", "@U1 look #C1|general");
        check("half <open", "half <open");
        check("&amp;lt;", "&lt;");
    }
}
