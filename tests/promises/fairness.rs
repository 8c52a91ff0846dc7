//! A shop with a thousand messages waiting does not make its neighbour wait: told by order and not by time.

use futures::future::BoxFuture;
use hopkenh_tests::book::Book;
use hopkenh_tests::day::SHOP;
use hopkenh_tests::engines::Engines;
use hopkenh_tests::seed::{dice, seed};
use lambda_kit::batch::{Message, Outcome, Work, answer, messages};
use lambda_kit::queues::Outgoing;
use rand::Rng;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Semaphore;
use workflows::messages::{Ask, LookUpMessage, Record, RecordMessage, outgoing, outgoing_look_up};

const PATIENCE: Duration = Duration::from_secs(60);

/// Notes each batch it is handed.
#[derive(Default)]
struct Noting(Mutex<Vec<Vec<String>>>);

impl Work for Noting {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        self.0.lock().unwrap().push(messages.iter().map(|message| message.body.clone()).collect());
        Box::pin(async move { messages.iter().map(|_| Outcome::Done).collect() })
    }
}

impl Noting {
    /// The batches so far, once all `count` messages are done.
    async fn batches(&self, count: usize) -> Vec<Vec<String>> {
        let all = async {
            while self.0.lock().unwrap().iter().map(Vec::len).sum::<usize>() < count {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, all).await.expect("all messages are handled");
        self.0.lock().unwrap().clone()
    }
}

fn shop(name: &str) -> commerce::ids::ShopId {
    commerce::ids::ShopId::new(name).unwrap()
}

/// A note to publish, in one of a connection's four groups.
fn note(name: &str, n: usize, group: u8) -> Outgoing {
    let group = format!("{name}#web#{group}");
    Outgoing {
        body: name.to_owned(),
        group: Some(group),
        deduplication: Some(format!("{n}")),
        delay_seconds: 0,
    }
}

#[tokio::test]
async fn behind_a_thousand_messages_of_one_shop_another_shop_is_next() {
    let engines = Engines::start().await;
    for (name, queue) in [("orders", &engines.orders), ("lookups", &engines.lookups)] {
        let loud = (0..1_000).map(|_| Outgoing::for_shop(&shop("loud"), "loud".to_owned()));
        queue.send(loud.collect()).await.unwrap();
        queue.send(vec![Outgoing::for_shop(&shop("quiet"), "quiet".to_owned())]).await.unwrap();
        let noting = Arc::new(Noting::default());
        let worker = engines.work(name, noting.clone());
        let batches = noting.batches(1_001).await;
        worker.abort();
        let place = batches.iter().position(|batch| batch.contains(&"quiet".to_owned()));
        assert!(place.is_some_and(|place| place < 2), "{name}: the quiet shop was handed out as {place:?}");
        assert_eq!(batches.len(), 101, "{name}: taking turns leaves the batches full");
    }
}

#[tokio::test]
async fn behind_a_thousand_notes_of_one_shop_another_shops_listing_is_next() {
    let engines = Engines::start().await;
    let mut dice = dice(seed(), 0);
    // The loud shop comes first in every order but that of turns: it was there first, and its name is smaller.
    let loud: Vec<Outgoing> = (0..1_000).map(|n| note("a-loud", n, dice.random_range(0..4))).collect();
    engines.publish.send(loud).await.unwrap();
    engines.publish.send(vec![note("z-quiet", 1_000, 0)]).await.unwrap();
    let noting = Arc::new(Noting::default());
    let worker = engines.work("publish.fifo", noting.clone());
    let batches = noting.batches(1_001).await;
    worker.abort();
    let place = batches.iter().position(|batch| batch.contains(&"z-quiet".to_owned()));
    assert!(place.is_some_and(|place| place < 2), "the quiet shop was handed out as {place:?}");
    assert_eq!(batches.len(), 101);
}

/// The loud shop's channel answers only once the quiet shop has been served.
struct Stuck {
    quiet_served: Semaphore,
}

impl Work for Stuck {
    fn handle_batch<'a>(&'a self, messages: &'a [Message]) -> BoxFuture<'a, Vec<Outcome>> {
        Box::pin(async move {
            if messages.iter().any(|message| message.body == "quiet") {
                self.quiet_served.add_permits(1_000);
            } else {
                let _permit = self.quiet_served.acquire().await.unwrap();
            }
            messages.iter().map(|_| Outcome::Done).collect()
        })
    }
}

#[tokio::test]
async fn a_shop_whose_channel_hangs_does_not_hold_all_workers() {
    let engines = Engines::start().await;
    let stuck = Arc::new(Stuck { quiet_served: Semaphore::new(0) });
    let loud = (0..1_000).map(|_| Outgoing::for_shop(&shop("loud"), "loud".to_owned()));
    engines.lookups.send(loud.collect()).await.unwrap();
    let workers: Vec<_> = (0..8).map(|_| engines.work("lookups", stuck.clone())).collect();
    // All workers have taken what they may; only now the quiet shop comes.
    tokio::time::sleep(Duration::from_millis(50)).await;
    engines.lookups.send(vec![Outgoing::for_shop(&shop("quiet"), "quiet".to_owned())]).await.unwrap();
    let served = tokio::time::timeout(PATIENCE, stuck.quiet_served.acquire()).await;
    assert!(served.is_ok(), "the loud shop's calls hold every worker");
    workers.into_iter().for_each(|worker| worker.abort());
}

#[tokio::test]
async fn on_a_standard_queue_a_failure_holds_back_nothing_but_itself() {
    let engines = Engines::start().await;
    let record = |id: &str| {
        json!({
            "messageId": id, "receiptHandle": id, "body": "{}", "messageAttributes": {},
            "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": "demo"},
        })
    };
    let event = json!({"Records": [record("1"), record("2"), record("3")]});
    let batch = messages(serde_json::from_value(event).unwrap()).unwrap();
    let outcomes = [Outcome::Done, Outcome::Again { after: None, why: "busy".to_owned() }, Outcome::Done];
    let failures = |answer: aws_lambda_events::event::sqs::SqsBatchResponse| {
        answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect::<Vec<_>>()
    };
    assert_eq!(failures(answer(&engines.orders, &batch, &outcomes).await), ["2"]);
    assert_eq!(failures(answer(&engines.publish, &batch, &outcomes).await), ["2", "3"], "FIFO keeps order");
}

#[tokio::test]
async fn what_goes_to_a_standard_queue_names_its_shop() {
    let connection = commerce::ids::ConnectionId::new("web").unwrap();
    let order = commerce::ids::OrderId::new("1001").unwrap();
    let look_up =
        LookUpMessage { shop: shop("demo"), connection: connection.clone(), ask: Ask::Order { order } };
    assert_eq!(outgoing_look_up(&look_up).group.as_deref(), Some("demo"));
    let reason = commerce::park::ParkReason::Unreadable { detail: "x".to_owned() };
    for bytes in [10, 1 << 20] {
        let record = Record::Unusable { reason: reason.clone(), body_base64: "x".repeat(bytes) };
        let (shop, connection) = (shop("demo"), connection.clone());
        let message = outgoing(&RecordMessage { shop, connection, record, shops_file: None });
        assert_eq!((message.group.as_deref(), message.deduplication), (Some("demo"), None));
    }
    // Nothing is refused for it: a group is no FIFO matter.
    let book = Book::open(SHOP).await;
    book.record.lookups.send(vec![outgoing_look_up(&look_up)]).await.unwrap();
    assert_eq!(book.take_lookups().await, [look_up]);
}
