//! Takes every minute the events that wait at channels and reads their lists of orders, by a message for each shop.

use lambda_kit::aws::AwsAccess;
use lambda_kit::objects::Objects;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{
    ARCHIVE_BUCKET, LOOKUPS_QUEUE_URL, ORDERS_QUEUE_URL, PASSES_QUEUE_URL, PUBLISH_QUEUE_URL, TABLE_NAME,
};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::way_out;
use lambda_kit::{batch, clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use std::sync::Arc;
use table::Table;
use workflows::{FetchOrders, Passes, RecordOrders};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let queue = Queue::new(aws.sqs(), PASSES_QUEUE_URL.required()?);
    let shops = ShopSource::from_environment(&aws)?;
    let gateway = Arc::new(way_out::gateway_from_environment(clock::system())?);
    let table = Table::new(aws.dynamodb(), TABLE_NAME.required()?);
    let lookups = Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?);
    let record = RecordOrders {
        shops: shops.clone(),
        table: table.clone(),
        lookups: lookups.clone(),
        archive: Objects::bucket_from_environment(&aws, ARCHIVE_BUCKET)?,
        clock: clock::system(),
    };
    let passes = Passes {
        shops: shops.clone(),
        gateway: gateway.clone(),
        table: table.clone(),
        record,
        publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
        clock: clock::system(),
        pieces: Default::default(),
    };
    let work = FetchOrders {
        shops,
        gateway,
        table,
        lookups,
        orders: Queue::new(aws.sqs(), ORDERS_QUEUE_URL.required()?),
        queue: queue.clone(),
        passes,
        clock: clock::system(),
        troubles: Default::default(),
    };
    run(service_fn(async |event: LambdaEvent<Value>| {
        let scheduled = async || work.handle_schedule().await.map_err(Error::from);
        batch::run_or(&queue, event.payload, &work, scheduled).await
    }))
    .await
}
