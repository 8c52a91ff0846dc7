//! A shop's people hear twice of a buyer for whom no store has goods ready, each time once; the morning report says how it went.

use crate::mornings::{day, report, shops, telegram};
use commerce::goods::Writer;
use commerce::hold_terms::{HoldTerms, Purpose};
use commerce::ids::{ConnectionId, LocationId, OrderId, ShopId};
use commerce::order::Departure;
use commerce::pick_up::Word;
use commerce::plan::OrderKey;
use commerce::status::Status;
use hopkenh_tests::fake_server::FakeServer;
use hopkenh_tests::history::{Order, time};
use hopkenh_tests::stock_story::Stage;
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::shop_source::ShopSource;
use workflows::DueWork;
use workflows::messages::{Mode, ReconcileMessage, Record, to_text};
use workflows::prepare_holds::{PrepareHolds, Prepared};

fn at(clock: &str) -> commerce::Timestamp {
    time(&format!("2026-11-22T{clock}:00Z"))
}

fn told(telegram: &FakeServer) -> Vec<String> {
    let text = |call: &hopkenh_tests::fake_server::Call| call.json()["text"].as_str().unwrap().to_owned();
    telegram.calls().iter().map(text).collect()
}

/// What `sweep-due` asks for at that time, and the function that tells does what it was asked.
async fn sweeps(stage: &mut Stage, clock: &str) -> usize {
    stage.book.set_clock(at(clock));
    let due = DueWork {
        forward: stage.book.forward.clone(),
        table: stage.book.table.clone(),
        publish: stage.book.publish.clone(),
        reconcile: stage.book.reconcile.clone(),
        clock: stage.book.record.clock.clone(),
    };
    due.handle(&ShopSource::from(stage.book.shops.clone())).await.unwrap();
    let asked = stage.book.take_reconcile().await;
    for body in &asked {
        // Twice, as a queue may.
        for _ in 0..2 {
            let message = Message::of_no_queue("pick-ups".to_owned(), body.clone());
            assert_eq!(stage.reconcile().handle(&[message]).await, [Outcome::Done]);
        }
    }
    asked.len()
}

async fn asks(stage: &mut Stage, id: &str, clock: &str) -> OrderKey {
    let order = Order::new("demo", "web", id, at(clock));
    let mut message = order.tells(Status::Pending, Departure::Stayed, at(clock), &[("ao-m", 1, 0)]);
    let Record::Order(wish) = &mut message.record else { panic!("an order") };
    wish.hold = Some(HoldTerms { purpose: Purpose::PickUp, until: Some(at("18:00")) });
    wish.location = Some(LocationId::new("hn").unwrap());
    stage.book.set_clock(at(clock));
    stage.book.deliver_until_done(&[message]).await;
    let (shop, connection) = (ShopId::new("demo").unwrap(), ConnectionId::new("web").unwrap());
    OrderKey { shop, connection, order: OrderId::new(id).unwrap() }
}

#[tokio::test]
async fn a_pick_up_that_nobody_confirms_is_told_at_60_and_at_90_minutes_and_in_the_morning() {
    let telegram = telegram();
    let mut stage = Stage::open_with(shops(&telegram)).await;
    stage.happens("07:00 | counted | hn | 10").await;
    let key = asks(&mut stage, "W-1", "08:00").await;
    let late = asks(&mut stage, "W-2", "08:30").await;
    assert_eq!(sweeps(&mut stage, "08:59").await, 0);
    assert_eq!((sweeps(&mut stage, "09:00").await, sweeps(&mut stage, "09:01").await), (1, 0));
    let [first] = &told(&telegram)[..] else { panic!("{:?}", told(&telegram)) };
    for word in ["W-1", "60 phút", "Hà Nội", "khách có thể đến", "Sẵn sàng"] {
        assert!(first.contains(word), "{word}: {first}");
    }
    assert!(!first.contains("W-2"), "{first}");
    assert_eq!((sweeps(&mut stage, "09:30").await, sweeps(&mut stage, "09:31").await), (1, 0));
    let second = told(&telegram).pop().unwrap();
    assert!(second.contains("90 phút") && second.contains("W-2"), "{second}");
    assert_eq!(told(&telegram).len(), 2);
    stage.book.set_clock(at("09:40"));
    let prepare = PrepareHolds { table: stage.book.table.clone(), clock: stage.book.record.clock.clone() };
    let (shop, hn, lan) = (stage.shop(), LocationId::new("hn").unwrap(), Writer::new("Lan").unwrap());
    let said = prepare.say(&shop, &key, (Word::Ready, &hn), &lan).await.unwrap();
    assert!(matches!(said, Prepared::Done(_)), "{said:?}");
    assert_eq!(sweeps(&mut stage, "10:00").await, 1, "the other one");
    let third = told(&telegram).pop().unwrap();
    assert!(third.contains("W-2") && third.contains("90 phút"), "{third}");
    assert!(third.contains("Đã hết") && third.matches("W-1").count() == 1, "{third}");
    assert_eq!(told(&telegram).len(), 3);
    stage.book.set_clock(at("12:00"));
    let said = prepare.say(&shop, &late, (Word::Ready, &hn), &lan).await.unwrap();
    assert!(matches!(said, Prepared::Done(_)), "{said:?}");

    stage.book.set_clock(at("13:00"));
    stage.book.follow_stream().await;
    let asked =
        ReconcileMessage { shop: ShopId::new("demo").unwrap(), mode: Mode::Nightly, day: Some(day()) };
    let message = Message::of_no_queue("night".to_owned(), to_text(&asked));
    assert_eq!(stage.reconcile().handle(&[message]).await, [Outcome::Done]);
    let told = report(&stage, "demo").await.pick_ups.unwrap();
    assert_eq!((told.asked, told.judged, told.ready_in_time, told.ready_percent()), (2, 2, 1, Some(50)));
    assert_eq!((told.no_shows, told.no_show_percent()), (0, None));
}
