//! Puts orders into the till or website of the store that serves them, and carries back what the store does.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_kit::aws::AwsAccess;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{FORWARD_QUEUE_URL, LOOKUPS_QUEUE_URL, PUBLISH_QUEUE_URL, TABLE_NAME};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::way_out;
use lambda_kit::{batch, clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use std::sync::Arc;
use table::Table;
use workflows::{ForwardOrders, forward_orders};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let queue = Queue::new(aws.sqs(), FORWARD_QUEUE_URL.required()?);
    let work = ForwardOrders {
        shops: ShopSource::from_environment(&aws)?,
        gateway: Arc::new(way_out::gateway_from_environment(clock::system())?),
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        lookups: Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?),
        publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
        clock: clock::system(),
        draw: forward_orders::drawn(),
    };
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        batch::run(&queue, event.payload, &work).await.map_err(Error::from)
    }))
    .await
}
