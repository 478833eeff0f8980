//! The socket: opened, looked after, and opened anew when it is dead. Slack gets its answer at once, since it waits three seconds
//! and the library reads nothing else meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;
use tokio::sync::mpsc::UnboundedSender;

use super::ear::{Closed, Ear};
use super::{Client, Connector, Slack, SlackError, called, connector, introduce};
use crate::again;
use crate::event::{ChatEvent, Platform, SendError};

/// How often the socket is looked after.
const WATCH: Duration = Duration::from_secs(5);
/// Without a greeting for so long the socket is taken for dead: Slack renews one about every hour.
const SILENT: Duration = Duration::from_secs(2 * 3600 + 600);
/// Without the first greeting for so long it is tried anew.
const FIRST: Duration = Duration::from_secs(90);
/// Without the first greeting for so long Slack is asked why.
const WHY: Duration = Duration::from_secs(10);
/// How often Slack is asked whether it still takes us, where no socket shows it.
const ASK: Duration = Duration::from_secs(60);

/// What keeps us heard: an open socket, or that Slack takes us where it brings what people do over HTTP. Dropping it ends that.
#[derive(Debug)]
pub struct Socket {
    state: Arc<State>,
    watch: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    ear: Arc<Ear>,
    /// When Slack greeted us last.
    greeted: Mutex<Option<Instant>>,
    /// Told of each greeting.
    first: tokio::sync::Notify,
    /// Whether no socket broke since.
    whole: AtomicBool,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

impl Socket {
    /// Whether Slack has greeted us and no socket broke since, as far as we were told; without a socket, whether it took us when it
    /// was asked last.
    #[must_use]
    pub fn greeted(&self) -> bool {
        self.state.whole.load(Ordering::Relaxed)
    }
}

impl Socket {
    /// Waits until Slack greets us. The library tries again for ever, whatever Slack says: where no greeting comes, it is asked
    /// why. Not before, since Slack gives away few addresses a minute.
    async fn first_greeting(
        &self,
        client: &Client,
        token: &SlackApiToken,
    ) -> Result<(), SlackError> {
        loop {
            let greeted = self.state.first.notified();
            if tokio::time::timeout(WHY, greeted).await.is_ok() {
                return Ok(());
            }
            let session = client.open_session(token);
            let request = SlackApiAppsConnectionOpenRequest::new();
            match called(session.apps_connections_open(&request)).await {
                Err(SendError::Refused(why)) => return Err(SlackError::AppToken(why)),
                Err(error) => tracing::warn!(%error, "Slack opens no socket"),
                Ok(_address) => tracing::warn!("Slack takes the app token and does not greet us"),
            }
        }
    }
}

impl Slack {
    /// Asks Slack who we are there, again and again while it is away; then opens the socket and keeps it open, where there is one.
    /// What people do goes to `to`, whichever way it comes.
    ///
    /// # Errors
    /// [`SlackError`] where a token is not taken.
    pub async fn arrive(&self, to: UnboundedSender<ChatEvent>) -> Result<Socket, SlackError> {
        let ask = || introduce(&self.client, &self.token);
        let who = again::known(Platform::Slack, ask).await;
        let who = who.map_err(SlackError::Token)?;
        let _known = self.home.set(who.home);
        let ear = self.ear.get_or_init(|| Arc::new(Ear::new(to, who.me)));
        let state = |whole: bool| {
            Arc::new(State {
                ear: Arc::clone(ear),
                greeted: Mutex::new(None),
                first: tokio::sync::Notify::new(),
                whole: AtomicBool::new(whole),
            })
        };
        let Some(token) = &self.options.app_token else {
            let state = state(true);
            let (client, token) = (Arc::clone(&self.client), self.token.clone());
            let watch = tokio::spawn(keep_asking(client, token, Arc::clone(&state)));
            return Ok(Socket { state, watch });
        };
        // The throttle applies only to a token that knows its team; without both, a socket that flaps is opened a
        // thousand times a second.
        let limit = SlackApiRateControlConfig::new().with_max_retries(3);
        let connector = connector(&self.options)?.with_rate_control(limit);
        let client = Arc::new(SlackClient::new(connector));
        let token = SlackApiToken::new(token.clone().into()).with_team_id(who.team.into());
        let state = state(false);
        let (opening, app) = (Arc::clone(&client), token.clone());
        let watch = tokio::spawn(keep_open(opening, app, Arc::clone(&state)));
        let socket = Socket { state, watch };
        socket.first_greeting(&client, &token).await?;
        Ok(socket)
    }
}

/// Asks Slack now and then whether it takes us.
async fn keep_asking(client: Arc<Client>, token: SlackApiToken, state: Arc<State>) {
    loop {
        tokio::time::sleep(ASK).await;
        let taken = introduce(&client, &token).await;
        if let Err(error) = &taken {
            tracing::warn!(%error, "Slack does not take us now");
        }
        state.whole.store(taken.is_ok(), Ordering::Relaxed);
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
                state.broke();
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
        .with_interaction_events(did)
        .with_push_events(said);
    let environment = Arc::new(
        SlackClientEventsListenerEnvironment::new(Arc::clone(client))
            .with_error_handler(went_wrong)
            .with_user_state(Arc::clone(state)),
    );
    let config = SlackClientSocketModeConfig::new().with_reconnect_timeout_in_seconds(5);
    SlackClientSocketModeListener::new(&config, environment, callbacks)
}

impl State {
    /// A socket is gone; the library opens another, and Slack greets us on that.
    fn broke(&self) {
        self.whole.store(false, Ordering::Relaxed);
    }
}

/// What the library tells of that is nobody's doing.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the library wants a function of this shape"
)]
fn went_wrong(
    error: Box<dyn std::error::Error + Send + Sync>,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> http::StatusCode {
    if error.is::<Closed>() {
        // Not acknowledged, so that Slack sends it to whoever comes next.
        return http::StatusCode::SERVICE_UNAVAILABLE;
    }
    if let Some(SlackClientError::SocketModeProtocolError(_)) = error.downcast_ref() {
        tracing::warn!(%error, "a socket to Slack broke");
        let state = states.try_read().ok();
        let state = state.and_then(|states| states.get_user_state::<Arc<State>>().map(Arc::clone));
        if let Some(state) = state {
            state.broke();
        }
    } else {
        tracing::warn!(%error, "Slack said something that is not understood");
    }
    // What nobody here understands is acknowledged all the same: Slack would only send it again.
    http::StatusCode::OK
}

async fn state_of(states: &SlackClientEventsUserState) -> Result<Arc<State>, Closed> {
    let states = states.read().await;
    let state = states.get_user_state::<Arc<State>>();
    state.map(Arc::clone).ok_or(Closed)
}

async fn greeted<T: Send>(_hello: T, _client: Arc<Client>, states: SlackClientEventsUserState) {
    if let Ok(state) = state_of(&states).await
        && let Ok(mut greeted) = state.greeted.lock()
    {
        *greeted = Some(Instant::now());
        state.whole.store(true, Ordering::Relaxed);
        state.first.notify_one();
    }
}

type Heard<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

async fn command(
    event: SlackCommandEvent,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> Heard<SlackCommandEventResponse> {
    state_of(&states).await?.ear.command(&event)?;
    Ok(SlackCommandEventResponse::new(SlackMessageContent::new()))
}

async fn did(
    event: SlackInteractionEvent,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> Heard<SlackInteractionResponse> {
    Ok(state_of(&states).await?.ear.did(&event)?)
}

async fn said(
    event: SlackPushEventCallback,
    _client: Arc<Client>,
    states: SlackClientEventsUserState,
) -> Heard<()> {
    Ok(state_of(&states).await?.ear.said(event)?)
}
