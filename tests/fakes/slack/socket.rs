//! Socket Mode: hello, envelopes, acknowledgements, and all the ways in which a socket ends.

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::StatusCode;

use super::state::{APP, Ack};
use super::{Inner, Slack};
use crate::fakes::watched::lock;

/// How a socket ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `disconnect` with `refresh_requested`, as about once an hour.
    Refresh,
    /// `disconnect` with `too_many_websockets`.
    TooMany,
    /// `disconnect` with `link_disabled`: Socket Mode was switched off.
    Disabled,
    /// The connection is gone.
    Dropped,
}

/// What a socket is told.
#[derive(Debug)]
pub(crate) enum Order {
    Frame(String),
    End(End),
    Freeze,
}

/// A live socket; when it goes, whatever waits for an acknowledgement from it waits in vain.
struct Live {
    inner: Arc<Inner>,
    id: u64,
}

impl Drop for Live {
    fn drop(&mut self) {
        lock(&self.inner.sockets).remove(&self.id);
        lock(&self.inner.waiting).retain(|_envelope, (socket, _ack)| *socket != self.id);
        self.inner.change(|state| state.sockets -= 1);
    }
}

pub(super) async fn serve(inner: Arc<Inner>, stream: TcpStream) {
    let tickets = Arc::clone(&inner);
    #[expect(
        clippy::result_large_err,
        reason = "the library wants a whole response"
    )]
    let admit = move |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let query = request.uri().query().unwrap_or("");
        let ticket = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("ticket="));
        let fresh = tickets.change(|state| {
            let used = state.tickets.get_mut(ticket.unwrap_or(""));
            let fresh = used.is_some_and(|used| !std::mem::replace(used, true));
            if !fresh {
                state.refuse("socket", "invalid_ticket", "unknown or used", query);
            }
            fresh
        });
        if fresh {
            return Ok(response);
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = StatusCode::FORBIDDEN;
        Err(refused)
    };
    let Ok(mut socket) = tokio_tungstenite::accept_hdr_async(stream, admit).await else {
        return;
    };
    let (orders, mut ordered) = mpsc::unbounded_channel();
    let (id, count) = inner.change(|state| (state.number(), state.sockets + 1));
    let hello = json!({
        "type": "hello", "num_connections": count, "connection_info": {"app_id": APP},
        "debug_info": {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060},
    });
    if socket.send(Frame::text(hello.to_string())).await.is_err() {
        return;
    }
    // Known only from here on, so that no envelope comes before the hello.
    lock(&inner.sockets).insert(id, orders);
    let flap = inner.change(|state| {
        state.hellos += 1;
        state.sockets += 1;
        let flap = state.flaps > 0;
        state.flaps = state.flaps.saturating_sub(1);
        flap
    });
    let live = Live { inner, id };
    if flap {
        return end(&mut socket, End::Dropped).await;
    }
    loop {
        tokio::select! {
            order = ordered.recv() => match order {
                Some(Order::Frame(frame)) => {
                    if socket.send(Frame::text(frame)).await.is_err() {
                        return;
                    }
                }
                Some(Order::End(how)) => return end(&mut socket, how).await,
                Some(Order::Freeze) => std::future::pending().await,
                None => return,
            },
            frame = socket.next() => match frame {
                Some(Ok(Frame::Text(text))) => live.inner.acknowledged(&text),
                Some(Ok(Frame::Close(_)) | Err(_)) | None => return,
                Some(Ok(_ping)) => {}
            },
        }
    }
}

async fn end(socket: &mut WebSocketStream<TcpStream>, how: End) {
    let reason = match how {
        End::Refresh => "refresh_requested",
        End::TooMany => "too_many_websockets",
        End::Disabled => "link_disabled",
        End::Dropped => return,
    };
    let debug = json!({"host": "applink-fake"});
    let frame = json!({"type": "disconnect", "reason": reason, "debug_info": debug});
    // The other side may be gone already, which is the end as well.
    let _told = socket.send(Frame::text(frame.to_string())).await;
    let _closed = socket.close(None).await;
}

impl Inner {
    /// Takes an acknowledgement, and hands it to whoever waits for it.
    fn acknowledged(&self, text: &str) {
        let frame: Value = serde_json::from_str(text).unwrap_or(Value::Null);
        let envelope = frame["envelope_id"].as_str().unwrap_or("").to_owned();
        let known = ["envelope_id", "payload"];
        let object = frame.as_object().cloned().unwrap_or_default();
        let sent = lock(&self.sent).get(&envelope).cloned();
        let wrong = match &sent {
            None => Some("no such envelope"),
            _ if object.keys().any(|name| !known.contains(&name.as_str())) => Some("unknown field"),
            Some(sent) if object.contains_key("payload") && !sent.answerable => {
                Some("this envelope accepts no response payload")
            }
            Some(_) => None,
        };
        if let Some(wrong) = wrong {
            self.change(|state| state.refuse("ack", "invalid_ack", wrong, text));
        }
        let lost = self.change(|state| {
            let lost = state.acks_to_lose > 0;
            state.acks_to_lose = state.acks_to_lose.saturating_sub(1);
            lost
        });
        let waiting = lock(&self.waiting).remove(&envelope);
        let trouble = match (lost, waiting) {
            (false, Some((_socket, waiting))) => {
                let _gave_up = waiting.send(frame["payload"].clone());
                return;
            }
            (true, _) => "lost",
            (false, None) => "late",
        };
        self.change(|state| {
            state.acks.push(Ack {
                envelope,
                delay: None,
                payload: frame["payload"].clone(),
                trouble: trouble.to_owned(),
            });
        });
    }
}

impl Slack {
    /// Ends every open socket.
    pub fn end_sockets(&self, how: End) {
        for socket in lock(&self.inner.sockets).values() {
            let _gone = socket.send(Order::End(how));
        }
    }

    /// Every open socket stays open and does nothing: no envelope, no pong, no reading.
    pub fn freeze_sockets(&self) {
        for socket in lock(&self.inner.sockets).values() {
            let _gone = socket.send(Order::Freeze);
        }
    }

    /// Drops the open sockets, and then the next ones right after their hello: `times` in all besides those open.
    pub fn flap(&self, times: usize) {
        self.change(|state| state.flaps = times);
        self.end_sockets(End::Dropped);
    }
}
