//! The front door that all stand-ins share: it listens, waits as long as told, and makes things go wrong.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::faults::{FaultBox, FaultKind};

/// Largest request body a twin reads.
const BODY_BYTES_MAX: usize = 10 * 1024 * 1024;
/// A request that is left hanging is let go after this long.
const HANG_MAX: Duration = Duration::from_secs(600);
const JSON: &str = "application/json; charset=utf-8";

/// A request, read to its end.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    /// A query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A query parameter read as a whole number; a missing one is `fallback`, a bad one is `None`.
    pub(crate) fn number(&self, name: &str, fallback: i64) -> Option<i64> {
        self.param(name).map_or(Some(fallback), |text| text.parse().ok())
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The body as form fields.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        std::str::from_utf8(&self.body).map(parse_query).unwrap_or_default()
    }
}

/// What goes back to the caller.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A JSON answer.
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::bytes(status, JSON, value.to_string().into_bytes())
    }

    /// An answer of any content type.
    pub(crate) fn bytes(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body }
    }

    /// The same with one more header.
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    fn cut_in_half(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }

    fn into_response(self) -> Response {
        let mut builder = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            builder = builder.header(*name, value);
        }
        builder.body(Body::from(self.body)).unwrap_or_else(|_| bare(StatusCode::INTERNAL_SERVER_ERROR))
    }
}

/// The faults that the channel's own rules must act out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bend {
    /// Behave.
    Straight,
    /// Refuse this listing.
    RefuseListing(String),
    /// Say yes, do nothing.
    AcceptedNotApplied,
    /// The login is no longer good.
    LoginExpired,
}

impl Bend {
    /// Whether this listing is to be refused.
    pub(crate) fn refuses(&self, listing: &str) -> bool {
        matches!(self, Self::RefuseListing(refused) if refused == listing)
    }

    /// Whether writes are to be carried out.
    pub(crate) fn applies(&self) -> bool {
        *self != Self::AcceptedNotApplied
    }
}

/// What the front door keeps for a twin.
pub(crate) struct Door {
    pub(crate) faults: FaultBox,
    pub(crate) latency: Duration,
    answered: AtomicU64,
}

impl Door {
    pub(crate) fn new(latency: Duration) -> Self {
        Self { faults: FaultBox::default(), latency, answered: AtomicU64::new(0) }
    }

    /// API requests answered so far.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::SeqCst)
    }
}

/// Whether a channel takes `address` for its webhooks: https, or this machine itself, where a rehearsal has no
/// certificate to show.
pub(crate) fn is_webhook_address(address: &str) -> bool {
    ["https://", "http://127.0.0.1:", "http://localhost:"].iter().any(|start| address.starts_with(start))
}

/// The rules of one channel behind the front door.
pub(crate) trait Backend: Send + Sync + 'static {
    fn door(&self) -> &Door;
    /// Carries the request out, at one instant.
    fn answer(&self, call: &Call, bend: &Bend) -> Answer;
    /// What a fault's text is looked for in: the path with its query, and what else tells requests apart where a
    /// channel has one path for everything.
    fn named(&self, path_and_query: &str, _body: &Bytes) -> String {
        path_and_query.to_owned()
    }
    /// How this channel says "too many requests".
    fn too_many(&self, retry_after_seconds: Option<u64>) -> Answer;
    /// How this channel's servers break.
    fn server_error(&self, status: u16) -> Answer;
}

/// A running server; dropping it stops it.
pub(crate) struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
}

impl Server {
    /// Listens on the loopback address; port 0 takes any free one.
    pub(crate) async fn start(backend: Arc<dyn Backend>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let room = Room { backend, stopped: stopped.clone() };
        let router = Router::new().fallback(receive).with_state(room);
        let serving = axum::serve(listener, router).with_graceful_shutdown(wait_for_stop(stopped));
        tokio::spawn(async move {
            // A server that stops serving shows up as refused connections; there is nobody to tell here.
            let _ = serving.await;
        });
        Ok(Self { address, stop })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

#[derive(Clone)]
struct Room {
    backend: Arc<dyn Backend>,
    stopped: watch::Receiver<bool>,
}

async fn wait_for_stop(mut stopped: watch::Receiver<bool>) {
    // An error means the sender is gone, which is a stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

async fn receive(State(room): State<Room>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return bare(StatusCode::PAYLOAD_TOO_LARGE) };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let fault = room.backend.door().faults.take(&room.backend.named(path, &body));
    let call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(parse_query).unwrap_or_default(),
        headers: parts.headers,
        body,
    };
    // In a task of its own: a server does not stop working because its caller hung up.
    let work = tokio::spawn(work_through(room, call, fault));
    work.await.unwrap_or_else(|_| bare(StatusCode::INTERNAL_SERVER_ERROR))
}

/// Half of the delay lies before the moment of truth and half after it, as on a real line.
async fn work_through(room: Room, call: Call, fault: Option<FaultKind>) -> Response {
    let backend = room.backend.clone();
    let half = backend.door().latency / 2;
    tokio::time::sleep(half).await;
    let answer = match fault {
        None => backend.answer(&call, &Bend::Straight),
        Some(FaultKind::TooManyRequests { retry_after_seconds }) => backend.too_many(retry_after_seconds),
        Some(FaultKind::ServerError(status)) => backend.server_error(status),
        Some(FaultKind::Html) => Answer::bytes(200, "text/html; charset=UTF-8", WEB_PAGE.into()),
        Some(FaultKind::Truncated) => backend.answer(&call, &Bend::Straight).cut_in_half(),
        Some(FaultKind::SlowBy(delay)) => {
            tokio::time::sleep(delay).await;
            backend.answer(&call, &Bend::Straight)
        }
        Some(FaultKind::HangBeforeApply) => return hang(room).await,
        Some(FaultKind::ApplyThenHang) => {
            backend.answer(&call, &Bend::Straight);
            return hang(room).await;
        }
        Some(FaultKind::RefuseListing(id)) => backend.answer(&call, &Bend::RefuseListing(id)),
        Some(FaultKind::AcceptedNotApplied) => backend.answer(&call, &Bend::AcceptedNotApplied),
        Some(FaultKind::LoginExpired) => backend.answer(&call, &Bend::LoginExpired),
    };
    tokio::time::sleep(half).await;
    backend.door().answered.fetch_add(1, Ordering::SeqCst);
    answer.into_response()
}

async fn hang(room: Room) -> Response {
    let _ = tokio::time::timeout(HANG_MAX, wait_for_stop(room.stopped)).await;
    bare(StatusCode::GATEWAY_TIMEOUT)
}

fn bare(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn parse_query(text: &str) -> Vec<(String, String)> {
    let uri: Option<Uri> = format!("/?{text}").parse().ok();
    uri.and_then(|uri| Query::try_from_uri(&uri).ok()).map(|Query(pairs)| pairs).unwrap_or_default()
}

const WEB_PAGE: &str =
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Please wait.</body></html>";
