//! Compares each shop's book with its channels: all of it after a business day, what moved lately every hour.

use lambda_kit::aws::AwsAccess;
use lambda_kit::mail::Mail;
use lambda_kit::objects::Objects;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{
    ARCHIVE_BUCKET, LOOKUPS_QUEUE_URL, PUBLISH_QUEUE_URL, RECONCILE_QUEUE_URL, TABLE_NAME, WEBHOOK_BASE_URL,
};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::way_out;
use lambda_kit::{batch, clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use std::sync::Arc;
use table::Table;
use workflows::reconcile::real_pause;
use workflows::{Passes, Reconcile, RecordOrders};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let shops = ShopSource::from_environment(&aws)?;
    let table = Table::new(aws.dynamodb(), TABLE_NAME.required()?);
    let archive = Objects::bucket_from_environment(&aws, ARCHIVE_BUCKET)?;
    let record = RecordOrders {
        shops: shops.clone(),
        table: table.clone(),
        lookups: Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?),
        archive: archive.clone(),
        clock: clock::system(),
    };
    let passes = Passes {
        shops,
        gateway: Arc::new(way_out::gateway_from_environment(clock::system())?),
        table,
        record,
        publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
        clock: clock::system(),
        pieces: Default::default(),
    };
    let queue = Queue::new(aws.sqs(), RECONCILE_QUEUE_URL.required()?);
    let webhook_base_url = Some(WEBHOOK_BASE_URL.required()?);
    let mail = Mail::from_environment(&aws)?;
    let work =
        Reconcile { passes, archive, queue: queue.clone(), webhook_base_url, mail, pause: real_pause() };
    run(service_fn(async |event: LambdaEvent<Value>| {
        let scheduled = event.payload.clone();
        let scheduled = async || work.handle_schedule(scheduled).await.map_err(Error::from);
        batch::run_or(&queue, event.payload, &work, scheduled).await
    }))
    .await
}
