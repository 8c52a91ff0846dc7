//! A function has one name in every place that speaks of it, and all functions run the same way.

use crate::needs;
use crate::template::{Function, STACK, functions, list, of_type, pascal, target, text};
use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Whether folders, packages, template, workflows and sample events name the same functions.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let in_template = functions(world);
    let named: BTreeMap<&str, &Function> = in_template.iter().map(|f| (f.name.as_str(), f)).collect();
    let folders = world.folders("functions");
    for name in &folders {
        match named.get(name) {
            None => findings.push(format!(
                "functions/{name} is not in the template: add a function {} named \"{STACK}{name}\" to infra/template.yaml",
                pascal(name)
            )),
            Some(function) if function.id != pascal(name) => findings.push(format!(
                "function {name} is called {} in the template: rename it to {} in infra/template.yaml",
                function.id,
                pascal(name)
            )),
            Some(_) => {}
        }
        findings.extend(package(world, name));
    }
    for function in &in_template {
        if !folders.contains(function.name.as_str()) {
            findings.push(format!(
                "function {} of the template has no code: add functions/{}, or take it out of infra/template.yaml",
                function.id, function.name
            ));
        }
        findings.extend(runs(world, function));
    }
    for folder in world.folders("events") {
        if !folders.contains(folder) {
            findings.push(format!(
                "events/{folder} belongs to no function: rename it, or add functions/{folder}"
            ));
        }
    }
    findings.extend(roles(world, &in_template));
    findings.extend(architecture(world));
    findings
}

/// What lies in and beside one function's folder.
fn package(world: &World, name: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let path = format!("functions/{name}/Cargo.toml");
    let manifest: toml::Table = toml::from_str(world.text(&path)).unwrap_or_default();
    let package =
        manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    if package != Some(name) {
        findings.push(format!(
            "{path} names its package {}: set name = \"{name}\"",
            package.unwrap_or("nothing")
        ));
    }
    let binaries = manifest.get("bin").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    for binary in binaries.iter().filter_map(|bin| bin.get("name")).filter_map(toml::Value::as_str) {
        if binary != name {
            findings.push(format!(
                "{path} builds a binary {binary}: name it {name}, as the template's CodeUri does"
            ));
        }
    }
    let main = format!("functions/{name}/src/main.rs");
    if !world.files.contains_key(&main) {
        findings.push(format!("{name} has no binary: add {main}"));
    }
    let module = name.replace('-', "_");
    if needs::texts(world, &module).next().is_none() {
        findings.push(format!("{name} has no workflow: add shared/workflows/src/{module}.rs"));
    }
    if !world.folders("events").contains(name) {
        findings.push(format!("{name} has no sample events: add them to events/{name}"));
    }
    findings
}

/// A value of all functions or of this one.
pub(crate) fn setting_of<'w>(world: &'w World, function: &Function<'w>, name: &str) -> &'w Value {
    match &function.properties[name] {
        Value::Null => &world.template["Globals"]["Function"][name],
        own => own,
    }
}

fn runs(world: &World, function: &Function) -> Vec<String> {
    let mut findings = Vec::new();
    let mut expect = |name: &str, wanted: &Value| {
        let got = setting_of(world, function, name);
        if got != wanted {
            findings.push(format!(
                "{} has {name} {}: set it to {} in infra/template.yaml",
                function.id,
                text(got),
                text(wanted)
            ));
        }
    };
    expect("Runtime", &json!("provided.al2023"));
    expect("Handler", &json!("bootstrap"));
    expect("Architectures", &json!([{"Ref": "Architecture"}]));
    expect("CodeUri", &json!(format!("../target/lambda/{}/", function.name)));
    expect("Role", &json!({"Fn::GetAtt": format!("{}Role.Arn", function.id)}));
    if setting_of(world, function, "Timeout").as_i64().is_none() {
        findings
            .push(format!("{} has no time limit: add a Timeout to it in infra/template.yaml", function.id));
    }
    findings
}

/// One role per function: a right given to one is given to no other.
fn roles(world: &World, functions: &[Function]) -> Vec<String> {
    let mut findings = Vec::new();
    let mut holders: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for function in functions {
        holders.entry(target(&function.properties["Role"])).or_default().push(function.id);
    }
    let roles = of_type(world, "AWS::IAM::Role");
    for (role, holders) in &holders {
        if holders.len() > 1 {
            let names = holders.join(" and ");
            findings.push(format!("{names} share the role {role}: add a role of its own to each"));
        }
        let Some(resource) = roles.get(role.as_str()) else {
            findings.push(format!(
                "{} has no role: add {}Role to infra/template.yaml",
                holders.join(" and "),
                holders[0]
            ));
            continue;
        };
        let trust = list(&resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]);
        let lambda = |s: &&Value| s["Principal"] == json!({"Service": "lambda.amazonaws.com"});
        if trust.len() != 1 || !trust.iter().all(lambda) {
            findings.push(format!(
                "{role} may be taken on by others than Lambda: let only lambda.amazonaws.com assume it"
            ));
        }
    }
    findings
}

fn architecture(world: &World) -> Vec<String> {
    let parameter = &world.template["Parameters"]["Architecture"];
    if parameter["Default"] == "arm64" {
        return Vec::new();
    }
    vec![format!(
        "parameter Architecture is {} by default: set its Default to arm64, which costs a fifth less",
        text(&parameter["Default"])
    )]
}
