//! Goods come in, go to the other store, come back and are written off: once, whatever fails, and never twice by two people.

use super::hold_world::{World, noon};
use commerce::goods::{Goods, Reason, Refusal, Said, Word};
use commerce::ids::{DocumentNumber, ShopId};
use commerce::stock::StockKey;
use futures::StreamExt;
use one_machine::table_engine::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use table::TableError;
use workflows::write_goods::{WriteGoods, Written};

fn id<T: TryFrom<String>>(text: impl Into<String>) -> T {
    T::try_from(text.into()).unwrap_or_else(|_| panic!("a name of the test is none"))
}

fn units(units: i64) -> Goods {
    Goods::from([(id("AO-M"), units)])
}

fn said(word: Word, reference: &str, minute: i64) -> Said {
    Said { word, reference: id(reference), by: id("Lan"), at: noon(minute), why: "vì thế".to_owned() }
}

fn draft(goods: Goods) -> Word {
    Word::Draft { from: id("hn"), to: id("hcm"), goods }
}

async fn say(world: &World, number: &str, said: &Said) -> Result<Written, TableError> {
    let goods = WriteGoods { table: world.book.table.clone(), clock: world.book.record.clock.clone() };
    goods.write(world.shop("demo"), &id::<DocumentNumber>(number), said).await
}

/// Says it and expects it to be written.
async fn done(world: &World, number: &str, word: Word, minute: i64) {
    world.at(minute);
    let reference = format!("{}-{minute}", word.name());
    let written = say(world, number, &said(word, &reference, minute)).await.unwrap();
    assert!(matches!(written, Written::Done(_)), "{written:?}");
}

/// On hand, holds, free, in transit and in quarantine.
async fn at(world: &World, store: &str) -> (i64, i64, i64, i64, i64) {
    let key = StockKey { sku: id("AO-M"), location: id(store) };
    let found = world.book.table.load_stock(&id::<ShopId>("demo"), std::slice::from_ref(&key)).await.unwrap();
    let stock = &found[&key];
    (stock.on_hand, stock.holds, stock.free, stock.in_transit, stock.quarantine)
}

