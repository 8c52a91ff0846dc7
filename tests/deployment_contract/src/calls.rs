//! What each call to the outside costs in rights: our own methods on one side, AWS's actions on the other.
//!
//! [`METHODS`] is written by hand, so that a person reads what a function may do; [`check`] derives the same from the
//! source and names every difference. A new method that calls AWS must be entered here before anything deploys.

use crate::rust::{self, Function};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// Our methods that call AWS, with the actions each needs. A transaction needs the actions of its parts.
pub const METHODS: [(&str, &[&str]); 59] = [
    ("Table::load_orders", &["dynamodb:BatchGetItem"]),
    ("Table::load_stock", &["dynamodb:BatchGetItem"]),
    ("Table::load_listings", &["dynamodb:BatchGetItem"]),
    ("Table::load_connections", &["dynamodb:BatchGetItem"]),
    ("Table::load_listed", &["dynamodb:BatchGetItem"]),
    ("Table::load_passes", &["dynamodb:BatchGetItem"]),
    ("Table::heals", &["dynamodb:BatchGetItem"]),
    ("Table::load_told", &["dynamodb:BatchGetItem"]),
    ("Table::load_desk", &["dynamodb:BatchGetItem"]),
    ("Table::due", &["dynamodb:Query"]),
    ("Table::stock_of_sku", &["dynamodb:Query"]),
    ("Table::parked_in", &["dynamodb:Query"]),
    ("Table::registered", &["dynamodb:Query"]),
    ("Table::order_of_code", &["dynamodb:BatchGetItem"]),
    ("Table::held_orders", &["dynamodb:Query"]),
    ("Table::waiting_pick_ups", &["dynamodb:Query"]),
    ("Table::counts_wanted", &["dynamodb:Query"]),
    ("Table::load_goods", &["dynamodb:BatchGetItem"]),
    ("Table::open_goods", &["dynamodb:BatchGetItem", "dynamodb:Query"]),
    ("Table::save_goods", &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
    ("Table::forwardings", &["dynamodb:Query"]),
    ("Table::referred", &["dynamodb:BatchGetItem"]),
    ("Table::save_forwarding", &["dynamodb:PutItem", "dynamodb:DeleteItem"]),
    ("Table::save_step", &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"]),
    ("Table::forget_due", &["dynamodb:DeleteItem"]),
    ("Table::save_level", &["dynamodb:PutItem", "dynamodb:UpdateItem"]),
    ("Table::save_listing", &["dynamodb:PutItem"]),
    (
        "Table::save_listed",
        &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"],
    ),
    ("Table::save_pass", &["dynamodb:PutItem"]),
    ("Table::note_heal", &["dynamodb:PutItem"]),
    ("Table::save_told", &["dynamodb:PutItem"]),
    ("Table::save_connection", &["dynamodb:PutItem"]),
    ("Table::park", &["dynamodb:PutItem"]),
    ("Table::unpark", &["dynamodb:DeleteItem"]),
    ("Table::register", &["dynamodb:PutItem"]),
    ("Table::acted_on", &["dynamodb:PutItem"]),
    ("Table::unregister", &["dynamodb:DeleteItem"]),
    ("Queue::send", &["sqs:SendMessage"]),
    ("Queue::hold_back", &["sqs:ChangeMessageVisibility"]),
    ("Objects::put", &["s3:PutObject"]),
    ("Objects::put_new", &["s3:PutObject"]),
    // Who may not list is told 403 for an object that is not there, and could not tell it from a real refusal.
    ("Objects::get", &["s3:GetObject", "s3:ListBucket"]),
    ("Objects::list", &["s3:ListBucket"]),
    ("Objects::list_after", &["s3:ListBucket"]),
    ("Objects::delete", &["s3:DeleteObject"]),
    ("Parameters::get", &["ssm:GetParameters"]),
    ("Parameters::put", &["ssm:PutParameter"]),
    ("Parameters::delete", &["ssm:DeleteParameter"]),
    ("Mail::send_letter", &["ses:SendEmail"]),
    ("SecretStore::load", &["ssm:GetParameters"]),
    ("SecretStore::put", &["ssm:PutParameter"]),
    ("SecretStore::remove", &["ssm:DeleteParameter"]),
    ("SecretStore::load_counter_key", &["ssm:GetParameters"]),
    ("SecretStore::put_counter_key", &["ssm:PutParameter"]),
    ("SecretStore::remove_counter_key", &["ssm:DeleteParameter"]),
    // The secrets only where the source was opened with them: see `needs.rs`.
    ("ShopSource::load", &["s3:GetObject", "s3:ListBucket", "ssm:GetParameters"]),
    ("ShopSource::load_one", &["s3:GetObject", "s3:ListBucket", "ssm:GetParameters"]),
    ("ShopSource::read_again", &["s3:GetObject", "s3:ListBucket", "ssm:GetParameters"]),
    ("batch::run", &["sqs:ChangeMessageVisibility"]),
];

/// Files whose methods no function may call, with the reason.
pub const NO_FUNCTION_MAY: [(&str, &str); 2] = [
    ("shared/table/src/schema.rs", "the template makes the table; only one machine makes its own"),
    ("shared/table/src/operator.rs", "reads whole shops out of the book, which only a person asks for"),
];

/// How a call to AWS looks in the source, and the action it needs.
const MARKS: [(&str, &[&str]); 23] = [
    (".batch_get_item()", &["dynamodb:BatchGetItem"]),
    (".query()", &["dynamodb:Query"]),
    (".get_item()", &["dynamodb:GetItem"]),
    (".put_item()", &["dynamodb:PutItem"]),
    (".update_item()", &["dynamodb:UpdateItem"]),
    (".delete_item()", &["dynamodb:DeleteItem"]),
    (".scan()", &["dynamodb:Scan"]),
    (".transact_write_items()", &[]),
    ("TransactWriteItem::builder().put(", &["dynamodb:PutItem"]),
    ("TransactWriteItem::builder().update(", &["dynamodb:UpdateItem"]),
    ("TransactWriteItem::builder().delete(", &["dynamodb:DeleteItem"]),
    ("TransactWriteItem::builder().condition_check(", &["dynamodb:ConditionCheckItem"]),
    (".send_message_batch()", &["sqs:SendMessage"]),
    (".send_message()", &["sqs:SendMessage"]),
    (".change_message_visibility()", &["sqs:ChangeMessageVisibility"]),
    (".call_with(\"PUT\"", &["s3:PutObject"]),
    (".call(\"GET\", name", &["s3:GetObject", "s3:ListBucket"]),
    (".call(\"GET\", &query", &["s3:ListBucket"]),
    (".call(\"DELETE\"", &["s3:DeleteObject"]),
    (".call(\"GetParameters\"", &["ssm:GetParameters"]),
    (".call(\"PutParameter\"", &["ssm:PutParameter"]),
    (".call(\"DeleteParameter\"", &["ssm:DeleteParameter"]),
    (".call(\"SendEmail\"", &["ses:SendEmail"]),
];

/// Where our methods are written, and how the things they call in turn are named there.
const SOURCES: [(&str, &str); 15] = [
    ("Table", "shared/table/src/store.rs"),
    ("Table", "shared/table/src/save.rs"),
    ("Table", "shared/table/src/save_listed.rs"),
    ("Table", "shared/table/src/save_goods.rs"),
    ("Table", "shared/table/src/save_forward.rs"),
    ("Table", "shared/table/src/load_forward.rs"),
    ("Table", "shared/table/src/due_item.rs"),
    ("Table", "shared/table/src/pick_ups.rs"),
    ("Queue", "shared/lambda_kit/src/queues.rs"),
    ("Objects", "shared/lambda_kit/src/objects.rs"),
    ("Parameters", "shared/lambda_kit/src/parameters.rs"),
    ("Mail", "shared/lambda_kit/src/mail.rs"),
    ("SecretStore", "shared/lambda_kit/src/secret_store.rs"),
    ("ShopSource", "shared/lambda_kit/src/shop_source.rs"),
    ("batch", "shared/lambda_kit/src/batch.rs"),
];
/// Files whose methods call helpers of another file.
const HELPERS: [(&str, &str); 4] = [
    ("shared/table/src/save_goods.rs", "shared/table/src/save.rs"),
    ("shared/table/src/save_forward.rs", "shared/table/src/save.rs"),
    ("shared/table/src/load_forward.rs", "shared/table/src/store.rs"),
    ("shared/table/src/pick_ups.rs", "shared/table/src/store.rs"),
];
const HELD_AS: [(&str, &str); 4] =
    [("parameters", "Parameters"), ("objects", "Objects"), ("store", "SecretStore"), ("queue", "Queue")];

/// The actions a method of ours needs; none when it calls nothing.
pub fn actions(method: &str) -> Option<&'static [&'static str]> {
    METHODS.iter().find(|(known, _)| *known == method).map(|(_, actions)| *actions)
}

/// The actions of calls to AWS that stand in this very text.
pub fn marked(body: &str) -> BTreeSet<String> {
    let found = MARKS.iter().filter(|(mark, _)| body.contains(mark));
    found.flat_map(|(_, actions)| actions.iter().map(|action| (*action).to_owned())).collect()
}

/// Whether `METHODS` says what the source does, and leaves none out.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for (owner, path) in SOURCES {
        let functions = rust::functions(world.text(path));
        let helpers = with_helpers(world, path, &functions);
        let is_ours = |f: &&Function| {
            f.owner.as_deref() == Some(owner) || (f.owner.is_none() && owner == "batch" && f.name == "run")
        };
        for function in functions.iter().filter(is_ours).filter(|f| f.public && f.waits) {
            let method = format!("{owner}::{}", function.name);
            let derived = derive(&helpers, function);
            match actions(&method) {
                None => findings.push(format!(
                    "{path}: {method} is new: add it to METHODS of calls.rs with {}",
                    list(&derived)
                )),
                Some(told) if told.iter().map(|a| (*a).to_owned()).collect::<BTreeSet<_>>() != derived => findings.push(format!(
                    "{path}: {method} needs {}, METHODS of calls.rs says {}: set it to what the source does",
                    list(&derived),
                    told.join(", ")
                )),
                Some(_) => {}
            }
            seen.insert(method);
        }
        findings.extend(unknown_calls(path, world.text(path)));
    }
    for (method, _) in METHODS.iter().filter(|(method, _)| !seen.contains(*method)) {
        findings.push(format!("{method} is nowhere in the source: take it out of METHODS of calls.rs"));
    }
    findings.extend(other_files(world));
    findings
}

