//! Two versions of the house side by side, as while a new one is put in place: some calls to the table are of the one before,
//! which neither reads nor writes the newest attributes.

use super::fault::Fault;
use super::hub::TABLE;
use super::sim::{Sim, lock};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use table::keys::{self, Key, PARTITION, SORT};
use table::newest::newest;

/// Whether this call is one of the version before.
pub(super) fn is_former(sim: &Sim) -> bool {
    sim.world.special.rolls_out && lock(&sim.weather).strikes(Fault::FormerVersion)
}

/// The call as the version before sends it.
pub(super) fn write(sim: &Sim, mut request: HttpRequest) -> HttpRequest {
    if let Some(body) = request.body().bytes().and_then(|bytes| forget(sim, bytes)) {
        *request.body_mut() = SdkBody::from(body);
    }
    request
}

/// The answer as the version before reads it.
pub(super) fn read(sim: &Sim, mut answer: HttpResponse) -> HttpResponse {
    if let Some(body) = answer.body().bytes().and_then(|bytes| forget(sim, bytes)) {
        *answer.body_mut() = SdkBody::from(body);
    }
    answer
}

/// The text without the newest attributes; none where there are none in it.
fn forget(sim: &Sim, body: &[u8]) -> Option<String> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let mut forgotten = 0;
    for item in items(&mut body) {
        forgotten += forget_of(sim, item);
    }
    (forgotten > 0).then(|| {
        (0..forgotten).for_each(|_| lock(&sim.weather).count(Fault::AttributeForgotten));
        body.to_string()
    })
}

fn forget_of(sim: &Sim, item: &mut Value) -> usize {
    let text = |name: &str| item[name]["S"].as_str().map(str::to_owned);
    let (Some(partition), Some(sort)) = (text(PARTITION), text(SORT)) else { return 0 };
    let kind = keys::kind(&sim.world.shop, &Key { partition, sort });
    let Some(attributes) = item.as_object_mut() else { return 0 };
    newest(kind).iter().filter(|name| attributes.remove(**name).is_some()).count()
}

/// Every whole item in a call or an answer.
fn items(body: &mut Value) -> Vec<&mut Value> {
    let mut items = Vec::new();
    let Some(parts) = body.as_object_mut() else { return items };
    for (name, part) in parts {
        match (name.as_str(), part) {
            ("Item", item) => items.push(item),
            ("Items", Value::Array(found)) => items.extend(found),
            ("Responses", Value::Object(tables)) => {
                items.extend(tables.get_mut(TABLE).and_then(Value::as_array_mut).into_iter().flatten());
            }
            ("TransactItems", Value::Array(writes)) => {
                items.extend(writes.iter_mut().filter_map(|write| write.get_mut("Put")?.get_mut("Item")));
            }
            ("CancellationReasons", Value::Array(reasons)) => {
                items.extend(reasons.iter_mut().filter_map(|reason| reason.get_mut("Item")));
            }
            _ => {}
        }
    }
    items
}
