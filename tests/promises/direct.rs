//! The engine answers the table's calls in the same process exactly as it answers them through the AWS SDK, refusals and cost
//! included: what simulated days prove of the one way holds for the other.

use commerce::Timestamp;
use commerce::cover::{CoverChange, Guard};
use commerce::ids::{ConnectionId, ListingId, LocationId, ShopId, Sku};
use commerce::level::Level;
use commerce::stock::StockKey;
use commerce::stock::{Cause, ListingKey, Movement, StockDelta};
use jiff::SignedDuration;
use one_machine::sdk_answer::access;
use one_machine::table_engine::{Fault, TableEngine};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use table::due_item::{Due, DueWork};
use table::listing_item::ListingState;
use table::pass_item::PassState;
use table::save_listed::ListingWrite;
use table::{Table, TableError};

const NOW: &str = "2026-11-22T03:00:00Z";

/// The shop's table, answered one way or the other, and everything it said so far.
struct Way {
    table: Table,
    said: Vec<String>,
}

impl Way {
    fn says(&mut self, what: &str, answer: impl Debug) {
        let spent = self.table.meter().reading();
        self.said.push(format!("{what}: {answer:?}, {spent:?}"));
    }
}

/// What a write came to, each item in the order of its attributes' names.
fn written(answer: Result<(), TableError>) -> String {
    match answer {
        Err(TableError::Lost(lost)) => {
            let items = lost.into_iter().map(|entry| entry.map(|lost| lost.item.map(BTreeMap::from_iter)));
            format!("Lost {:?}", items.collect::<Vec<Option<Option<BTreeMap<_, _>>>>>())
        }
        other => format!("{other:?}"),
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn minutes(many: i64) -> Timestamp {
    now() + SignedDuration::from_mins(many)
}

fn shop() -> ShopId {
    ShopId::new("demo").unwrap()
}

fn balance() -> StockKey {
    StockKey { sku: Sku::new("AO-M").unwrap(), location: LocationId::new("hcm").unwrap() }
}

fn listing() -> ListingKey {
    ListingKey { connection: ConnectionId::new("shopee").unwrap(), listing: ListingId::new("100:1").unwrap() }
}

/// A count, the same count again, and one that was planned from an older balance.
async fn counts(way: &mut Way) {
    for (what, minute, version) in [("count", 0, 0), ("again", 0, 0), ("too late", 5, 7), ("next", 5, 1)] {
        let key = balance();
        let level = Level {
            location: key.location.clone(),
            on_hand: 6 + minute,
            as_of: minutes(minute),
            source: "count".to_owned(),
        };
        let delta = StockDelta { on_hand: 6, ..StockDelta::default() };
        let cause = Cause::Document { document: level.document() };
        let movement = Movement { cause, at_ms: level.as_of.as_millisecond(), delta: delta.clone() };
        let answer = written(way.table.save_level(&shop(), &key, &level, (delta, movement), version).await);
        way.says(what, answer);
    }
    let stock = way.table.load_stock(&shop(), &[balance()]).await;
    way.says("stock", stock);
}

/// A listing with its cover: written, written by two at once, and with a reserve that is not there.
async fn listings(way: &mut Way) {
    let tries =
        [("listing", None, 2), ("at once", None, 2), ("over it", Some(1), 3), ("too much", Some(1), 99)];
    for (what, expected, units) in tries {
        let mut state = ListingState::default();
        state.listed.number = expected.unwrap_or(0) + 1;
        let change = CoverChange { key: balance(), delta: units, guard: Guard::FreeAtLeast(units) };
        let write = ListingWrite {
            shop: &shop(),
            key: &listing(),
            state: &state,
            expected,
            cover: &[change],
            was_due_at: None,
            due_at: Some(minutes(1)),
            now: now(),
        };
        let answer = written(way.table.save_listed(&write).await);
        way.says(what, answer);
    }
    let listed = way.table.load_listed(&shop(), &[listing()]).await;
    way.says("listed", listed);
    let due = way.table.due(&shop(), None).await;
    way.says("due", &due);
    let work = DueWork::Listing(listing().connection, listing().listing);
    for at in [minutes(9), minutes(1)] {
        let answer = way.table.forget_due(&shop(), &Due { work: work.clone(), at }).await;
        way.says("forgotten", answer);
    }
    let due = way.table.due(&shop(), Some(&listing().connection)).await;
    way.says("due", &due);
}

/// A pass, and one that began before it.
async fn passes(way: &mut Way) {
    for minute in [3, 1] {
        let state = PassState { begun_at: Some(minutes(minute)), ..PassState::default() };
        let answer = written(way.table.save_pass(&shop(), &listing().connection, &state).await);
        way.says("pass", answer);
    }
    let passes = way.table.load_passes(&shop(), &[listing().connection]).await;
    way.says("passes", passes);
}

#[tokio::test]
async fn the_engine_answers_directly_what_it_answers_through_the_sdk() {
    let mut said = Vec::new();
    for is_direct in [false, true] {
        let engine = TableEngine::in_memory().unwrap();
        let table = Table::new(access(engine.clone()).dynamodb(), "book");
        table.create_if_missing().await.unwrap();
        let table = if is_direct { table.answered_by(Arc::new(engine.clone())) } else { table };
        let mut way = Way { table, said: Vec::new() };
        counts(&mut way).await;
        listings(&mut way).await;
        passes(&mut way).await;
        way.says("writes", engine.writes());
        if is_direct {
            // So that the test cannot compare one way with itself.
            engine.plan_faults(Some(Arc::new(|_, _| Some(Fault::LostBefore))));
            assert!(
                way.table.load_stock(&shop(), &[balance()]).await.is_ok(),
                "nothing goes through the SDK"
            );
        }
        said.push(way.said);
    }
    let lost = said[0].iter().filter(|line| line.contains("Lost")).count();
    assert_eq!(lost, 5, "{:#?}", said[0]);
    assert_eq!(said[0], said[1]);
}
