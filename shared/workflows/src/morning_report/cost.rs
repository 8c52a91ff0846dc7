//! What a day cost, as far as the ledger lets it be counted: writes and objects that must have been made, times a price list.
//!
//! It is never more than what was used: a write that left no trace in the ledger is left out, and the report says which.

use super::day_lines::ByVersion;
use crate::prices::{CHECKED, NOTED_ON, Price, REGION, S3_PUT, WRITE_UNIT};
use crate::reconcile::Recorded;
use commerce::ids::ConnectionId;
use commerce::stock::{Cause, ListingKey, Movement, StockKey};
use reports::language::Said;
use reports::shop::{Cost, CostLine};
use std::collections::{BTreeMap, BTreeSet};

/// Units of one write inside a transaction, of an item of at most a kilobyte.
const IN_A_TRANSACTION: u64 = 2;

/// Writes that the ledger's lines of a day prove.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Writes {
    /// Of balances: each line is one.
    balances: u64,
    /// Of orders, together with what they did to stock.
    orders: u64,
    /// Of listings' states, together with cover that moved.
    listings: u64,
    /// Of listings' states between those: states are numbered without a gap. Alone, each is one unit.
    between: u64,
    /// Of counts.
    counts: u64,
}

impl Writes {
    fn units(self) -> u64 {
        IN_A_TRANSACTION * (self.balances + self.orders + self.listings + self.counts) + self.between
    }
}

/// The counted part of the day's cost; none where nobody knows which lines were recorded on that day.
pub(super) fn cost(
    balances: &BTreeMap<StockKey, ByVersion<'_>>,
    recorded: Option<&Recorded>,
    orders: Option<u64>,
    is_billed: bool,
) -> Option<Cost> {
    let recorded = recorded?;
    let of_day = |lines: &ByVersion<'_>| -> Vec<Vec<Movement>> {
        let lines = lines.values().filter(|(_, is_of_day)| *is_of_day);
        lines.map(|(line, _)| line.movements.clone()).collect()
    };
    let writes = writes(&balances.values().map(of_day).collect::<Vec<_>>());
    Some(Cost {
        prices_of: NOTED_ON,
        price_list: format!("AWS {REGION}, on demand ({CHECKED})"),
        orders: orders?,
        lines: vec![
            line(WRITE_UNIT, writes.units(), how(writes)),
            line(S3_PUT, u64::try_from(recorded.objects).unwrap_or(u64::MAX), ledger_objects()),
        ],
        left_out: Some(left_out()),
        is_billed,
    })
}

fn line(price: Price, units: u64, how: Said) -> CostLine {
    CostLine {
        what: Said::new(price.what, price.what),
        how: Some(how),
        units,
        price_nano_usd_per_million: price.micro_usd_per_million.saturating_mul(1_000),
    }
}

/// Counts them: each balance is the list of its lines, each line that of its movements.
fn writes(balances: &[Vec<Vec<Movement>>]) -> Writes {
    let mut writes = Writes::default();
    let mut orders: BTreeMap<(&ConnectionId, &str), u64> = BTreeMap::new();
    let mut states: BTreeMap<&ListingKey, BTreeSet<u64>> = BTreeMap::new();
    for lines in balances {
        writes.balances += lines.len() as u64;
        let mut here: BTreeMap<(&ConnectionId, &str), u64> = BTreeMap::new();
        for movement in lines.iter().flatten() {
            match &movement.cause {
                Cause::Order { connection, order, .. } => *here.entry((connection, order)).or_default() += 1,
                Cause::Cover { listing, number } => drop(states.entry(listing).or_default().insert(*number)),
                Cause::Document { .. } => writes.counts += 1,
            }
        }
        // An order of several products changes all its balances in one write.
        for (order, times) in here {
            let most = orders.entry(order).or_default();
            *most = times.max(*most);
        }
    }
    writes.orders = orders.values().sum();
    for numbers in states.values() {
        let known = numbers.len() as u64;
        let span = numbers.first().zip(numbers.last()).map_or(0, |(first, last)| last - first + 1);
        writes.listings += known;
        writes.between += span.saturating_sub(known);
    }
    writes
}

/// The formula with its numbers.
fn how(writes: Writes) -> Said {
    let Writes { balances, orders, listings, between, counts } = writes;
    Said::new(
        format!(
            "2 × ({balances} lần đổi số dư + {orders} lần ghi đơn + {listings} lần đổi phần của gian hàng + {counts} lần \
             kiểm) + {between} lần ghi gian hàng ở giữa"
        ),
        format!(
            "2 × ({balances} changes of balances + {orders} writes of orders + {listings} moves of a listing's cover + \
             {counts} counts) + {between} states of listings between"
        ),
    )
}

fn ledger_objects() -> Said {
    Said::new("số tệp sổ cái của ngày", "objects of the day's ledger")
}

fn left_out() -> Said {
    Said::new(
        "tin đơn không đổi tồn kho, các lần đọc, lượt đọc danh sách đơn mỗi phút, hàng đợi, webhook, số lần và thời gian \
         chạy Lambda, lưu trữ",
        "news of orders that moved no stock, all reads, each minute's pass over the order lists, queues, webhooks, calls and \
         time of Lambda, storage",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::ids::ListingId;
    use commerce::stock::StockDelta;

    fn movement(cause: Cause) -> Movement {
        Movement { cause, at_ms: 0, delta: StockDelta::default() }
    }

    fn order(order: &str) -> Movement {
        let connection = ConnectionId::new("web").unwrap();
        movement(Cause::Order { connection, order: order.to_owned(), by: None })
    }

    fn cover(number: u64) -> Movement {
        let (connection, listing) = (ConnectionId::new("web").unwrap(), ListingId::new("1").unwrap());
        movement(Cause::Cover { listing: ListingKey { connection, listing }, number })
    }

    #[test]
    fn each_write_that_the_ledger_proves_is_counted_once() {
        let count = movement(Cause::Document { document: "level:count:hn:1".to_owned() });
        // Order A is of two products, and later one of them leaves; B comes in the same batch as A.
        let shirts = vec![vec![order("A"), order("B")], vec![cover(4)], vec![order("A")], vec![cover(7)]];
        let caps = vec![vec![order("A")], vec![count], vec![cover(7)]];
        let writes = writes(&[shirts, caps]);
        let told = (writes.balances, writes.orders, writes.listings, writes.between, writes.counts);
        assert_eq!(told, (7, 3, 2, 2, 1), "states 5 and 6 of the listing lie between");
        assert_eq!(writes.units(), 2 * (7 + 3 + 2 + 1) + 2);
        assert_eq!(line(WRITE_UNIT, writes.units(), how(writes)).nano_usd(), 28 * 712_500 / 1_000);
    }
}
