//! What a store says of goods that a buyer comes for: told to the desk, once, whatever fails and whoever says something else at the
//! same moment; each unit is in exactly one place.

use super::hold_world::{World, lan, noon, order_key, pick_up, wish};
use commerce::goods::Writer;
use commerce::hold_terms::HoldCode;
use commerce::hold_word::HoldWord;
use commerce::ids::{LocationId, ShopId};
use commerce::pick_up::{Missing, Word};
use commerce::status::Status;
use commerce::stock::Cause;
use futures::StreamExt;
use hopkenh_tests::seed::{dice, seed};
use one_machine::table_engine::Fault;
use rand::Rng;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use table::TableError;
use workflows::prepare_holds::{PrepareHolds, Prepared};

const NOT_FOUND: Word = Word::NotHere(Missing::NotFound);

fn store(id: &str) -> LocationId {
    LocationId::new(id).unwrap()
}

async fn says_by(world: &World, id: &str, word: Word, at: &str, by: &Writer) -> Result<Prepared, TableError> {
    let prepare = PrepareHolds { table: world.book.table.clone(), clock: world.book.record.clock.clone() };
    prepare.say(world.shop("demo"), &order_key("demo", id), (word, &store(at)), by).await
}

async fn says(world: &World, id: &str, word: Word, at: &str) -> Prepared {
    says_by(world, id, word, at, &lan()).await.unwrap()
}

