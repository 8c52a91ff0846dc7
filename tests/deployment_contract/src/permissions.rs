//! Each function's role allows what its code and Lambda itself do, on exactly those things, and nothing more.

use crate::calls;
use crate::needs::{self, Need};
use crate::rust;
use crate::settings;
use crate::template::{Function, functions, list, of_type, target, text};
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// An action on a resource.
pub type Right = (String, String);
/// Rights, each with why it is needed or which statement gives it.
pub type Rights = BTreeMap<Right, String>;

/// How the resource of a parameter of this account begins.
pub const PARAMETER: &str = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter";
/// Addresses and domains that SES may send from, of this account. Which of them, the condition says.
pub const SENDERS: &str = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*";
/// Shops' files in their bucket, as `shop_source.rs` names them.
pub const SHOPS: &str = "shops/";
/// The managed policy for a key of one's own; it counts only where there is one.
pub const KEY_POLICY: &str = "KeyUse";

/// Whether rights needed and rights given are the same.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    if !rust::code(world.text("shared/lambda_kit/src/shop_source.rs"))
        .contains(&format!("format!(\"{SHOPS}{{"))
    {
        findings.push(format!(
            "shop_source.rs names shops' files differently now: set SHOPS in permissions.rs (it is {SHOPS:?})"
        ));
    }
    for function in functions(world) {
        let role = target(&function.properties["Role"]);
        let needed = needed(world, &function, &mut findings);
        let given = given(&world.template["Resources"][&role]["Properties"]);
        for ((action, resource), why) in needed.iter().filter(|(right, _)| !given.contains_key(*right)) {
            findings.push(format!(
                "{} may not {action} on {resource}, which {why} needs: add it to {role}",
                function.name
            ));
        }
        for ((action, resource), sid) in given.iter().filter(|(right, _)| !needed.contains_key(*right)) {
            findings.push(format!(
                "{role} allows {action} on {resource} (statement {sid}), which {} never does: take it out of {role}",
                function.name
            ));
        }
        findings.extend(attached(world, &role));
    }
    findings.extend(schedule_roles(world));
    findings
}

/// What a role or a policy allows by its own statements.
pub fn given(properties: &Value) -> Rights {
    let inline = list(&properties["Policies"]).into_iter().map(|policy| &policy["PolicyDocument"]);
    let mut rights = Rights::new();
    for document in inline.chain([&properties["PolicyDocument"]]) {
        for statement in list(&document["Statement"]).into_iter().filter(|s| s["Effect"] == "Allow") {
            for action in list(&statement["Action"]) {
                for resource in list(&statement["Resource"]) {
                    rights.insert((text(action), text(resource)), text(&statement["Sid"]));
                }
            }
        }
    }
    rights
}

/// What a function needs: for its own calls, for what wakes it, for its log.
pub fn needed(world: &World, function: &Function, findings: &mut Vec<String>) -> Rights {
    let mut rights = Rights::new();
    let mut add = |action: &str, resource: String, why: &str| {
        rights.entry((action.to_owned(), resource)).or_insert_with(|| why.to_owned());
    };
    let needs = needs::of(world, function);
    findings.extend(needs.findings.iter().cloned());
    for need in &needs.calls {
        let actions = calls::actions(&need.method).unwrap_or_default();
        match resources_of(world, function, need) {
            Ok(resources) => {
                for (kind, resource) in &resources {
                    for action in actions.iter().filter(|action| action.starts_with(kind.as_str())) {
                        let why = format!("{} on `{}`", need.method, need.held_as);
                        add(action, resource.clone(), &why);
                    }
                }
            }
            Err(why) => findings.push(why),
        }
    }
    let code = main_code(world, function);
    if ["batch::run(&queue", "batch::run_or(&queue"].iter().any(|call| code.contains(call)) {
        match bound(world, function, "let queue = ") {
            Some(queue) => {
                for action in calls::actions("batch::run").into_iter().flatten() {
                    add(action, format!("${{{}.Arn}}", target(&queue.as_str().into())), "batch::run, which holds messages back,");
                }
            }
            None => findings.push(format!(
                "{} runs a batch of a queue it does not name: add `let queue = Queue::new(…)` with a setting of the template",
                function.main_file()
            )),
        }
    }
    for (_, source) in function.sources("SQS") {
        for action in ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"] {
            add(action, text(&source["Queue"]), "Lambda's reader of the queue");
        }
    }
    for (_, source) in function.sources("DynamoDB") {
        for action in ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"] {
            add(action, text(&source["Stream"]), "Lambda's reader of the stream");
        }
        let table = target(&source["Stream"]);
        add("dynamodb:ListStreams", format!("${{{table}.Arn}}/stream/*"), "Lambda's reader of the stream");
        let aside = &source["DestinationConfig"]["OnFailure"];
        if !aside.is_null() {
            add("sqs:SendMessage", text(&aside["Destination"]), "Lambda, which puts failed lines aside,");
        }
    }
    let log = target(&function.properties["LoggingConfig"]["LogGroup"]);
    for action in ["logs:CreateLogStream", "logs:PutLogEvents"] {
        add(action, format!("${{{log}.Arn}}"), "its log");
    }
    rights
}

