//! Every sample event is what Lambda hands that function over, from the very source that the template names.

use crate::template::{Function, STACK, functions, properties, target, text};
use crate::woken::{self, Waker};
use crate::world::World;
use lambda_kit::stream::StreamEvent;
use serde_json::Value;
use table::keys::{PARTITION, SORT};

/// Whether each sample can be read, has its expectation beside it, and has its function's shape.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for function in functions(world) {
        let folder = format!("events/{}", function.name);
        let (expected, samples): (Vec<_>, Vec<_>) =
            world.below(&folder, ".json").partition(|(path, _)| path.ends_with(".expected.json"));
        if samples.is_empty() {
            findings.push(format!("{folder} is empty: add a sample event of {}", function.name));
        }
        for (path, text) in samples {
            let beside = path.replace(".json", ".expected.json");
            if !world.files.contains_key(&beside) {
                findings.push(format!("{path} says nothing of what it leads to: add {beside}"));
            }
            match serde_json::from_str::<Value>(text) {
                Ok(event) => findings.extend(shape(world, &function, path, &event)),
                Err(error) => findings.push(format!("{path} is no JSON ({error}): mend it")),
            }
        }
        for (path, text) in expected {
            if !world.files.contains_key(&path.replace(".expected.json", ".json")) {
                findings.push(format!("{path} belongs to no sample: take it away, or add its sample"));
            }
            if let Err(error) = serde_json::from_str::<Value>(text) {
                findings.push(format!("{path} is no JSON ({error}): mend it"));
            }
        }
    }
    findings
}

fn shape(world: &World, function: &Function, path: &str, event: &Value) -> Vec<String> {
    let expected = woken::expected(world, function);
    // Of several that may wake it, messages are told by their records.
    let told = expected.iter().find(|waker| **waker != Waker::Queue || !event["Records"].is_null());
    match told.or(expected.first()) {
        Some(Waker::Queue) => queue(world, function, path, event),
        Some(Waker::Stream) => stream(path, event),
        Some(Waker::Door) => door(world, function, path, event),
        Some(Waker::Schedule) if !event.is_object() => {
            vec![format!("{path} is no object: write {{}} into it")]
        }
        _ => Vec::new(),
    }
}

fn lacks(path: &str, record: &Value, wanted: &[(&str, &str)]) -> Vec<String> {
    let absent = wanted.iter().filter(|(pointer, value)| match record.pointer(pointer) {
        None => true,
        Some(got) => !value.is_empty() && got != value,
    });
    absent
        .map(|(pointer, value)| {
            let value = if value.is_empty() { String::new() } else { format!(" with the value {value}") };
            format!("{path} is not as Lambda hands it over: add {pointer}{value} to it")
        })
        .collect()
}

fn queue(world: &World, function: &Function, path: &str, event: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    // The very reading that the function does first.
    let read = serde_json::from_value(event.clone()).map(lambda_kit::batch::messages);
    if !matches!(&read, Ok(Ok(messages)) if !messages.is_empty()) {
        findings.push(format!("{path} is no batch of messages: add Records, each with a messageId"));
    }
    let queues = function.sources("SQS").into_iter().map(|(_, source)| target(&source["Queue"]));
    let names: Vec<String> = queues
        .map(|queue| text(&properties(world, &queue)["QueueName"]).trim_start_matches(STACK).to_owned())
        .collect();
    for record in event["Records"].as_array().into_iter().flatten() {
        let mut wanted = vec![
            ("/eventSource", "aws:sqs"),
            ("/receiptHandle", ""),
            ("/body", ""),
            ("/md5OfBody", ""),
            ("/attributes/ApproximateReceiveCount", ""),
        ];
        if names.iter().any(|name| name.ends_with(".fifo")) {
            wanted.push(("/attributes/MessageGroupId", ""));
        }
        findings.extend(lacks(path, record, &wanted));
        let from = text(&record["eventSourceARN"]);
        if !names.iter().any(|name| from.ends_with(&format!("-{name}"))) {
            findings.push(format!(
                "{path} comes from {from}, which {} does not read: set eventSourceARN to a queue of its own",
                function.name
            ));
        }
    }
    findings
}

fn stream(path: &str, event: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let read: Result<StreamEvent, _> = serde_json::from_value(event.clone());
    if !matches!(&read, Ok(read) if !read.records.is_empty()) {
        findings.push(format!("{path} is no batch of stream records: add Records to it"));
    }
    let keys = [PARTITION, SORT].map(|name| format!("/dynamodb/Keys/{name}/S"));
    for record in event["Records"].as_array().into_iter().flatten() {
        let mut wanted =
            vec![("/eventSource", "aws:dynamodb"), ("/eventName", ""), ("/dynamodb/SequenceNumber", "")];
        wanted.extend(keys.iter().map(|key| (key.as_str(), "")));
        findings.extend(lacks(path, record, &wanted));
    }
    findings
}

fn door(world: &World, function: &Function, path: &str, event: &Value) -> Vec<String> {
    let parameters = woken::parameters(world, function);
    let parameters: Vec<String> = parameters.iter().map(|name| format!("/pathParameters/{name}")).collect();
    let mut wanted = vec![
        ("/version", "2.0"),
        ("/headers", ""),
        ("/rawQueryString", ""),
        ("/requestContext/http/method", ""),
        ("/isBase64Encoded", ""),
    ];
    wanted.extend(parameters.iter().map(|pointer| (pointer.as_str(), "")));
    lacks(path, event, &wanted)
}
