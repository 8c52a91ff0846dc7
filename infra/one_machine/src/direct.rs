//! The embedded engine answering the table's calls directly, in its own words, without JSON or HTTP in between.

use crate::table_engine::TableEngine;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemInput, DeleteItemOutput};
use aws_sdk_dynamodb::operation::put_item::{PutItemInput, PutItemOutput};
use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput};
use aws_sdk_dynamodb::types as sdk;
use dynoxide::actions::batch_get_item::{BatchGetItemRequest, KeysAndAttributes};
use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::transact_write_items::{
    TransactConditionCheck, TransactDelete, TransactPut, TransactUpdate, TransactWriteItem,
    TransactWriteItemsRequest,
};
use dynoxide::errors::DynoxideError;
use dynoxide::types::{AttributeValue, ConsumedCapacity};
use std::collections::HashMap;
use table::attributes::Item;
use table::in_process::{Answer, Answering, Call, InProcess, Refusal};

type Values = HashMap<String, AttributeValue>;

impl InProcess for TableEngine {
    fn answer(&self, call: Call) -> Answering<'_> {
        Box::pin(std::future::ready(self.answer_directly(call)))
    }
}

impl TableEngine {
    /// Answers at once. Whoever watches the engine is told which operation it was, and nothing else of it.
    fn answer_directly(&self, call: Call) -> Result<Answer, Refusal> {
        let operation = call.operation();
        let answer = match call {
            Call::BatchGetItem(input) => self.get(input),
            Call::DeleteItem(input) => self.delete(input),
            Call::PutItem(input) => self.put(input),
            Call::Query(input) => self.query(input),
            Call::TransactWriteItems(input) => self.transact(input),
        };
        if answer.is_ok() {
            self.tell_watch(operation, &[], "");
        }
        answer.map_err(refusal)
    }

    fn get(&self, input: BatchGetItemInput) -> Result<Answer, DynoxideError> {
        let mut request_items = HashMap::new();
        for (table, asked) in input.request_items.unwrap_or_default() {
            let keys = asked.keys.into_iter().map(values).collect::<Result<_, _>>()?;
            let consistent_read = asked.consistent_read;
            request_items.insert(table, KeysAndAttributes { keys, consistent_read, ..Default::default() });
        }
        let answer = self.database().batch_get_item(BatchGetItemRequest {
            request_items,
            return_consumed_capacity: input.return_consumed_capacity.map(word),
        })?;
        if !answer.unprocessed_keys.is_empty() {
            return Err(DynoxideError::ProvisionedThroughputExceededException("keys were left".to_owned()));
        }
        let mut responses = HashMap::new();
        for (table, found) in answer.responses {
            responses.insert(table, found.into_iter().map(item).collect::<Result<_, _>>()?);
        }
        let output = BatchGetItemOutput::builder()
            .set_responses(Some(responses))
            .set_consumed_capacity(answer.consumed_capacity.map(|all| all.iter().map(capacity).collect()));
        Ok(Answer::BatchGetItem(output.build()))
    }

    fn query(&self, input: QueryInput) -> Result<Answer, DynoxideError> {
        let answer = self.database().query(QueryRequest {
            table_name: input.table_name.unwrap_or_default(),
            key_condition_expression: input.key_condition_expression,
            expression_attribute_names: input.expression_attribute_names,
            expression_attribute_values: some_values(input.expression_attribute_values)?,
            scan_index_forward: input.scan_index_forward.unwrap_or(true),
            consistent_read: input.consistent_read,
            exclusive_start_key: some_values(input.exclusive_start_key)?,
            return_consumed_capacity: input.return_consumed_capacity.map(word),
            ..Default::default()
        })?;
        let items = answer.items.unwrap_or_default().into_iter().map(item).collect::<Result<_, _>>()?;
        let output = QueryOutput::builder()
            .set_items(Some(items))
            .set_last_evaluated_key(answer.last_evaluated_key.map(item).transpose()?)
            .set_consumed_capacity(answer.consumed_capacity.as_ref().map(capacity));
        Ok(Answer::Query(output.build()))
    }

    fn put(&self, input: PutItemInput) -> Result<Answer, DynoxideError> {
        let request = PutItemRequest {
            table_name: input.table_name.unwrap_or_default(),
            item: values(input.item.unwrap_or_default())?,
            condition_expression: input.condition_expression,
            expression_attribute_names: input.expression_attribute_names,
            expression_attribute_values: some_values(input.expression_attribute_values)?,
            return_consumed_capacity: input.return_consumed_capacity.map(word),
            return_values_on_condition_check_failure: input
                .return_values_on_condition_check_failure
                .map(word),
            ..Default::default()
        };
        let answer = self.written(self.database().put_item(request))?;
        let output = PutItemOutput::builder()
            .set_consumed_capacity(answer.consumed_capacity.as_ref().map(capacity))
            .build();
        Ok(Answer::PutItem(output))
    }

    fn delete(&self, input: DeleteItemInput) -> Result<Answer, DynoxideError> {
        let request = DeleteItemRequest {
            table_name: input.table_name.unwrap_or_default(),
            key: values(input.key.unwrap_or_default())?,
            condition_expression: input.condition_expression,
            expression_attribute_names: input.expression_attribute_names,
            expression_attribute_values: some_values(input.expression_attribute_values)?,
            return_consumed_capacity: input.return_consumed_capacity.map(word),
            ..Default::default()
        };
        let answer = self.written(self.database().delete_item(request))?;
        let output = DeleteItemOutput::builder()
            .set_consumed_capacity(answer.consumed_capacity.as_ref().map(capacity))
            .build();
        Ok(Answer::DeleteItem(output))
    }

