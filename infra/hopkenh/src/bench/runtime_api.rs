//! Stands in for the Lambda service: it notes when a function asks for its first work, and never gives any.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Where a function asks for work (AWS Lambda Developer Guide, custom runtimes, read 2026-11-21).
const NEXT: &str = "/2018-06-01/runtime/invocation/next";

/// A listening stand-in.
pub struct RuntimeApi {
    /// Where it listens.
    pub address: SocketAddr,
    asked: UnboundedReceiver<Instant>,
}

impl RuntimeApi {
    /// Starts listening on the loopback address.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (note, asked) = unbounded_channel();
        let next = get(async move || {
            // The receiver goes away with the whole bench.
            let _ = note.send(Instant::now());
            std::future::pending::<StatusCode>().await
        });
        let router = Router::new().route(NEXT, next);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, asked })
    }

    /// The time of the next request for work; none when nobody asks for so long.
    pub async fn asked(&mut self, patience: Duration) -> Option<Instant> {
        tokio::time::timeout(patience, self.asked.recv()).await.ok().flatten()
    }
}
