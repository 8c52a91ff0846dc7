//! No message is lost, none is read twice at the same time, and what kills a function is put aside for a person.

use crate::template::{Function, functions, of_type, properties, target, text};
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeSet;

/// A queue hides a message for this many times the time limit of its reader (AWS Lambda Developer Guide, read 2026-11-22).
const VISIBILITY_TIMES: i64 = 6;
/// What SQS does where the template says nothing, in seconds.
const VISIBILITY_DEFAULT: i64 = 30;
const RETENTION_DEFAULT: i64 = 345_600;
/// The most messages one call hands over without a batching window.
const BATCH_MAX: i64 = 10;

/// The queues that keep what could not be done.
pub fn dead_letter_queues(world: &World) -> BTreeSet<String> {
    let redriven = of_type(world, "AWS::SQS::Queue")
        .into_values()
        .map(|queue| &queue["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]);
    let scheduled = of_type(world, "AWS::Scheduler::Schedule")
        .into_values()
        .map(|schedule| &schedule["Properties"]["Target"]["DeadLetterConfig"]["Arn"]);
    let mut found: BTreeSet<String> = redriven.chain(scheduled).map(target).collect();
    for function in functions(world) {
        let sources = function.sources("DynamoDB").into_iter();
        found.extend(
            sources.map(|(_, source)| target(&source["DestinationConfig"]["OnFailure"]["Destination"])),
        );
    }
    found.remove("");
    found
}

/// The queues that carry work.
pub fn work_queues(world: &World) -> BTreeSet<String> {
    let dead = dead_letter_queues(world);
    let all = of_type(world, "AWS::SQS::Queue").into_keys().map(str::to_owned);
    all.filter(|id| !dead.contains(id)).collect()
}

/// Whether queues and event sources fit each other.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let dead = dead_letter_queues(world);
    for id in of_type(world, "AWS::SQS::Queue").into_keys() {
        findings.extend(queue(world, id));
        findings.extend(if dead.contains(id) { dead_letters(world, id) } else { work(world, id) });
    }
    for function in functions(world) {
        for (name, source) in function.sources("SQS") {
            findings.extend(reader(world, &function, name, source));
        }
        for (name, source) in function.sources("DynamoDB") {
            findings.extend(stream_reader(world, &function, name, source));
        }
    }
    findings
}

fn is_fifo(world: &World, id: &str) -> bool {
    properties(world, id)["FifoQueue"] == true
}

fn number(world: &World, id: &str, name: &str, default: i64) -> i64 {
    properties(world, id)[name].as_i64().unwrap_or(default)
}

fn queue(world: &World, id: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let queue = properties(world, id);
    let name = text(&queue["QueueName"]);
    if name.ends_with(".fifo") != is_fifo(world, id) {
        findings.push(format!(
            "{id} is called {name}: set FifoQueue: true and a name that ends in .fifo, or neither"
        ));
    }
    if queue["SqsManagedSseEnabled"].is_null() && queue["KmsMasterKeyId"].is_null()
        || queue["SqsManagedSseEnabled"] == false
    {
        findings.push(format!(
            "{id} is not encrypted: set SqsManagedSseEnabled and KmsMasterKeyId as the other queues do"
        ));
    }
    findings
}

fn work(world: &World, id: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let redrive = &properties(world, id)["RedrivePolicy"];
    let tries_max = i64::from(lambda_kit::batch::TRIES_MAX);
    let dead = target(&redrive["deadLetterTargetArn"]);
    if properties(world, &dead).is_null() {
        findings.push(format!(
            "{id} has no dead-letter queue, so a message that kills its reader comes back for days: add a queue {id}Dead and a RedrivePolicy to it"
        ));
        return findings;
    }
    let receives = redrive["maxReceiveCount"].as_i64().unwrap_or(0);
    if receives <= tries_max {
        findings.push(format!(
            "{id} gives up after {receives} tries, before the code parks with a reason at try {tries_max}: set maxReceiveCount to more than {tries_max}"
        ));
    }
    let (kept, kept_dead) = (retention(world, id), retention(world, &dead));
    if kept_dead <= kept {
        findings.push(format!(
            "{dead} keeps messages for {kept_dead} s and {id} for {kept} s, so a late dead letter vanishes: set MessageRetentionPeriod of {dead} to more than {kept}"
        ));
    }
    if is_fifo(world, id) != is_fifo(world, &dead) {
        findings.push(format!("{id} and {dead} are not of one kind: set FifoQueue to the same on both"));
    }
    let source = text(&properties(world, id)["QueueName"]);
    let allow = &properties(world, &dead)["RedriveAllowPolicy"];
    let sources = allow["sourceQueueArns"].as_array().cloned().unwrap_or_default();
    if !sources.iter().any(|arn| text(arn).ends_with(&format!(":{source}"))) {
        findings.push(format!("{dead} does not take the dead letters of {id}: add its ARN (…:{source}) to sourceQueueArns of {dead}"));
    }
    let readers = functions(world).into_iter().flat_map(|function| {
        function
            .sources("SQS")
            .into_iter()
            .map(|(_, source)| target(&source["Queue"]))
            .collect::<Vec<String>>()
    });
    if readers.filter(|queue| queue == id).count() != 1 {
        findings.push(format!("{id} is not read by exactly one function: add one event of type SQS for it"));
    }
    findings
}

fn dead_letters(world: &World, id: &str) -> Vec<String> {
    let kept = retention(world, id);
    if kept > RETENTION_DEFAULT {
        return Vec::new();
    }
    vec![format!("{id} keeps dead letters for {kept} s only: set its MessageRetentionPeriod to 1209600")]
}

fn retention(world: &World, id: &str) -> i64 {
    number(world, id, "MessageRetentionPeriod", RETENTION_DEFAULT)
}

fn partial(place: &str, source: &Value) -> Option<String> {
    let types = source["FunctionResponseTypes"].as_array().cloned().unwrap_or_default();
    if types.iter().any(|kind| kind == "ReportBatchItemFailures") {
        return None;
    }
    Some(format!(
        "{place}: one bad message takes its whole batch along: add FunctionResponseTypes: [ReportBatchItemFailures] to it"
    ))
}

fn reader(world: &World, function: &Function, name: &str, source: &Value) -> Vec<String> {
    let place = format!("event {name} of {}", function.id);
    let mut findings: Vec<String> = partial(&place, source).into_iter().collect();
    let queue = target(&source["Queue"]);
    if properties(world, &queue).is_null() {
        findings.push(format!(
            "{place} reads {}, which is not there: add that queue, or mend the name",
            text(&source["Queue"])
        ));
        return findings;
    }
    let limit = function.properties["Timeout"].as_i64().unwrap_or(0);
    let hidden = number(world, &queue, "VisibilityTimeout", VISIBILITY_DEFAULT);
    if hidden < limit * VISIBILITY_TIMES {
        findings.push(format!(
            "{queue} hides a message for {hidden} s, and {} may work {limit} s on it: set VisibilityTimeout of {queue} to {} or more",
            function.id,
            limit * VISIBILITY_TIMES
        ));
    }
    let window = source["MaximumBatchingWindowInSeconds"].as_i64();
    let batch = source["BatchSize"].as_i64().unwrap_or(BATCH_MAX);
    if is_fifo(world, &queue) && window.is_some() {
        findings.push(format!("{place} waits to fill a batch, which a FIFO queue cannot: take MaximumBatchingWindowInSeconds out of it"));
    }
    if batch > BATCH_MAX && (is_fifo(world, &queue) || window.unwrap_or(0) == 0) {
        findings.push(format!("{place} takes {batch} messages, which its queue does not hand over at once: set BatchSize to {BATCH_MAX}"));
    }
    if source["ScalingConfig"]["MaximumConcurrency"].as_i64().is_none_or(|copies| copies < 2) {
        findings.push(format!(
            "{place} may run without bound: add ScalingConfig: {{MaximumConcurrency: 2}} or more to it"
        ));
    }
    findings
}

fn stream_reader(world: &World, function: &Function, name: &str, source: &Value) -> Vec<String> {
    let place = format!("event {name} of {}", function.id);
    let mut findings: Vec<String> = partial(&place, source).into_iter().collect();
    if source["StartingPosition"] != "TRIM_HORIZON" {
        findings.push(format!(
            "{place} begins in the middle, so the ledger has a gap: set StartingPosition to TRIM_HORIZON"
        ));
    }
    if source["BisectBatchOnFunctionError"] != true {
        findings.push(format!("{place} never isolates a bad line: set BisectBatchOnFunctionError to true"));
    }
    if source["MaximumRetryAttempts"].as_i64().is_none_or(|tries| tries < 1) {
        findings.push(format!(
            "{place} tries one bad line until the stream forgets all others: add MaximumRetryAttempts to it"
        ));
    }
    let aside = target(&source["DestinationConfig"]["OnFailure"]["Destination"]);
    if properties(world, &aside).is_null() {
        findings.push(format!("{place} drops lines that fail: add a queue as DestinationConfig OnFailure"));
    }
    findings
}
