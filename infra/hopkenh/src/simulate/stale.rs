//! Reads that need not be consistent: now and then they answer with what an item was a moment ago, as DynamoDB may.

use super::fault::Fault;
use super::hub::TABLE;
use super::sim::{Sim, lock};
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use lambda_kit::stream::to_item;
use table::attributes::Item;
use table::in_process::Call;
use table::keys::{PARTITION, SORT};

/// How old an answer may be, in milliseconds.
const OLD_MS: i64 = 900;

/// The keys of a read that may be a moment old; none for any other call, and none while nothing has changed for longer.
pub(super) fn keys_of(sim: &Sim, call: &Call) -> Option<Vec<(String, String)>> {
    let Call::BatchGetItem(input) = call else { return None };
    let is_settled = lock(&sim.book).changed_ms <= sim.now_ms() - OLD_MS;
    let asked = input.request_items()?.get(TABLE)?;
    if is_settled || asked.consistent_read().unwrap_or(false) {
        return None;
    }
    Some(asked.keys().iter().map(key).collect())
}

fn key(item: &Item) -> (String, String) {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
    (text(PARTITION), text(SORT))
}

/// The answer with items that have just changed as they were before, if the weather wants it.
pub(super) fn age(sim: &Sim, keys: &[(String, String)], mut read: BatchGetItemOutput) -> BatchGetItemOutput {
    let since_ms = sim.now_ms() - OLD_MS;
    let book = lock(&sim.book);
    let before = keys.iter().filter_map(|key| Some((key, book.before.get(key)?)));
    let old: Vec<_> = before.filter(|(_, (at_ms, _))| *at_ms > since_ms).collect();
    if old.is_empty() || !lock(&sim.weather).strikes(Fault::StaleRead) {
        return read;
    }
    let Some(items) = read.responses.as_mut().and_then(|tables| tables.get_mut(TABLE)) else { return read };
    for (place, (_, image)) in old {
        items.retain(|item| key(item) != *place);
        items.extend(image.as_ref().map(to_item));
    }
    read
}
