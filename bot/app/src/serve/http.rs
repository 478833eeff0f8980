//! The door for machines: whether the process is well, what it counts, and what the platforms bring here where they are told to.
//!
//! It knows numbers and the state of parts; nothing of the journal can be asked for here, so that nothing of it can leak here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use chat::signed::{Answer, Signed};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

use super::health::{self, Health};
use crate::metrics::Metrics;
use crate::world::Usage;

/// How many connections are open at once; more wait.
const PLACES: usize = 128;
/// How long the head of a request may take, and how long a connection may be idle.
const HEAD: Duration = Duration::from_secs(10);
/// How much a request may bring: a press brings the card with it, in the worst of alphabets.
const MOST: usize = 1 << 20;
/// How long a request may take to arrive.
const BODY: Duration = Duration::from_secs(10);
/// How long what is under way may take at the end.
const LAST: Duration = Duration::from_secs(3);
/// How long is waited where the machine has no more connections to give.
const PAUSE: Duration = Duration::from_millis(200);

/// The open door.
#[derive(Debug)]
pub(super) struct Door {
    listener: TcpListener,
    /// Where it is.
    pub(super) address: SocketAddr,
}

/// What can be told here.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) health: Arc<Health>,
    pub(super) metrics: Metrics,
    /// What platforms bring here.
    pub(super) signed: Vec<Arc<Signed>>,
}

/// A door that is served. It is shut by [`Served::shut`].
#[derive(Debug)]
pub(super) struct Served {
    shut: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<()>,
}

impl Door {
    /// Opens it, and nobody is answered yet.
    pub(super) async fn open(listen: SocketAddr) -> anyhow::Result<Self> {
        let bound = async {
            let listener = TcpListener::bind(listen).await?;
            let address = listener.local_addr()?;
            Ok(Self { listener, address })
        };
        bound.await.map_err(|error: std::io::Error| {
            let why = crate::sentence::of(&error);
            Usage(format!(
                "nobody can listen on {listen}, as [http] in the settings says: {why}"
            ))
            .into()
        })
    }

    /// Answers from here on.
    pub(super) fn serve(self, known: Known) -> Served {
        let (shut, told) = oneshot::channel();
        let task = tokio::spawn(self.answer(routes(known), told));
        Served { shut, task }
    }

    async fn answer(self, routes: Router, mut told: oneshot::Receiver<()>) {
        let places = Arc::new(Semaphore::new(PLACES));
        let under_way = GracefulShutdown::new();
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                return;
            };
            let stream = tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _peer)) => stream,
                    Err(error) => {
                        tracing::warn!(%error, "a connection is not taken");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                },
                _ = &mut told => break,
            };
            let mut http = hyper::server::conn::http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD);
            let service = TowerToHyperService::new(routes.clone());
            let connection = under_way.watch(http.serve_connection(TokioIo::new(stream), service));
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a connection ended early");
                }
                drop(place);
            });
        }
        drop(self.listener);
        if tokio::time::timeout(LAST, under_way.shutdown())
            .await
            .is_err()
        {
            tracing::warn!("somebody was still asking at the end");
        }
    }
}

impl Served {
    /// Takes nothing new, and waits for what is under way.
    pub(super) async fn shut(self) {
        let _gone = self.shut.send(());
        let _ended = self.task.await;
    }
}

fn routes(known: Known) -> Router {
    let mut routes = Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(counted));
    for signed in &known.signed {
        for path in signed.paths() {
            let signed = Arc::clone(signed);
            let bring = move |State(known): State<Known>, request: Request| {
                bring(signed, known.metrics, request)
            };
            routes = routes.route(path, post(bring));
        }
    }
    routes.with_state(known)
}

/// A platform brings something. It is read to its end only where it may be the platform's, and never beyond what it may bring.
async fn bring(signed: Arc<Signed>, metrics: Metrics, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let answer = if signed.is_worth_reading(&head.headers) {
        match read(body).await {
            Ok(body) => signed.take(head.uri.path(), &head.headers, &body),
            Err(status) => Answer { status, says: None },
        }
    } else {
        Answer::FORGED
    };
    metrics.brought(signed.platform(), answer.status);
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    match answer.says {
        Some((kind, text)) => told(status, kind, text),
        None => status.into_response(),
    }
}

/// What a request brings, or the status that says what is wrong with it.
async fn read(body: Body) -> Result<axum::body::Bytes, u16> {
    match tokio::time::timeout(BODY, to_bytes(body, MOST)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_too_much)) => Err(413),
        Err(_late) => Err(408),
    }
}

/// The process runs, and its loop turns.
async fn alive(State(known): State<Known>) -> Response {
    if known.health.alive() {
        told(StatusCode::OK, "text/plain; charset=utf-8", "alive\n")
    } else {
        told(
            StatusCode::SERVICE_UNAVAILABLE,
            "text/plain; charset=utf-8",
            "the loop hangs\n",
        )
    }
}

/// Each part can do its work.
async fn ready(State(known): State<Known>) -> Response {
    let parts = known.health.parts();
    let status = if health::ready(&parts) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    told(
        status,
        "application/json",
        format!("{:#}\n", health::told(&parts)),
    )
}

/// What is counted.
async fn counted(State(known): State<Known>) -> Response {
    match known.metrics.text() {
        Ok(text) => told(
            StatusCode::OK,
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            text,
        ),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// An answer that nobody keeps.
fn told(status: StatusCode, kind: &'static str, text: impl Into<String>) -> Response {
    let mut response = (status, text.into()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
