//! The table's door in a simulated day: the real engine behind the faults and delays a table service has.

use super::control::{after_effect, before_effect};
use super::fault::Fault;
use super::former;
use super::sim::{Sim, lock};
use super::stale;
use aws_sdk_dynamodb::types::CancellationReason;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use table::in_process::{Answer, Answering, Call, InProcess, Refusal};

/// A call whose answer was lost may still be applied for this long, in milliseconds.
const LATE_MS: i64 = 4_000;

/// Answers the table's calls with the embedded engine, when the weather lets it.
pub(super) struct TableDoor(pub(super) Arc<Sim>);

impl std::fmt::Debug for TableDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TableDoor")
    }
}

impl InProcess for TableDoor {
    fn answer(&self, call: Call) -> Answering<'_> {
        Box::pin(answer(&self.0, call))
    }
}

async fn answer(sim: &Arc<Sim>, call: Call) -> Result<Answer, Refusal> {
    let operation = call.operation();
    sim.table_calls.fetch_add(1, Ordering::Relaxed);
    before_effect(sim, operation).await;
    sim.pause(1, 12).await;
    let fault = fault(sim, &call);
    if let Some(fault) = fault {
        sim.note(|| format!("{} ({operation})", fault.title()));
    }
    let answer = match fault {
        Some(Fault::TableLostBefore) => return Err(Refusal::TimeOut),
        Some(Fault::TableAppliedLate) => {
            apply_late(sim, call);
            return Err(Refusal::TimeOut);
        }
        Some(Fault::TableConflict) => {
            Err(refusal(&call, "TransactionConflict", "TransactionConflictException"))
        }
        Some(Fault::TableThrottled) => Err(refusal(&call, "ThrottlingError", "ThrottlingException")),
        _ => read_or_write(sim, call).await,
    };
    after_effect(sim, operation).await;
    sim.pause(1, 12).await;
    if fault == Some(Fault::TableLostAfter) { Err(Refusal::TimeOut) } else { answer }
}

async fn read_or_write(sim: &Sim, call: Call) -> Result<Answer, Refusal> {
    let keys = stale::keys_of(sim, &call);
    let is_former = former::is_former(sim);
    let call = if is_former { former::write(sim, call) } else { call };
    let answer = sim.engine.answer(call).await;
    let answer = match (keys, answer) {
        (Some(keys), Ok(Answer::BatchGetItem(read))) => {
            Ok(Answer::BatchGetItem(stale::age(sim, &keys, read)))
        }
        (_, answer) => answer,
    };
    if is_former { former::read(sim, answer) } else { answer }
}

/// Only transactions meet each other; reads are lost like writes.
fn fault(sim: &Sim, call: &Call) -> Option<Fault> {
    let mut weather = lock(&sim.weather);
    let is_transaction = matches!(call, Call::TransactWriteItems(_));
    if is_transaction && weather.strikes(Fault::TableConflict) {
        return Some(Fault::TableConflict);
    }
    let is_write = is_transaction || matches!(call, Call::PutItem(_));
    if is_write && weather.strikes(Fault::TableAppliedLate) {
        return Some(Fault::TableAppliedLate);
    }
    weather.first(&[Fault::TableLostBefore, Fault::TableLostAfter, Fault::TableThrottled])
}

/// DynamoDB's own words for a refusal; a transaction wraps them in a cancellation with one reason per item.
fn refusal(call: &Call, reason: &str, exception: &str) -> Refusal {
    let Call::TransactWriteItems(input) = call else {
        return Refusal::Other { code: exception.to_owned(), message: "injected".to_owned() };
    };
    let code = |place: usize| if place == 0 { reason } else { "None" };
    let reasons = 0..input.transact_items().len();
    Refusal::Cancelled(reasons.map(|place| CancellationReason::builder().code(code(place)).build()).collect())
}

fn apply_late(sim: &Arc<Sim>, call: Call) {
    let wait_ms = lock(&sim.weather).how(Fault::TableAppliedLate, 0, LATE_MS);
    let engine = sim.engine.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
        let _nobody_waits_for_it = engine.answer(call).await;
    });
}
