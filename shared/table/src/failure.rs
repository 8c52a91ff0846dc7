//! When the table refuses or does not answer: what happened, and what the caller may do.

use crate::attributes::Item;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A failed call to the table.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TableError {
    /// Conflict or throttle: wait with jitter and plan again.
    #[error("the table is busy: {0}")]
    Busy(String),
    /// The request itself is not valid: split the batch to find which part.
    #[error("the table refused the request: {0}")]
    Invalid(String),
    /// No answer: it may have been applied. Read again and plan again; the change is then zero.
    #[error("no answer from the table: {0}")]
    Ambiguous(String),
    /// A setting or permission of ours is wrong.
    #[error("the table cannot be used: {0}")]
    Broken(String),
    /// An item that this version cannot read.
    #[error("item attribute {attribute:?}: {detail}")]
    Corrupt {
        /// Which attribute.
        attribute: String,
        /// What is wrong.
        detail: String,
    },
    /// Some conditions did not hold; per entry of the request, what the table holds instead.
    #[error("a condition did not hold")]
    Lost(Vec<Option<Lost>>),
}

/// One entry of a transaction whose condition failed.
#[derive(Debug, Clone)]
pub struct Lost {
    /// The item as the table holds it; none when there is no such item.
    pub item: Option<Item>,
}

impl TableError {
    /// An item or value that cannot be read or written.
    pub fn corrupt(attribute: impl Into<String>, detail: impl Into<String>) -> Self {
        TableError::Corrupt { attribute: attribute.into(), detail: detail.into() }
    }

    /// True when trying the same work again later may succeed.
    pub fn is_passing(&self) -> bool {
        matches!(self, TableError::Busy(_) | TableError::Ambiguous(_) | TableError::Lost(_))
    }
}

/// The codes DynamoDB uses for "not now" (AWS Developer Guide "Error handling", read 2026-11-21).
const BUSY_CODES: [&str; 7] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
    "TransactionInProgressException",
    "LimitExceededException",
    "ReplicatedWriteConflictException",
];

/// Translates an SDK failure that carries no conditions.
pub fn translate<E: ProvideErrorMetadata>(error: &SdkError<E>) -> TableError {
    let Some(service) = error.as_service_error() else { return no_answer(error) };
    let code = service.code().unwrap_or("unknown");
    let text = format!("{code}: {}", service.message().unwrap_or("no message"));
    match code {
        code if BUSY_CODES.contains(&code) => TableError::Busy(text),
        "ValidationException" | "ItemCollectionSizeLimitExceededException" => TableError::Invalid(text),
        "InternalServerError" | "ServiceUnavailable" => TableError::Ambiguous(text),
        _ => TableError::Broken(text),
    }
}

fn no_answer<E>(error: &SdkError<E>) -> TableError {
    match error {
        SdkError::ConstructionFailure(_) => {
            TableError::Broken("the request could not be built (credentials or region?)".to_owned())
        }
        SdkError::TimeoutError(_) => TableError::Ambiguous("time-out".to_owned()),
        SdkError::DispatchFailure(_) => TableError::Ambiguous("connection failed".to_owned()),
        _ => TableError::Ambiguous("no readable answer".to_owned()),
    }
}
