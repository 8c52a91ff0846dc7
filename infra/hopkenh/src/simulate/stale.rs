//! Reads that need not be consistent: now and then they answer with what an item was a moment ago, as DynamoDB may.

use super::fault::Fault;
use super::hub::TABLE;
use super::sim::{Sim, lock};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use one_machine::sdk_answer::json;
use serde_json::Value;

/// How old an answer may be, in milliseconds.
const OLD_MS: i64 = 900;

/// The keys of a read that may be a moment old; none for any other call, and none while nothing has changed for longer.
pub(super) fn keys_of(sim: &Sim, operation: &str, request: &HttpRequest) -> Option<Vec<(String, String)>> {
    let is_settled = lock(&sim.book).changed_ms <= sim.now_ms() - OLD_MS;
    if operation != "BatchGetItem" || is_settled {
        return None;
    }
    let body: Value = serde_json::from_slice(request.body().bytes()?).ok()?;
    let asked = &body["RequestItems"][TABLE];
    if asked["ConsistentRead"].as_bool().unwrap_or(false) {
        return None;
    }
    asked["Keys"].as_array().map(|keys| keys.iter().map(key).collect())
}

fn key(item: &Value) -> (String, String) {
    let text = |name: &str| item[name]["S"].as_str().unwrap_or_default().to_owned();
    (text("p"), text("s"))
}

/// The answer with items that have just changed as they were before, if the weather wants it.
pub(super) fn age(
    sim: &Sim,
    keys: &[(String, String)],
    answer: HttpResponse,
) -> Result<HttpResponse, ConnectorError> {
    let since_ms = sim.now_ms() - OLD_MS;
    let book = lock(&sim.book);
    let old: Vec<_> = keys
        .iter()
        .filter_map(|key| {
            book.before.get(key).filter(|(at_ms, _)| *at_ms > since_ms).map(|(_, image)| (key, image))
        })
        .collect();
    if old.is_empty() || !lock(&sim.weather).strikes(Fault::StaleRead) {
        return Ok(answer);
    }
    let read: Option<Value> = answer.body().bytes().and_then(|bytes| serde_json::from_slice(bytes).ok());
    let Some(mut read) = read else { return Ok(answer) };
    let Some(items) = read["Responses"][TABLE].as_array_mut() else { return Ok(answer) };
    for (place, image) in old {
        items.retain(|item| key(item) != *place);
        if let Some(image) = image {
            items.push(serde_json::to_value(image).unwrap_or_default());
        }
    }
    json(200, read.to_string())
}
