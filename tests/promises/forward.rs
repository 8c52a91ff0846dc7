//! An order reaches its store's till once, whatever fails; its echo takes nothing from stock; what the store does is told.

use super::forward_world::{Fate, SHOP, World};
use channels::forward::NewsKind;
use commerce::forward::Stage;
use commerce::ids::{ForwardReference, OrderId};
use commerce::status::Status;
use one_machine::table_engine::Fault;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[tokio::test]
async fn an_order_reaches_its_stores_till_once_and_the_marketplace_hears_that_it_is_packed() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Pending, &[("ao-m", 2, 0)]).await;
    assert!(world.look("shopee", "A1", false).await);
    assert_eq!(world.live(), 0, "an unpaid order may still lapse");
    world.pass(1);
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 2, 0)]).await;
    for _ in 0..3 {
        assert!(world.look("shopee", "A1", false).await);
    }
    let there = world.floor.lock().unwrap().orders[0].order.clone();
    assert_eq!((world.live(), there.branch.as_deref()), (1, Some("55")));
    assert_eq!((there.lines[0].listing.as_str(), there.lines[0].quantity), ("1001", 2));
    assert_eq!(there.total.amount_minor, 222_000);
    let before = world.stock("hn").await;
    assert_eq!((before.0, before.1), (10, 2));
    world.hear_the_till("till", "1001").await;
    assert_eq!(world.stock("hn").await, before, "the echo takes nothing");
    world.pass(30);
    let sale = OrderId::new("invoice:1").unwrap();
    {
        let mut floor = world.floor.lock().unwrap();
        (floor.orders[0].status, floor.sales) = (Status::Completed, vec![sale.clone()]);
    }
    world.hear_the_till("till", "1001").await;
    assert!(world.look("till", "order:1", false).await, "its own news leads back to where it was bought");
    assert_eq!(world.stock("hn").await.1, 2, "the till's sale is not in the book yet, so nothing is let go");
    world.sold("invoice:1", Status::Completed, 2).await;
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 2));
    world.pass(2);
    assert!(world.look("till", "order:1", false).await);
    assert!(world.look("till", "order:1", false).await);
    let told = world.floor.lock().unwrap().told.clone();
    assert_eq!(told, vec![("shopee".to_owned(), "A1".to_owned(), NewsKind::ReadyToShip)]);
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 0), "the shelf has less, and nothing of it is promised");
    world.pass(60);
    world.told("shopee", "A1", Status::Shipped, &[("ao-m", 2, 0)]).await;
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 0), "the parcel was the till's sale");
    let all = world.book.stock("demo").await;
    world.book.audit_ledger("demo", &all).await;
}

