//! The gateway: hello, identify, ready, heartbeats, resume, and all the ways in which a connection ends.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::rest::shown;
use super::state::{APP, BOT_USER, ChannelKind, State};
use super::{Discord, Inner, Message};
use crate::fakes::watched::lock;

/// Guild messages, direct messages, and the privileged content of messages.
const GUILD_MESSAGES: u64 = 1 << 9;
const DIRECT_MESSAGES: u64 = 1 << 12;
const CONTENT: u64 = 1 << 15;
const PRIVILEGED: u64 = (1 << 1) | (1 << 8) | CONTENT;
const KNOWN_INTENTS: u64 = 0x0334_FFFF;

/// How a connection to the gateway ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Op 7: reconnect and resume, as now and then.
    Reconnect,
    /// Op 9: the session is lost, identify again.
    Invalid,
    /// The connection is gone.
    Dropped,
}

/// What a connection is told.
#[derive(Debug)]
pub(crate) enum Order {
    Frame(String),
    End(End),
    Freeze,
}

type Socket = WebSocketStream<TcpStream>;

/// A ready connection.
struct Live {
    inner: Arc<Inner>,
    session: String,
    orders: mpsc::UnboundedSender<Order>,
}

impl Drop for Live {
    fn drop(&mut self) {
        // The session may have been taken up on another connection already.
        lock(&self.inner.sockets)
            .retain(|session, other| *session != self.session || !other.same_channel(&self.orders));
        self.inner.watched.change(|state| state.sockets -= 1);
    }
}

pub(super) async fn serve(inner: Arc<Inner>, stream: TcpStream) {
    if inner.watched.change(|state| {
        state.waiting += usize::from(state.mute);
        state.mute
    }) {
        return std::future::pending().await;
    }
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else {
        return;
    };
    let hello = json!({"op": 10, "d": {"heartbeat_interval": 41_250}});
    if tell(&mut socket, &hello).await.is_none() {
        return;
    }
    let (orders, mut ordered) = mpsc::unbounded_channel();
    let mut live: Option<Live> = None;
    loop {
        let frame = tokio::select! {
            order = ordered.recv() => {
                match order {
                    Some(Order::Frame(frame)) => {
                        if socket.send(Frame::text(frame)).await.is_err() {
                            return;
                        }
                    }
                    Some(Order::End(how)) => return end(&mut socket, how).await,
                    Some(Order::Freeze) => std::future::pending().await,
                    None => return,
                }
                continue;
            }
            frame = socket.next() => frame,
        };
        let said: Value = match frame {
            Some(Ok(Frame::Text(text))) => serde_json::from_str(&text).unwrap_or(Value::Null),
            Some(Ok(Frame::Close(_)) | Err(_)) | None => return,
            Some(Ok(_ping)) => continue,
        };
        match (said["op"].as_u64(), &live) {
            (Some(1), _) => {
                let deaf = inner.watched.change(|state| {
                    state.heartbeats += 1;
                    state.deaf_to_heartbeats
                });
                if !deaf && tell(&mut socket, &json!({"op": 11})).await.is_none() {
                    return;
                }
            }
            (Some(2), None) => match inner.identify(&said["d"], &orders) {
                Ok(session) => live = Some(session),
                Err((code, why)) => return refuse(&inner, &mut socket, code, why, &said).await,
            },
            (Some(6), None) => match inner.resume(&said["d"], &orders) {
                Some(session) => live = Some(session),
                None => {
                    if tell(&mut socket, &json!({"op": 9, "d": false}))
                        .await
                        .is_none()
                    {
                        return;
                    }
                }
            },
            (Some(2 | 6), Some(_)) => {
                return refuse(&inner, &mut socket, 4005, "Already authenticated.", &said).await;
            }
            (Some(3 | 4 | 8), Some(_)) => {}
            (Some(3 | 4 | 8), None) => {
                return refuse(&inner, &mut socket, 4003, "Not authenticated.", &said).await;
            }
            _ => return refuse(&inner, &mut socket, 4001, "Unknown opcode.", &said).await,
        }
        let flap = live.is_some()
            && inner.watched.change(|state| {
                let flap = state.flaps > 0;
                state.flaps = state.flaps.saturating_sub(1);
                flap
            });
        if flap {
            // What it was told until now is on its way; then it is gone.
            while let Ok(Order::Frame(frame)) = ordered.try_recv() {
                let _gone = socket.send(Frame::text(frame)).await;
            }
            return;
        }
    }
}

