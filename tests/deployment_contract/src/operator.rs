//! The person who runs the command may do what the command does, and the stack tells the command where everything is.

use crate::calls;
use crate::needs;
use crate::permissions::{PARAMETER, SENDERS, SHOPS, given};
use crate::rust;
use crate::template::{STACK, text};
use crate::world::World;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const COMMAND: &str = "infra/hopkenh/src";
/// Parts of the command that never speak to a stack, with why.
const NOT_ON_AWS: [(&str, &str); 3] = [
    ("/bench/", "measures on one machine"),
    ("/demo/", "plays on one machine"),
    ("/up.rs", "is one machine"),
];
/// SQS calls that the command makes itself, with their actions.
const OWN_CALLS: [(&str, &str); 6] = [
    (".receive_message()", "sqs:ReceiveMessage"),
    (".delete_message()", "sqs:DeleteMessage"),
    (".start_message_move_task()", "sqs:StartMessageMoveTask"),
    (".list_message_move_tasks()", "sqs:ListMessageMoveTasks"),
    (".get_queue_attributes()", "sqs:GetQueueAttributes"),
    (".send_message()", "sqs:SendMessage"),
];
/// Rights that no call of the command shows, each with why it is given.
const GIVEN_AS_WELL: [(&str, &str); 0] = [];
/// Where names and addresses of the stack are read, each a struct `Stack`.
const PLACES: [&str; 2] = ["infra/hopkenh/src/place.rs", "infra/hopkenh/src/dead_letters/queues.rs"];

/// Whether `OperatorPolicy` and `StackParameter` are what the command needs.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let policy = &world.template["Resources"]["OperatorPolicy"]["Properties"];
    if policy.is_null() {
        findings.push(
            "the operator may do nothing: add a managed policy OperatorPolicy to infra/template.yaml"
                .to_owned(),
        );
    }
    let given = given(policy);
    let needed = needed(world);
    for ((action, on), place) in &needed {
        let is_given = given.keys().any(|(a, r)| a == action && (on.is_empty() || r == on));
        if !is_given && !policy.is_null() {
            let on = if on.is_empty() { String::new() } else { format!(" on {on}") };
            findings.push(format!(
                "the operator may not {action}{on}, which {place} does: add it to OperatorPolicy"
            ));
        }
    }
    let actions: BTreeSet<&str> = given.keys().map(|(action, _)| action.as_str()).collect();
    for action in actions.into_iter().filter(|action| !action.starts_with("kms:")) {
        let is_needed =
            needed.keys().any(|(a, _)| a == action) || GIVEN_AS_WELL.iter().any(|(a, _)| *a == action);
        if !is_needed {
            findings.push(format!(
                "OperatorPolicy allows {action}, which the command never does: take it out of OperatorPolicy"
            ));
        }
    }
    findings.extend(stack_parameter(world));
    findings
}

/// Actions, the resource where it is one for sure, and a file that calls for it.
fn needed(world: &World) -> BTreeMap<(String, String), String> {
    let files: Vec<(&str, &str)> = world
        .below(COMMAND, ".rs")
        .filter(|(path, _)| !NOT_ON_AWS.iter().any(|(part, _)| path.contains(part)))
        .collect();
    let mut held: BTreeMap<String, BTreeSet<&'static str>> = BTreeMap::new();
    for (_, text) in &files {
        for (name, kinds) in needs::held(text) {
            held.entry(name).or_default().extend(kinds);
        }
    }
    let mut needed = BTreeMap::new();
    for (path, text) in &files {
        for need in needs::reach(world, needs::brought_in(world, text)).calls {
            let kind = need.method.split("::").next().unwrap_or_default();
            for action in calls::actions(&need.method).into_iter().flatten() {
                let on = resource(world, kind, &need.held_as, action);
                needed.insert(((*action).to_owned(), on), (*path).to_owned());
            }
        }
        for function in rust::functions(text).iter() {
            let own = OWN_CALLS.iter().filter(|(mark, _)| function.body.contains(mark));
            needed.extend(own.map(|(_, action)| (((*action).to_owned(), String::new()), (*path).to_owned())));
            for call in &function.calls {
                let Some(holder) = call.holder() else { continue };
                for kind in held.get(holder).into_iter().flatten() {
                    let method = format!("{kind}::{}", call.name);
                    let mut actions = calls::operator_actions(world, &method);
                    actions.extend(
                        calls::actions(&method).into_iter().flatten().map(|action| (*action).to_owned()),
                    );
                    // A source of shops is opened here with secrets, which `SecretStore` counts.
                    for action in
                        actions.into_iter().filter(|a| !(*kind == "ShopSource" && a.starts_with("ssm:")))
                    {
                        let on = resource(world, kind, holder, &action);
                        needed.insert((action, on), (*path).to_owned());
                    }
                }
            }
        }
    }
    needed
}

fn resource(world: &World, kind: &str, holder: &str, action: &str) -> String {
    let secrets = format!("{PARAMETER}/hopkenh/{}/secrets/*", STACK.trim_end_matches('-'));
    match (kind, holder) {
        ("Table", _) => "${Table.Arn}".to_owned(),
        ("SecretStore", _) => secrets,
        ("Mail", _) => SENDERS.to_owned(),
        ("Parameters", _) => {
            format!(
                "{PARAMETER}{}",
                text(&world.template["Resources"]["StackParameter"]["Properties"]["Name"])
            )
        }
        ("Objects" | "ShopSource", "shops") if action == "s3:ListBucket" => "${Shops.Arn}".to_owned(),
        ("Objects" | "ShopSource", "shops") => format!("${{Shops.Arn}}/{SHOPS}*"),
        _ => String::new(),
    }
}

/// The parameter's value holds what `Stack` of the command reads, under the same names.
fn stack_parameter(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let parameter = &world.template["Resources"]["StackParameter"]["Properties"];
    let value: Value = match serde_json::from_str(&text(&parameter["Value"])) {
        Ok(value) => value,
        Err(error) => {
            return vec![format!(
                "StackParameter holds no JSON ({error}): mend its Value in infra/template.yaml"
            )];
        }
    };
    let told: BTreeSet<String> =
        value.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let mut read = BTreeSet::new();
    for place in PLACES {
        let fields = rust::fields(world.text(place), "Stack");
        if fields.is_empty() {
            findings.push(format!("{place} has no struct Stack (any more): mend PLACES in operator.rs"));
        }
        for name in fields.iter().filter(|name| !told.contains(*name)) {
            findings.push(format!(
                "{place} reads {name} of the stack: add \"{name}\" to the Value of StackParameter"
            ));
        }
        read.extend(fields);
    }
    for name in told.difference(&read) {
        let place = PLACES[0];
        findings.push(format!(
            "StackParameter tells {name}, which nobody reads: add it to Stack in {place}, or take it out"
        ));
    }
    let asked =
        format!("/hopkenh/{{name}}/{}", text(&parameter["Name"]).rsplit('/').next().unwrap_or_default());
    if !world.text(PLACES[0]).contains(&asked)
        || !text(&parameter["Name"]).starts_with("/hopkenh/${AWS::StackName}/")
    {
        findings.push(format!(
            "StackParameter is named {}, and {} asks for another: set its Name to /hopkenh/${{AWS::StackName}}/stack",
            text(&parameter["Name"]),
            PLACES[0]
        ));
    }
    findings
}