/// The functions of a file, and of the files that hold its helpers.
fn with_helpers(world: &World, path: &str, functions: &[Function]) -> Vec<Function> {
    let files = HELPERS.iter().filter(|(of, _)| *of == path).map(|(_, file)| *file);
    let helpers = files.flat_map(|file| rust::functions(world.text(file)).to_vec());
    functions.iter().cloned().chain(helpers).collect()
}

/// Everything a method calls, through its helpers in the same file and through what it holds.
fn derive(functions: &[Function], start: &Function) -> BTreeSet<String> {
    let mut done: BTreeSet<(Option<&str>, &str)> = BTreeSet::new();
    let mut open = vec![start];
    let mut found = BTreeSet::new();
    while let Some(function) = open.pop() {
        if !done.insert((function.owner.as_deref(), &function.name)) {
            continue;
        }
        found.extend(marked(&function.body));
        // What a chain of an SDK's own calls ends in is no helper of ours.
        for call in function.calls.iter().filter(|call| call.holder() != Some("…")) {
            let held = call.holder().and_then(|holder| HELD_AS.iter().find(|(name, _)| *name == holder));
            match held {
                Some((_, kind)) => {
                    found.extend(
                        actions(&format!("{kind}::{}", call.name))
                            .into_iter()
                            .flatten()
                            .map(|a| (*a).to_owned()),
                    );
                }
                None => open.extend(functions.iter().filter(|f| f.name == call.name)),
            }
        }
    }
    found
}

