//! The real Slack client, pointed at the fake: the connector takes `http` and `ws`, everything else is as in production.

use std::sync::Arc;

use serde_json::Value;
use slack_morphism::errors::SlackClientError;
use slack_morphism::prelude::*;
use tests::fakes::slack::Slack;
use tokio::sync::mpsc;

/// Everything that the bot heard on its socket, as JSON: commands, clicks, events.
pub(crate) type Heard = mpsc::UnboundedReceiver<Value>;

struct Ears(mpsc::UnboundedSender<Value>);

/// A client of the fake's Web API.
pub(crate) fn client(slack: &Slack) -> Arc<SlackHyperClient> {
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let tls = rustls::ClientConfig::builder()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let https = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .build();
    let connector =
        SlackClientHyperConnector::with_connector(https).with_slack_api_url(&slack.api_url());
    Arc::new(SlackClient::new(connector))
}

/// The bot's token.
pub(crate) fn token(slack: &Slack) -> SlackApiToken {
    SlackApiToken::new(slack.bot_token().into())
}

/// Calls any method with any body through the client, with this token.
pub(crate) async fn call(
    client: &SlackHyperClient,
    token: &str,
    method: &str,
    body: &Value,
) -> Result<Value, SlackClientError> {
    let token = SlackApiToken::new(token.into());
    let session = client.open_session(&token);
    session.http_session_api.http_post(method, body, None).await
}

/// The code of a refusal; `ok` for none.
pub(crate) fn code(result: Result<Value, SlackClientError>) -> String {
    match result {
        Ok(_answer) => "ok".to_owned(),
        Err(SlackClientError::ApiError(error)) => error.code,
        Err(SlackClientError::RateLimitError(limit)) => format!("429 {:?}", limit.retry_after),
        Err(other) => format!("{other:?}"),
    }
}

/// Listens in Socket Mode, and passes on what it hears.
pub(crate) async fn listen(slack: &Slack, client: &Arc<SlackHyperClient>) -> Heard {
    let (ears, heard) = mpsc::unbounded_channel();
    let callbacks = SlackSocketModeListenerCallbacks::new()
        .with_command_events(on_command)
        .with_interaction_events(on_interaction)
        .with_push_events(on_event);
    let environment = SlackClientEventsListenerEnvironment::new(Arc::clone(client));
    let environment = Arc::new(environment.with_user_state(Ears(ears)));
    let config = SlackClientSocketModeConfig::new().with_max_connections_count(1);
    let listener = SlackClientSocketModeListener::new(&config, environment, callbacks);
    let token = SlackApiToken::new(slack.app_token().into());
    listener.listen_for(&token).await.unwrap();
    listener.start().await;
    // It ends with the runtime of the test.
    std::mem::forget(listener);
    slack.connected(1).await;
    heard
}

async fn pass_on(states: SlackClientEventsUserState, heard: Value) {
    let states = states.read().await;
    let ears = states.get_user_state::<Ears>().unwrap();
    let _test_ended = ears.0.send(heard);
}

async fn on_command(
    event: SlackCommandEvent,
    _client: Arc<SlackHyperClient>,
    states: SlackClientEventsUserState,
) -> UserCallbackResult<SlackCommandEventResponse> {
    pass_on(states, serde_json::to_value(&event)?).await;
    let content = SlackMessageContent::new().with_text("Looking at it.".into());
    Ok(SlackCommandEventResponse::new(content))
}

async fn on_interaction(
    event: SlackInteractionEvent,
    _client: Arc<SlackHyperClient>,
    states: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    pass_on(states, serde_json::to_value(&event)?).await;
    Ok(())
}

async fn on_event(
    event: SlackPushEventCallback,
    _client: Arc<SlackHyperClient>,
    states: SlackClientEventsUserState,
) -> UserCallbackResult<()> {
    pass_on(states, serde_json::to_value(&event)?).await;
    Ok(())
}

/// Answers one request with this body; the headers and body that came.
pub(crate) async fn serve_one(
    listener: tokio::net::TcpListener,
    answer: String,
) -> (std::collections::BTreeMap<String, String>, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (mut stream, _peer) = listener.accept().await.unwrap();
    let mut text = String::new();
    loop {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.unwrap();
        text.push_str(std::str::from_utf8(&piece[..n]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let headers: std::collections::BTreeMap<String, String> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let length: usize = headers["content-length"].parse().unwrap();
        if body.len() == length {
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            stream
                .write_all(format!("{head}{answer}").as_bytes())
                .await
                .unwrap();
            return (headers, body.to_owned());
        }
    }
}
