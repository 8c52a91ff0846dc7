//! Helpers of this crate's own tests: a clock that stands still, a caller, and a door that takes messages in.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

use crate::{TwinClock, TwinLine, TwinListing, plain_client};

/// 2023-11-14 22:13:20 UTC.
pub(crate) const START: i64 = 1_700_000_000;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct StillClock(Arc<AtomicI64>);

impl StillClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn twin_clock(&self) -> TwinClock {
        let seconds = self.0.clone();
        Arc::new(move || Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap())
    }
}

pub(crate) fn listing(id: &str, sku: &str, stock: i64) -> TwinListing {
    TwinListing { id: id.into(), sku: sku.into(), name: format!("Áo {sku}"), price_minor: 199_000, stock }
}

pub(crate) fn line(listing: &str, quantity: u32) -> TwinLine {
    TwinLine { listing: listing.into(), quantity }
}

/// What a request got back.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Sends one request; `None` when no answer came within the time.
pub(crate) async fn try_send(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &str,
    wait_ms: u64,
) -> Option<Got> {
    let mut request = plain_client()
        .unwrap()
        .request(method.parse().unwrap(), url)
        .timeout(std::time::Duration::from_millis(wait_ms));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body.to_owned()).send().await.ok()?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Some(Got { status, headers, body: answer.bytes().await.ok()? })
}

pub(crate) async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Got {
    try_send(method, url, headers, body, 10_000).await.unwrap()
}

type Taken = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// A door that answers every message the same way and keeps what came in.
pub(crate) async fn open_door(status: u16, body: &'static str) -> (String, Taken) {
    let taken: Taken = Arc::default();
    let router = Router::new()
        .fallback(move |State(taken): State<Taken>, headers: HeaderMap, message: Bytes| async move {
            taken.lock().unwrap().push((headers, message));
            (StatusCode::from_u16(status).unwrap(), body)
        })
        .with_state(taken.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, taken)
}
