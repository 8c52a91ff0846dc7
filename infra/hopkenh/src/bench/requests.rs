//! What the queues charge per piece of news: every send, receive and delete from the webhook to the other channels.

use super::book::Book;
use super::figure::{Figure, ratio};
use super::shop::{HOOKS, PRODUCTS, SHOP, SHOPEE, WEB, listing_id, shops, sku};
use crate::up::Problem;
use channels::channel::WebhookRequest;
use channels::gateway::{Gateway, Limits};
use channels::http::Http;
use lambda_kit::batch::Work;
use lambda_kit::clock;
use one_machine::pump;
use one_machine::stream::records_after;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use twins::{
    Push, ShopeeTwin, ShopeeTwinConfig, Twin, TwinLine, TwinListing, WooCommerceTwin, WooCommerceTwinConfig,
};
use workflows::counters::Counters;
use workflows::{AnnounceStock, LookUpOrders, PublishStock, ReceiveWebhook};

/// A queue that is not empty after this is a defect.
const DRAIN_MAX: Duration = Duration::from_secs(30);
/// More stream records than one batch of news can cause.
const RECORDS_MAX: usize = 1_000;
/// The most messages SQS hands over at once.
const BATCH: usize = 10;
const TARGET: f64 = 1.4;

/// Requests made so far: up to the book, and up to the other channels.
struct Counted {
    to_the_book: u64,
    to_the_channels: u64,
}

/// All figures of requests.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let mut figures = Vec::new();
    for (connection, kind) in [(WEB, "fat"), (SHOPEE, "thin")] {
        for news in [BATCH, 1] {
            let counted = count(folder, connection, news).await?;
            figures.extend(two_figures(kind, news, &counted));
        }
    }
    Ok(figures)
}

fn two_figures(kind: &str, news: usize, counted: &Counted) -> [Figure; 2] {
    let how = if news == 1 { "one by one" } else { "in batches of 10" };
    let per_event = |end: &str, requests: u64, remark: &str| {
        let name = format!("sqs_requests_{kind}_{news}_to_the_{end}");
        let what = format!("SQS requests per {kind} webhook, to the {end}");
        Figure::new(name, what, ratio(requests, news as u64)).remark(format!("{how}: {remark}"))
    };
    let book = per_event("book", counted.to_the_book, "send, receive, delete");
    let channels = per_event("channels", counted.to_the_channels, "those, and telling the other channels");
    if news == 1 { [book, channels] } else { [book.at_most(TARGET), channels.at_most(TARGET)] }
}

/// Lets so much news arrive and brings one queue after the other to rest, so that each is taken off in full batches.
async fn count(folder: &Path, connection: &str, news: usize) -> Result<Counted, Problem> {
    let stage = Stage::open(folder).await?;
    let sold = stage.last_place()?;
    let before = stage.book.queue_engine.requests().useful;
    for push in stage.sell(connection, news)? {
        stage.receive(connection, push).await?;
    }
    stage.drain("lookups", stage.look_up()).await?;
    stage.drain("orders", Arc::new(stage.book.record_orders())).await?;
    let to_the_book = stage.book.queue_engine.requests().useful - before;
    stage.announce(sold).await?;
    stage.drain("publish.fifo", stage.publish()).await?;
    let to_the_channels = stage.book.queue_engine.requests().useful - before;
    Ok(Counted { to_the_book, to_the_channels })
}

/// A book with both channels' twins around it.
struct Stage {
    book: Book,
    gateway: Arc<Gateway>,
    shopee: Arc<ShopeeTwin>,
    web: Arc<WooCommerceTwin>,
}

impl Stage {
    async fn open(folder: &Path) -> Result<Self, Problem> {
        let (shopee, web) = (ShopeeTwin::start(shopee()).await?, WooCommerceTwin::start(web()).await?);
        let book = Book::open(shops(&shopee.base_url(), &web.base_url())?, folder).await?;
        let limits = Limits::default();
        let gateway = Arc::new(Gateway::new(Http::new(limits.call_timeout)?, book.clock.clone(), limits));
        Ok(Self { book, gateway, shopee, web })
    }

    /// One piece of news per order, each for another product.
    fn sell(&self, connection: &str, orders: usize) -> Result<Vec<Push>, Problem> {
        let twin: &dyn Twin = if connection == SHOPEE { &*self.shopee } else { &*self.web };
        let mut news = Vec::new();
        for n in 0..orders {
            twin.place_order(&[TwinLine { listing: listing_id(connection, n), quantity: 1 }])?;
            let mut of_orders = twin.take_pushes().into_iter().filter(is_about_order);
            news.push(of_orders.next_back().ok_or("an order without news")?);
        }
        Ok(news)
    }

