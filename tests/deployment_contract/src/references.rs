//! Every name in the template leads somewhere, nothing in it is left over, and its outputs say what they are for.

use crate::template::{resources, text, walk};
use crate::world::World;
use serde_json::Value;
use std::collections::BTreeSet;

/// Whether names and things agree.
pub fn check(world: &World) -> Vec<String> {
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    let mut conditions = BTreeSet::new();
    let mut see = |path: &str, value: &Value| {
        for name in names(value) {
            used.insert((path.to_owned(), name));
        }
        if let Some(name) = value["Fn::If"][0].as_str().or_else(|| value["Condition"].as_str()) {
            conditions.insert((path.to_owned(), name.to_owned()));
        }
    };
    for section in ["Globals", "Conditions", "Resources", "Outputs"] {
        walk(&world.template[section], section, &mut see);
    }
    let parameters: BTreeSet<&str> = keys(&world.template["Parameters"]);
    let things: BTreeSet<&str> = resources(world).map(|(id, _)| id).collect();
    for (path, name) in &used {
        if !parameters.contains(name.as_str())
            && !things.contains(name.as_str())
            && !name.starts_with("AWS::")
        {
            findings.push(format!(
                "{path} names {name}, which is not there: add {name} to the template, or mend the name"
            ));
        }
    }
    for name in parameters.iter().filter(|name| !used.iter().any(|(_, known)| known == *name)) {
        findings.push(format!("parameter {name} is used by nothing: use it, or take it out of Parameters"));
    }
    let known = keys(&world.template["Conditions"]);
    for name in known.iter().filter(|name| !conditions.iter().any(|(_, used)| used == *name)) {
        findings.push(format!("condition {name} decides nothing: use it, or take it out of Conditions"));
    }
    for (path, name) in conditions.iter().filter(|(_, name)| !known.contains(name.as_str())) {
        findings.push(format!(
            "{path} depends on condition {name}, which is not there: add {name} to Conditions"
        ));
    }
    for part in ["Parameters", "Outputs"] {
        for (name, entry) in world.template[part].as_object().into_iter().flatten() {
            if text(&entry["Description"]).trim().is_empty() {
                findings
                    .push(format!("{name} of {part} says nothing of itself: add a Description to {name}"));
            }
        }
    }
    findings
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
}

/// What this very value refers to.
fn names(value: &Value) -> Vec<String> {
    let first = |text: &str| text.split('.').next().unwrap_or_default().to_owned();
    let one = value["Ref"].as_str().or_else(|| value["Fn::GetAtt"].as_str()).map(first);
    let sub = &value["Fn::Sub"];
    let pattern = sub.as_str().or_else(|| sub[0].as_str()).unwrap_or_default();
    let inside = pattern.split("${").skip(1).filter_map(|rest| rest.split('}').next());
    let own = sub[1].as_object();
    let inside =
        inside.filter(|name| !name.starts_with('!') && own.is_none_or(|own| !own.contains_key(*name)));
    one.into_iter().chain(inside.map(first)).collect()
}
