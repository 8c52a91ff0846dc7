//! Gets the next tokens, every minute, for logins that end soon or that a channel refused.

use lambda_kit::aws::AwsAccess;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::settings::TABLE_NAME;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::{clock, logging, metrics, way_out};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;
use std::sync::Arc;
use table::Table;
use workflows::RenewLogins;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    logging::start_json();
    metrics::start();
    let aws = AwsAccess::from_environment()?;
    let work = RenewLogins {
        shops: ShopSource::without_secrets_from_environment(&aws)?,
        store: SecretStore::writable_from_environment(&aws)?,
        gateway: Arc::new(way_out::gateway_from_environment(clock::system())?),
        table: Table::new(aws.dynamodb(), TABLE_NAME.required()?),
        clock: clock::system(),
    };
    // What the schedule sends says nothing: what is due stands in the table.
    run(service_fn(async |_: LambdaEvent<Value>| Box::pin(work.handle()).await.map_err(Error::from))).await
}