    async fn receive(&self, connection: &str, push: Push) -> Result<(), Problem> {
        let door = ReceiveWebhook {
            shops: self.book.shops.clone().into(),
            lookups: self.book.queue("lookups"),
            orders: self.book.queue("orders"),
            clock: self.book.clock.clone(),
            counters: Counters::default(),
        };
        let request =
            WebhookRequest { method: push.method, query: Vec::new(), headers: push.headers, body: push.body };
        match door.receive(SHOP, connection, &request).await {
            200 => Ok(()),
            status => Err(format!("a webhook of {connection} was answered {status}").into()),
        }
    }

    fn look_up(&self) -> Arc<dyn Work> {
        Arc::new(LookUpOrders {
            shops: self.book.shops.clone().into(),
            gateway: self.gateway.clone(),
            orders: self.book.queue("orders"),
            table: self.book.table.clone(),
            clock: self.book.clock.clone(),
        })
    }

    fn publish(&self) -> Arc<dyn Work> {
        Arc::new(PublishStock {
            shops: self.book.shops.clone().into(),
            gateway: self.gateway.clone(),
            table: self.book.table.clone(),
            passes: self.book.queue("passes"),
            clock: self.book.clock.clone(),
        })
    }

    /// Where the table's stream ends now.
    fn last_place(&self) -> Result<Option<String>, Problem> {
        let event = records_after(&self.book.table_engine, None, RECORDS_MAX)?;
        Ok(event.records.last().map(|record| record.dynamodb.sequence_number.clone()))
    }

    /// Hands all stock changes after that place over at once.
    async fn announce(&self, place: Option<String>) -> Result<(), Problem> {
        let announce = AnnounceStock {
            shops: self.book.shops.clone().into(),
            publish: self.book.queue("publish.fifo"),
            forward: self.book.queue("forward.fifo"),
            archive: self.book.archive.clone(),
        };
        let response = announce.handle(records_after(&self.book.table_engine, place, RECORDS_MAX)?).await;
        let failed = response.batch_item_failures.first();
        failed
            .map_or(Ok(()), |failed| Err(format!("the stream stopped at {}", failed.item_identifier).into()))
    }

    /// Works until the queue is empty.
    async fn drain(&self, name: &str, work: Arc<dyn Work>) -> Result<(), Problem> {
        let book = &self.book;
        let worker = tokio::spawn(pump::run(book.sqs.clone(), book.url(name), book.queue(name), work));
        let empty = async {
            while self.waiting(name) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            // The last delete is counted a moment after it is written down.
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let drained = tokio::time::timeout(DRAIN_MAX, empty).await;
        worker.abort();
        drained.map_err(|_| format!("queue {name} was not empty after half a minute").into())
    }

    fn waiting(&self, queue: &str) -> bool {
        self.book.journal.pending().is_ok_and(|all| all.iter().any(|entry| entry.queue == queue))
    }
}

/// News of products travels beside the news of orders.
fn is_about_order(push: &Push) -> bool {
    push.header("x-wc-webhook-topic").is_none_or(|topic| topic.starts_with("order."))
}

fn listings(connection: &str) -> Vec<TwinListing> {
    let listing = |n: usize| TwinListing {
        id: listing_id(connection, n),
        sku: sku(n),
        name: sku(n),
        price_minor: 119_000,
        stock: 1_000,
    };
    (0..PRODUCTS).map(listing).collect()
}

fn shopee() -> ShopeeTwinConfig {
    ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: "bench-partner-key".to_owned(),
        shop_id: 137_637_267,
        access_token: "bench-access-token".to_owned(),
        callback_url: format!("{HOOKS}/{SHOPEE}"),
        listings: listings(SHOPEE),
        latency: Duration::ZERO,
        clock: clock::system(),
        port: 0,
    }
}

fn web() -> WooCommerceTwinConfig {
    WooCommerceTwinConfig {
        consumer_key: "ck_bench".to_owned(),
        consumer_secret: "cs_bench".to_owned(),
        webhook_secret: "bench-webhook-secret".to_owned(),
        delivery_url: format!("{HOOKS}/{WEB}"),
        webhook_id: 1,
        listings: listings(WEB),
        latency: Duration::ZERO,
        clock: clock::system(),
        port: 0,
    }
}
