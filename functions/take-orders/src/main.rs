//! Holds the units of an order taken in a chat, all of them or none, and answers what could be held.

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use lambda_kit::aws::AwsAccess;
use lambda_kit::settings::TABLE_NAME;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use table::Table;
use workflows::counters::Counters;
use workflows::{TakeOrders, hold_codes};

fn desk() -> Result<TakeOrders, Error> {
    let aws = AwsAccess::from_environment()?;
    Ok(TakeOrders {
        shops: ShopSource::from_environment(&aws)?,
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        clock: clock::system(),
        counters: Counters::default(),
        draw: hold_codes::drawn(),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let desk = desk()?;
    run(service_fn(async |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        // Boxed: the whole tree of futures in one type is deeper than the compiler follows.
        Ok::<_, Error>(Box::pin(desk.handle(event.payload)).await)
    }))
    .await
}
