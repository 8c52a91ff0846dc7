//! The AWS SDK's door to the virtual queues: sends and holding back, with the faults a queue service has.

use super::control::{after_effect, before_effect};
use super::fault::Fault;
use super::queue::Arriving;
use super::sim::{Sim, lock};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use one_machine::sdk_answer::{body, json, later, operation, time_out};
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers the SDK in place of SQS.
#[derive(Clone)]
pub(super) struct QueueDoor(pub(super) Arc<Sim>);

impl std::fmt::Debug for QueueDoor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("QueueDoor")
    }
}

impl HttpConnector for QueueDoor {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let sim = self.0.clone();
        later(async move {
            let operation = operation(&request);
            let request: Value = serde_json::from_slice(&body(request).await).unwrap_or_default();
            before_effect(&sim, &operation).await;
            sim.pause(2, 15).await;
            if lock(&sim.weather).strikes(Fault::QueueSendLost) {
                return Err(time_out());
            }
            let answer = match operation.as_str() {
                "SendMessageBatch" => send(&sim, &request),
                "ChangeMessageVisibility" => hold_back(&sim, &request),
                other => json!({"__type": "InvalidAction", "message": other}),
            };
            after_effect(&sim, &operation).await;
            sim.pause(2, 15).await;
            if lock(&sim.weather).strikes(Fault::QueueAnswerLost) {
                return Err(time_out());
            }
            let status = if answer["__type"].is_null() { 200 } else { 400 };
            json(status, answer.to_string())
        })
    }
}

impl HttpClient for QueueDoor {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

fn queue_name(request: &Value) -> &str {
    text(request, "QueueUrl").rsplit('/').next().unwrap_or_default()
}

fn send(sim: &Sim, request: &Value) -> Value {
    let name = queue_name(request);
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in request["Entries"].as_array().map_or(&[][..], Vec::as_slice) {
        let id = &entry["Id"];
        if lock(&sim.weather).strikes(Fault::QueueRefusedPart) {
            failed.push(json!({"Id": id, "SenderFault": false, "Code": "InternalError"}));
            continue;
        }
        let optional = |name: &str| entry[name].as_str().map(str::to_owned);
        let message = Arriving {
            body: text(entry, "MessageBody").to_owned(),
            group: optional("MessageGroupId"),
            deduplication: optional("MessageDeduplicationId"),
            delay_ms: entry["DelaySeconds"].as_i64().unwrap_or(0) * 1_000,
        };
        enqueue(sim, name, message);
        successful.push(json!({"Id": id, "MessageId": "sent"}));
    }
    json!({"Successful": successful, "Failed": failed})
}

/// Puts a message into a queue, which may lose or double it.
pub(super) fn enqueue(sim: &Sim, name: &str, message: Arriving) {
    let now_ms = sim.now_ms();
    let mut queues = lock(&sim.queues);
    let Some(queue) = queues.get_mut(name) else { return };
    if lock(&sim.weather).strikes(Fault::QueueLost) {
        sim.note(|| format!("queue {name} loses {}", message.body));
        return;
    }
    let twice = !queue.is_fifo() && lock(&sim.weather).strikes(Fault::QueueDoubled);
    sim.note(|| format!("queue {name} takes {}", message.body));
    if twice {
        let delay_ms = message.delay_ms + lock(&sim.weather).how(Fault::QueueDoubled, 0, 60_000);
        queue.send(Arriving { delay_ms, ..message.clone() }, now_ms);
    }
    queue.send(message, now_ms);
}

fn hold_back(sim: &Sim, request: &Value) -> Value {
    let receipt = text(request, "ReceiptHandle").parse().unwrap_or(0);
    let wait_ms = request["VisibilityTimeout"].as_i64().unwrap_or(0) * 1_000;
    let mut queues = lock(&sim.queues);
    let held =
        queues.get_mut(queue_name(request)).is_some_and(|q| q.hold_back(receipt, sim.now_ms(), wait_ms));
    if held {
        json!({})
    } else {
        json!({"__type": "com.amazonaws.sqs#MessageNotInflight", "message": "not handed out"})
    }
}
