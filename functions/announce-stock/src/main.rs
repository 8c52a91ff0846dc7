//! Keeps the ledger and tells every connection whose stock has changed.

use lambda_kit::archive::Archive;
use lambda_kit::aws::AwsAccess;
use lambda_kit::logging;
use lambda_kit::queues::Queue;
use lambda_kit::settings::PUBLISH_QUEUE_URL;
use lambda_kit::shops::Shops;
use lambda_kit::stream::StreamEvent;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use workflows::AnnounceStock;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    let aws = AwsAccess::from_environment()?;
    let work = AnnounceStock {
        shops: Shops::without_secrets_from_environment()?,
        publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
        archive: Archive::bucket_from_environment(&aws)?,
    };
    run(service_fn(async |event: LambdaEvent<StreamEvent>| Ok::<_, Error>(work.handle(event.payload).await)))
        .await
}
