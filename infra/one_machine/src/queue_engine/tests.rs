//! The queues as the SDK asks them, and what the journal holds meanwhile.

use super::*;

async fn engine(queues: &[&str]) -> (QueueEngine, Journal) {
    let journal = Journal::in_memory().unwrap();
    let engine = QueueEngine::new(journal.clone());
    for name in queues {
        let fifo = name.ends_with(".fifo").to_string();
        let request = json!({"QueueName": name, "Attributes": {"FifoQueue": fifo}});
        assert!(engine.answer("CreateQueue", &request).await.is_ok());
    }
    (engine, journal)
}

async fn ask(engine: &QueueEngine, operation: &str, request: Value) -> Value {
    engine.answer(operation, &request).await.unwrap_or_else(|refusal| panic!("{}", refusal.detail))
}

async fn send(engine: &QueueEngine, queue: &str, entries: Value) -> Value {
    ask(engine, "SendMessageBatch", json!({"QueueUrl": queue, "Entries": entries})).await
}

async fn receive(engine: &QueueEngine, queue: &str, wait: u64) -> Value {
    let request = json!({"QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": wait});
    ask(engine, "ReceiveMessage", request).await["Messages"].clone()
}

#[tokio::test]
async fn what_is_accepted_lies_in_the_journal_until_it_is_deleted() {
    let (engine, journal) = engine(&["orders"]).await;
    let entries = json!([{"Id": "0", "MessageBody": "x", "MessageGroupId": "shop-a"}]);
    send(&engine, "http://localhost/orders", entries).await;
    let kept = journal.pending().unwrap();
    assert_eq!((kept[0].queue.as_str(), kept[0].group.as_deref()), ("orders", Some("shop-a")));
    let messages = receive(&engine, "orders", 0).await;
    assert_eq!(messages[0]["MessageId"], kept[0].message_id.as_str());
    assert_eq!(messages[0]["Attributes"]["MessageGroupId"], "shop-a");
    let receipt = &messages[0]["ReceiptHandle"];
    let hold = json!({"QueueUrl": "orders", "ReceiptHandle": receipt, "VisibilityTimeout": 1});
    ask(&engine, "ChangeMessageVisibility", hold).await;
    assert_eq!(journal.pending_count().unwrap(), 1, "held back is not done");
    let again = receive(&engine, "orders", 5).await;
    assert_eq!(again[0]["Attributes"]["ApproximateReceiveCount"], "2");
    let entries = json!([{"Id": "0", "ReceiptHandle": again[0]["ReceiptHandle"]}]);
    ask(&engine, "DeleteMessageBatch", json!({"QueueUrl": "orders", "Entries": entries})).await;
    assert_eq!(journal.pending_count().unwrap(), 0);
    assert_eq!(engine.requests(), Requests { useful: 5, empty_receives: 0 });
}

#[tokio::test]
async fn a_waiting_receive_is_answered_by_the_next_send() {
    let (engine, _) = engine(&["orders"]).await;
    let waiting = tokio::spawn({
        let engine = engine.clone();
        async move { receive(&engine, "orders", 20).await }
    });
    tokio::task::yield_now().await;
    send(&engine, "orders", json!([{"Id": "0", "MessageBody": "x", "MessageGroupId": "a"}])).await;
    assert_eq!(waiting.await.unwrap()[0]["Body"], "x");
}

#[tokio::test]
async fn each_kind_of_queue_takes_what_sqs_takes() {
    let (engine, journal) = engine(&["orders", "publish.fifo"]).await;
    let code = |answer: &Value| answer["Failed"][0]["Code"].as_str().map(str::to_owned);
    let full = json!([{"Id": "0", "MessageBody": "x", "MessageGroupId": "a", "MessageDeduplicationId": "d"}]);
    let bare = json!([{"Id": "0", "MessageBody": "x"}]);
    assert_eq!(code(&send(&engine, "orders", full.clone()).await).as_deref(), Some("InvalidParameterValue"));
    assert_eq!(code(&send(&engine, "publish.fifo", bare.clone()).await).as_deref(), Some("MissingParameter"));
    assert_eq!(code(&send(&engine, "orders", bare).await), None);
    let first = send(&engine, "publish.fifo", full.clone()).await;
    let second = send(&engine, "publish.fifo", full).await;
    assert_eq!(first["Successful"], second["Successful"], "answered with the first one's id");
    assert_eq!(journal.pending_count().unwrap(), 2, "the duplicate is not kept");
    let too_large = json!([{"Id": "0", "MessageBody": "x".repeat(BODY_BYTES_MAX + 1)}]);
    assert_eq!(code(&send(&engine, "orders", too_large).await).as_deref(), Some("InvalidMessageContents"));
    assert!(engine.answer("PurgeQueue", &json!({})).await.is_err());
    assert!(engine.answer("ReceiveMessage", &json!({"QueueUrl": "nowhere"})).await.is_err());
}
