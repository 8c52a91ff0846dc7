//! Looks every minute at what must be seen to again, such as a shop whose file has changed.

use lambda_kit::aws::AwsAccess;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{
    FORWARD_QUEUE_URL, LOOKUPS_QUEUE_URL, ORDERS_QUEUE_URL, PUBLISH_QUEUE_URL, RECONCILE_QUEUE_URL,
    TABLE_NAME,
};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use table::Table;
use workflows::catch_up::CatchUp;
use workflows::{DueWork, SweepDue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let work = SweepDue {
        shops: ShopSource::without_secrets_from_environment(&aws)?,
        catch_up: CatchUp {
            table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
            lookups: Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?),
            orders: Queue::new(aws.sqs(), ORDERS_QUEUE_URL.required()?),
            publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
            clock: clock::system(),
        },
        due_work: DueWork {
            table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
            publish: Queue::new(aws.sqs(), PUBLISH_QUEUE_URL.required()?),
            forward: Queue::new(aws.sqs(), FORWARD_QUEUE_URL.required()?),
            reconcile: Queue::new(aws.sqs(), RECONCILE_QUEUE_URL.required()?),
            clock: clock::system(),
        },
    };
    // What the schedule sends says nothing: what is due stands in the table.
    run(service_fn(async |_: LambdaEvent<Value>| Box::pin(work.handle()).await.map_err(Error::from))).await
}
