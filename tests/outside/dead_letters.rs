//! Dead letters are listed with names and reasons, never with what they hold, and go back to where they came from.

use aws_credential_types::Credentials;
use aws_sdk_sqs::Client;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use hopkenh::dead_letters::queues::{DeadQueue, Name};
use hopkenh::dead_letters::{list, redrive};
use hopkenh::demo::texts::Language;
use lambda_kit::aws::AwsAccess;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// A queue service as small as can be: what lies in each queue, by address, and whether it moves messages by itself.
#[derive(Clone, Default, Debug)]
struct Queues {
    lie: Arc<Mutex<BTreeMap<String, Vec<Value>>>>,
    taken: Arc<Mutex<BTreeSet<String>>>,
    moves: Option<(String, String)>,
}

impl Queues {
    fn client(&self) -> Client {
        let access = AwsAccess {
            region: "ap-southeast-1".to_owned(),
            credentials: Credentials::new("local", "local", None, None, "tests"),
            endpoint_url: Some("http://localhost".to_owned()),
            http_client: SharedHttpClient::new(self.clone()),
        };
        access.sqs()
    }

    fn put(&self, url: &str, group: Option<&str>, body: &str) {
        let mut lie = self.lie.lock().unwrap();
        let queue = lie.entry(url.to_owned()).or_default();
        let id = format!("{url}/{}", queue.len());
        let attributes =
            json!({"SentTimestamp": "1795316400000", "MessageGroupId": group.unwrap_or_default()});
        queue.push(json!({"MessageId": id, "ReceiptHandle": id, "Body": body, "Attributes": attributes}));
    }

    fn bodies(&self, url: &str) -> Vec<String> {
        let lie = self.lie.lock().unwrap();
        lie.get(url).into_iter().flatten().map(|m| m["Body"].as_str().unwrap().to_owned()).collect()
    }

    fn answer(&self, operation: &str, request: &Value) -> (u16, Value) {
        let url = request["QueueUrl"].as_str().unwrap_or_default().to_owned();
        match operation {
            "GetQueueAttributes" => {
                let depth = self.lie.lock().unwrap().get(&url).map_or(0, Vec::len).to_string();
                (200, json!({"Attributes": {"ApproximateNumberOfMessages": depth, "QueueArn": url}}))
            }
            "ReceiveMessage" => {
                // Who is only looking hides nothing for long; who takes them hides them.
                let looks = request["VisibilityTimeout"] == 2;
                let mut taken = self.taken.lock().unwrap();
                let lie = self.lie.lock().unwrap();
                let free = lie
                    .get(&url)
                    .into_iter()
                    .flatten()
                    .filter(|m| !taken.contains(m["MessageId"].as_str().unwrap()));
                let some: Vec<Value> = free.take(10).cloned().collect();
                if !looks {
                    taken.extend(some.iter().map(|m| m["MessageId"].as_str().unwrap().to_owned()));
                }
                (200, json!({ "Messages": some }))
            }
            "SendMessage" => {
                self.put(&url, request["MessageGroupId"].as_str(), request["MessageBody"].as_str().unwrap());
                (200, json!({"MessageId": "new", "MD5OfMessageBody": ""}))
            }
            "DeleteMessage" => {
                self.lie
                    .lock()
                    .unwrap()
                    .get_mut(&url)
                    .unwrap()
                    .retain(|m| m["ReceiptHandle"] != request["ReceiptHandle"]);
                (200, json!({}))
            }
            "StartMessageMoveTask" => match &self.moves {
                Some((from, to)) if request["SourceArn"] == from.as_str() => {
                    let mut lie = self.lie.lock().unwrap();
                    let all = lie.remove(from).unwrap_or_default();
                    lie.entry(to.clone()).or_default().extend(all);
                    (200, json!({"TaskHandle": "h"}))
                }
                _ => {
                    (400, json!({"__type": "com.amazonaws.sqs#UnsupportedOperation", "message": "not here"}))
                }
            },
            "ListMessageMoveTasks" => {
                (200, json!({"Results": [{"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 12}]}))
            }
            other => (400, json!({"__type": "com.amazonaws.sqs#InvalidAction", "message": other})),
        }
    }
}

impl HttpConnector for Queues {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
        let (status, answer) = self.answer(target.trim_start_matches("AmazonSQS."), &body);
        let status = StatusCode::try_from(status).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, answer.to_string().into())))
    }
}

impl HttpClient for Queues {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

const ORDER: &str =
    r#"{"shop":"demo","connection":"web","record":{"order":{"id":"11","total":{"amount_minor":398123}}}}"#;
const LISTING: &str = r#"{"shop":"demo","connection":"shopee-main","listings":["1:0"]}"#;
const NOTE: &str = "{}";

fn dead(name: Name, home: Option<&str>) -> DeadQueue {
    DeadQueue { name, url: format!("https://q/{name}-dead"), home: home.map(str::to_owned) }
}

async fn check(queues: Queues) {
    let all = [
        dead(Name::Orders, Some("https://q/orders")),
        dead(Name::Publish, Some("https://q/publish")),
        dead(Name::SweepDueFailed, None),
    ];
    (0..12).for_each(|_| queues.put(&all[0].url, None, ORDER));
    queues.put(&all[1].url, Some("demo#shopee-main#0"), LISTING);
    queues.put(&all[2].url, None, NOTE);
    let client = queues.client();

    let said = list(&client, &all, Language::En).await.unwrap();
    println!("{said}");
    assert!(said.contains("demo web order 11") && said.contains("demo shopee-main 1 listings"), "{said}");
    assert!(!said.contains("398123"), "a body was shown: {said}");
    let row = said.lines().find(|line| line.trim_start().starts_with("orders")).unwrap();
    assert!(row.ends_with("12"), "{said}");

    let said = redrive(&client, &all, Language::En).await.unwrap();
    println!("{said}");
    assert!(said.contains("orders: 12 sent back, 0 left"), "{said}");
    assert!(said.contains("publish: 1 sent back, 0 left"), "{said}");
    assert!(said.contains("sweep-due-failed: are notes and cannot be sent back"), "{said}");
    assert_eq!(queues.bodies("https://q/orders"), [ORDER; 12]);
    assert_eq!(queues.bodies("https://q/publish"), [LISTING]);
    let lie = queues.lie.lock().unwrap();
    assert_eq!(lie["https://q/publish"][0]["Attributes"]["MessageGroupId"], "demo#shopee-main#0");
    assert_eq!(lie[&all[2].url].len(), 1, "a note stays");
}

#[tokio::test]
async fn dead_letters_go_back_and_their_bodies_are_never_shown() {
    check(Queues::default()).await;
}

#[tokio::test]
async fn where_the_service_moves_messages_by_itself_it_is_left_to_do_so() {
    let moves = Some(("https://q/orders-dead".to_owned(), "https://q/orders".to_owned()));
    check(Queues { moves, ..Queues::default() }).await;
}
