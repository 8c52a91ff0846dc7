//! Serves a store's people on their phones: what is to be done there, and each thing that is done, written once.

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use lambda_kit::aws::AwsAccess;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::settings::TABLE_NAME;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{clock, logging, metrics};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use table::Table;
use workflows::Counter;
use workflows::counter::CounterKeys;
use workflows::counters::Counters;

fn counter() -> Result<Counter, Error> {
    let aws = AwsAccess::from_environment()?;
    Ok(Counter {
        shops: ShopSource::without_secrets_from_environment(&aws)?,
        store: SecretStore::from_environment(&aws)?,
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        clock: clock::system(),
        keys: CounterKeys::default(),
        counters: Counters::default(),
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let counter = counter()?;
    run(service_fn(async |event: LambdaEvent<ApiGatewayV2httpRequest>| {
        // Boxed: the whole tree of futures in one type is deeper than the compiler follows.
        Ok::<_, Error>(Box::pin(counter.handle(event.payload)).await)
    }))
    .await
}