#[tokio::test]
async fn a_reference_that_is_not_ours_or_was_copied_is_a_sale_like_any_other() {
    let mut world = World::open().await;
    let forged = ForwardReference::of(7).to_string();
    let message = world.echo("web", 8, &forged, &Status::Confirmed, ("10:20", 1));
    world.book.deliver_until_done(&[message]).await;
    assert_eq!(world.stock("hcm").await.1, 1, "somebody wrote our kind of text into his order");
    world.told("lazada", "L1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    assert!(world.look("lazada", "L1", false).await);
    assert_eq!(world.stock("hcm").await.1, 2);
    let reference = world.floor.lock().unwrap().orders[0].order.reference.clone();
    world.hear_the_till("web", "10:20").await;
    assert_eq!(world.stock("hcm").await.1, 2, "the echo");
    let copy = world.echo("web", 5, &reference, &Status::Confirmed, ("10:20", 1));
    world.book.deliver_until_done(&[copy]).await;
    assert_eq!(world.stock("hcm").await.1, 3, "a copy that somebody made in the website is a sale");
    // In another account the reference means nothing at all.
    let mut stray = world.echo("till", 0, &reference, &Status::Confirmed, ("1001", 1));
    stray.connection = "till".to_owned().try_into().unwrap();
    world.book.deliver_until_done(&[stray]).await;
    assert_eq!(world.stock("hn").await.1, 1);
}

#[tokio::test]
async fn what_a_website_shows_less_is_read_back_and_not_taken_for_free() {
    let mut world = World::open().await;
    world.told("lazada", "L1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    assert!(world.look("lazada", "L1", false).await);
    let before = world.stock("hcm").await;
    world.asked().await;
    world.hear_the_till("web", "10:20").await;
    assert!(world.look("web", "order:1", false).await);
    assert_eq!(world.stock("hcm").await, before);
    let asked = world.asked().await;
    let doubts = asked.iter().filter(|text| text.contains("\"doubt\":true") && text.contains("10:20"));
    assert_eq!(doubts.count(), 1, "{asked:?}");
    // The store calls it off, and the website puts the unit back on sale: it is covered before anybody buys it.
    world.pass(5);
    world.floor.lock().unwrap().orders[0].status = Status::Cancelled;
    world.hear_the_till("web", "10:20").await;
    let after = world.stock("hcm").await;
    assert_eq!((after.2 - before.2, before.3 - after.3, after.1), (1, 1, before.1));
    assert!(world.look("web", "order:1", false).await);
    let parked = world.book.parked("demo").await;
    let reasons: Vec<&str> = parked.iter().flat_map(|note| &note.reasons).map(|r| r.code()).collect();
    assert_eq!(reasons, ["called_off_by_store"]);
    assert!(world.look("lazada", "L1", true).await, "a person lets it be put in anew");
    assert_eq!(world.live(), 1);
}

#[tokio::test]
async fn a_cancel_follows_and_an_edit_replaces_what_the_store_has() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 3, 0)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.pass(1);
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 3, 1)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.hear_the_till("till", "1001").await;
    assert!(world.look("till", "order:1", false).await);
    let units: Vec<_> = {
        let floor = world.floor.lock().unwrap();
        floor.orders.iter().map(|there| (there.order.lines[0].quantity, there.status.clone())).collect()
    };
    assert_eq!(units, [(3, Status::Cancelled), (2, Status::Confirmed)]);
    world.pass(1);
    world.told("shopee", "A1", Status::Cancelled, &[("ao-m", 3, 1)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.hear_the_till("till", "1001").await;
    assert!(world.look("till", "order:2", false).await);
    assert_eq!(
        (world.live(), world.stage("shopee", "A1").await),
        (0, Some(Stage::CalledOff { order: Some(OrderId::new("order:2").unwrap()) }))
    );
    assert_eq!(world.stock("hn").await.1, 0);
}

#[tokio::test]
async fn a_till_that_is_down_delays_and_one_that_refuses_is_told_to_a_person() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [Fate::Down; 12].into();
    assert!(world.look("shopee", "A1", false).await);
    let mut minutes = 0;
    while world.live() == 0 && minutes < 600 {
        world.pass(1);
        minutes += 1;
        if world.due().await > 0 {
            assert!(world.look("shopee", "A1", false).await);
        }
    }
    assert!((200..400).contains(&minutes), "twelve tries took {minutes} minutes");
    assert_eq!((world.live(), world.due().await), (1, 0));
    world.told("shopee", "A2", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [Fate::Refused].into();
    assert!(world.look("shopee", "A2", false).await);
    assert_eq!(world.stage("shopee", "A2").await, Some(Stage::GaveUp { order: None }));
    assert_eq!(world.book.parked("demo").await.len(), 1);
    assert!(world.look("shopee", "A2", false).await);
    assert_eq!(world.live(), 1, "nothing is tried until a person has seen to it");
    // A person lets it be tried again: what may be there all the same is looked for first.
    world.pass(5);
    assert!(world.look("shopee", "A2", true).await);
    let stage = world.stage("shopee", "A2").await;
    assert_eq!(world.live(), 2, "{stage:?}");
    world.told("shopee", "A3", Status::Confirmed, &[("tat", 1, 0)]).await;
    assert!(world.look("shopee", "A3", false).await);
    let parked = world.book.parked("demo").await;
    let unknown = parked.iter().filter(|note| note.reasons.iter().any(|r| r.code() == "unknown_sku"));
    assert_eq!(unknown.count(), 1, "the till has no such product");
}

#[tokio::test]
async fn what_cannot_be_done_any_more_is_not_looked_at_each_minute() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [Fate::Down].into();
    assert!(world.look("shopee", "A1", false).await);
    world.pass(2);
    assert_eq!(world.due().await, 1);
    world
        .book
        .change_shops_file(&SHOP.replace("id = \"till\"", "id = \"quay\"").replace("\"till\"", "\"quay\""));
    world.forward.shops = world.book.shops.clone().into();
    // Its account has another name now: what waited for the old one goes into the new one.
    assert!(world.look("shopee", "A1", false).await);
    assert_eq!(
        (world.due().await, world.live()),
        (0, 0),
        "nothing is left to be done at an account that is gone"
    );
}

