//! Dead letters are listed with names and reasons, never with what they hold, and go back to where they came from.

use aws_credential_types::Credentials;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use hopkenh::dead_letters::queues::{DeadQueue, Name};
use hopkenh::dead_letters::{list, redrive};
use hopkenh::demo::texts::Language;
use lambda_kit::aws::AwsAccess;
use one_machine::journal::Journal;
use one_machine::queue_engine::QueueEngine;

/// The embedded queues, which cannot move messages by themselves: so they go one by one.
fn queues() -> Client {
    let access = AwsAccess {
        region: "ap-southeast-1".to_owned(),
        credentials: Credentials::new("local", "local", None, None, "tests"),
        endpoint_url: Some("http://localhost".to_owned()),
        http_client: SharedHttpClient::new(QueueEngine::new(Journal::in_memory().unwrap())),
    };
    access.sqs()
}

async fn make(client: &Client, name: &str) -> String {
    let mut request = client.create_queue().queue_name(name);
    if name.ends_with(".fifo") {
        request = request.attributes(QueueAttributeName::FifoQueue, "true");
    }
    request.send().await.unwrap().queue_url.unwrap()
}

async fn bodies(client: &Client, url: &str) -> Vec<String> {
    let answer = client.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
    answer.messages().iter().map(|message| message.body().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn dead_letters_go_back_and_their_bodies_are_never_shown() {
    let client = queues();
    let (orders, dead) = (make(&client, "s-orders").await, make(&client, "s-orders-dead").await);
    let (publish, dead_publish) =
        (make(&client, "s-publish.fifo").await, make(&client, "s-publish-dead.fifo").await);
    let note = make(&client, "s-sweep-due-failed").await;
    let body = r#"{"shop":"demo","connection":"web","record":{"order":{"id":"11","total":{"amount_minor":398123}}}}"#;
    for _ in 0..12 {
        client.send_message().queue_url(&dead).message_body(body).send().await.unwrap();
    }
    let listing = r#"{"shop":"demo","connection":"shopee-main","listings":["1:0"]}"#;
    let fifo = client.send_message().queue_url(&dead_publish).message_body(listing);
    fifo.message_group_id("demo#shopee-main#0").message_deduplication_id("d1").send().await.unwrap();
    client.send_message().queue_url(&note).message_body("{}").send().await.unwrap();
    let all = [
        DeadQueue { name: Name::Orders, url: dead.clone(), home: Some(orders.clone()) },
        DeadQueue { name: Name::Publish, url: dead_publish, home: Some(publish.clone()) },
        DeadQueue { name: Name::SweepDueFailed, url: note, home: None },
    ];

    let said = list(&client, &all, Language::En).await.unwrap();
    assert!(said.contains("demo web order 11") && said.contains("demo shopee-main 1 listings"), "{said}");
    assert!(!said.contains("398123"), "a body was shown: {said}");
    let row = said.lines().find(|line| line.trim_start().starts_with("orders")).unwrap();
    assert!(row.ends_with("12"), "{said}");

    let said = redrive(&client, &all, Language::En).await.unwrap();
    assert!(said.contains("orders: 12 sent back, 0 left"), "{said}");
    assert!(said.contains("publish: 1 sent back, 0 left"), "{said}");
    assert!(said.contains("sweep-due-failed: are notes and cannot be sent back"), "{said}");
    assert_eq!(bodies(&client, &publish).await, [listing]);
    let mut back = bodies(&client, &orders).await;
    back.extend(bodies(&client, &orders).await);
    assert_eq!(back, [body; 12]);
}
