//! How something reaches the bot: an envelope on one of its sockets or a signed request, and what comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::oneshot;

use super::socket::Order;
use super::state::{APP, Ack, BOT_USER, Channel, ChannelKind, State, TEAM};
use super::{Inner, Slack};
use crate::fakes::door::write_form;
use crate::fakes::post::post;
use crate::fakes::watched::lock;

/// Where the bot listens, when it is not on sockets.
#[derive(Debug, Clone)]
pub struct Routes {
    /// For slash commands.
    pub commands: String,
    /// For clicks and submissions.
    pub interactions: String,
    /// For events.
    pub events: String,
}

/// The kinds of envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    Interaction,
    Event,
}

/// What was sent, so that it can be sent again.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    kind: Kind,
    payload: Value,
    pub(crate) answerable: bool,
}

/// An envelope under way: its id, when it left, and where the answer comes.
pub(super) struct Flying(String, Instant, Option<oneshot::Receiver<Value>>);

/// Events are sent three times more; what a person does is sent once.
const EVENT_RETRIES: usize = 3;

impl Inner {
    /// Delivers, and again if it is an event that nobody acknowledges.
    pub(super) async fn deliver(self: Arc<Self>, sent: Sent) -> Ack {
        let first = self.launch(&sent, 0);
        self.follow(sent, first).await
    }

    /// Follows an envelope that was launched, to its acknowledgement or its last retry.
    pub(super) async fn follow(self: Arc<Self>, sent: Sent, first: Flying) -> Ack {
        let retries = match sent.kind {
            Kind::Event => EVENT_RETRIES,
            Kind::Command | Kind::Interaction => 0,
        };
        let mut flying = Some(first);
        let mut attempt = 0;
        loop {
            let flown = flying.take();
            let flown = flown.unwrap_or_else(|| self.launch(&sent, attempt));
            let ack = self.land(&sent, flown, attempt).await;
            let done = ack.came() || attempt == retries;
            self.change(|state| state.acks.push(ack.clone()));
            if done {
                return ack;
            }
            attempt += 1;
        }
    }

    /// Puts an envelope on a socket, if there is one.
    pub(super) fn launch(&self, sent: &Sent, attempt: usize) -> Flying {
        let number = self.change(State::number);
        let envelope = format!("00000000-0000-4000-8000-{number:012}");
        let count = {
            let mut all = lock(&self.sent);
            all.insert(envelope.clone(), sent.clone());
            all.len()
        };
        let mut frame = json!({
            "envelope_id": envelope, "payload": sent.payload,
            "accepts_response_payload": sent.answerable,
            "type": match sent.kind {
                Kind::Command => "slash_commands",
                Kind::Interaction => "interactive",
                Kind::Event => "events_api",
            },
        });
        if sent.kind == Kind::Event {
            let reason = if attempt == 0 { "" } else { "timeout" };
            frame["retry_attempt"] = json!(attempt);
            frame["retry_reason"] = json!(reason);
        }
        let mut receiver = None;
        if lock(&self.routes).is_none() {
            let sockets = lock(&self.sockets);
            // Each envelope goes to one socket, in turn.
            let turn = count % sockets.len().max(1);
            if let Some((id, socket)) = sockets.iter().nth(turn) {
                let (sender, comes) = oneshot::channel();
                lock(&self.waiting).insert(envelope.clone(), (*id, sender));
                let _gone = socket.send(Order::Frame(frame.to_string()));
                receiver = Some(comes);
            }
        }
        Flying(envelope, Instant::now(), receiver)
    }

    /// Waits for what comes back.
    async fn land(&self, sent: &Sent, flown: Flying, attempt: usize) -> Ack {
        let Flying(envelope, left, receiver) = flown;
        let window = *lock(&self.window);
        let routes = lock(&self.routes).clone();
        let answer = match (routes, receiver) {
            (Some(routes), _) => {
                let request = self.request(sent, &routes, attempt);
                match tokio::time::timeout(window, request).await {
                    Ok(answer) => answer,
                    Err(_late) => Err("no answer in time".to_owned()),
                }
            }
            (None, Some(receiver)) => match tokio::time::timeout(window, receiver).await {
                Ok(Ok(payload)) => Ok(payload),
                Ok(Err(_gone)) => Err("the acknowledgement was lost, or its socket".to_owned()),
                Err(_late) => Err("no acknowledgement in time".to_owned()),
            },
            (None, None) => self.wait_for_socket(window).await,
        };
        let delay = answer.is_ok().then(|| left.elapsed());
        let (payload, trouble) = match answer {
            Ok(payload) => (payload, String::new()),
            Err(trouble) => (Value::Null, trouble),
        };
        Ack {
            envelope,
            delay,
            payload,
            trouble,
        }
    }

    /// There was no socket: an event has its retry as soon as there is one, and within its window.
    async fn wait_for_socket(&self, window: Duration) -> Result<Value, String> {
        let comes = |state: &State| (state.sockets > 0).then_some(());
        let _in_vain = self.watched.wait(window, comes).await;
        Err("there was no socket".to_owned())
    }

