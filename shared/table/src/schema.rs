//! The table's shape: created at start on one machine, declared in the template on AWS; a test keeps both equal.

use crate::failure::{TableError, translate};
use crate::keys::{PARTITION, SORT, TTL};
use crate::store::Table;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, StreamSpecification,
    StreamViewType, TimeToLiveSpecification,
};

/// What the stream hands over; the ledger needs both images.
pub const STREAM_VIEW: StreamViewType = StreamViewType::NewAndOldImages;

fn attribute(name: &str) -> Result<AttributeDefinition, TableError> {
    let built =
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build();
    built.map_err(|e| TableError::Broken(e.to_string()))
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, TableError> {
    let built = KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    built.map_err(|e| TableError::Broken(e.to_string()))
}

impl Table {
    /// Creates the table with its stream and expiry; a table that exists already is left as it is.
    pub async fn create_if_missing(&self) -> Result<(), TableError> {
        let stream = StreamSpecification::builder().stream_enabled(true).stream_view_type(STREAM_VIEW);
        let created = self
            .client()
            .create_table()
            .table_name(self.name())
            .attribute_definitions(attribute(PARTITION)?)
            .attribute_definitions(attribute(SORT)?)
            .key_schema(key(PARTITION, KeyType::Hash)?)
            .key_schema(key(SORT, KeyType::Range)?)
            .billing_mode(BillingMode::PayPerRequest)
            .stream_specification(stream.build().map_err(|e| TableError::Broken(e.to_string()))?)
            .send()
            .await;
        match created {
            Ok(_) => self.enable_expiry().await,
            Err(error) if error.code() == Some("ResourceInUseException") => Ok(()),
            Err(error) => Err(translate(&error)),
        }
    }

    async fn enable_expiry(&self) -> Result<(), TableError> {
        let expiry = TimeToLiveSpecification::builder().attribute_name(TTL).enabled(true).build();
        self.client()
            .update_time_to_live()
            .table_name(self.name())
            .time_to_live_specification(expiry.map_err(|e| TableError::Broken(e.to_string()))?)
            .send()
            .await
            .map(|_| ())
            .map_err(|e| translate(&e))
    }
}
