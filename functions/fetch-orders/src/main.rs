//! Takes every minute the events that wait at a channel until somebody pulls them.

use lambda_kit::aws::AwsAccess;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{LOOKUPS_QUEUE_URL, ORDERS_QUEUE_URL, TABLE_NAME};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::way_out;
use lambda_kit::{clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use std::sync::Arc;
use table::Table;
use workflows::FetchOrders;
use workflows::fetch_orders::Troubles;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let work = FetchOrders {
        shops: ShopSource::from_environment(&aws)?,
        gateway: Arc::new(way_out::gateway_from_environment(clock::system())?),
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        lookups: Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?),
        orders: Queue::new(aws.sqs(), ORDERS_QUEUE_URL.required()?),
        clock: clock::system(),
        troubles: Troubles::default(),
    };
    // What the schedule sends says nothing: what waits is known to the channels.
    run(service_fn(async |_: LambdaEvent<Value>| work.handle().await.map_err(Error::from))).await
}