async fn waiting(world: &World) -> usize {
    world.book.table.waiting_pick_ups(&ShopId::new("demo").unwrap()).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_who_confirm_are_one_confirmation_and_the_desk_hears_of_it() {
    let mut world = World::open().await;
    let (id, push) = world.twin.hold_with(&[wish(2)], pick_up("hn", 300));
    let first = world.send(&push).await;
    assert_eq!((first.body.get("ready"), waiting(&world).await), (None, 1));
    world.at(10);
    assert_eq!(says(&world, &id, Word::Ready, "hcm").await, Prepared::Elsewhere(store("hn")));
    let before = world.stock("hn").await;
    let hoa = Writer::new("Hoa").unwrap();
    let (one, two) =
        tokio::join!(says(&world, &id, Word::Ready, "hn"), says_by(&world, &id, Word::Ready, "hn", &hoa));
    let done = [&one, &two.unwrap()].into_iter().filter(|said| matches!(said, Prepared::Done(_))).count();
    assert_eq!((done, world.stock("hn").await, waiting(&world).await), (1, before, 0));
    let by = world.order(&id).await.at_store().unwrap().ready.clone().unwrap().by;
    let again = world.send(&push).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.body["ready"], json!({ "at": noon(10), "by": by }));
    assert_eq!(again.body["code"], first.body["code"]);
    let code = HoldCode::new(first.body["code"].as_str().unwrap()).unwrap();
    world.at(20);
    world.settle().settle(world.shop("demo"), code, HoldWord::Collected, &hoa).await.unwrap();
    let over = world.send(&push).await;
    assert_eq!(over.body["handed_over"], json!({ "at": noon(20), "by": "Hoa" }));
    assert_eq!(world.stock("hn").await, (8, 0, 0, 8));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_moves_in_one_step_with_who_said_so_and_code_and_end_stay() {
    let mut world = World::open().await;
    let (id, push) = world.twin.hold_with(&[wish(3)], pick_up("hn", 300));
    let first = world.send(&push).await;
    world.at(10);
    assert!(matches!(says(&world, &id, Word::NotHere(Missing::Damaged), "hn").await, Prepared::Done(_)));
    assert_eq!((world.stock("hn").await, world.stock("hcm").await), ((10, 0, 0, 10), (4, 0, 3, 1)));
    let told = world.send(&push).await;
    assert_eq!((told.status, &told.body["code"]), (200, &first.body["code"]));
    assert_eq!(told.body["hold_until"], first.body["hold_until"]);
    assert_eq!(told.body["lines"][0]["location"], json!("hcm"));
    let expected =
        json!([{ "location": "hn", "why": "damaged", "at": noon(10), "by": "Lan", "moved_to": "hcm" }]);
    assert_eq!(told.body["not_here"], expected);
    let before = world.book.table.meter().reading();
    assert!(matches!(says(&world, &id, NOT_FOUND, "hn").await, Prepared::Known(_)), "once");
    assert_eq!(world.book.table.meter().reading().since(before).write_tenths, 0);
    let wanted = world.book.table.counts_wanted(&ShopId::new("demo").unwrap()).await.unwrap();
    let [count] = &wanted[..] else { panic!("{wanted:?}") };
    assert_eq!((count.balance.location.as_str(), count.units, count.order.as_str()), ("hn", 3, id.as_str()));
    let lines = world.book.ledger("demo").await;
    let moved: Vec<_> = lines
        .iter()
        .flat_map(|line| &line.movements)
        .filter(|m| m.at_ms == noon(10).as_millisecond())
        .collect();
    let by_lan = |cause: &Cause| matches!(cause, Cause::Order { by: Some(by), .. } if by.as_str() == "Lan");
    assert_eq!((moved.len(), moved.iter().all(|m| by_lan(&m.cause))), (2, true), "{moved:?}");
    // The buyer is handed the goods where they are.
    let code = HoldCode::new(first.body["code"].as_str().unwrap()).unwrap();
    world.settle().settle(world.shop("demo"), code, HoldWord::Collected, &lan()).await.unwrap();
    assert_eq!((world.stock("hn").await, world.stock("hcm").await), ((10, 0, 0, 10), (1, 0, 0, 1)));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_store_has_ends_and_the_desk_is_told_why_whatever_it_says_then() {
    let mut world = World::open().await;
    let (id, push) = world.twin.hold_with(&[wish(5)], pick_up("hn", 300));
    world.send(&push).await;
    world.at(10);
    assert!(matches!(says(&world, &id, NOT_FOUND, "hn").await, Prepared::Done(_)), "four are too few in hcm");
    assert_eq!((world.stock("hn").await, world.notes().await, waiting(&world).await), ((10, 0, 0, 10), 0, 0));
    let told = world.send(&push).await;
    assert_eq!(
        (told.status, &told.body["held"], &told.body["refused_at"]),
        (409, &json!(false), &json!(noon(10)))
    );
    assert!(told.body["error"].as_str().unwrap().starts_with("no store has the goods"));
    world.at(20);
    let late = world.says(&id, "confirm").await;
    assert_eq!((late.status, &late.body["not_here"][0]["why"]), (409, &json!("not_found")));
    assert_eq!(world.order(&id).await.status, Status::Cancelled);
    assert_eq!(world.says(&id, "cancel").await.status, 200);
    world.at(400);
    assert_eq!((world.sweep().await.unwrap(), world.stock("hn").await), (0, (10, 0, 0, 10)));
    world.audit().await;
}

/// Lets a word go as far as its call number `last`, which ends as the fault says, and nothing after it reaches the table; then it
/// is said again. Gives how many calls there were.
async fn dies_at(word: Word, last: usize, fault: Fault) -> usize {
    let mut world = World::open().await;
    let (id, _) = world.pick_up(3, "hn", 300).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    world.book.engine.plan_faults(Some(Arc::new(move |_, _| match counter.fetch_add(1, Ordering::SeqCst) {
        call if call < last => None,
        call if call == last => Some(fault),
        _ => Some(Fault::LostBefore),
    })));
    let _died = says_by(&world, &id, word, "hn", &lan()).await;
    let calls = calls.load(Ordering::SeqCst);
    world.book.engine.plan_faults(None);
    let said = says(&world, &id, word, "hn").await;
    assert!(matches!(said, Prepared::Done(_) | Prepared::Known(_)), "{fault:?} at call {last}: {said:?}");
    let expected = match word {
        Word::Ready => ((10, 0, 3, 7), (4, 0, 0, 4)),
        Word::NotHere(_) => ((10, 0, 0, 10), (4, 0, 3, 1)),
    };
    assert_eq!((world.stock("hn").await, world.stock("hcm").await), expected, "{fault:?} at call {last}");
    assert_eq!(waiting(&world).await, usize::from(word != Word::Ready));
    world.audit().await;
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_word_that_dies_at_any_call_is_said_again_and_counts_once() {
    for word in [Word::Ready, NOT_FOUND] {
        let calls = dies_at(word, usize::MAX, Fault::LostBefore).await;
        assert!(calls >= 2, "the order and a write");
        let faults = [Fault::LostBefore, Fault::LostAfter, Fault::Conflict, Fault::Throttled];
        let cases =
            faults.into_iter().flat_map(|fault| (0..calls).map(move |call| dies_at(word, call, fault)));
        assert_eq!(futures::stream::iter(cases).buffer_unordered(16).count().await, 4 * calls);
    }
}

/// Plays one race against a store that does not have the goods; the goods end where the winner says, and nowhere else.
async fn race(other: u64, run: u64) {
    let mut world = World::open().await;
    let (id, said) = world.pick_up(3, "hn", 30).await;
    let code = HoldCode::new(said.body["code"].as_str().unwrap()).unwrap();
    // The sweep ends what the store can still say a word about.
    world.at(if other == 1 { 29 } else { 5 });
    let hoa = Writer::new("Hoa").unwrap();
    let settle = world.settle();
    let refuse = says_by(&world, &id, NOT_FOUND, "hn", &hoa);
    match other {
        0 => {
            let fetch = settle.settle(world.shop("demo"), code, HoldWord::Collected, &hoa);
            let (_, fetched) = tokio::join!(refuse, fetch);
            fetched.unwrap();
        }
        1 => {
            let sweep = async {
                world.at(31);
                world.sweep().await
            };
            let (_, swept) = tokio::join!(refuse, sweep);
            swept.unwrap();
            world.sweep().await.unwrap();
        }
        2 => drop(tokio::join!(refuse, says(&world, &id, NOT_FOUND, "hn"))),
        3 => drop(tokio::join!(refuse, world.says(&id, "cancel"))),
        _ => {
            // Somebody else takes what it would move to.
            let (_, taken) = tokio::join!(refuse, world.pick_up(2, "hcm", 300));
            assert!([200, 409].contains(&taken.1.status));
        }
    }
    let order = world.order(&id).await;
    let places: Vec<&str> = order.applied.keys().map(|key| key.location.as_str()).collect();
    let (hn, hcm) = (world.stock("hn").await, world.stock("hcm").await);
    assert!(places.len() <= 1 && hn.3 >= 0 && hcm.3 >= 0, "run {run}: {places:?} {hn:?} {hcm:?}");
    match other {
        0 => {
            assert_eq!(order.status, Status::Shipped, "run {run}");
            assert_eq!(hn.0 + hcm.0, 11, "run {run}: {hn:?} {hcm:?}");
        }
        1 | 3 => assert_eq!((hn.2, hcm.2, order.status), (0, 0, Status::Cancelled), "run {run}"),
        2 => assert_eq!((hn.2, hcm.2), (0, 3), "run {run}"),
        _ => assert!(hn.2 == 0 && [2, 3].contains(&hcm.2), "run {run}: {hn:?} {hcm:?}"),
    }
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_says_something_else_at_the_same_moment_the_goods_are_in_one_place() {
    let races = (0..60).map(|run| race(run % 5, run));
    assert_eq!(futures::stream::iter(races).buffer_unordered(8).count().await, 60);
}

/// A day of words by everybody, drawn from the seed, with calls that are lost.
async fn a_day(seed: u64, run: u64) {
    let mut dice = dice(seed, run);
    let mut world = World::open().await;
    let mut orders = Vec::new();
    for minute in (0..120).step_by(4) {
        world.at(minute);
        if dice.random_bool(0.3) {
            let (last, calls) = (dice.random_range(0..4), AtomicUsize::new(0));
            let fault = if dice.random_bool(0.5) { Fault::LostBefore } else { Fault::LostAfter };
            world.book.engine.plan_faults(Some(Arc::new(move |_, _| {
                (calls.fetch_add(1, Ordering::SeqCst) == last).then_some(fault)
            })));
        }
        let at = if dice.random_bool(0.5) { "hn" } else { "hcm" };
        if orders.is_empty() || dice.random_bool(0.3) {
            let (id, said) = world.pick_up(dice.random_range(1..4), at, minute + 40).await;
            if said.status == 200 {
                orders.push((id, said.body["code"].as_str().unwrap().to_owned()));
            }
            world.book.engine.plan_faults(None);
            continue;
        }
        let (id, code) = &orders[dice.random_range(0..orders.len())];
        match dice.random_range(0..6) {
            0 => drop(says_by(&world, id, Word::Ready, at, &lan()).await),
            1 | 2 => drop(says_by(&world, id, NOT_FOUND, at, &lan()).await),
            3 => {
                let code = HoldCode::new(code).unwrap();
                drop(world.settle().settle(world.shop("demo"), code, HoldWord::Collected, &lan()).await);
            }
            4 => drop(world.says(id, "confirm").await),
            _ => drop(world.sweep().await),
        }
        world.book.engine.plan_faults(None);
    }
    let (mut holds, mut committed, mut gone) = (0, 0, 0);
    for (id, _) in &orders {
        let order = world.order(id).await;
        assert!(order.applied.len() <= 1, "run {run}: {order:?}");
        for delta in order.applied.values() {
            holds += delta.holds;
            committed += delta.committed;
            gone -= delta.on_hand;
        }
    }
    let (hn, hcm) = (world.stock("hn").await, world.stock("hcm").await);
    assert!(hn.3 >= 0 && hcm.3 >= 0, "run {run}: {hn:?} {hcm:?}");
    assert_eq!((hn.2 + hcm.2, hn.1 + hcm.1, 14 - hn.0 - hcm.0), (holds, committed, gone), "run {run}");
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_unit_is_in_exactly_one_place_on_made_up_days() {
    let seed = seed();
    let days = (0..30).map(|run| a_day(seed, run));
    assert_eq!(futures::stream::iter(days).buffer_unordered(8).count().await, 30);
}