async fn tell(socket: &mut Socket, frame: &Value) -> Option<()> {
    socket.send(Frame::text(frame.to_string())).await.ok()
}

async fn end(socket: &mut Socket, how: End) {
    let frame = match how {
        End::Reconnect => json!({"op": 7, "d": null}),
        End::Invalid => json!({"op": 9, "d": false}),
        End::Dropped => return,
    };
    if tell(socket, &frame).await.is_some() && how == End::Reconnect {
        // The client closes when it has read it.
        while let Some(Ok(_frame)) = socket.next().await {}
    }
}

async fn refuse(inner: &Inner, socket: &mut Socket, code: u16, why: &str, said: &Value) {
    let mut told = said.clone();
    told["d"]["token"] = json!("…");
    let code_words = code.to_string();
    inner
        .watched
        .change(|state| state.refuse("gateway", &code_words, why, &told.to_string()));
    let close = CloseFrame {
        code: code.into(),
        reason: why.to_owned().into(),
    };
    let _gone = socket.close(Some(close)).await;
}

impl Inner {
    fn believes(&self, token: &Value) -> bool {
        let token = token.as_str().unwrap_or("");
        let revoked = self.watched.look(|state| state.token_revoked);
        token.trim_start_matches("Bot ") == self.token && !revoked
    }

    fn identify(
        self: &Arc<Self>,
        said: &Value,
        orders: &mpsc::UnboundedSender<Order>,
    ) -> Result<Live, (u16, &'static str)> {
        if !self.believes(&said["token"]) {
            return Err((4004, "Authentication failed."));
        }
        let Some(intents) = said["intents"].as_u64() else {
            return Err((4013, "Invalid intent(s): none given."));
        };
        if intents & !KNOWN_INTENTS != 0 {
            return Err((4013, "Invalid intent(s)."));
        }
        let allowed = self.watched.look(|state| state.privileged);
        if intents & PRIVILEGED & !allowed != 0 {
            return Err((4014, "Disallowed intent(s)."));
        }
        // In one change: what happens from here on is told after READY.
        let session = self.watched.change(|state| {
            state.identifies += 1;
            state.sockets += 1;
            let id = format!("session-{}", state.identifies);
            let session = state.sessions.entry(id.clone()).or_default();
            session.intents = intents;
            session.resumable = true;
            lock(&self.sockets).insert(id.clone(), orders.clone());
            let user = state.people[BOT_USER].json();
            let ready = json!({
                "v": 10, "user": user, "guilds": [{"id": super::GUILD, "unavailable": true}],
                "session_id": id, "resume_gateway_url": self.gateway_url(), "shard": [0, 1],
                "application": {"id": APP, "flags": 0},
            });
            self.dispatch(state, &id, "READY", ready);
            id
        });
        Ok(Live {
            inner: Arc::clone(self),
            session,
            orders: orders.clone(),
        })
    }

    fn resume(
        self: &Arc<Self>,
        said: &Value,
        orders: &mpsc::UnboundedSender<Order>,
    ) -> Option<Live> {
        let id = said["session_id"].as_str().unwrap_or("").to_owned();
        let from = said["seq"].as_u64()?;
        let known = self.believes(&said["token"]);
        self.watched.change(|state| {
            let session = state
                .sessions
                .get(&id)
                .filter(|session| session.resumable)?;
            let last = session.told.last().map_or(0, |(n, _frame)| *n);
            if !known || from > last {
                return None;
            }
            for (n, frame) in &session.told {
                if *n > from {
                    let _gone = orders.send(Order::Frame(frame.clone()));
                }
            }
            state.resumes += 1;
            state.sockets += 1;
            lock(&self.sockets).insert(id.clone(), orders.clone());
            self.dispatch(state, &id, "RESUMED", json!({}));
            Some(())
        })?;
        Some(Live {
            inner: Arc::clone(self),
            session: id,
            orders: orders.clone(),
        })
    }

