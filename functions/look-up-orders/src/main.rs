//! Asks a channel for the orders that its thin pushes only name.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_kit::aws::AwsAccess;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{LOOKUPS_QUEUE_URL, ORDERS_QUEUE_URL, TABLE_NAME};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::way_out;
use lambda_kit::{batch, clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use std::sync::Arc;
use table::Table;
use workflows::LookUpOrders;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let queue = Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?);
    let work = LookUpOrders {
        shops: ShopSource::from_environment(&aws)?,
        gateway: Arc::new(way_out::gateway_from_environment(clock::system())?),
        orders: Queue::new(aws.sqs(), ORDERS_QUEUE_URL.required()?),
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        clock: clock::system(),
    };
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        batch::run(&queue, event.payload, &work).await.map_err(Error::from)
    }))
    .await
}
