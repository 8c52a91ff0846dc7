//! Takes the browser back from a channel where a person has granted an account, and stores the tokens it leads to.

use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use lambda_kit::aws::AwsAccess;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::settings::TABLE_NAME;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{clock, logging, metrics, way_out};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use std::sync::Arc;
use table::Table;
use workflows::FinishLogin;

fn door() -> Result<FinishLogin, Error> {
    let aws = AwsAccess::from_environment()?;
    Ok(FinishLogin {
        shops: ShopSource::without_secrets_from_environment(&aws)?,
        store: SecretStore::writable_from_environment(&aws)?,
        gateway: Arc::new(way_out::gateway_from_environment(clock::system())?),
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        clock: clock::system(),
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