/// Calls of an SDK client that have no mark yet.
fn unknown_calls(path: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for function in rust::functions(text).iter() {
        for client in ["client.", "client()."] {
            for rest in function.body.split(client).skip(1) {
                let called = rest.split('(').next().unwrap_or_default();
                let mark = format!(".{called}()");
                if rest.starts_with(&mark[1..]) && !MARKS.iter().any(|(known, _)| *known == mark) {
                    findings.push(format!(
                        "{path} calls AWS by {mark}: add it to MARKS of calls.rs with its action"
                    ));
                }
            }
        }
    }
    findings
}

/// Methods of the table that are written in further files.
fn other_files(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let known = |path: &str| SOURCES.iter().chain(&NO_FUNCTION_MAY).any(|(a, b)| *a == path || *b == path);
    for (path, text) in world.below("shared/table/src", ".rs").filter(|(path, _)| !known(path)) {
        for function in rust::functions(text)
            .iter()
            .filter(|f| f.owner.as_deref() == Some("Table") && f.public && f.waits)
        {
            findings.push(format!(
                "{path}: Table::{} is new: add {path} to SOURCES of calls.rs, or to NO_FUNCTION_MAY with a reason",
                function.name
            ));
        }
    }
    findings
}

/// The actions of a method that only the operator's command may call.
pub fn operator_actions(world: &World, method: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, _) in NO_FUNCTION_MAY {
        let functions = rust::functions(world.text(path));
        let named =
            functions.iter().filter(|f| f.public && f.waits && format!("Table::{}", f.name) == method);
        found.extend(named.flat_map(|function| derive(&functions, function)));
    }
    found
}

/// The methods of the files that no function may use.
pub fn forbidden(world: &World) -> BTreeMap<String, &'static str> {
    let mut found = BTreeMap::new();
    for (path, why) in NO_FUNCTION_MAY {
        let functions = rust::functions(world.text(path));
        let methods = functions.iter().filter(|f| f.owner.as_deref() == Some("Table") && f.public && f.waits);
        found.extend(methods.map(|f| (f.name.clone(), why)));
    }
    found
}

fn list(actions: &BTreeSet<String>) -> String {
    if actions.is_empty() { "no action".to_owned() } else { crate::template::spoken(actions) }
}
