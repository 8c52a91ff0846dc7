//! Each function gets the environment it asks for, and nothing it does not ask for.

use crate::rust::{self, Function as Code};
use crate::template::{Function, functions, text};
use crate::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// The functions of `lambda_kit` that read settings for their caller. `check_table` holds this against their source.
pub const READ_FOR_OTHERS: [(&str, &[&str]); 10] = [
    (
        "AwsAccess::from_environment",
        &[
            "AWS_ACCESS_KEY_ID",
            "AWS_ENDPOINT_URL",
            "AWS_REGION",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ],
    ),
    ("Mail::from_environment", &["MAIL_FROM"]),
    ("SecretStore::from_environment", &["SECRETS_PATH"]),
    ("SecretStore::writable_from_environment", &["SECRETS_KEY", "SECRETS_PATH"]),
    ("ShopSource::from_environment", &["SECRETS_PATH", "SHOPS_BUCKET"]),
    ("ShopSource::without_secrets_from_environment", &["SHOPS_BUCKET"]),
    ("logging::start_json", &["LOG_LEVEL"]),
    ("logging::start_plain", &["LOG_LEVEL"]),
    ("metrics::start", &["AWS_LAMBDA_FUNCTION_NAME"]),
    ("way_out::gateway_from_environment", &["CHANNEL_HOSTS"]),
];
/// Lambda itself sets what begins so, and refuses a template that does.
const SET_BY_LAMBDA: &str = "AWS_";
const KIT: &str = "shared/lambda_kit/src";

/// The constants that name a setting, each with its environment name.
pub fn constants(world: &World) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (_, text) in world.below(KIT, ".rs") {
        let code = rust::code(text);
        for part in code.split("const ").skip(1) {
            let Some((constant, rest)) = part.split_once(':') else { continue };
            let is_name = rest.trim_start().starts_with("&str") && constant == "LOG_LEVEL";
            if !rest.trim_start().starts_with("Setting") && !is_name {
                continue;
            }
            if let Some(name) = rest.split('"').nth(1) {
                found.insert(constant.trim().to_owned(), name.to_owned());
            }
        }
    }
    found
}

/// What `main.rs` asks for: by itself, and through `READ_FOR_OTHERS`.
pub fn asked(world: &World, function: &Function) -> BTreeSet<String> {
    let constants = constants(world);
    let mut asked = BTreeSet::new();
    for code in rust::functions(world.text(&function.main_file())).iter() {
        asked.extend(rust::words(&code.body).filter_map(|word| constants.get(word)).cloned());
        for call in &code.calls {
            let name = format!("{}::{}", call.path.as_deref().unwrap_or_default(), call.name);
            let read = READ_FOR_OTHERS.iter().filter(|(known, _)| *known == name);
            asked.extend(read.flat_map(|(_, settings)| settings.iter().map(|s| (*s).to_owned())));
        }
    }
    asked.retain(|name| !name.starts_with(SET_BY_LAMBDA));
    asked
}

/// What the template gives, by name, with each value as text.
pub fn given(world: &World, function: &Function) -> BTreeMap<String, String> {
    let of_all = &world.template["Globals"]["Function"]["Environment"]["Variables"];
    let own = &function.properties["Environment"]["Variables"];
    let both = [of_all, own].into_iter().filter_map(|variables| variables.as_object());
    both.flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// Whether asked and given are the same, for each function.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    for function in functions(world) {
        let (asked, given) = (asked(world, &function), given(world, &function));
        let main = function.main_file();
        for name in asked.iter().filter(|name| !given.contains_key(*name)) {
            findings.push(format!(
                "{main} asks for {name}, which the template does not give: add {name} to the Variables of {}",
                function.id
            ));
        }
        for name in given.keys().filter(|name| !asked.contains(*name)) {
            findings.push(format!(
                "{} gets {name}, which {main} does not ask for: take {name} out of its Variables (or out of Globals)",
                function.id
            ));
        }
        for name in given.iter().filter(|(_, value)| value.trim().is_empty()).map(|(name, _)| name) {
            findings.push(format!(
                "{} gets {name} empty, which counts as missing: add a value to it",
                function.id
            ));
        }
    }
    let outside = ["functions", "shared/workflows/src", "shared/table/src"];
    for (path, text) in outside.iter().flat_map(|folder| world.below(folder, ".rs")) {
        if rust::code(text).contains("env::var") {
            findings.push(format!(
                "{path} reads the environment by itself: add a Setting to {KIT}/settings.rs and ask for that"
            ));
        }
    }
    findings
}

/// Whether `READ_FOR_OTHERS` says what the source of those functions does, and leaves none out.
pub fn check_table(world: &World) -> Vec<String> {
    let read = read_by_kit(world);
    let mut findings = Vec::new();
    for (name, settings) in &read {
        let told = READ_FOR_OTHERS.iter().find(|(known, _)| known == name).map(|(_, settings)| *settings);
        let spoken: Vec<&str> = settings.iter().map(String::as_str).collect();
        if told != Some(&spoken) {
            findings.push(format!(
                "{name} reads {}: set that in READ_FOR_OTHERS of settings.rs",
                spoken.join(", ")
            ));
        }
    }
    for (name, _) in READ_FOR_OTHERS.iter().filter(|(name, _)| !read.contains_key(*name)) {
        findings.push(format!(
            "{name} reads no setting (any more): take it out of READ_FOR_OTHERS of settings.rs"
        ));
    }
    findings
}

/// Every function of the kit that others may call and that reads settings, with their names.
fn read_by_kit(world: &World) -> BTreeMap<String, BTreeSet<String>> {
    let constants = constants(world);
    let mut codes: Vec<(String, Code)> = Vec::new();
    for (path, text) in world.below(KIT, ".rs") {
        let module = path.trim_start_matches(KIT).trim_matches('/').trim_end_matches(".rs");
        for code in rust::functions(text).iter() {
            let owner = code.owner.clone().unwrap_or_else(|| module.to_owned());
            codes.push((owner, code.clone()));
        }
    }
    let mut read: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let name_of = |owner: &str, code: &Code| format!("{owner}::{}", code.name);
    for (owner, code) in &codes {
        let literals = code.body.split("env::var(\"").skip(1).filter_map(|rest| rest.split('"').next());
        let named = rust::words(&code.body).filter_map(|word| constants.get(word).map(String::as_str));
        let own: BTreeSet<String> = literals.chain(named).map(str::to_owned).collect();
        read.entry(name_of(owner, code)).or_default().extend(own);
    }
    // What is called reads for its caller: three rounds are deeper than the kit.
    for _ in 0..3 {
        for (owner, code) in &codes {
            let called = code.calls.iter().filter(|call| call.receiver.is_none()).map(|call| {
                let path = call.path.clone().filter(|path| path != "Self").unwrap_or_else(|| owner.clone());
                format!("{path}::{}", call.name)
            });
            let more: BTreeSet<String> =
                called.filter_map(|name| read.get(&name)).flatten().cloned().collect();
            read.entry(name_of(owner, code)).or_default().extend(more);
        }
    }
    let public: BTreeSet<String> =
        codes.iter().filter(|(_, code)| code.public).map(|(owner, code)| name_of(owner, code)).collect();
    read.retain(|name, settings| public.contains(name) && !settings.is_empty());
    read
}