/// The resources a call is made on, each with how the actions on it begin.
fn resources_of(world: &World, function: &Function, need: &Need) -> Result<Vec<(String, String)>, String> {
    let kind = need.method.split("::").next().unwrap_or_default();
    let given = settings::given(world, function);
    let bucket = |value: &str, prefix: &str| {
        let id = target(&value.into());
        vec![
            ("s3:GetObject".to_owned(), format!("${{{id}.Arn}}/{prefix}*")),
            ("s3:PutObject".to_owned(), format!("${{{id}.Arn}}/{prefix}*")),
            ("s3:DeleteObject".to_owned(), format!("${{{id}.Arn}}/{prefix}*")),
            ("s3:ListBucket".to_owned(), format!("${{{id}.Arn}}")),
        ]
    };
    if kind == "ShopSource" {
        let opened = asked_by_field(world, function, &need.held_as);
        let value = |name: &str| opened.iter().find(|asked| *asked == name).and_then(|name| given.get(name));
        let mut resources = value("SHOPS_BUCKET").map(|shops| bucket(shops, SHOPS)).unwrap_or_default();
        resources
            .extend(value("SECRETS_PATH").map(|path| ("ssm:".to_owned(), format!("{PARAMETER}{path}/*"))));
        return if resources.is_empty() { Err(not_bound(function, need)) } else { Ok(resources) };
    }
    if kind == "SecretStore" {
        let opened = asked_by_field(world, function, &need.held_as);
        let path = opened.iter().find(|asked| *asked == "SECRETS_PATH").and_then(|name| given.get(name));
        let path = path.ok_or_else(|| not_bound(function, need))?;
        // A counter's key has an entry of its own, so who needs only that reads no account's secrets.
        let entries = if need.method.ends_with("_counter_key") { "*/_counter" } else { "*" };
        return Ok(vec![("ssm:".to_owned(), format!("{PARAMETER}{path}/{entries}"))]);
    }
    if kind == "Mail" {
        return Ok(vec![("ses:".to_owned(), SENDERS.to_owned())]);
    }
    let field = bound(world, function, &format!("{}: ", need.held_as));
    let value = field.or_else(|| bound(world, function, &format!("let {} = ", need.held_as)));
    let value = value.ok_or_else(|| not_bound(function, need))?;
    Ok(match kind {
        "Objects" => bucket(&value, &need.prefix),
        _ => vec![(String::new(), format!("${{{}.Arn}}", target(&value.as_str().into())))],
    })
}

fn not_bound(function: &Function, need: &Need) -> String {
    format!(
        "{} does not say what `{}` is for {}: add a setting to it that the template gives as !Ref of a resource",
        function.main_file(),
        need.held_as,
        need.method
    )
}

/// The settings that the value of a field in `main.rs` is made from by a function of the kit.
fn asked_by_field(world: &World, function: &Function, field: &str) -> Vec<String> {
    let code = main_code(world, function);
    let made = [format!("{field}: "), format!("let {field} = ")];
    let made =
        made.iter().flat_map(|after| code.split(after).skip(1)).filter_map(|rest| rest.split('(').next());
    let read = made.filter_map(|made| settings::READ_FOR_OTHERS.iter().find(|(name, _)| *name == made));
    let settings = read.flat_map(|(_, settings)| settings.iter());
    settings.map(|setting| (*setting).to_owned()).collect()
}

/// What the template gives for the setting that `main.rs` names after that text.
fn bound(world: &World, function: &Function, after: &str) -> Option<String> {
    let code = main_code(world, function);
    let constants = settings::constants(world);
    let made = code.split(after).skip(1).map(value);
    let name = made.flat_map(rust::words).find_map(|word| constants.get(word))?;
    settings::given(world, function).get(name).cloned()
}

/// A value up to the comma or semicolon that ends it.
fn value(text: &str) -> &str {
    let mut depth = 0_i32;
    let end = text.find(|c: char| {
        depth += i32::from(matches!(c, '(' | '[' | '{')) - i32::from(matches!(c, ')' | ']' | '}'));
        depth < 0 || (depth == 0 && matches!(c, ',' | ';'))
    });
    &text[..end.unwrap_or(text.len())]
}

fn main_code(world: &World, function: &Function) -> String {
    let functions = rust::functions(world.text(&function.main_file()));
    functions.iter().map(|function| function.body.clone()).collect::<Vec<String>>().join("\n")
}

/// No policy from elsewhere, save the one for a key of one's own, which every function needs where there is one.
fn attached(world: &World, role: &str) -> Vec<String> {
    let attached = &world.template["Resources"][role]["Properties"]["ManagedPolicyArns"];
    let wanted = serde_json::json!({"Fn::If": ["HasKey", [{"Ref": KEY_POLICY}], {"Ref": "AWS::NoValue"}]});
    if *attached == wanted {
        return Vec::new();
    }
    vec![format!(
        "{role} has the policies {}: set ManagedPolicyArns to !If [HasKey, [!Ref {KEY_POLICY}], !Ref AWS::NoValue]",
        text(attached)
    )]
}

/// A schedule may wake its function and put aside what it cannot hand over.
fn schedule_roles(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for (id, schedule) in of_type(world, "AWS::Scheduler::Schedule") {
        let goal = &schedule["Properties"]["Target"];
        let role = target(&goal["RoleArn"]);
        let mut needed = Rights::new();
        needed.insert(("lambda:InvokeFunction".to_owned(), text(&goal["Arn"])), id.to_owned());
        if !goal["DeadLetterConfig"]["Arn"].is_null() {
            needed.insert(
                ("sqs:SendMessage".to_owned(), text(&goal["DeadLetterConfig"]["Arn"])),
                id.to_owned(),
            );
        }
        let given = given(&world.template["Resources"][&role]["Properties"]);
        for (action, resource) in needed.keys().filter(|right| !given.contains_key(*right)) {
            findings.push(format!("{id} may not {action} on {resource}: add it to {role}"));
        }
        for (action, resource) in given.keys().filter(|right| !needed.contains_key(*right)) {
            findings.push(format!(
                "{role} allows {action} on {resource}, which {id} never does: take it out of {role}"
            ));
        }
        findings.extend(attached(world, &role));
    }
    findings
}
