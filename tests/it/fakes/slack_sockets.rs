//! What a socket may do wrong, which the real client does not: shown with a bare WebSocket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tests::fakes::slack::Slack;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Frame;

use super::slack::workspace;
use super::slack_client::{call, client, listen};

type Socket = WebSocketStream<tokio::net::TcpStream>;

/// Asks for the address of a socket.
async fn ticket(slack: &Slack) -> String {
    let api = client(slack);
    let answer = call(&api, slack.app_token(), "apps.connections.open", &json!({})).await;
    answer.unwrap()["url"].as_str().unwrap().to_owned()
}

async fn open(url: &str) -> Option<Socket> {
    let place = url.strip_prefix("ws://")?.split('/').next()?;
    let stream = tokio::net::TcpStream::connect(place).await.unwrap();
    let opened = tokio_tungstenite::client_async(url, stream).await;
    opened.ok().map(|(socket, _response)| socket)
}

async fn next(socket: &mut Socket) -> Value {
    let frame = socket.next().await.unwrap().unwrap();
    serde_json::from_str(frame.to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_ticket_opens_one_socket_and_acknowledgements_are_looked_at() {
    let slack = workspace().await;
    let url = ticket(&slack).await;
    let mut socket = open(&url).await.unwrap();
    assert_eq!(next(&mut socket).await["type"], "hello");
    assert!(open(&url).await.is_none(), "a ticket serves once");
    assert!(open(&format!("{url}9")).await.is_none());

    slack.say("U1", "C1", None, "still down");
    let envelope = next(&mut socket).await["envelope_id"].clone();
    for ack in [
        json!({"envelope_id": "made-up"}),
        json!({"envelope_id": envelope, "colour": "red"}),
        json!({"envelope_id": envelope, "payload": {"text": "an event takes no answer"}}),
    ] {
        socket.send(Frame::text(ack.to_string())).await.unwrap();
    }
    let codes = slack
        .wait_for("five refusals", |state| {
            let codes = state.refusals.iter().map(|refusal| refusal.code.clone());
            (state.refusals.len() == 5).then(|| codes.collect::<Vec<String>>())
        })
        .await;
    assert_eq!(codes[..2], ["invalid_ticket", "invalid_ticket"]);
    assert_eq!(codes[2..], ["invalid_ack", "invalid_ack", "invalid_ack"]);
}

#[tokio::test]
async fn envelopes_go_to_one_socket_each_and_wait_for_none() {
    let slack = workspace().await;
    let api = client(&slack);
    // Said while nobody listens: it comes with a retry, once somebody does.
    slack.say("U1", "C1", None, "early");
    let mut first = listen(&slack, &api).await;
    let mut second = listen(&slack, &api).await;
    slack.connected(2).await;
    assert_eq!(first.recv().await.unwrap()["event"]["text"], "early");
    for n in 0..10 {
        slack
            .slash("U1", "C1", "/diagnose", &format!("web{n}"))
            .await;
    }
    let count = |heard: &mut super::slack_client::Heard| {
        std::iter::from_fn(|| heard.try_recv().ok()).count()
    };
    let (one, other) = (count(&mut first), count(&mut second));
    assert_eq!(one + other, 10);
    assert!(one > 0 && other > 0, "{one} and {other}");
}
