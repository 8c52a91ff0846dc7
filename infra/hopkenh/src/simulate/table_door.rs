//! The AWS SDK's door to the embedded table: the real engine behind the faults and delays a table service has.

use super::control::{after_effect, before_effect};
use super::fault::Fault;
use super::former;
use super::sim::{Sim, lock};
use super::stale;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use one_machine::sdk_answer::{later, operation, time_out};
use one_machine::table_engine;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// A call whose answer was lost may still be applied for this long, in milliseconds.
const LATE_MS: i64 = 4_000;

/// Answers the SDK with the embedded engine, when the weather lets it.
#[derive(Clone)]
pub(super) struct TableDoor(pub(super) Arc<Sim>);

impl std::fmt::Debug for TableDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TableDoor")
    }
}

impl HttpConnector for TableDoor {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sim = self.0.clone();
        later(async move {
            let operation = operation(&request);
            sim.table_calls.fetch_add(1, Ordering::Relaxed);
            before_effect(&sim, &operation).await;
            sim.pause(1, 12).await;
            let fault = fault(&sim, &operation);
            if let Some(fault) = fault {
                sim.note(|| format!("{} ({operation})", fault.title()));
            }
            let answer = match fault {
                Some(Fault::TableLostBefore) => return Err(time_out()),
                Some(Fault::TableAppliedLate) => return Err(apply_late(&sim, request)),
                Some(Fault::TableConflict) => refuse(&sim, request, table_engine::Fault::Conflict).await,
                Some(Fault::TableThrottled) => refuse(&sim, request, table_engine::Fault::Throttled).await,
                _ => read_or_write(&sim, &operation, request).await,
            };
            after_effect(&sim, &operation).await;
            sim.pause(1, 12).await;
            if fault == Some(Fault::TableLostAfter) { Err(time_out()) } else { answer }
        })
    }
}

async fn read_or_write(
    sim: &Sim,
    operation: &str,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let keys = stale::keys_of(sim, operation, &request);
    let is_former = former::is_former(sim);
    let request = if is_former { former::write(sim, request) } else { request };
    let answer = sim.engine.call(request).await?;
    let answer = match keys {
        Some(keys) => stale::age(sim, &keys, answer)?,
        None => answer,
    };
    Ok(if is_former { former::read(sim, answer) } else { answer })
}

/// Only transactions meet each other; reads are lost like writes.
fn fault(sim: &Sim, operation: &str) -> Option<Fault> {
    let mut weather = lock(&sim.weather);
    if operation == "TransactWriteItems" && weather.strikes(Fault::TableConflict) {
        return Some(Fault::TableConflict);
    }
    let is_write = matches!(operation, "TransactWriteItems" | "PutItem");
    if is_write && weather.strikes(Fault::TableAppliedLate) {
        return Some(Fault::TableAppliedLate);
    }
    weather.first(&[Fault::TableLostBefore, Fault::TableLostAfter, Fault::TableThrottled])
}

async fn refuse(
    sim: &Sim,
    request: HttpRequest,
    fault: table_engine::Fault,
) -> Result<HttpResponse, ConnectorError> {
    // The plan is read when the call is first looked at, in this very step, so it meets no other call.
    sim.engine.plan_faults(Some(Arc::new(move |_, _| Some(fault))));
    let answer = sim.engine.call(request).await;
    sim.engine.plan_faults(None);
    answer
}

fn apply_late(sim: &Arc<Sim>, request: HttpRequest) -> ConnectorError {
    let wait_ms = lock(&sim.weather).how(Fault::TableAppliedLate, 0, LATE_MS);
    let engine = sim.engine.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
        let _nobody_waits_for_it = engine.call(request).await;
    });
    time_out()
}

impl HttpClient for TableDoor {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
