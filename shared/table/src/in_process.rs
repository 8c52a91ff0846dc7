//! Who answers the table's calls: AWS through its SDK, or an engine in the same process, without the SDK's JSON and HTTP between.
//!
//! Millions of simulated days are played, and of such a day the SDK's way to an engine beside it took more than a third. What
//! the code above sees is the same either way: the SDK's own requests, answers and errors.

use crate::attributes::Item;
use aws_sdk_dynamodb::error::{BuildError, ErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::batch_get_item::builders::BatchGetItemFluentBuilder;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemError, BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::delete_item::builders::DeleteItemFluentBuilder;
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemError, DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::query::{QueryError, QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::{
    TransactWriteItemsError, TransactWriteItemsInput, TransactWriteItemsOutput,
};
use aws_sdk_dynamodb::types::CancellationReason;
use aws_sdk_dynamodb::types::error::{ConditionalCheckFailedException, TransactionCanceledException};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A call to the table. Those that a shop's day is not made of are not here: the SDK makes them always.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "named as the SDK names them")]
pub enum Call {
    BatchGetItem(BatchGetItemInput),
    DeleteItem(DeleteItemInput),
    PutItem(PutItemInput),
    Query(QueryInput),
    TransactWriteItems(TransactWriteItemsInput),
}

impl Call {
    /// The operation, as DynamoDB names it.
    pub fn operation(&self) -> &'static str {
        match self {
            Call::BatchGetItem(_) => "BatchGetItem",
            Call::DeleteItem(_) => "DeleteItem",
            Call::PutItem(_) => "PutItem",
            Call::Query(_) => "Query",
            Call::TransactWriteItems(_) => "TransactWriteItems",
        }
    }
}

/// What a call came to.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "named as the SDK names them")]
pub enum Answer {
    BatchGetItem(BatchGetItemOutput),
    DeleteItem(DeleteItemOutput),
    PutItem(PutItemOutput),
    Query(QueryOutput),
    TransactWriteItems(TransactWriteItemsOutput),
}

/// Why a call came to nothing, or seems to.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// Nobody answered in time; it may have been applied.
    TimeOut,
    /// A condition did not hold; with what lies there instead.
    Condition(Option<Item>),
    /// A transaction was called off, for a reason per entry.
    Cancelled(Vec<CancellationReason>),
    /// Anything else, by DynamoDB's code and words.
    Other {
        /// DynamoDB's name of the error.
        code: String,
        /// Its words.
        message: String,
    },
}

/// The answer to come.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send + 'a>>;

/// Answers calls to the table in the same process.
pub trait InProcess: Debug + Send + Sync {
    /// Answers one call.
    fn answer(&self, call: Call) -> Answering<'_>;
}

/// Sends calls where they are answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Post(pub(crate) Option<Arc<dyn InProcess>>);

type Sent<Output, Error> = Result<Output, SdkError<Error>>;

/// One function per operation: to the SDK where nobody answers here.
macro_rules! posts {
    ($($name:ident: $operation:ident, $builder:ty, $output:ty, $error:ty;)*) => {
        impl Post {
            $(pub(crate) async fn $name(&self, call: $builder) -> Sent<$output, $error> {
                // In a box: the SDK's futures are nested too deep to be laid out in those of a whole function.
                let Some(engine) = &self.0 else { return Box::pin(call.send()).await };
                let input = call.as_input().clone().build().map_err(|e: BuildError| SdkError::construction_failure(e))?;
                match engine.answer(Call::$operation(input)).await {
                    Ok(Answer::$operation(output)) => Ok(output),
                    Ok(other) => Err(SdkError::construction_failure(format!("answered with {other:?}"))),
                    Err(Refusal::TimeOut) => Err(SdkError::timeout_error("no answer in time")),
                    Err(refusal) => Err(refused(refusal.into())),
                }
            })*
        }
    };
}

posts! {
    get: BatchGetItem, BatchGetItemFluentBuilder, BatchGetItemOutput, BatchGetItemError;
    delete: DeleteItem, DeleteItemFluentBuilder, DeleteItemOutput, DeleteItemError;
    put: PutItem, PutItemFluentBuilder, PutItemOutput, PutItemError;
    query: Query, QueryFluentBuilder, QueryOutput, QueryError;
    transact: TransactWriteItems, TransactWriteItemsFluentBuilder, TransactWriteItemsOutput, TransactWriteItemsError;
}

/// There was no HTTP, so there is nothing raw to show.
fn refused<Error>(error: Error) -> SdkError<Error> {
    match StatusCode::try_from(400) {
        Ok(status) => SdkError::service_error(error, HttpResponse::new(status, SdkBody::empty())),
        Err(invalid) => SdkError::construction_failure(invalid),
    }
}

fn metadata(refusal: Refusal) -> ErrorMetadata {
    let (code, message) = match refusal {
        Refusal::Other { code, message } => (code, message),
        other => ("UnexpectedAnswer".to_owned(), format!("{other:?}")),
    };
    ErrorMetadata::builder().code(code).message(message).build()
}

impl From<Refusal> for PutItemError {
    fn from(refusal: Refusal) -> Self {
        let Refusal::Condition(item) = refusal else { return Self::generic(metadata(refusal)) };
        let lost = ConditionalCheckFailedException::builder().set_item(item).build();
        Self::ConditionalCheckFailedException(lost)
    }
}

impl From<Refusal> for DeleteItemError {
    fn from(refusal: Refusal) -> Self {
        let Refusal::Condition(item) = refusal else { return Self::generic(metadata(refusal)) };
        let lost = ConditionalCheckFailedException::builder().set_item(item).build();
        Self::ConditionalCheckFailedException(lost)
    }
}

impl From<Refusal> for TransactWriteItemsError {
    fn from(refusal: Refusal) -> Self {
        let Refusal::Cancelled(reasons) = refusal else { return Self::generic(metadata(refusal)) };
        let cancelled = TransactionCanceledException::builder().set_cancellation_reasons(Some(reasons));
        Self::TransactionCanceledException(cancelled.build())
    }
}

impl From<Refusal> for BatchGetItemError {
    fn from(refusal: Refusal) -> Self {
        Self::generic(metadata(refusal))
    }
}

impl From<Refusal> for QueryError {
    fn from(refusal: Refusal) -> Self {
        Self::generic(metadata(refusal))
    }
}
