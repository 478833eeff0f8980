//! `sickbay health`: asks the Sickbay that serves how it is, at the door that the settings name. It needs no other program, no
//! journal and no secret, so a container that has nothing else can be asked.

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::cli::{Global, Health};
use crate::exit::Exit;
use crate::screen;
use crate::world::{self, Usage};

/// How long it may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// No answer is longer than this.
const MOST: usize = 64 * 1024;

/// Runs the command.
pub(crate) async fn run(global: &Global, asked: &Health) -> anyhow::Result<Exit> {
    let settings = world::settings(global)?;
    let Some(http) = &settings.http else {
        return Err(Usage(
            "nobody can be asked: the settings have no [http]; deploy/config.example.toml shows it"
                .to_owned(),
        )
        .into());
    };
    let path = if asked.ready { "/readyz" } else { "/healthz" };
    let (status, body) = match self::asked(http.listen, path).await {
        Ok(told) => told,
        Err(why) => {
            let door = reachable(http.listen);
            let sentence = format!("nobody answers at http://{door}, where [http] says: {why}");
            say(
                asked,
                &json!({ "version": 1, "well": null, "why": sentence }),
                &sentence,
            );
            return Ok(Exit::NotExamined);
        }
    };
    let well = status == 200;
    let parts: Value = serde_json::from_str(&body).unwrap_or(Value::Null);
    let text = if asked.ready {
        in_words(well, &parts)
    } else {
        body.trim().to_owned()
    };
    say(
        asked,
        &json!({ "version": 1, "well": well, "parts": parts }),
        &text,
    );
    Ok(if well { Exit::Fine } else { Exit::Findings })
}

/// Asks the one that listens there, and gives the status and what is said, or why there is nothing.
pub(crate) async fn asked(listen: SocketAddr, path: &str) -> Result<(u16, String), String> {
    match tokio::time::timeout(PATIENCE, ask(reachable(listen), path)).await {
        Ok(Ok(told)) => Ok(told),
        Ok(Err(error)) => Err(crate::sentence::of(&error)),
        Err(_late) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

fn say(asked: &Health, machine: &Value, person: &str) {
    if asked.output.json {
        screen::json(machine);
    } else {
        screen::line(person);
    }
}

/// The parts, one a line, those first that are not ready.
pub(crate) fn in_words(well: bool, parts: &Value) -> String {
    let all = parts.as_object().into_iter().flatten();
    let (fine, wrong): (Vec<_>, Vec<_>) = all
        .filter(|(part, _)| *part != "ready")
        .partition(|(_, how)| *how == "ready");
    let mut lines = vec![if well { "ready" } else { "not ready" }.to_owned()];
    for (part, how) in wrong.into_iter().chain(fine) {
        lines.push(format!("{part}: {}", how.as_str().unwrap_or("?")));
    }
    lines.join("\n")
}

/// Where somebody on this machine finds the door: one that is open everywhere is open here.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Asks, and gives the status and what is said.
async fn ask(door: SocketAddr, path: &str) -> Result<(u16, String), Unasked> {
    let client: Client<HttpConnector, Body> = Client::builder(TokioExecutor::new()).build_http();
    let address = format!("http://{door}{path}");
    let answer = client.get(address.parse()?).await;
    let answer = answer.map_err(|error| why_not(&error))?;
    let status = answer.status().as_u16();
    let said = to_bytes(Body::new(answer.into_body()), MOST).await;
    let said = said.map_err(|_broken| Unasked::Broken)?;
    Ok((status, String::from_utf8_lossy(&said).into_owned()))
}

/// What lies below the words of the client, which tell how it is built.
fn why_not(error: &hyper_util::client::legacy::Error) -> Unasked {
    let mut below: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = below {
        if let Some(found) = one.downcast_ref::<std::io::Error>()
            && found.source().is_none()
        {
            // As the system says it.
            let why = found.raw_os_error();
            let why = why.map_or_else(|| found.kind().into(), std::io::Error::from_raw_os_error);
            return Unasked::Connection(why);
        }
        below = one.source();
    }
    Unasked::Stranger
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Unasked {
    #[error("it is no address")]
    Address(#[from] hyper::http::uri::InvalidUri),
    #[error(transparent)]
    Connection(std::io::Error),
    #[error("what answers there is not Sickbay: its answer is not understood")]
    Stranger,
    #[error("its answer is broken off, or longer than an answer of Sickbay's")]
    Broken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_that_is_open_everywhere_is_open_here() {
        let check = |listen: &str, asked: &str| {
            let listen = listen.parse().unwrap();
            assert_eq!(reachable(listen).to_string(), asked);
        };
        check("0.0.0.0:80", "127.0.0.1:80");
        check("[::]:80", "[::1]:80");
        check("192.0.2.1:80", "192.0.2.1:80");
    }

    #[tokio::test]
    async fn whoever_answers_otherwise_is_a_stranger() {
        let check = async |says: &'static str, expected: Result<(u16, String), String>| {
            let door = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let listen = door.local_addr().unwrap();
            let stranger = std::thread::spawn(move || {
                use std::io::{Read as _, Write as _};
                let (mut stream, _) = door.accept().unwrap();
                let _asked = stream.read(&mut [0; 1024]).unwrap();
                stream.write_all(says.as_bytes()).unwrap();
            });
            assert_eq!(asked(listen, "/healthz").await, expected, "{says:?}");
            stranger.join().unwrap();
        };
        let stranger = "what answers there is not Sickbay: its answer is not understood";
        check("SSH-2.0-OpenSSH_9.2\r\n", Err(stranger.to_owned())).await;
        check("", Err(stranger.to_owned())).await;
        check(
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nalive",
            Err("its answer is broken off, or longer than an answer of Sickbay's".to_owned()),
        )
        .await;
        check(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\nno",
            Ok((503, "no".to_owned())),
        )
        .await;
    }

    #[test]
    fn what_is_not_ready_comes_first() {
        let parts = json!({ "journal": "ready", "ready": false, "slack": "it is away" });
        assert_eq!(
            in_words(false, &parts),
            "not ready\nslack: it is away\njournal: ready"
        );
    }
}
