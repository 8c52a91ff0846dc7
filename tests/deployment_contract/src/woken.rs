//! Every function is woken by a queue, the table's stream, the webhooks' door or a schedule, and all on the way is connected.

use crate::rust;
use crate::template::{Function, functions, of_type, target, text};
use crate::world::World;
use serde_json::Value;

/// What wakes a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waker {
    /// Messages of a queue.
    Queue,
    /// Changes of the table.
    Stream,
    /// HTTP requests.
    Door,
    /// The clock.
    Schedule,
}

/// What the function's code takes, by the types in its `main.rs`; nothing where the type is unknown.
pub fn expected(world: &World, function: &Function) -> Vec<Waker> {
    let code = rust::code(world.text(&function.main_file()));
    let takes = code.split("LambdaEvent<").nth(1).and_then(|rest| rest.split('>').next());
    match takes.unwrap_or_default() {
        "SqsEvent" => vec![Waker::Queue],
        "StreamEvent" => vec![Waker::Stream],
        "ApiGatewayV2httpRequest" => vec![Waker::Door],
        // What is read as messages only after a look at it comes from the clock or from a queue.
        "Value" if code.contains("batch::run_or(&queue") => {
            vec![Waker::Queue, Waker::Schedule]
        }
        "Value" => vec![Waker::Schedule],
        _ => Vec::new(),
    }
}

/// What the template wakes it with.
pub fn given(world: &World, function: &Function) -> Vec<Waker> {
    let mut wakers = Vec::new();
    wakers.extend(function.sources("SQS").iter().map(|_| Waker::Queue));
    wakers.extend(function.sources("DynamoDB").iter().map(|_| Waker::Stream));
    let doors = of_type(world, "AWS::ApiGatewayV2::Integration");
    wakers.extend(
        doors
            .values()
            .filter(|i| target(&i["Properties"]["IntegrationUri"]) == function.id)
            .map(|_| Waker::Door),
    );
    let schedules = of_type(world, "AWS::Scheduler::Schedule");
    let mine = schedules.values().filter(|s| target(&s["Properties"]["Target"]["Arn"]) == function.id);
    wakers.extend(mine.map(|_| Waker::Schedule));
    wakers
}

/// How often a schedule runs, by what it says to its function; what says nothing runs every minute.
const PACES: [(&str, &str); 3] = [
    ("", "rate(1 minute)"),
    (r#"{"mode":"moved"}"#, "rate(1 hour)"),
    // Half an hour after the shops' midnight, by their own clock.
    (r#"{"mode":"nightly"}"#, "cron(30 0 * * ? *)"),
];
/// The shops' own clock.
const SHOP_ZONE: &str = "Asia/Ho_Chi_Minh";

/// How often the template must wake a function in that way: one that is told what to do has a schedule for each.
fn times(world: &World, function: &Function, waker: Waker) -> usize {
    let main = rust::code(world.text(&function.main_file()));
    let reads_what_it_is_told = main.contains("handle_schedule(") && !main.contains("handle_schedule()");
    if waker == Waker::Schedule && reads_what_it_is_told { PACES.len() - 1 } else { 1 }
}

/// Whether each function is woken as its code expects.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for function in functions(world) {
        let (given, id) = (given(world, &function), function.id);
        let expected = expected(world, &function);
        if expected.is_empty() && world.files.contains_key(&function.main_file()) {
            findings.push(format!(
                "{} takes an event that this contract does not know: add its type to woken.rs",
                function.main_file()
            ));
        }
        let wrong = |waker: &&Waker| {
            given.iter().filter(|one| one == waker).count() != times(world, &function, **waker)
        };
        if let Some(waker) = expected.iter().find(wrong) {
            let times = match times(world, &function, *waker) {
                1 => "one".to_owned(),
                many => many.to_string(),
            };
            findings.push(format!(
                "{id} must be woken by exactly {times} {waker:?}, but the template has {given:?}: add {} to infra/template.yaml",
                how(*waker, id)
            ));
        } else if let Some(waker) = given.iter().find(|waker| !expected.contains(waker)) {
            findings.push(format!(
                "{id} is woken by a {waker:?} too, which its code does not take: take that out of infra/template.yaml"
            ));
        }
    }
    findings.extend(schedules(world));
    findings.extend(door(world));
    findings
}

fn how(waker: Waker, id: &str) -> String {
    match waker {
        Waker::Queue => format!("one event of type SQS to {id}"),
        Waker::Stream => format!("one event of type DynamoDB to {id}"),
        Waker::Door => format!("one AWS::ApiGatewayV2::Integration whose IntegrationUri is !GetAtt {id}.Arn"),
        Waker::Schedule => format!("one AWS::Scheduler::Schedule whose target is !GetAtt {id}.Arn"),
    }
}

