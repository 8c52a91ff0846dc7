//! The queues as the SDK asks them, and what the journal holds meanwhile.

use super::words::BODY_BYTES_MAX;
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

/// Keeps the journal busy until told to stop, as a slow disk does.
fn slow_disk(journal: &Journal) -> std::sync::mpsc::Sender<()> {
    let (busy, is_busy) = std::sync::mpsc::channel();
    let (stop, stopped) = std::sync::mpsc::channel();
    let journal = journal.clone();
    std::thread::spawn(move || {
        journal.with(|_| {
            busy.send(()).unwrap();
            let _until_told_or_the_test_is_over = stopped.recv();
            Ok(())
        })
    });
    is_busy.recv().unwrap();
    stop
}

/// Long enough for a task to reach the disk; where it has not, the test only shows less.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

fn note(body: &str, group: &str) -> Value {
    json!([{"Id": "0", "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": body}])
}

fn bodies(messages: &Value) -> Vec<&str> {
    messages.as_array().into_iter().flatten().filter_map(|message| message["Body"].as_str()).collect()
}

fn deletion(message: &Value) -> Value {
    let entries = json!([{"Id": "0", "ReceiptHandle": message["ReceiptHandle"]}]);
    json!({"QueueUrl": "publish.fifo", "Entries": entries})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_one_waits_for_the_disk_the_others_are_served() {
    let (engine, journal) = engine(&["publish.fifo"]).await;
    for (body, group) in [("1", "a#web#0"), ("2", "a#web#0"), ("3", "b#web#0")] {
        send(&engine, "publish.fifo", note(body, group)).await;
    }
    let request = json!({"QueueUrl": "publish.fifo", "MaxNumberOfMessages": 1});
    let first = ask(&engine, "ReceiveMessage", request).await["Messages"][0].clone();
    let stop = slow_disk(&journal);
    let task = |engine: &QueueEngine, operation: &'static str, request: Value| {
        let engine = engine.clone();
        tokio::spawn(async move { ask(&engine, operation, request).await })
    };
    let sending = json!({"QueueUrl": "publish.fifo", "Entries": note("4", "c#web#0")});
    let waiting =
        [task(&engine, "SendMessageBatch", sending), task(&engine, "DeleteMessageBatch", deletion(&first))];
    a_moment().await;
    let receiving = tokio::spawn({
        let engine = engine.clone();
        async move { [receive(&engine, "publish.fifo", 0).await, receive(&engine, "publish.fifo", 0).await] }
    });
    let got = tokio::time::timeout(Duration::from_secs(5), receiving).await;
    let got = got.expect("a receive waits for another's disk").unwrap();
    // Neither what is not written down yet nor what stands behind a note that is not struck out yet.
    assert_eq!((bodies(&got[0]), bodies(&got[1])), (vec!["3"], vec![]));
    assert!(waiting.iter().all(|task| !task.is_finished()), "answered before it is on the disk");
    stop.send(()).unwrap();
    for task in waiting {
        task.await.unwrap();
    }
    let mut rest = [receive(&engine, "publish.fifo", 0).await, receive(&engine, "publish.fifo", 0).await];
    rest.sort_by_key(|messages| bodies(messages).concat());
    assert_eq!(rest.iter().map(bodies).collect::<Vec<_>>(), [["2"], ["4"]]);
    assert_eq!(journal.pending_count().unwrap(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_note_of_one_id_is_answered_only_once_the_first_is_written_down() {
    let (engine, journal) = engine(&["publish.fifo"]).await;
    let stop = slow_disk(&journal);
    let twins: Vec<_> = (0..8)
        .map(|_| {
            let engine = engine.clone();
            tokio::spawn(async move { send(&engine, "publish.fifo", note("x", "a#web#0")).await })
        })
        .collect();
    a_moment().await;
    assert!(twins.iter().all(|twin| !twin.is_finished()), "a kill now would lose what was accepted");
    stop.send(()).unwrap();
    for twin in twins {
        let answer = twin.await.unwrap();
        let kept = journal.pending().unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!(answer["Successful"][0]["MessageId"], kept[0].message_id.as_str());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_send_at_once_are_handed_out_in_the_order_of_the_journal() {
    let (engine, journal) = engine(&["publish.fifo"]).await;
    let senders = (0..40).map(|n| {
        let engine = engine.clone();
        tokio::spawn(async move { send(&engine, "publish.fifo", note(&n.to_string(), "a#web#0")).await })
    });
    for sender in senders.collect::<Vec<_>>() {
        sender.await.unwrap();
    }
    let kept = journal.pending().unwrap();
    let mut handed_out = Vec::new();
    while let Some(batch) = receive(&engine, "publish.fifo", 0).await.as_array() {
        for message in batch {
            handed_out.push(message["Body"].as_str().unwrap().to_owned());
            ask(&engine, "DeleteMessageBatch", deletion(message)).await;
        }
    }
    assert_eq!(handed_out, kept.into_iter().map(|entry| entry.body).collect::<Vec<_>>());
    assert_eq!(handed_out.len(), 40);
}

#[tokio::test]
async fn a_restart_keeps_ids_and_order_and_writes_nothing() {
    let (first, journal) = engine(&["publish.fifo"]).await;
    for body in ["1", "2", "3"] {
        send(&first, "publish.fifo", note(body, "a#web#0")).await;
    }
    let kept = journal.pending().unwrap();
    let second = QueueEngine::new(journal.clone());
    let name = json!({"QueueName": "publish.fifo", "Attributes": {"FifoQueue": "true"}});
    assert!(second.answer("CreateQueue", &name).await.is_ok());
    second.resume(kept.clone()).unwrap();
    assert_eq!(journal.pending().unwrap(), kept);
    let messages = receive(&second, "publish.fifo", 0).await;
    assert_eq!(bodies(&messages), ["1", "2", "3"]);
    assert_eq!(messages[2]["MessageId"], kept[2].message_id.as_str());
    ask(&second, "DeleteMessageBatch", deletion(&messages[0])).await;
    assert_eq!(journal.pending().unwrap(), kept[1..]);
}

#[tokio::test]
async fn what_cannot_be_written_is_neither_accepted_nor_forgotten() {
    let (engine, journal) = engine(&["publish.fifo"]).await;
    send(&engine, "publish.fifo", note("1", "a#web#0")).await;
    let messages = receive(&engine, "publish.fifo", 0).await;
    journal.with(|connection| connection.execute_batch("ALTER TABLE message RENAME TO away")).unwrap();
    let more = json!({"QueueUrl": "publish.fifo", "Entries": note("2", "b#web#0")});
    assert!(engine.answer("SendMessageBatch", &more).await.is_err());
    assert!(engine.answer("DeleteMessageBatch", &deletion(&messages[0])).await.is_err());
    assert!(receive(&engine, "publish.fifo", 0).await.is_null(), "2 was not accepted, 1 is still away");
    journal.with(|connection| connection.execute_batch("ALTER TABLE away RENAME TO message")).unwrap();
    send(&engine, "publish.fifo", note("2", "b#web#0")).await;
    assert_eq!(bodies(&receive(&engine, "publish.fifo", 0).await), ["2"], "no duplicate of what was refused");
    ask(&engine, "DeleteMessageBatch", deletion(&messages[0])).await;
    assert_eq!(journal.pending_count().unwrap(), 1);
}

#[tokio::test]
async fn who_went_away_empty_handed_hears_of_what_comes_back() {
    let (engine, _) = engine(&[]).await;
    let attributes = json!({"FifoQueue": "false", "VisibilityTimeout": "1"});
    let request = json!({"QueueName": "orders", "Attributes": attributes});
    assert!(engine.answer("CreateQueue", &request).await.is_ok());
    let began = Instant::now();
    let wait = || {
        let engine = engine.clone();
        tokio::spawn(async move { receive(&engine, "orders", 20).await })
    };
    let both = [wait(), wait()];
    tokio::task::yield_now().await;
    send(&engine, "orders", json!([{"Id": "0", "MessageBody": "x", "MessageGroupId": "a"}])).await;
    for waiting in both {
        assert_eq!(bodies(&waiting.await.unwrap()), ["x"]);
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}
