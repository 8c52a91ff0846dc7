//! A buyer's code opens one hold of one shop, as long as there is something to ask for, and is written to no log.

use super::hold_world::{World, lan, order_key, pick_up, wish};
use commerce::hold_terms::HoldCode;
use commerce::hold_word::HoldWord;
use commerce::ids::ShopId;
use commerce::status::Status;
use hopkenh_tests::listener::Listener;
use one_machine::table_engine::Fault;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use workflows::settle_holds::Settled;

fn code(text: &str) -> HoldCode {
    HoldCode::new(text).unwrap()
}

/// Draws these codes, one after the other.
fn draws(world: &mut World, codes: &'static [u32]) {
    let drawn = AtomicUsize::new(0);
    world.take.draw =
        Arc::new(move || HoldCode::from_number(codes[drawn.fetch_add(1, Ordering::SeqCst) % codes.len()]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_codes_of_two_shops_do_not_meet() {
    let mut world = World::open().await;
    draws(&mut world, &[7]);
    let (_, push) = world.twin.hold_with(&[wish(2)], pick_up("hn", 30));
    for shop in ["demo", "other"] {
        assert_eq!(world.send_to(shop, &push).await.body["code"], json!("000007"));
    }
    let settled = world
        .settle()
        .settle(world.shop("other"), code("000007"), HoldWord::Collected, &lan())
        .await
        .unwrap();
    assert!(matches!(settled, Settled::Done(..)));
    assert_eq!(world.stock_of("other", "hn").await, (8, 0, 0, 8));
    assert_eq!(world.stock("hn").await, (10, 0, 2, 8), "the other shop's goods stay where they are");
    let again = world
        .settle()
        .settle(world.shop("other"), code("000007"), HoldWord::Collected, &lan())
        .await
        .unwrap();
    assert_eq!(again, Settled::NoSuchCode, "once");
    world.at(31);
    world.sweep().await.unwrap();
    assert_eq!(world.stock("hn").await, (10, 0, 0, 10));
    assert_eq!(world.stock_of("other", "hn").await, (8, 0, 0, 8), "what was taken along is not given back");
    world.audit().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_is_taken_is_not_given_out_again_until_it_is_free() {
    let mut world = World::open().await;
    draws(&mut world, &[7, 7, 7, 8, 7]);
    let (_, first) = world.pick_up(1, "hn", 30).await;
    let (_, second) = world.pick_up(1, "hcm", 60).await;
    assert_eq!((&first.body["code"], &second.body["code"]), (&json!("000007"), &json!("000008")));
    world.at(31);
    assert_eq!(world.sweep().await.unwrap(), 1);
    let (third, said) = world.pick_up(1, "hn", 90).await;
    assert_eq!(said.body["code"], json!("000007"));
    let shop = ShopId::new("demo").unwrap();
    let owner = world.book.table.order_of_code(&shop, code("000007")).await.unwrap();
    assert_eq!(owner, Some(order_key("demo", &third)));
    world.audit().await;
}

/// The next transaction is written and its answer is lost; counts the transactions that are asked for.
fn lose_the_next_answer(world: &World) -> Arc<AtomicUsize> {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    world.book.engine.plan_faults(Some(Arc::new(move |operation, _| {
        let is_first = operation == "TransactWriteItems" && counted.fetch_add(1, Ordering::SeqCst) == 0;
        is_first.then_some(Fault::LostAfter)
    })));
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hands_goods_over_is_told_so_although_the_tables_answer_was_lost() {
    for (word, left) in [(HoldWord::Collected, (8, 0, 0, 8)), (HoldWord::Released, (10, 0, 0, 10))] {
        let mut world = World::open().await;
        draws(&mut world, &[7]);
        let (id, _) = world.pick_up(2, "hn", 30).await;
        let asked = lose_the_next_answer(&world);
        let settled = world.settle().settle(world.shop("demo"), code("000007"), word, &lan()).await.unwrap();
        assert!(asked.load(Ordering::SeqCst) > 0);
        assert!(matches!(&settled, Settled::Done(key, _) if *key == order_key("demo", &id)), "{settled:?}");
        assert_eq!(world.stock("hn").await, left);
        let again = world.settle().settle(world.shop("demo"), code("000007"), word, &lan()).await.unwrap();
        assert_eq!(again, Settled::NoSuchCode, "another person at another counter is not");
        world.audit().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_are_handed_over_or_let_go_by_their_code_and_a_sale_is_only_called_off_at_the_desk() {
    let mut world = World::open().await;
    let (taken, said) = world.pick_up(2, "hn", 30).await;
    let (dropped, _) = world.pick_up(3, "hn", 30).await;
    let (sold, _) = world.pick_up(1, "hn", 30).await;
    assert_eq!(said.body["code"], json!("482913"));
    let confirmed = world.says(&sold, "confirm").await;
    assert_eq!(confirmed.body["code"], json!("482915"), "the buyer still comes for it");
    let settle = world.settle();
    let shop = world.shop("demo");
    let collected = settle.settle(shop, code("482913"), HoldWord::Collected, &lan()).await.unwrap();
    assert!(
        matches!(collected, Settled::Done(key, order) if key == order_key("demo", &taken) && order.status == Status::Pending)
    );
    let released = settle.settle(shop, code("482914"), HoldWord::Released, &lan()).await.unwrap();
    assert!(matches!(released, Settled::Done(key, _) if key == order_key("demo", &dropped)));
    let refused = settle.settle(shop, code("482915"), HoldWord::Released, &lan()).await.unwrap();
    assert!(matches!(refused, Settled::IsSold(order) if order.as_str() == sold));
    assert_eq!(world.stock("hn").await, (8, 1, 0, 7));
    let paid = settle.settle(shop, code("482915"), HoldWord::Collected, &lan()).await.unwrap();
    assert!(matches!(paid, Settled::Done(..)));
    assert_eq!(world.stock("hn").await, (7, 0, 0, 7));
    for word in [HoldWord::Collected, HoldWord::Released] {
        for gone in ["482913", "482914", "482915", "999999"] {
            let settled = settle.settle(shop, code(gone), word, &lan()).await.unwrap();
            assert_eq!(settled, Settled::NoSuchCode, "{gone}");
        }
    }
    world.at(31);
    assert_eq!((world.sweep().await.unwrap(), world.notes().await), (0, 0));
    let statuses = [world.order(&taken).await.status, world.order(&dropped).await.status];
    assert_eq!(statuses, [Status::Shipped, Status::Cancelled]);
    assert_eq!(world.says(&taken, "ship").await.status, 200, "the desk may say so too");
    assert_eq!(world.stock("hn").await, (7, 0, 0, 7));
    world.audit().await;
}

#[tokio::test]
async fn the_log_never_shows_a_code() {
    let listener = Listener::default();
    // While there is one listener only, a line that another test's thread writes first is asked of that thread's listener
    // alone, which it has none of, and is silent for ours as well. With two, all are asked.
    let _second = tracing::Dispatch::new(Listener::default());
    let listening = tracing::subscriber::set_default(listener.clone());
    let world = World::open().await;
    tracing::callsite::rebuild_interest_cache();
    let (id, said) = world.pick_up(2, "hn", 30).await;
    let (_, other) = world.pick_up(1, "hn", 30).await;
    assert_eq!((&said.body["code"], &other.body["code"]), (&json!("482913"), &json!("482914")));
    world.says(&id, "confirm").await;
    world.settle().settle(world.shop("demo"), code("482913"), HoldWord::Collected, &lan()).await.unwrap();
    world.at(31);
    world.sweep().await.unwrap();
    drop(listening);
    let log = listener.heard();
    assert!(log.contains("order asked for") && log.contains("hold ended"), "{log}");
    assert!(!log.contains("482913") && !log.contains("482914"), "{log}");
    let shown = format!("{:?}", world.order(&id).await);
    assert!(!shown.contains("482913"), "{shown}");
}
