//! A person is told when something is wrong: logs are kept a while, and alarms watch every function and every queue.

use crate::queues::{dead_letter_queues, work_queues};
use crate::template::{Function, STACK, functions, list, of_type, properties, target, text};
use crate::woken::{self, Waker};
use crate::world::World;
use lambda_kit::metrics::NAMESPACE;
use serde_json::Value;

/// What a shop must not find out by itself, each with the figure that tells it and the function that tells the figure.
const ALWAYS_TOLD: [(&str, &str, &str); 5] = [
    ("drift", "DriftLeft", "Reconcile"),
    ("oversell", "Oversold", "Reconcile"),
    ("completeness", "OrdersLeft", "Reconcile"),
    ("stale", "ListingsStale", "PublishStock"),
    ("logins-expiring-soon", "LoginsExpiringSoon", "RenewLogins"),
];

/// Whether each function and each queue is watched, and every alarm heard.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for function in functions(world) {
        findings.extend(log(world, &function));
        let mut watch = |metric: &str, when: &str| {
            if !watched(world, "AWS/Lambda", metric, "FunctionName", function.id) {
                findings.push(format!(
                    "nobody is told when {} {when}: add an alarm on AWS/Lambda {metric} with FunctionName !Ref {}",
                    function.name, function.id
                ));
            }
        };
        watch("Errors", "fails");
        watch("Throttles", "is held back");
        for waker in woken::expected(world, &function) {
            match waker {
                Waker::Stream => watch("IteratorAge", "falls behind its stream"),
                Waker::Schedule => watch("Invocations", "is no longer called"),
                Waker::Queue | Waker::Door => {}
            }
        }
    }
    for queue in work_queues(world) {
        if !watched(world, "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", &queue) {
            findings.push(format!("nobody is told when {queue} waits: add an alarm on AWS/SQS ApproximateAgeOfOldestMessage with QueueName !GetAtt {queue}.QueueName"));
        }
    }
    for queue in dead_letter_queues(world) {
        if !watched(world, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", &queue) {
            findings.push(format!("nobody is told of dead letters in {queue}: add an alarm on AWS/SQS ApproximateNumberOfMessagesVisible with QueueName !GetAtt {queue}.QueueName"));
        }
    }
    findings.extend(untold(world));
    for (id, alarm) in of_type(world, "AWS::CloudWatch::Alarm") {
        findings.extend(heard(world, id, &alarm["Properties"]));
    }
    for (id, group) in of_type(world, "AWS::Logs::LogGroup") {
        if group["Properties"]["RetentionInDays"].is_null() {
            findings.push(format!(
                "{id} keeps its lines for ever: set RetentionInDays of {id} to !Ref LogRetentionDays"
            ));
        }
    }
    findings
}

fn log(world: &World, function: &Function) -> Option<String> {
    let group = target(&function.properties["LoggingConfig"]["LogGroup"]);
    let wanted = format!("/aws/lambda/{STACK}{}", function.name);
    let is_group = world.template["Resources"][&group]["Type"] == "AWS::Logs::LogGroup";
    if is_group && text(&properties(world, &group)["LogGroupName"]) == wanted {
        return None;
    }
    Some(format!(
        "{} has no log group of its own: add {}Log named \"{wanted}\" and name it in LoggingConfig of {}",
        function.id, function.id, function.id
    ))
}

fn watched(world: &World, namespace: &str, metric: &str, dimension: &str, id: &str) -> bool {
    of_type(world, "AWS::CloudWatch::Alarm").into_values().any(|alarm| {
        let alarm = &alarm["Properties"];
        let dimensions = list(&alarm["Dimensions"]);
        let about = |d: &&Value| d["Name"] == dimension && target(&d["Value"]) == id;
        alarm["Namespace"] == namespace && alarm["MetricName"] == metric && dimensions.iter().any(about)
    })
}

/// What nobody would hear of.
fn untold(world: &World) -> Vec<String> {
    let untold =
        ALWAYS_TOLD.into_iter().filter(|(name, figure, function)| !is_told(world, name, figure, function));
    let finding = |(name, figure, function): (&str, &str, &str)| {
        format!(
            "nobody is told of {name}: add an alarm {STACK}{name} on {NAMESPACE} {figure} with function !Ref {function}"
        )
    };
    untold.map(finding).collect()
}

/// That the code tells the figure, and that the runbook has the page, is asked of every alarm.
fn is_told(world: &World, name: &str, figure: &str, function: &str) -> bool {
    let named = format!("{STACK}{name}");
    watched(world, NAMESPACE, figure, "function", function)
        && of_type(world, "AWS::CloudWatch::Alarm").into_values().any(|alarm| {
            let alarm = &alarm["Properties"];
            text(&alarm["AlarmName"]) == named && alarm["MetricName"] == figure
        })
}

/// An alarm tells the topic when it begins and when it is over, and says which page of the runbook to open.
fn heard(world: &World, id: &str, alarm: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    let topics = of_type(world, "AWS::SNS::Topic");
    for actions in ["AlarmActions", "OKActions"] {
        let told = list(&alarm[actions]);
        if told.is_empty() || !told.iter().all(|topic| topics.contains_key(target(topic).as_str())) {
            findings
                .push(format!("{id} tells nobody by its {actions}: set {actions} of {id} to [!Ref Alarms]"));
        }
    }
    if alarm["ActionsEnabled"] == false {
        findings.push(format!("{id} is switched off: take ActionsEnabled out of it"));
    }
    let name = text(&alarm["AlarmName"]);
    let page = format!("#{}", name.trim_start_matches(STACK));
    if !name.starts_with(STACK) || !text(&alarm["AlarmDescription"]).trim_end().ends_with(&page) {
        findings.push(format!(
            "{id} does not say where its runbook is: end its AlarmDescription with infra/README.md{page}"
        ));
    }
    let runbook = world.text("infra/README.md");
    let title = page.trim_start_matches('#');
    let has_page =
        runbook.lines().any(|line| line.starts_with('#') && line.trim_start_matches('#').trim() == title);
    if !runbook.is_empty() && !has_page {
        findings.push(format!(
            "infra/README.md has no page {title}, to which {id} sends people: add a heading {title} to it"
        ));
    }
    findings
}
