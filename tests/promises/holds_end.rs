//! Units that are set aside with an end: held, confirmed, ended on time, once, whatever fails or comes at the same moment.

use super::hold_world::{World, noon, order_key, pick_up, request, wish};
use commerce::status::Status;
use commerce::stock::{Cause, StockDelta};
use futures::StreamExt;
use hopkenh_tests::seed::{dice, seed};
use one_machine::table_engine::Fault;
use rand::Rng;
use rand::seq::SliceRandom;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use twins::{Push, TwinTerms};
use workflows::take_orders::Said;

/// On hand, committed, holds and free in Hà Nội before anything is held.
const UNTOUCHED: (i64, i64, i64, i64) = (10, 0, 0, 10);

fn is_held(said: &Said) -> (u16, bool) {
    (said.status, said.body["held"] == json!(true))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_are_held_then_sold_then_gone() {
    let mut world = World::open().await;
    let (id, said) = world.hold(3, 30).await;
    assert_eq!((is_held(&said), &said.body["hold_until"]), ((200, true), &json!(noon(30))));
    assert!(said.body.get("code").is_none(), "nobody comes to the store for it");
    assert_eq!(world.stock("hn").await, (10, 0, 3, 7));
    world.at(20);
    let said = world.says(&id, "confirm").await;
    assert_eq!((is_held(&said), said.body.get("hold_until")), ((200, true), None));
    assert_eq!(world.stock("hn").await, (10, 3, 0, 7));
    world.at(60);
    assert_eq!((world.sweep().await.unwrap(), world.notes().await), (0, 0), "nothing is due of what is sold");
    assert_eq!(world.stock("hn").await, (10, 3, 0, 7));
    assert_eq!(world.says(&id, "ship").await.status, 200);
    assert_eq!(world.stock("hn").await, (7, 0, 0, 7));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_ends_by_itself_when_its_time_is_over() {
    let mut world = World::open().await;
    let (id, _) = world.pick_up(3, "hn", 30).await;
    let (kept, _) = world.hold(2, 600).await;
    assert_eq!(world.notes().await, 2);
    world.at(29);
    assert_eq!(world.sweep().await.unwrap(), 0, "not before");
    assert_eq!(world.stock("hn").await, (10, 0, 5, 5));
    world.at(31);
    assert_eq!(world.sweep().await.unwrap(), 1);
    assert_eq!(world.stock("hn").await, (10, 0, 2, 8));
    let order = world.order(&id).await;
    assert_eq!(
        (order.status.clone(), order.ended_at(), order.code()),
        (Status::Cancelled, Some(noon(30)), None)
    );
    assert_eq!(world.order(&kept).await.status, Status::Pending);
    let lines = world.book.ledger("demo").await;
    let freed = StockDelta { holds: -3, ..StockDelta::default() };
    let end = lines.iter().flat_map(|line| &line.movements).find(|movement| movement.delta == freed).unwrap();
    assert_eq!(
        end.at_ms,
        noon(30).as_millisecond(),
        "freed at the end that was agreed, whenever it was swept"
    );
    assert!(matches!(&end.cause, Cause::Order { order, .. } if *order == id));
    let before = world.book.table.meter().reading();
    for _ in 0..3 {
        assert_eq!(world.sweep().await.unwrap(), 0, "once");
    }
    assert_eq!(world.book.table.meter().reading().since(before).write_tenths, 0);
    assert_eq!(world.notes().await, 1);
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_word_again_is_answered_the_same_until_the_end_and_not_held_after_it() {
    let world = World::open().await;
    let (_, push) = world.twin.hold_with(&[wish(2)], pick_up("hcm", 30));
    let first = world.send(&push).await;
    assert_eq!((is_held(&first), &first.body["purpose"]), ((200, true), &json!("pick_up")));
    assert_eq!((&first.body["code"], &first.body["lines"][0]["location"]), (&json!("482913"), &json!("hcm")));
    let before = world.book.table.meter().reading();
    for _ in 0..4 {
        assert_eq!(world.send(&push).await, first);
    }
    assert_eq!(world.book.table.meter().reading().since(before).write_tenths, 0);
    // Over, and not swept yet; then swept.
    for swept in [0, 1] {
        world.at(30 + swept);
        let late = world.send(&push).await;
        assert_eq!((is_held(&late), &late.body["ended_at"]), ((409, false), &json!(noon(30))));
        assert_eq!(world.sweep().await.unwrap(), usize::from(swept == 0));
    }
    assert_eq!(world.stock("hcm").await, (4, 0, 0, 4));
    let (_, waited) = world.twin.hold_with(&[wish(1)], pick_up("hn", 32));
    world.at(33);
    let never = world.send(&waited).await;
    assert_eq!(
        (is_held(&never), &never.body["ended_at"]),
        ((409, false), &json!(noon(32))),
        "begun too late"
    );
    assert_eq!(world.stock("hn").await, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_confirms_late_has_the_units_if_they_are_still_free() {
    let mut world = World::open().await;
    let ((kept, _), (lost, _)) = (world.hold(4, 30).await, world.hold(6, 30).await);
    // Said before the end and heard after it: the desk's line was down.
    world.at(25);
    let in_time = world.twin.call(&kept, "confirm").unwrap();
    world.at(31);
    assert_eq!(world.sweep().await.unwrap(), 2);
    assert_eq!(world.stock("hn").await, UNTOUCHED);
    assert_eq!(is_held(&world.send(&in_time).await), (200, true));
    assert_eq!(world.stock("hn").await, (10, 4, 0, 6));
    let (_, other) = world.hold(1, 90).await;
    assert_eq!(is_held(&other), (200, true));
    let late = world.says(&lost, "confirm").await;
    assert_eq!((is_held(&late), &late.body["ended_at"]), ((409, false), &json!(noon(30))));
    assert_eq!(
        (&late.body["lines"][0]["wanted"], &late.body["lines"][0]["available"]),
        (&json!(6), &json!(5))
    );
    assert_eq!(world.stock("hn").await, (10, 4, 1, 5), "nothing is held for it");
    assert_eq!(world.order(&lost).await.status, Status::Cancelled);
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_time_is_asked_for_with_a_later_word() {
    let mut world = World::open().await;
    let (id, said) = world.pick_up(2, "hn", 30).await;
    world.at(20);
    let longer = world.send(&world.twin.agree_on(&id, pick_up("hn", 60)).unwrap()).await;
    assert_eq!((&longer.body["hold_until"], &longer.body["code"]), (&json!(noon(60)), &said.body["code"]));
    world.at(45);
    assert_eq!(world.sweep().await.unwrap(), 0);
    world.at(61);
    assert_eq!(world.sweep().await.unwrap(), 1);
    let again = world.send(&world.twin.agree_on(&id, pick_up("hn", 90)).unwrap()).await;
    assert_eq!(is_held(&again), (200, true));
    assert_ne!(again.body["code"], said.body["code"], "the old code ended with the hold");
    let elsewhere = world.send(&world.twin.agree_on(&id, pick_up("hcm", 90)).unwrap()).await;
    assert_eq!(
        (elsewhere.status, &elsewhere.body["error"]),
        (422, &json!("location: the units are held in hn; another store needs another reference"))
    );
    let endless = world.send(&world.twin.agree_on(&id, TwinTerms::default()).unwrap()).await;
    assert_eq!((is_held(&endless), endless.body.get("code")), ((200, true), None));
    assert_eq!((world.stock("hn").await, world.notes().await), ((10, 2, 0, 8), 0), "as holds ever were");
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_was_named_has_the_units_or_nobody_has() {
    let world = World::open().await;
    let (_, short) = world.pick_up(5, "hcm", 30).await;
    let line = &short.body["lines"][0];
    assert_eq!(
        (is_held(&short), &line["available"], &line["location"]),
        ((409, false), &json!(4), &json!("hcm"))
    );
    assert_eq!((world.stock("hn").await, world.stock("hcm").await), (UNTOUCHED, (4, 0, 0, 4)));
    for (terms, problem) in [
        (
            TwinTerms { location: None, ..pick_up("hn", 30) },
            "location: must name the store where the buyer comes, with purpose pick_up",
        ),
        (pick_up("hue", 30), "location: must be a store that serves this connection: hn, hcm"),
        (pick_up("hn", -1), "hold_until: must be later than at"),
        (pick_up("hn", 31 * 24 * 60), "hold_until: must be at most 30 days later than at"),
    ] {
        let (_, push) = world.twin.hold_with(&[wish(1)], terms);
        let said = world.send(&push).await;
        assert_eq!((said.status, &said.body["error"]), (422, &json!(problem)));
    }
}

/// Plays one race: the desk confirms while the sweep ends the hold. Gives what the desk was told.
async fn race(world: &World, both: impl AsyncFn(&World, Push) -> Said) -> Said {
    let (id, _) = world.hold(2, 30).await;
    let confirm = world.twin.call(&id, "confirm").unwrap();
    world.at(31);
    let said = both(world, confirm).await;
    assert_eq!(world.sweep().await.unwrap(), 0, "nothing is left to be ended");
    let status = world.order(&id).await.status;
    assert_eq!((is_held(&said), status), ((200, true), Status::Confirmed));
    assert_eq!((world.stock("hn").await, world.notes().await), ((10, 2, 0, 8), 0));
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confirm_and_the_sweep_end_with_one_effect_whoever_is_first() {
    let mut told = Vec::new();
    let mut world = World::open().await;
    told.push(
        race(&world, async |world, confirm| {
            let said = world.send(&confirm).await;
            assert_eq!(world.sweep().await.unwrap(), 0);
            said
        })
        .await,
    );
    world.audit().await;
    let mut world = World::open().await;
    told.push(
        race(&world, async |world, confirm| {
            assert_eq!(world.sweep().await.unwrap(), 1);
            world.send(&confirm).await
        })
        .await,
    );
    world.audit().await;
    for _ in 0..20 {
        let mut world = World::open().await;
        told.push(
            race(&world, async |world, confirm| {
                let (take, due) = (world.take.clone(), world.sweep());
                let said = tokio::spawn(async move { take.take("demo", "chat", &request(&confirm)).await });
                let (said, swept) = tokio::join!(said, due);
                assert!(swept.unwrap() <= 1);
                said.unwrap()
            })
            .await,
        );
        world.audit().await;
    }
    assert!(told.iter().all(|said| *said == told[0]), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_sweeps_at_once_end_a_hold_once() {
    let mut world = World::open().await;
    world.hold(2, 30).await;
    world.pick_up(3, "hn", 30).await;
    world.at(31);
    let (one, two) = tokio::join!(world.sweep(), world.sweep());
    assert_eq!(one.unwrap() + two.unwrap(), 2);
    assert_eq!((world.stock("hn").await, world.notes().await), (UNTOUCHED, 0));
    world.audit().await;
}

/// Lets a sweep go as far as its call number `last`, which ends as the fault says, and nothing after it reaches the table.
/// Gives how many calls there were.
async fn dies_at(last: usize, fault: Fault) -> usize {
    let mut world = World::open().await;
    world.pick_up(2, "hn", 30).await;
    world.hold(3, 30).await;
    world.at(31);
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    world.book.engine.plan_faults(Some(Arc::new(move |_, _| match counter.fetch_add(1, Ordering::SeqCst) {
        call if call < last => None,
        call if call == last => Some(fault),
        _ => Some(Fault::LostBefore),
    })));
    let _died = world.sweep().await;
    world.book.engine.plan_faults(None);
    world.sweep().await.unwrap();
    assert_eq!((world.stock("hn").await, world.notes().await), (UNTOUCHED, 0), "{fault:?} at call {last}");
    world.audit().await;
    calls.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_that_dies_after_any_step_is_finished_by_the_next() {
    let calls = dies_at(usize::MAX, Fault::LostBefore).await;
    assert!(calls >= 4, "what is due, the orders, and a write for each");
    let faults = [Fault::LostBefore, Fault::LostAfter];
    let cases = faults.into_iter().flat_map(|fault| (0..calls).map(move |call| dies_at(call, fault)));
    assert_eq!(futures::stream::iter(cases).buffer_unordered(16).count().await, 2 * calls);
}

/// Tells the story of two orders, each word one to five times and shuffled, with sweeps in between; what both come to.
async fn played(run: u64) -> Vec<(Status, i64)> {
    let mut dice = dice(seed(), run);
    let mut world = World::open().await;
    let (sold, hold) = world.twin.hold_with(&[wish(2)], pick_up("hn", 30));
    let (over, other) = world.twin.hold_with(&[wish(3)], pick_up("hn", 30));
    for push in [&hold, &other] {
        assert_eq!(world.send(push).await.status, 200);
    }
    let confirm = world.twin.call(&sold, "confirm").unwrap();
    let mut words: Vec<Option<&Push>> = vec![None; dice.random_range(1..=5)];
    for push in [&hold, &other, &confirm] {
        words.extend(vec![Some(push); dice.random_range(1..=5)]);
    }
    words.shuffle(&mut dice);
    world.at(31);
    for word in words {
        match word {
            Some(push) => drop(world.send(push).await),
            None => drop(world.sweep().await.unwrap()),
        }
    }
    assert_eq!((world.stock("hn").await, world.notes().await), ((10, 2, 0, 8), 1), "run {run}");
    world.audit().await;
    let mut states = Vec::new();
    for id in [&sold, &over] {
        let order = world.order(id).await;
        states.push((order.status.clone(), order.applied.values().map(StockDelta::free).sum()));
    }
    states
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_and_sweeps_doubled_and_shuffled_come_to_the_same() {
    let played: Vec<_> = futures::stream::iter((0..40).map(played)).buffer_unordered(8).collect().await;
    assert!(
        played.iter().all(|states| *states == [(Status::Confirmed, -2), (Status::Cancelled, 0)]),
        "{played:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_recorded_without_an_answer_ends_as_well_and_gets_its_code_when_asked() {
    let mut world = World::open().await;
    let (id, push) = world.twin.hold_with(&[wish(2)], pick_up("hn", 30));
    let recorded = world.recorded(&push);
    world.book.deliver_until_done(&[recorded.clone(), recorded]).await;
    assert_eq!((world.stock("hn").await, world.notes().await), ((10, 0, 2, 8), 1));
    assert_eq!(world.send(&push).await.body["code"], json!("482913"));
    let confirm = world.recorded(&world.twin.call(&id, "confirm").unwrap());
    world.at(31);
    assert_eq!(world.sweep().await.unwrap(), 1);
    world.book.deliver_until_done(&[confirm.clone(), confirm]).await;
    assert_eq!(world.stock("hn").await, (10, 2, 0, 8), "promised already: a fact, and counted once");
    let key = order_key("demo", &id);
    assert_eq!(world.book.table.load_orders(std::slice::from_ref(&key), true).await.unwrap().len(), 1);
    world.audit().await;
}
