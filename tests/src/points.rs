//! Stopping a function dead at a chosen side effect, before it or after it, as a machine that loses its power does.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use one_machine::sdk_answer::{later, operation};
use std::future::Future;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// The calls that change something; a function may die around each of them.
const EFFECTS: [&str; 4] = ["TransactWriteItems", "PutItem", "DeleteItem", "SendMessageBatch"];

/// Counts the points that a run comes by, and stops it at one of them. Each side effect has two: before and after.
#[derive(Clone, Default)]
pub struct Points(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    stopped: Notify,
}

#[derive(Default)]
struct State {
    passed: usize,
    stop_at: Option<usize>,
}

impl std::fmt::Debug for Points {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Points")
    }
}

impl Points {
    /// Runs a function's call; none when it was stopped at that point. What it had in hand is lost with it.
    pub async fn run<T>(&self, stop_at: Option<usize>, work: impl Future<Output = T>) -> Option<T> {
        *self.0.state.lock().unwrap() = State { passed: 0, stop_at };
        let done = tokio::select! {
            biased;
            () = self.0.stopped.notified() => None,
            done = work => Some(done),
        };
        self.0.state.lock().unwrap().stop_at = None;
        done
    }

    /// How many points the latest run came by.
    pub fn passed(&self) -> usize {
        self.0.state.lock().unwrap().passed
    }

    /// A side effect, with a point before it and one after it.
    pub async fn around<T>(&self, effect: impl Future<Output = T>) -> T {
        self.point().await;
        let done = effect.await;
        self.point().await;
        done
    }

    async fn point(&self) {
        let is_here = {
            let mut state = self.0.state.lock().unwrap();
            state.passed += 1;
            state.stop_at == Some(state.passed - 1)
        };
        if is_here {
            self.0.stopped.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// An embedded engine behind a door at which its callers may die.
#[derive(Debug, Clone)]
pub struct Door<E> {
    /// The engine.
    pub engine: E,
    /// Where they may die.
    pub points: Points,
}

impl<E: HttpConnector + Clone + 'static> HttpConnector for Door<E> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { engine, points } = self.clone();
        later(async move {
            if EFFECTS.contains(&operation(&request).as_str()) {
                points.around(engine.call(request)).await
            } else {
                engine.call(request).await
            }
        })
    }
}

impl<E: HttpConnector + Clone + 'static> HttpClient for Door<E> {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
