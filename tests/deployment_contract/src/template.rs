//! Looking things up in the template: resources by kind, functions with all they are given, names as written text.

use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;

/// How the names of everything in a stack begin.
pub const STACK: &str = "${AWS::StackName}-";

/// A function of the template.
#[derive(Debug, Clone)]
pub struct Function<'w> {
    /// Its name without the stack's, such as `record-orders`.
    pub name: String,
    /// Its name inside the template, such as `RecordOrders`.
    pub id: &'w str,
    /// Its properties.
    pub properties: &'w Value,
}

impl Function<'_> {
    /// Where its code begins.
    pub fn main_file(&self) -> String {
        format!("functions/{}/src/main.rs", self.name)
    }

    /// Its event sources of that type, by name.
    pub fn sources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let events = self.properties["Events"].as_object().into_iter().flatten();
        let of_kind = events.filter(|(_, event)| event["Type"] == kind);
        of_kind.map(|(name, event)| (name.as_str(), &event["Properties"])).collect()
    }
}

/// Every resource by its name inside the template.
pub fn resources(world: &World) -> impl Iterator<Item = (&str, &Value)> {
    let all = world.template["Resources"].as_object().into_iter().flatten();
    all.map(|(id, resource)| (id.as_str(), resource))
}

/// The resources of one type, such as `AWS::SQS::Queue`.
pub fn of_type<'w>(world: &'w World, kind: &str) -> BTreeMap<&'w str, &'w Value> {
    resources(world).filter(|(_, resource)| resource["Type"] == kind).collect()
}

/// The properties of one resource; null when it is not there.
pub fn properties<'w>(world: &'w World, id: &str) -> &'w Value {
    &world.template["Resources"][id]["Properties"]
}

/// The functions.
pub fn functions(world: &World) -> Vec<Function<'_>> {
    let found = of_type(world, "AWS::Serverless::Function").into_iter().map(|(id, resource)| {
        let properties = &resource["Properties"];
        let name = text(&properties["FunctionName"]).trim_start_matches(STACK).to_owned();
        Function { name, id, properties }
    });
    found.collect()
}

/// A value as one text: `!Ref Table` is `${Table}`, `!GetAtt Table.Arn` is `${Table.Arn}`, `!Sub` is its text.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Object(map) => match map.iter().next() {
            Some((name, inner)) if name == "Ref" || name == "Fn::GetAtt" => format!("${{{}}}", text(inner)),
            Some((name, Value::String(inner))) if name == "Fn::Sub" => inner.clone(),
            Some((name, Value::Array(parts))) if name == "Fn::Sub" => {
                parts.first().map_or_else(String::new, text)
            }
            _ => value.to_string(),
        },
        Value::Null => String::new(),
        Value::Array(_) => value.to_string(),
    }
}

/// The resource that `!Ref X`, `!GetAtt X.Arn` or `${X}` points at.
pub fn target(value: &Value) -> String {
    let text = text(value);
    let inside = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).unwrap_or_default();
    inside.split('.').next().unwrap_or_default().to_owned()
}

/// One value or a list of values; nothing when absent.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// Every text below a value, with the path that leads to it.
pub fn walk<'v>(value: &'v Value, path: &str, see: &mut dyn FnMut(&str, &'v Value)) {
    see(path, value);
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(name, inner)| walk(inner, &format!("{path}/{name}"), see))
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, inner)| walk(inner, &format!("{path}/{n}"), see));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `record-orders` as the template writes it: `RecordOrders`.
pub fn pascal(name: &str) -> String {
    let word =
        |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    name.split('-').map(word).collect::<Vec<String>>().concat()
}

/// A list as a person writes it.
pub fn spoken<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.as_ref().to_owned()).collect::<Vec<String>>().join(", ")
}