#[tokio::test]
async fn a_sale_that_never_comes_is_asked_about_and_a_person_is_told() {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 2, 0)]).await;
    assert!(world.look("shopee", "A1", false).await);
    world.floor.lock().unwrap().orders[0].status = Status::Completed;
    world.hear_the_till("till", "1001").await;
    let mut minutes = 0;
    while world.book.parked("demo").await.is_empty() && minutes < 400 {
        if minutes == 0 || world.due().await > 0 {
            assert!(world.look("shopee", "A1", false).await);
        }
        world.pass(1);
        minutes += 1;
    }
    assert!((60..300).contains(&minutes), "a person was told after {minutes} minutes");
    assert_eq!((world.due().await, world.stock("hn").await.1), (0, 2));
    // The sale was made by hand, and the person lets it be looked at once more.
    world.sold("invoice:7", Status::Completed, 2).await;
    world.floor.lock().unwrap().sales = vec![OrderId::new("invoice:7").unwrap()];
    assert!(world.look("shopee", "A1", true).await);
    let (on_hand, committed, ..) = world.stock("hn").await;
    assert_eq!((on_hand, committed), (8, 0));
}

/// One call of the table goes wrong, and one call at the store; the sweep goes on every minute.
async fn with_faults(fate: Fate, call: usize, fault: Fault) -> usize {
    let mut world = World::open().await;
    world.told("shopee", "A1", Status::Confirmed, &[("ao-m", 1, 0)]).await;
    world.floor.lock().unwrap().fates = [fate].into();
    let made = Arc::new(AtomicUsize::new(0));
    let counter = made.clone();
    world.book.engine.plan_faults(Some(Arc::new(move |_, _| {
        (counter.fetch_add(1, Ordering::SeqCst) == call).then_some(fault)
    })));
    let mut is_done = world.look("shopee", "A1", false).await;
    let calls = made.load(Ordering::SeqCst);
    for _ in 0..20 {
        world.pass(1);
        if !is_done || world.due().await > 0 {
            is_done = world.look("shopee", "A1", false).await;
        }
        assert!(world.live() <= 1, "{fate:?}, {fault:?} at call {call}: twice");
    }
    world.book.engine.plan_faults(None);
    world.hear_the_till("till", "1001").await;
    assert_eq!(world.live(), 1, "{fate:?}, {fault:?} at call {call}: never");
    let stage = world.stage("shopee", "A1").await;
    assert!(matches!(stage, Some(Stage::There { .. })), "{fate:?}, {fault:?} at call {call}: {stage:?}");
    assert_eq!(world.stock("hn").await.1, 1);
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_call_fails_the_store_gets_it_once() {
    let calls = with_faults(Fate::Heard, usize::MAX, Fault::LostBefore).await;
    assert!(calls > 6, "{calls} calls");
    let faults = [Fault::LostBefore, Fault::LostAfter, Fault::Conflict, Fault::Throttled];
    for fate in [Fate::Heard, Fate::AppliedUnheard, Fate::Lost, Fate::Down] {
        for fault in faults {
            futures::future::join_all((0..calls).map(|call| with_faults(fate, call, fault))).await;
        }
    }
}
