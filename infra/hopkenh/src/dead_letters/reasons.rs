//! Why a message died, in one line: what it is about and what failed. Its body stays unseen.

use super::queues::DeadQueue;
use crate::demo::texts::Language;
use crate::up::Problem;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName};
use commerce::Timestamp;
use serde_json::Value;

/// How many messages of a queue are looked at.
const LOOKED_AT_MAX: i32 = 10;
/// A message that was looked at is there again after this, in seconds.
const HIDDEN_SECONDS: i32 = 2;
/// The longest reason, in letters.
const REASON_LETTERS_MAX: usize = 80;

/// Queue, time, subject and reason of the first messages; they stay where they are.
pub async fn first(client: &Client, queue: &DeadQueue, l: Language) -> Result<Vec<Vec<String>>, Problem> {
    let answer = client
        .receive_message()
        .queue_url(&queue.url)
        .max_number_of_messages(LOOKED_AT_MAX)
        .visibility_timeout(HIDDEN_SECONDS)
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .message_attribute_names("All")
        .send()
        .await
        .map_err(|e| queue.failed(&DisplayErrorContext(e)))?;
    let row = |message: &Message| {
        let body = serde_json::from_str(message.body().unwrap_or_default()).unwrap_or(Value::Null);
        vec![queue.name.to_string(), sent_at(message), about(&body), reason(message, &body, l)]
    };
    Ok(answer.messages().iter().map(row).collect())
}

fn sent_at(message: &Message) -> String {
    let sent = message.attributes().and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp));
    let at = sent.and_then(|ms| Timestamp::from_millisecond(ms.parse().ok()?).ok());
    at.map(|at| format!("{at:.0}")).unwrap_or_default()
}

/// Shop, connection, and the order or listings: names only.
fn about(body: &Value) -> String {
    let of_stream = &body["DDBStreamBatchInfo"];
    if of_stream.is_object() {
        let (many, from) = (&of_stream["batchSize"], of_stream["startSequenceNumber"].as_str());
        return line(&format!("{many} changes from {}", from.unwrap_or("?")));
    }
    let order = [&body["record"]["order"]["id"], &body["ask"]["order"]["order"]];
    let order = order.iter().find_map(|id| id.as_str()).map(|id| format!("order {id}"));
    let level = body["record"]["level"]["sku"].as_str().map(|sku| format!("count of {sku}"));
    let asked = body["ask"]["level"]["listing"].as_str().map(|listing| format!("level of {listing}"));
    let listings = body["listings"].as_array().map(|all| format!("{} listings", all.len()));
    let what = order.or(level).or(asked).or(listings).unwrap_or_else(|| "a message".to_owned());
    let place = [&body["shop"], &body["connection"]].map(|name| name.as_str().unwrap_or("?"));
    line(&format!("{} {} {what}", place[0], place[1]))
}

fn reason(message: &Message, body: &Value, l: Language) -> String {
    let attribute = |name: &str| {
        let value = message.message_attributes().and_then(|all| all.get(name))?;
        value.string_value().map(str::to_owned)
    };
    let condition = body["requestContext"]["condition"].as_str().map(str::to_owned);
    match (attribute("ERROR_CODE"), attribute("ERROR_MESSAGE"), condition) {
        (Some(code), Some(text), _) => line(&format!("{code}: {text}")),
        (Some(code), None, _) => line(&code),
        (_, _, Some(condition)) => {
            let error = body["responseContext"]["functionError"].as_str().unwrap_or_default();
            line(&format!("{condition} {error}"))
        }
        _ => l
            .say("10 lần không xong; xem nhật ký của hàm", "not done in 10 tries; see the function's log")
            .to_owned(),
    }
}

/// The first line, not too long, without control characters.
fn line(text: &str) -> String {
    let first = text.lines().next().unwrap_or_default();
    first
        .chars()
        .filter(|c| !c.is_control())
        .take(REASON_LETTERS_MAX)
        .collect::<String>()
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, about_it: &str, why: &str) {
        let body: Value = serde_json::from_str(body).unwrap();
        let message = Message::builder().build();
        assert_eq!((about(&body).as_str(), reason(&message, &body, Language::En).as_str()), (about_it, why));
    }

    #[test]
    fn a_reason_names_the_work_and_never_shows_it() {
        let tries = "not done in 10 tries; see the function's log";
        check(
            r#"{"shop":"demo","connection":"web","record":{"order":{"id":"11","total":9}}}"#,
            "demo web order 11",
            tries,
        );
        check(
            r#"{"shop":"demo","connection":"s","ask":{"order":{"order":"25A"}}}"#,
            "demo s order 25A",
            tries,
        );
        check(r#"{"shop":"demo","connection":"s","listings":["1:0","2:0"]}"#, "demo s 2 listings", tries);
        check(
            r#"{"requestContext":{"condition":"RetryAttemptsExhausted"},"responseContext":{"functionError":"Unhandled"},
                "DDBStreamBatchInfo":{"batchSize":3,"startSequenceNumber":"800"}}"#,
            "3 changes from 800",
            "RetryAttemptsExhausted Unhandled",
        );
        check(r#""whatever""#, "? ? a message", tries);
    }
}
