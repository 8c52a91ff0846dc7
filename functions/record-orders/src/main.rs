//! Writes orders and their stock into the book, in one transaction per batch.

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_kit::aws::AwsAccess;
use lambda_kit::objects::Objects;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{ARCHIVE_BUCKET, LOOKUPS_QUEUE_URL, ORDERS_QUEUE_URL, TABLE_NAME};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{batch, clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use table::Table;
use workflows::RecordOrders;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let queue = Queue::new(aws.sqs(), ORDERS_QUEUE_URL.required()?);
    let work = RecordOrders {
        shops: ShopSource::without_secrets_from_environment(&aws)?,
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        lookups: Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?),
        archive: Objects::bucket_from_environment(&aws, ARCHIVE_BUCKET)?,
        clock: clock::system(),
    };
    run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        batch::run(&queue, event.payload, &work).await.map_err(Error::from)
    }))
    .await
}
