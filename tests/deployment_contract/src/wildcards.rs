//! Nothing is allowed on everything: each `*` in a right stands in a list, with the reason, and all else is of this stack.

use crate::permissions::{SENDERS, given};
use crate::template::{STACK, list, of_type, resources, text};
use crate::world::World;

/// The resources that may end in `*`, each with why.
const STARS: [(&str, &str); 10] = [
    ("${Shops.Arn}/shops/*", "shops come and go without a deployment"),
    ("${Archive.Arn}/ledger/*", "one object per shop and batch"),
    ("${Archive.Arn}/parked/*", "one object per body"),
    ("${Archive.Arn}/reconcile/*", "one object per shop and day, and two that remember the last look"),
    ("${Archive.Arn}/reports/*", "one folder per shop and day, and the operator's pages"),
    ("${Archive.Arn}/*", "the operator reads the whole archive, and nobody else does"),
    ("${Table.Arn}/stream/*", "a stream gets its name when it is made, and is listed before that is known"),
    (
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/hopkenh/${AWS::StackName}/secrets/*",
        "connections come and go without a deployment",
    ),
    (
        "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/hopkenh/${AWS::StackName}/secrets/*/_counter",
        "shops come and go without a deployment",
    ),
    (SENDERS, "SES knows an address by itself or by its domain; a condition names the one address"),
];
/// How the resources of this stack begin where they are spelt out.
const SPELT_OUT: [&str; 1] =
    ["arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/hopkenh/${AWS::StackName}/"];

/// Whether each right is on something of this stack.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for (id, resource) in resources(world) {
        for ((action, on), sid) in given(&resource["Properties"]) {
            if action.contains('*') {
                findings.push(format!("{id} allows {action} (statement {sid}): name each action instead"));
            }
            if on.contains('*') && !STARS.iter().any(|(star, _)| *star == on) {
                findings.push(format!("{id} allows {action} on {on}: name one resource, or add {on} to STARS of wildcards.rs with a reason"));
            }
            if !of_this_stack(world, &on) {
                findings.push(format!("{id} allows {action} on {on}, which is not of this stack: use !GetAtt or !Sub of a resource of it"));
            }
        }
        for kind in ["ManagedPolicyArns", "PermissionsBoundary"] {
            for policy in
                list(&resource["Properties"][kind]).into_iter().map(text).filter(|p| p.contains("arn:"))
            {
                findings.push(format!(
                    "{id} takes over {policy}, which others may widen: write a policy of this stack instead"
                ));
            }
        }
    }
    for (id, function) in of_type(world, "AWS::Serverless::Function") {
        if !function["Properties"]["Policies"].is_null() {
            findings.push(format!("{id} has Policies beside its role: move them to the role"));
        }
    }
    findings
}

fn of_this_stack(world: &World, on: &str) -> bool {
    let named = on.strip_prefix("${").and_then(|rest| rest.split(['.', '}']).next());
    let is_resource = named.is_some_and(|id| !world.template["Resources"][id].is_null());
    let is_key = on == "${KeyArn}";
    let is_sender = on == SENDERS;
    is_resource
        || is_key
        || is_sender
        || SPELT_OUT.iter().any(|start| on.starts_with(start))
        || on.starts_with(STACK)
}
