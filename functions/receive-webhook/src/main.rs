//! Takes a channel's webhook, checks its signature, and queues the news.

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use lambda_kit::aws::AwsAccess;
use lambda_kit::queues::Queue;
use lambda_kit::settings::{LOOKUPS_QUEUE_URL, ORDERS_QUEUE_URL};
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use workflows::ReceiveWebhook;
use workflows::counters::Counters;

fn door() -> Result<ReceiveWebhook, Error> {
    let aws = AwsAccess::from_environment()?;
    let sqs = aws.sqs();
    Ok(ReceiveWebhook {
        shops: ShopSource::from_environment(&aws)?,
        lookups: Queue::new(sqs.clone(), LOOKUPS_QUEUE_URL.required()?),
        orders: Queue::new(sqs, ORDERS_QUEUE_URL.required()?),
        clock: clock::system(),
        counters: Counters::default(),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let door = door()?;
    run(service_fn(async |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        // Boxed: the whole tree of futures in one type is deeper than the compiler follows.
        Ok::<_, Error>(Box::pin(door.handle(event.payload)).await)
    }))
    .await
}
