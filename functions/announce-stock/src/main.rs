//! Keeps the ledger and tells every connection whose stock has changed.

use lambda_kit::aws::AwsAccess;
use lambda_kit::objects::Objects;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{ARCHIVE_BUCKET, FORWARD_QUEUE_URL, PUBLISH_QUEUE_URL};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::stream::StreamEvent;
use lambda_kit::{logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use workflows::AnnounceStock;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let work = AnnounceStock {
        shops: ShopSource::without_secrets_from_environment(&aws)?,
        publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
        forward: Queue::new(aws.sqs(), FORWARD_QUEUE_URL.required()?),
        archive: Objects::bucket_from_environment(&aws, ARCHIVE_BUCKET)?,
    };
    run(service_fn(async |event: LambdaEvent<StreamEvent>| Ok::<_, Error>(work.handle(event.payload).await)))
        .await
}