async fn open(world: &World) -> Vec<String> {
    let open = world.book.table.open_goods(&id::<ShopId>("demo")).await.unwrap();
    open.into_keys().map(String::from).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_of_goods_ends_as_the_stores_are() {
    let mut world = World::open().await;
    done(&world, "R-1", Word::Receive { location: id("hn"), goods: units(5) }, 1).await;
    assert_eq!(at(&world, "hn").await, (15, 0, 15, 0, 0));
    done(&world, "T-1", draft(units(6)), 2).await;
    assert_eq!(at(&world, "hn").await, (15, 6, 9, 0, 0));
    // Seven were loaded instead of six: what happened is what is written.
    done(&world, "T-1", Word::Depart(Some(units(7))), 3).await;
    assert_eq!((at(&world, "hn").await, at(&world, "hcm").await), ((8, 0, 8, 0, 0), (4, 0, 4, 7, 0)));
    done(&world, "T-1", Word::Arrive(Some(units(5))), 4).await;
    assert_eq!((at(&world, "hcm").await, open(&world).await), ((9, 0, 9, 2, 0), vec!["T-1".to_owned()]));
    done(&world, "T-1", Word::Arrive(Some(units(1))), 5).await;
    done(&world, "T-1", Word::Lose(None), 6).await;
    assert_eq!((at(&world, "hcm").await, open(&world).await), ((10, 0, 10, 0, 0), Vec::new()));
    let back = Word::TakeBack { location: id("hcm"), order: None, goods: units(3), went_out: None };
    done(&world, "B-1", back, 7).await;
    assert_eq!(at(&world, "hcm").await, (10, 0, 10, 0, 3));
    let look = Word::Inspect { location: id("hcm"), sellable: units(2), scrapped: units(1) };
    done(&world, "B-1", look, 8).await;
    assert_eq!(at(&world, "hcm").await, (12, 0, 12, 0, 0));
    let broken = Word::Adjust { location: id("hcm"), reason: Reason::Damaged, goods: units(-1) };
    done(&world, "A-1", broken, 9).await;
    assert_eq!((at(&world, "hcm").await, open(&world).await), ((11, 0, 11, 0, 0), Vec::new()));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_people_who_confirm_the_same_arrival_one_is_told_that_nothing_is_left() {
    let mut world = World::open().await;
    done(&world, "T-1", Word::Send { from: id("hn"), to: id("hcm"), goods: units(4) }, 1).await;
    let hands = ["a", "b", "c", "d"].map(|hand| said(Word::Arrive(None), hand, 2));
    let told = futures::future::join_all(hands.iter().map(|said| say(&world, "T-1", said))).await;
    let done = told.iter().filter(|told| matches!(told, Ok(Written::Done(_)))).count();
    let late = told.iter().filter(|told| matches!(told, Ok(Written::Refused(Refusal::TooLate)))).count();
    assert_eq!((done, late), (1, 3), "{told:?}");
    assert_eq!((at(&world, "hn").await.0, at(&world, "hcm").await.0), (6, 8));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafts_at_the_same_moment_set_aside_no_more_than_is_free() {
    let mut world = World::open().await;
    let drafts = (0..6).map(|n| (format!("T-{n}"), said(draft(units(3)), "draft", 1)));
    let told = drafts.map(async |(number, said)| say(&world, &number, &said).await.unwrap());
    let told: Vec<Written> = futures::future::join_all(told).await;
    let done = told.iter().filter(|told| matches!(told, Written::Done(_))).count();
    let refused =
        told.iter().filter(|told| matches!(told, Written::Refused(Refusal::NotFree { free: 1, .. }))).count();
    assert_eq!((done, refused), (3, 3), "{told:?}");
    assert_eq!(at(&world, "hn").await, (10, 9, 1, 0, 0));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_taken_before_goods_left_or_came_is_brought_up_to_now_and_one_taken_after_has_them() {
    let mut world = World::open().await;
    done(&world, "T-1", Word::Send { from: id("hn"), to: id("hcm"), goods: units(4) }, 10).await;
    // Nine were there when the goods had not left, so five are there now.
    let early = hopkenh_tests::history::count("demo", "chat", "AO-M", "hn", 9, noon(5));
    world.book.deliver_until_done(&[early]).await;
    assert_eq!(at(&world, "hn").await.0, 5);
    // Counted after the arrival that is told only now: the count has it.
    let later = hopkenh_tests::history::count("demo", "chat", "AO-M", "hcm", 8, noon(12));
    world.book.deliver_until_done(&[later]).await;
    world.at(13);
    let arrival = said(Word::Arrive(None), "late", 11);
    assert!(matches!(say(&world, "T-1", &arrival).await.unwrap(), Written::Done(_)));
    assert_eq!(at(&world, "hcm").await, (8, 0, 8, 0, 0));
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_of_an_order_comes_back_than_went_out_whoever_takes_it() {
    let mut world = World::open().await;
    let (order, _) = world.hold(3, 30).await;
    let goods = WriteGoods { table: world.book.table.clone(), clock: world.book.record.clock.clone() };
    let name = (id("chat"), id(order.clone()));
    let number = commerce::goods::number_of_return(&name.0, &name.1).unwrap();
    let back = async |store: &str, many: i64, reference: &str| {
        let word = Word::TakeBack {
            location: id(store),
            order: Some(name.clone()),
            goods: units(many),
            went_out: None,
        };
        goods.write(world.shop("demo"), &number, &said(word, reference, 20)).await.unwrap()
    };
    let at_most = |at_most| Written::Refused(Refusal::MoreThan { sku: id("AO-M"), at_most });
    assert_eq!(back("hcm", 1, "too soon").await, at_most(0), "nothing went out yet");
    world.at(5);
    world.says(&order, "confirm").await;
    world.says(&order, "ship").await;
    // Bought from Hà Nội, one given back in Hồ Chí Minh and two in Hà Nội; then somebody tries once more.
    assert!(matches!(back("hcm", 1, "one").await, Written::Done(_)));
    assert!(matches!(back("hcm", 1, "one").await, Written::Known(_)), "the same word again");
    assert!(matches!(back("hn", 2, "two").await, Written::Done(_)));
    assert_eq!(back("hn", 1, "three").await, at_most(3));
    assert_eq!((at(&world, "hn").await, at(&world, "hcm").await), ((7, 0, 7, 0, 2), (4, 0, 4, 0, 1)));
    assert_eq!(open(&world).await, [number.to_string()]);
    let nobody = (id("chat"), id("no-such-order"));
    let word =
        Word::TakeBack { location: id("hn"), order: Some(nobody.clone()), goods: units(1), went_out: None };
    let told = goods.write(world.shop("demo"), &id("chat/no-such-order"), &said(word, "x", 20)).await;
    assert_eq!(told.unwrap(), Written::Refused(Refusal::NoSuchOrder));
    world.audit().await;
}

/// Sends a transfer; from call `last` on everything fails, that call in this way. Then the person says it again.
async fn dies_at(last: usize, fault: Fault) -> usize {
    let mut world = World::open().await;
    let sent = said(Word::Send { from: id("hn"), to: id("hcm"), goods: units(4) }, "send", 1);
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = calls.clone();
    world.book.engine.plan_faults(Some(Arc::new(move |_, _| {
        (counter.fetch_add(1, Ordering::SeqCst) == last).then_some(fault)
    })));
    let _told = say(&world, "T-1", &sent).await;
    world.book.engine.plan_faults(None);
    let again = say(&world, "T-1", &sent).await.unwrap();
    assert!(matches!(again, Written::Done(_) | Written::Known(_)), "{fault:?} at call {last}: {again:?}");
    assert_eq!(at(&world, "hn").await, (6, 0, 6, 0, 0), "{fault:?} at call {last}");
    assert_eq!(at(&world, "hcm").await, (4, 0, 4, 4, 0), "{fault:?} at call {last}");
    world.audit().await;
    calls.load(Ordering::SeqCst)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whichever_call_fails_in_whichever_way_goods_move_once() {
    let calls = dies_at(usize::MAX, Fault::LostBefore).await;
    assert!(calls >= 3, "the paper, the balances, and one write");
    let faults = [Fault::LostBefore, Fault::LostAfter, Fault::Conflict, Fault::Throttled, Fault::Invalid];
    let cases = faults.into_iter().flat_map(|fault| (0..calls).map(move |call| dies_at(call, fault)));
    assert_eq!(futures::stream::iter(cases).buffer_unordered(8).count().await, 5 * calls);
}