    /// Tells a session something; it is kept for a resume.
    pub(super) fn dispatch(&self, state: &mut State, session: &str, name: &str, data: Value) {
        let Some(found) = state.sessions.get_mut(session) else {
            return;
        };
        let n = found.told.last().map_or(1, |(n, _frame)| n + 1);
        let frame = json!({"op": 0, "t": name, "s": n, "d": data}).to_string();
        found.told.push((n, frame.clone()));
        if let Some(socket) = lock(&self.sockets).get(session) {
            let _gone = socket.send(Order::Frame(frame));
        }
    }

    /// Tells the newest session that can still be resumed; whether there is one.
    pub(super) fn tell_one(&self, state: &mut State, name: &str, data: Value) -> bool {
        let live = lock(&self.sockets).keys().next_back().cloned();
        let session = live.or_else(|| {
            let mut sessions = state.sessions.iter().rev();
            sessions
                .find(|(_id, session)| session.resumable)
                .map(|(id, _session)| id.clone())
        });
        if let Some(session) = &session {
            self.dispatch(state, session, name, data);
        }
        session.is_some()
    }

    /// Tells of a message whoever has the intent for it, with its content only where that is allowed.
    pub(super) fn echo(&self, state: &mut State, message: &Message, name: &str) {
        let direct = state.channels[&message.channel].kind == ChannelKind::Direct;
        let needs = if direct {
            DIRECT_MESSAGES
        } else {
            GUILD_MESSAGES
        };
        let sessions: Vec<(String, u64)> = state
            .sessions
            .iter()
            .filter(|(_id, session)| session.resumable && session.intents & needs != 0)
            .map(|(id, session)| (id.clone(), session.intents))
            .collect();
        for (id, intents) in sessions {
            let mut data = shown(state, message);
            let mentioned = message.content.contains(&format!("<@{BOT_USER}>"));
            if intents & CONTENT == 0 && !direct && !mentioned && !message.by_bot {
                data["content"] = json!("");
                data["embeds"] = json!([]);
                data["components"] = json!([]);
                data["attachments"] = json!([]);
            }
            let mut member = state.people[&message.author].member();
            member.as_object_mut().unwrap().remove("user");
            if !direct {
                data["member"] = member;
            }
            self.dispatch(state, &id, name, data);
        }
    }
}

impl Discord {
    /// Ends every connection to the gateway.
    pub fn end_sockets(&self, how: End) {
        if how == End::Invalid {
            self.change(|state| {
                for session in state.sessions.values_mut() {
                    session.resumable = false;
                }
            });
        }
        for socket in lock(&self.inner.sockets).values() {
            let _gone = socket.send(Order::End(how));
        }
    }

    /// Every connection stays open and does nothing: no event, no answer to a heartbeat.
    pub fn freeze_sockets(&self) {
        for socket in lock(&self.inner.sockets).values() {
            let _gone = socket.send(Order::Freeze);
        }
    }

    /// New connections are taken, and nothing is ever said on them, not even that they stand.
    pub fn mute_gateway(&self, mute: bool) {
        self.change(|state| state.mute = mute);
    }

    /// Heartbeats are not answered from here on.
    pub fn ignore_heartbeats(&self) {
        self.change(|state| state.deaf_to_heartbeats = true);
    }

    /// Drops the open connections, and then the next ones as soon as they are ready: `times` in all besides those open.
    pub fn flap(&self, times: usize) {
        self.change(|state| state.flaps = times);
        self.end_sockets(End::Dropped);
    }

    /// Allows a privileged intent, as the switch in the developer portal does: `1 << 15` is the content of messages.
    pub fn allow_intent(&self, intent: u64) {
        self.change(|state| state.privileged |= intent);
    }
}