fn schedules(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for (id, schedule) in of_type(world, "AWS::Scheduler::Schedule") {
        let properties = &schedule["Properties"];
        let says = properties["Target"]["Input"].as_str().unwrap_or_default();
        match PACES.iter().find(|(known, _)| *known == says) {
            None => findings
                .push(format!("{id} says {says}, which no function reads: set Input of its Target to what woken.rs has in PACES")),
            Some((_, pace)) if properties["ScheduleExpression"] != *pace => findings.push(format!(
                "{id} runs at {}: set ScheduleExpression to {pace}, which the book's promises count on",
                text(&properties["ScheduleExpression"])
            )),
            Some((_, pace))
                if pace.starts_with("cron") && properties["ScheduleExpressionTimezone"] != SHOP_ZONE =>
            {
                findings.push(format!("{id} runs by another clock than the shops': set ScheduleExpressionTimezone to {SHOP_ZONE}"));
            }
            Some(_) => {}
        }
        if properties["State"] == "DISABLED" {
            findings.push(format!("{id} is switched off: take State out of it, or set it to ENABLED"));
        }
        if properties["Target"]["DeadLetterConfig"]["Arn"].is_null() {
            findings
                .push(format!("{id} loses what it cannot hand over: add a DeadLetterConfig to its Target"));
        }
    }
    findings
}

/// Where channels send a person's browser; registered at their apps, so it never changes.
const LOGINS: &str = "GET /logins/callback";

/// The way of a webhook, and of a browser that comes back: route, integration, function, and the right to call it.
fn door(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let asked = rust::code(world.text("shared/workflows/src/receive_webhook.rs"));
    let parts: Vec<&str> =
        asked.split("parameter(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let path: String = parts.iter().map(|part| format!("/{{{part}}}")).collect();
    let routes = of_type(world, "AWS::ApiGatewayV2::Route");
    let webhooks = ["GET", "POST"].map(|method| format!("{method} /webhooks{path}"));
    for wanted in webhooks.into_iter().chain([LOGINS.to_owned()]) {
        let found = routes.values().find(|route| text(&route["Properties"]["RouteKey"]) == wanted);
        match found.map(|route| text(&route["Properties"]["Target"])) {
            None => findings
                .push(format!("no route takes {wanted}: add an AWS::ApiGatewayV2::Route with that RouteKey")),
            Some(to) if !leads_to_integration(world, &to) => {
                findings.push(format!(
                    "the route {wanted} leads to {to}: add an integration of that name, or mend its Target"
                ));
            }
            Some(_) => {}
        }
    }
    for integration in of_type(world, "AWS::ApiGatewayV2::Integration").values() {
        let function = target(&integration["Properties"]["IntegrationUri"]);
        let permissions = of_type(world, "AWS::Lambda::Permission");
        let allows = |p: &Value| {
            let p = &p["Properties"];
            target(&p["FunctionName"]) == function && p["Principal"] == "apigateway.amazonaws.com"
        };
        if !permissions.values().any(|p| allows(p)) {
            findings.push(format!("nothing lets API Gateway call {function}: add an AWS::Lambda::Permission for apigateway.amazonaws.com"));
        }
        if integration["Properties"]["PayloadFormatVersion"] != "2.0" {
            findings.push(format!("the integration of {function} speaks another format than the code reads: set PayloadFormatVersion to \"2.0\""));
        }
    }
    for (id, permission) in of_type(world, "AWS::Lambda::Permission") {
        if permission["Properties"]["SourceArn"].is_null() {
            findings.push(format!(
                "{id} lets anybody's API call the function: add a SourceArn of this stack's API to it"
            ));
        }
    }
    for (id, stage) in of_type(world, "AWS::ApiGatewayV2::Stage") {
        for limit in ["ThrottlingRateLimit", "ThrottlingBurstLimit"] {
            if stage["Properties"]["DefaultRouteSettings"][limit].is_null() {
                findings.push(format!(
                    "{id} has no {limit}, so a flood becomes a bill: add it to DefaultRouteSettings"
                ));
            }
        }
    }
    findings
}

/// The names in braces of the routes that lead to a function.
pub fn parameters(world: &World, function: &Function) -> Vec<String> {
    let integrations = of_type(world, "AWS::ApiGatewayV2::Integration");
    let mine: Vec<String> = integrations
        .iter()
        .filter(|(_, integration)| target(&integration["Properties"]["IntegrationUri"]) == function.id)
        .map(|(id, _)| format!("integrations/${{{id}}}"))
        .collect();
    let routes = of_type(world, "AWS::ApiGatewayV2::Route");
    let route = routes.values().find(|route| mine.contains(&text(&route["Properties"]["Target"])));
    let key = route.map(|route| text(&route["Properties"]["RouteKey"])).unwrap_or_default();
    key.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::to_owned).collect()
}

fn leads_to_integration(world: &World, to: &str) -> bool {
    let inside = to.strip_prefix("integrations/${").and_then(|rest| rest.strip_suffix('}'));
    inside.is_some_and(|id| of_type(world, "AWS::ApiGatewayV2::Integration").contains_key(id))
}