    async fn request(&self, sent: &Sent, routes: &Routes, attempt: usize) -> Result<Value, String> {
        let (url, body, kind) = match sent.kind {
            Kind::Command => {
                let fields = sent.payload.as_object().cloned().unwrap_or_default();
                let pairs: Vec<(&str, &str)> = fields
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or("")))
                    .collect();
                (&routes.commands, write_form(&pairs), FORM)
            }
            Kind::Interaction => {
                let payload = sent.payload.to_string();
                let body = write_form(&[("payload", payload.as_str())]);
                (&routes.interactions, body, FORM)
            }
            Kind::Event => (&routes.events, sent.payload.to_string(), "application/json"),
        };
        let mut headers = signed(&self.secret, &body, now());
        headers.push(("content-type".to_owned(), kind.to_owned()));
        if attempt > 0 {
            headers.push(("x-slack-retry-num".to_owned(), attempt.to_string()));
            headers.push(("x-slack-retry-reason".to_owned(), "http_timeout".to_owned()));
        }
        match post(url, &headers, body).await {
            Ok((200..=299, text)) => Ok(match text.as_str() {
                "" => Value::Null,
                text => serde_json::from_str(text).unwrap_or_else(|_plain| json!({"text": text})),
            }),
            Ok((status, text)) => Err(format!("{status}: {text}")),
            Err(why) => Err(why),
        }
    }

    /// The bot hears of its own messages too.
    pub(super) fn deliver_echoes(self: &Arc<Self>) {
        for event in self.change(|state| std::mem::take(&mut state.echoes)) {
            self.spawn_event(event);
        }
    }

    /// Sends an event without waiting for its acknowledgement. Events leave in the order in which this is called.
    pub(super) fn spawn_event(self: &Arc<Self>, event: Value) {
        let sent = self.event(event);
        let first = self.launch(&sent, 0);
        tokio::spawn(Arc::clone(self).follow(sent, first));
    }

    /// An event with what is around it.
    pub(super) fn event(&self, event: Value) -> Sent {
        let number = self.change(State::number);
        let payload = json!({
            "token": "deprecated", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
            "event_id": format!("Ev{number:08}"), "event_time": now(),
            "event_context": format!("4-context-{number}"), "is_ext_shared_channel": false,
            "authorizations": [{"enterprise_id": null, "team_id": TEAM, "user_id": BOT_USER,
                "is_bot": true, "is_enterprise_install": false}],
            "event": event,
        });
        Sent {
            kind: Kind::Event,
            payload,
            answerable: false,
        }
    }

    pub(super) fn command(payload: Value) -> Sent {
        Sent {
            kind: Kind::Command,
            payload,
            answerable: true,
        }
    }

    pub(super) fn interaction(payload: Value, answerable: bool) -> Sent {
        Sent {
            kind: Kind::Interaction,
            payload,
            answerable,
        }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

fn signed(secret: &str, body: &str, timestamp: u64) -> Vec<(String, String)> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let signature = format!("v0={}", HEXLOWER.encode(&mac.finalize().into_bytes()));
    vec![
        (
            "x-slack-request-timestamp".to_owned(),
            timestamp.to_string(),
        ),
        ("x-slack-signature".to_owned(), signature),
    ]
}

impl Channel {
    /// Whether the app hears what is said here: it is a member, and may read the history.
    pub(super) fn heard(&self, state: &State) -> bool {
        let scope = format!("{}:history", self.kind.scope());
        self.members.contains(BOT_USER) && state.scopes.contains(&scope)
    }

    /// As slash commands name it.
    pub(super) fn name(&self) -> String {
        match self.kind {
            ChannelKind::Public => self.id.to_lowercase(),
            ChannelKind::Private => "privategroup".to_owned(),
            ChannelKind::Direct => "directmessage".to_owned(),
        }
    }
}

impl Slack {
    /// Sends what was sent once more, under a new envelope, as after an acknowledgement that got lost.
    pub async fn redeliver(&self, ack: &Ack) -> Ack {
        let sent = lock(&self.inner.sent).get(&ack.envelope).cloned();
        let inner = Arc::clone(&self.inner);
        let first = inner.launch(sent.as_ref().unwrap(), 1);
        inner.follow(sent.unwrap(), first).await
    }

    /// How many events of this kind were acknowledged. What the app itself writes comes back to it as events too, so the number of
    /// all acknowledgements says little of what people did.
    #[must_use]
    pub fn taken(&self, state: &State, fits: impl Fn(&Value) -> bool) -> usize {
        let sent = lock(&self.inner.sent);
        let came = state.acks.iter().filter(|ack| ack.came());
        let events = came.filter_map(|ack| sent.get(&ack.envelope)?.payload.get("event"));
        events.filter(|event| fits(event)).count()
    }

    /// Delivers any event, and waits for its acknowledgement.
    pub async fn event(&self, event: Value) -> Ack {
        let sent = self.inner.event(event);
        Arc::clone(&self.inner).deliver(sent).await
    }

    /// The headers of a request that was signed at this time (seconds since 1970).
    #[must_use]
    pub fn signed(&self, body: &str, timestamp: u64) -> Vec<(String, String)> {
        signed(&self.inner.secret, body, timestamp)
    }

    /// Posts anything to the bot, as a stranger might.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Result<(u16, String), String> {
        post(url, headers, body.to_owned()).await
    }
}