    fn transact(&self, input: TransactWriteItemsInput) -> Result<Answer, DynoxideError> {
        let items = input.transact_items.unwrap_or_default();
        let request = TransactWriteItemsRequest {
            transact_items: items.into_iter().map(part).collect::<Result<_, _>>()?,
            return_consumed_capacity: input.return_consumed_capacity.map(word),
            ..Default::default()
        };
        let answer = self.written(self.database().transact_write_items(request))?;
        let output = TransactWriteItemsOutput::builder()
            .set_consumed_capacity(answer.consumed_capacity.map(|all| all.iter().map(capacity).collect()))
            .build();
        Ok(Answer::TransactWriteItems(output))
    }
}

fn part(part: sdk::TransactWriteItem) -> Result<TransactWriteItem, DynoxideError> {
    Ok(TransactWriteItem {
        put: part.put.map(put_part).transpose()?,
        update: part.update.map(update_part).transpose()?,
        delete: part.delete.map(delete_part).transpose()?,
        condition_check: part.condition_check.map(check_part).transpose()?,
    })
}

fn put_part(put: sdk::Put) -> Result<TransactPut, DynoxideError> {
    Ok(TransactPut {
        table_name: put.table_name,
        item: values(put.item)?,
        condition_expression: put.condition_expression,
        expression_attribute_names: put.expression_attribute_names,
        expression_attribute_values: some_values(put.expression_attribute_values)?,
        return_values_on_condition_check_failure: put.return_values_on_condition_check_failure.map(word),
    })
}

fn update_part(update: sdk::Update) -> Result<TransactUpdate, DynoxideError> {
    Ok(TransactUpdate {
        table_name: update.table_name,
        key: values(update.key)?,
        update_expression: update.update_expression,
        condition_expression: update.condition_expression,
        expression_attribute_names: update.expression_attribute_names,
        expression_attribute_values: some_values(update.expression_attribute_values)?,
        return_values_on_condition_check_failure: update.return_values_on_condition_check_failure.map(word),
    })
}

fn delete_part(delete: sdk::Delete) -> Result<TransactDelete, DynoxideError> {
    Ok(TransactDelete {
        table_name: delete.table_name,
        key: values(delete.key)?,
        condition_expression: delete.condition_expression,
        expression_attribute_names: delete.expression_attribute_names,
        expression_attribute_values: some_values(delete.expression_attribute_values)?,
        ..Default::default()
    })
}

fn check_part(check: sdk::ConditionCheck) -> Result<TransactConditionCheck, DynoxideError> {
    Ok(TransactConditionCheck {
        table_name: check.table_name,
        key: values(check.key)?,
        condition_expression: check.condition_expression,
        expression_attribute_names: check.expression_attribute_names,
        expression_attribute_values: some_values(check.expression_attribute_values)?,
        return_values_on_condition_check_failure: check.return_values_on_condition_check_failure.map(word),
    })
}

fn word(choice: impl AsRef<str>) -> String {
    choice.as_ref().to_owned()
}

fn some_values(item: Option<Item>) -> Result<Option<Values>, DynoxideError> {
    item.map(values).transpose()
}

fn values(item: Item) -> Result<Values, DynoxideError> {
    item.into_iter().map(|(name, value)| Ok((name, to_engine(value)?))).collect()
}

fn item(values: Values) -> Result<Item, DynoxideError> {
    values.into_iter().map(|(name, value)| Ok((name, to_sdk(value)?))).collect()
}

/// Text and numbers are all that this product keeps; anything else is refused rather than lost.
fn to_engine(value: sdk::AttributeValue) -> Result<AttributeValue, DynoxideError> {
    match value {
        sdk::AttributeValue::S(text) => Ok(AttributeValue::S(text)),
        sdk::AttributeValue::N(number) => Ok(AttributeValue::N(number)),
        _ => Err(DynoxideError::ValidationException("neither text nor number".to_owned())),
    }
}

fn to_sdk(value: AttributeValue) -> Result<sdk::AttributeValue, DynoxideError> {
    match value {
        AttributeValue::S(text) => Ok(sdk::AttributeValue::S(text)),
        AttributeValue::N(number) => Ok(sdk::AttributeValue::N(number)),
        _ => Err(DynoxideError::ValidationException("neither text nor number".to_owned())),
    }
}

fn capacity(used: &ConsumedCapacity) -> sdk::ConsumedCapacity {
    sdk::ConsumedCapacity::builder().table_name(&used.table_name).capacity_units(used.capacity_units).build()
}

fn refusal(error: DynoxideError) -> Refusal {
    match error {
        DynoxideError::ConditionalCheckFailedException(_, lost) => {
            Refusal::Condition(lost.and_then(|lost| item(lost).ok()))
        }
        DynoxideError::TransactionCanceledException(_, reasons) => {
            let reason = |reason: dynoxide::errors::CancellationReason| {
                sdk::CancellationReason::builder()
                    .code(reason.code)
                    .set_message(reason.message)
                    .set_item(reason.item.and_then(|lost| item(lost).ok()))
                    .build()
            };
            Refusal::Cancelled(reasons.into_iter().map(reason).collect())
        }
        other => {
            let name = other.error_type();
            let code = name.rsplit('#').next().unwrap_or(name).to_owned();
            Refusal::Other { code, message: other.to_string() }
        }
    }
}
