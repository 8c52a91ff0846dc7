//! The figures that functions tell are the figures that alarms and dashboard show, under the same names.

use crate::needs;
use crate::template::{STACK, functions, list, of_type, text};
use crate::world::World;
use lambda_kit::metrics::NAMESPACE;
use serde_json::Value;
use std::collections::BTreeSet;

/// A figure as alarm or dashboard names it.
struct Shown {
    place: String,
    namespace: String,
    figure: String,
    dimension: String,
    of: String,
}

/// Whether told and shown are the same.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let shown = shown(world, &mut findings);
    let mut told: BTreeSet<(String, String)> = BTreeSet::new();
    for function in functions(world) {
        told.extend(
            needs::of(world, &function).figures.into_iter().map(|figure| (function.name.clone(), figure)),
        );
    }
    let names = names(world);
    for one in &shown {
        let of = one.of.trim_start_matches(STACK);
        if one.namespace == NAMESPACE {
            if one.dimension != "function" || !told.contains(&(of.to_owned(), one.figure.clone())) {
                findings.push(format!(
                    "{} shows {} of {of}, which its code never tells: mend the name there, or add metrics::tell to the code",
                    one.place, one.figure
                ));
            }
        } else if !names.contains(&one.of) {
            findings.push(format!(
                "{} shows {} of {}, which is not there: mend the name in {}",
                one.place, one.figure, one.of, one.place
            ));
        }
    }
    for (function, figure) in &told {
        let is_shown = |one: &&Shown| {
            one.namespace == NAMESPACE && one.figure == *figure && one.of.ends_with(function.as_str())
        };
        if !shown.iter().any(|one| is_shown(&one)) {
            findings.push(format!(
                "{function} tells {figure}, which costs money and is shown nowhere: add [\"{NAMESPACE}\",\"{figure}\",\"function\",\"{STACK}{function}\"] to the Dashboard, or stop telling it"
            ));
        }
    }
    findings
}

fn shown(world: &World, findings: &mut Vec<String>) -> Vec<Shown> {
    let mut shown = Vec::new();
    for (id, alarm) in of_type(world, "AWS::CloudWatch::Alarm") {
        let alarm = &alarm["Properties"];
        for dimension in list(&alarm["Dimensions"]).into_iter().filter(|_| alarm["Namespace"] == NAMESPACE) {
            shown.push(Shown {
                place: id.to_owned(),
                namespace: NAMESPACE.to_owned(),
                figure: text(&alarm["MetricName"]),
                dimension: text(&dimension["Name"]),
                of: name_of(world, &dimension["Value"]),
            });
        }
    }
    let dashboards = of_type(world, "AWS::CloudWatch::Dashboard");
    if dashboards.is_empty() {
        findings.push("nobody sees how the stack is doing: add an AWS::CloudWatch::Dashboard".to_owned());
    }
    for (id, dashboard) in dashboards {
        match serde_json::from_str::<Value>(&text(&dashboard["Properties"]["DashboardBody"])) {
            Ok(body) => shown.extend(list(&body["widgets"]).into_iter().flat_map(|widget| rows(id, widget))),
            Err(error) => findings.push(format!("{id} holds no JSON ({error}): mend its DashboardBody")),
        }
    }
    shown
}

fn rows(id: &str, widget: &Value) -> Vec<Shown> {
    let rows = list(&widget["properties"]["metrics"]).into_iter().filter_map(|row| {
        let part = |n: usize| row[n].as_str().map(str::to_owned);
        Some(Shown {
            place: id.to_owned(),
            namespace: part(0)?,
            figure: part(1)?,
            dimension: part(2)?,
            of: part(3)?,
        })
    });
    rows.collect()
}

/// `!Ref RecordOrders` as the name that the function has in a stack.
fn name_of(world: &World, value: &Value) -> String {
    let id = crate::template::target(value);
    let named = functions(world).into_iter().find(|function| function.id == id);
    named.map_or_else(|| text(value), |function| format!("{STACK}{}", function.name))
}

/// The names under which AWS counts functions, queues, the table and the API.
fn names(world: &World) -> BTreeSet<String> {
    let named = [("AWS::Serverless::Function", "FunctionName"), ("AWS::SQS::Queue", "QueueName")];
    let mut names = BTreeSet::new();
    for (kind, name) in named {
        names.extend(of_type(world, kind).values().map(|resource| text(&resource["Properties"][name])));
    }
    for kind in ["AWS::DynamoDB::Table", "AWS::ApiGatewayV2::Api"] {
        names.extend(of_type(world, kind).keys().map(|id| format!("${{{id}}}")));
    }
    names
}
