//! A port on loopback that speaks HTTP, or hands out bare connections, and can be shut: an outage is a shut door.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What came in.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// `GET`, `POST`, …
    pub(crate) verb: String,
    /// The path, without the query.
    pub(crate) path: String,
    /// The query, decoded, in order.
    pub(crate) query: Vec<(String, String)>,
    /// Headers by their lower-case name.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body, as it came.
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What goes back.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// The status; 0 hangs up without an answer.
    pub(crate) status: u16,
    /// Headers.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Said {
    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::body(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An answer of any kind.
    pub(crate) fn body(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into(),
        }
    }

    /// No body at all.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// The connection ends without a word.
    pub(crate) fn hang_up() -> Self {
        Self::empty(0)
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }
}

/// An open port. It stays open as long as the test's runtime.
#[derive(Debug)]
pub(crate) struct Door {
    address: SocketAddr,
    shut: watch::Sender<bool>,
}

impl Door {
    /// Hands each connection to `welcome`, and drops what it does when the door is shut.
    pub(crate) async fn raw<F, Welcomed>(welcome: F) -> Self
    where
        F: Fn(TcpStream) -> Welcomed + Send + 'static,
        Welcomed: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (shut, is_shut) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((stream, _peer)) = listener.accept().await {
                // While shut, a connection ends as soon as it begins.
                if *is_shut.borrow() {
                    continue;
                }
                let _nagle = stream.set_nodelay(true);
                let mut is_shut = is_shut.clone();
                let welcomed = welcome(stream);
                tokio::spawn(async move {
                    tokio::select! {
                        () = welcomed => {}
                        _shut = is_shut.wait_for(|shut| *shut) => {}
                    }
                });
            }
        });
        Self { address, shut }
    }

    /// Answers HTTP.
    pub(crate) async fn http<F, Answered>(answer: F) -> Self
    where
        F: Fn(Heard) -> Answered + Send + Sync + 'static,
        Answered: Future<Output = Said> + Send + 'static,
    {
        let answer = Arc::new(answer);
        Self::raw(move |stream| converse(stream, Arc::clone(&answer))).await
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends every connection, and each new one at once, until it is opened again.
    pub(crate) fn shut(&self) {
        self.shut.send_replace(true);
    }

    /// Ends the outage.
    pub(crate) fn open(&self) {
        self.shut.send_replace(false);
    }
}

/// Speaks HTTP/1.1 on one connection until either side has enough.
pub(crate) async fn converse<S, F, Answered>(stream: S, answer: Arc<F>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    F: Fn(Heard) -> Answered + Send + Sync + 'static,
    Answered: Future<Output = Said> + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = Arc::clone(&answer);
        async move {
            let said = answer(hear(request).await).await;
            say(said)
        }
    });
    // An error is a client that left, or an answer that was to be lost.
    let _ended = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn hear(request: Request<Incoming>) -> Heard {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map_or_else(|_cut_off| Vec::new(), |whole| whole.to_bytes().to_vec());
    Heard {
        verb: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: form(head.uri.query().unwrap_or("")),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.as_str().to_owned(), value)
            })
            .collect(),
        body,
    }
}

fn say(said: Said) -> Result<Response<Full<Bytes>>, std::io::Error> {
    if said.status == 0 {
        return Err(std::io::Error::other("the answer is lost"));
    }
    let mut response = Response::builder().status(said.status);
    for (name, value) in &said.headers {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(Bytes::from(said.body))).unwrap())
}

/// The time as the `Date` header has it, of a clock that is so many seconds ahead.
pub(crate) fn date(ahead: i64) -> String {
    let now = jiff::Timestamp::now().as_second() + ahead;
    let now = jiff::Timestamp::from_second(now).unwrap();
    now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Reads `a=1&b=2`, as queries and forms have it.
pub(crate) fn form(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (unescape(name), unescape(value))
        })
        .collect()
}

/// Writes `a=1&b=2`.
pub(crate) fn write_form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.join("&")
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
