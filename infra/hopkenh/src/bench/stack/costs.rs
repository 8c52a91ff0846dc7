//! What each shop costs: counted call by call at the embedded engines, and priced by the list.

use one_machine::queue_engine::ShopRequests;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use workflows::prices::{
    HTTP_API_CALL, LAMBDA_CALL, LAMBDA_MB_SECOND, Price, READ_UNIT, S3_PUT, SQS_FIFO, SQS_STANDARD,
    WRITE_UNIT, nano_usd,
};

/// Megabyte-seconds that one order's calls are taken to hold: memory as in the template, durations as on one machine
/// with channels that answer in 200 ms. Nobody has measured it on AWS.
///
/// Look up or publish: 256 MB for 210 ms; record: 512 MB for 15 ms; webhook: 512 MB for 5 ms.
const WAITING_MB_MS: u64 = 256 * 210;
const WEBHOOK_MB_MS: u64 = 512 * 5;

/// What a shop used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// Write units, in tenths.
    pub write_tenths: u64,
    /// Read units, in tenths.
    pub read_tenths: u64,
    /// Requests to the queues.
    pub requests: ShopRequests,
    /// Webhooks that arrived.
    pub webhooks: u64,
    /// Objects written into the archive.
    pub objects: u64,
}

impl Used {
    /// Used since an earlier reading.
    pub fn since(&self, earlier: &Used) -> Used {
        let (now, before) = (&self.requests, &earlier.requests);
        Used {
            write_tenths: self.write_tenths - earlier.write_tenths,
            read_tenths: self.read_tenths - earlier.read_tenths,
            requests: ShopRequests {
                standard_thousandths: now.standard_thousandths - before.standard_thousandths,
                fifo_thousandths: now.fifo_thousandths - before.fifo_thousandths,
                batches: now.batches - before.batches,
            },
            webhooks: self.webhooks - earlier.webhooks,
            objects: self.objects - earlier.objects,
        }
    }

    /// Both together.
    pub fn plus(&self, other: &Used) -> Used {
        let (one, two) = (&self.requests, &other.requests);
        Used {
            write_tenths: self.write_tenths + other.write_tenths,
            read_tenths: self.read_tenths + other.read_tenths,
            requests: ShopRequests {
                standard_thousandths: one.standard_thousandths + two.standard_thousandths,
                fifo_thousandths: one.fifo_thousandths + two.fifo_thousandths,
                batches: one.batches + two.batches,
            },
            webhooks: self.webhooks + other.webhooks,
            objects: self.objects + other.objects,
        }
    }

    /// How much of each priced thing it was, in thousandths.
    pub fn priced(&self) -> [(Price, u64); 8] {
        let calls = self.webhooks + self.requests.batches + self.objects;
        let megabyte_ms =
            self.webhooks * WEBHOOK_MB_MS + (self.requests.batches + self.objects) * WAITING_MB_MS;
        [
            (WRITE_UNIT, self.write_tenths * 100),
            (READ_UNIT, self.read_tenths * 100),
            (SQS_STANDARD, self.requests.standard_thousandths),
            (SQS_FIFO, self.requests.fifo_thousandths),
            (LAMBDA_CALL, calls * 1_000),
            (LAMBDA_MB_SECOND, megabyte_ms),
            (HTTP_API_CALL, self.webhooks * 1_000),
            (S3_PUT, self.objects * 1_000),
        ]
    }

    /// What it cost, in billionths of a dollar.
    pub fn nano_usd(&self) -> u64 {
        self.priced().into_iter().map(|(price, thousandths)| nano_usd(price, thousandths)).sum()
    }
}

/// Units of the table by shop, in tenths: written, read.
type Units = BTreeMap<String, (u64, u64)>;

/// Counts the table's units by shop; cheap to clone.
#[derive(Clone, Default)]
pub struct UnitsByShop(Arc<Mutex<Units>>);

impl UnitsByShop {
    /// Takes in one call: every call of ours concerns one shop, and the first key names it.
    pub fn take_in(&self, operation: &str, request: &[u8], answer: &str) {
        let request = String::from_utf8_lossy(request);
        let (Some(shop), Some(tenths)) = (shop_in(&request), tenths_in(answer)) else { return };
        let mut units = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (written, read) = units.entry(shop.to_owned()).or_default();
        let is_write = matches!(operation, "TransactWriteItems" | "PutItem" | "DeleteItem");
        *(if is_write { written } else { read }) += tenths;
    }

    /// The reading now.
    pub fn reading(&self) -> Units {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn shop_in(request: &str) -> Option<&str> {
    let (_, after) = request.split_once("\"p\":{\"S\":\"")?;
    Some(after.split('"').next()?.split_once('#')?.0)
}

/// The units an answer names, for one table or for several.
fn tenths_in(answer: &str) -> Option<u64> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    let tenths = |consumed: &Value| in_tenths(&consumed["CapacityUnits"].to_string());
    match &answer["ConsumedCapacity"] {
        Value::Array(several) => several.iter().map(tenths).sum(),
        one => tenths(one),
    }
}

/// `2.5` is 25: units come in steps of one half.
fn in_tenths(units: &str) -> Option<u64> {
    let (whole, part) = units.split_once('.').unwrap_or((units, "0"));
    Some(whole.parse::<u64>().ok()? * 10 + part.get(..1)?.parse::<u64>().ok()?)
}

/// How many objects of the ledger each shop has in the archive.
pub fn objects_by_shop(archive: &Path) -> BTreeMap<String, u64> {
    let folders = std::fs::read_dir(archive.join("ledger")).into_iter().flatten().flatten();
    let count = |folder: std::fs::DirEntry| {
        let objects = std::fs::read_dir(folder.path()).into_iter().flatten().count();
        (folder.file_name().to_string_lossy().into_owned(), objects as u64)
    };
    folders.map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_counted_for_the_shop_in_the_first_key() {
        let units = UnitsByShop::default();
        let write = br#"{"TransactItems":[{"Put":{"Item":{"p":{"S":"shop-a#O#web#1"}}}}]}"#;
        let capacity = r#"{"ConsumedCapacity":[{"TableName":"t","CapacityUnits":4.0}]}"#;
        units.take_in("TransactWriteItems", write, capacity);
        let read = br#"{"RequestItems":{"t":{"Keys":[{"p":{"S":"shop-b#S#x"}}]}}}"#;
        units.take_in("BatchGetItem", read, r#"{"ConsumedCapacity":[{"CapacityUnits":0.5}]}"#);
        units.take_in("BatchGetItem", read, "{}");
        let expected = [("shop-a".to_owned(), (40, 0)), ("shop-b".to_owned(), (0, 5))];
        assert_eq!(units.reading(), expected.into());
    }
}
