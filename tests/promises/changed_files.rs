//! A shop's file changes, or breaks, while its orders come in: nothing stays behind.

use commerce::Timestamp;
use commerce::order::Departure::Stayed;
use commerce::park::ParkReason;
use commerce::status::Status;
use hopkenh_tests::book::{Book, NOW};
use hopkenh_tests::day::SHOP;
use hopkenh_tests::engines::Engines;
use hopkenh_tests::history::{Order, count, later, time};
use lambda_kit::batch::Outcome;
use lambda_kit::objects::Objects;
use lambda_kit::shop_source::{KNOWN_EVERYWHERE_MS, ShopSource, version};
use table::shop_item::Registered;
use workflows::DueWork;
use workflows::catch_up::CatchUp;
use workflows::messages::{RecordMessage, to_text};
use workflows::sweep_due::{SweepDue, Swept};

/// One shop whose file lies in a folder; `record-orders` and `sweep-due` each keep what they have read of it.
struct Living {
    book: Book,
    engines: Engines,
    sweep: SweepDue,
    folder: tempfile::TempDir,
    now: Timestamp,
}

impl Living {
    async fn new() -> Self {
        let mut book = Book::open(SHOP).await;
        let engines = Engines::start().await;
        let folder = tempfile::tempdir().unwrap();
        let clock = book.record.clock.clone();
        let source = || ShopSource::live(Objects::Folder(folder.path().to_owned()), None, clock.clone());
        book.record.shops = source();
        let catch_up = CatchUp {
            table: book.table.clone(),
            lookups: engines.lookups.clone(),
            orders: engines.orders.clone(),
            publish: engines.publish.clone(),
            clock: clock.clone(),
        };
        let due_work = DueWork {
            table: book.table.clone(),
            publish: engines.publish.clone(),
            forward: engines.forward.clone(),
            reconcile: engines.reconcile.clone(),
            clock: clock.clone(),
        };
        let sweep = SweepDue { shops: source(), catch_up, due_work };
        let mut living = Self { book, engines, sweep, folder, now: time(NOW) };
        living.put(SHOP).await;
        assert_eq!(living.sweep().await, (1, 0));
        living.wait_ms(KNOWN_EVERYWHERE_MS);
        assert_eq!(living.sweep().await, (1, 0), "once more, when every function knows the file");
        assert_eq!(living.sweep().await, (0, 0), "and then no more");
        living
    }

    /// What `shop add` does: the file, then the list.
    async fn put(&mut self, text: &str) {
        std::fs::create_dir_all(self.folder.path().join("shops")).unwrap();
        std::fs::write(self.folder.path().join("shops/demo.toml"), text).unwrap();
        let table = &self.book.table;
        let earlier = table.registered().await.unwrap().pop();
        let shop = commerce::ids::ShopId::new("demo").unwrap();
        let version = version(text.as_bytes());
        let entry = Registered::changed(shop, "Mẫu".to_owned(), version, earlier.as_ref(), self.now);
        table.register(&entry).await.unwrap();
    }

    fn wait_ms(&mut self, ms: i64) {
        self.now += jiff::SignedDuration::from_millis(ms);
        self.book.set_clock(self.now);
    }

    /// How many shops were brought up to date, and how many failed.
    async fn sweep(&self) -> (usize, usize) {
        let Swept { caught_up, failed, .. } = self.sweep.handle().await.unwrap();
        (caught_up, failed)
    }

    /// Delivers what `sweep-due` has sent again since `seen` messages.
    async fn deliver_sent_again(&self, seen: usize) -> usize {
        let queued = self.engines.queued();
        let all = queued["orders"].as_array().cloned().unwrap_or_default();
        let bodies: Vec<String> = all[seen..].iter().map(ToString::to_string).collect();
        let outcomes = self.book.deliver_texts(&bodies).await;
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Done), "{outcomes:?}");
        all.len()
    }

    async fn committed(&mut self) -> i64 {
        self.book.stock("demo").await.values().map(|stock| stock.committed).sum()
    }
}

fn sold(order: &str, listing: &'static str) -> RecordMessage {
    let order = Order::new("demo", "web", order, later(time(NOW), -90));
    order.tells(Status::Confirmed, Stayed, later(order.created_at, 1), &[(listing, 2, 0)])
}

fn counted() -> RecordMessage {
    count("demo", "web", "AO-L", "hn", 10, later(time(NOW), -600))
}

fn with_new_listing() -> String {
    SHOP.replace("# mapped later", "{ id = \"new-1\", sku = \"AO-L\" },\n")
}

#[tokio::test]
async fn an_order_that_meets_the_old_file_is_applied_when_every_function_knows_the_new_one() {
    let mut shop = Living::new().await;
    shop.book.deliver_until_done(&[counted()]).await;
    shop.put(&with_new_listing()).await;
    assert_eq!(shop.sweep().await, (1, 0), "acted on at once");
    // `record-orders` has read the file a moment before the change, and may keep that for minutes.
    shop.book.deliver_until_done(&[sold("W1", "new-1")]).await;
    assert_eq!((shop.committed().await, shop.book.parked("demo").await.len()), (0, 1));
    assert_eq!(shop.sweep().await, (0, 0), "nothing to do yet");
    shop.wait_ms(KNOWN_EVERYWHERE_MS);
    assert_eq!(shop.sweep().await, (1, 0), "once more");
    shop.deliver_sent_again(0).await;
    assert_eq!((shop.committed().await, shop.book.parked("demo").await.len()), (2, 0));
}

#[tokio::test]
async fn going_back_to_an_earlier_file_is_acted_on_as_well() {
    let mut shop = Living::new().await;
    shop.put(&with_new_listing()).await;
    shop.put(SHOP).await;
    assert_eq!(shop.sweep().await, (1, 0));
}

#[tokio::test]
async fn messages_of_a_shop_whose_file_is_broken_wait_then_are_parked_and_go_on_when_it_is_mended() {
    let mut shop = Living::new().await;
    shop.book.deliver_until_done(&[counted()]).await;
    shop.put("[[shop]]\nid = \"demo\"\n").await;
    // As long as the file cannot be read, what is known serves; and then no longer.
    shop.wait_ms(16 * 60 * 1_000);
    assert_eq!(shop.sweep().await, (0, 1), "the operator hears of it");
    let order = sold("W1", "ao-l");
    let tries: Vec<Outcome> = shop.book.deliver(std::slice::from_ref(&order)).await;
    assert!(matches!(&tries[..], [Outcome::Again { why, .. }] if why.contains("name")), "{tries:?}");
    let last = shop.book.deliver_for_the_last_time(&to_text(&order)).await;
    assert_eq!(last, [Outcome::Done]);
    let notes = shop.book.parked("demo").await;
    assert!(matches!(&notes[0].reasons[..], [ParkReason::ShopUnreadable { .. }]), "{notes:?}");
    assert_eq!(shop.committed().await, 0);
    shop.put(SHOP).await;
    assert_eq!(shop.sweep().await, (1, 0));
    shop.deliver_sent_again(0).await;
    assert_eq!((shop.committed().await, shop.book.parked("demo").await.len()), (2, 0));
}
