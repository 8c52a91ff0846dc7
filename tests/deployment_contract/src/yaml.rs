//! The template as data: its short tags (`!Ref`, `!Sub`) become what CloudFormation's JSON writes in full.

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// Reads a template.
pub fn parse(text: &str) -> Result<Value, String> {
    let yaml: Yaml = serde_yaml_ng::from_str(text).map_err(|e| format!("infra/template.yaml: {e}"))?;
    plain(yaml)
}

fn plain(yaml: Yaml) -> Result<Value, String> {
    Ok(match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(truth) => truth.into(),
        Yaml::Number(number) => number_of(&number),
        Yaml::String(text) => text.into(),
        Yaml::Sequence(items) => items.into_iter().map(plain).collect::<Result<Vec<Value>, String>>()?.into(),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (name, value) in entries {
                let name = match name {
                    Yaml::String(name) => name,
                    other => return Err(format!("infra/template.yaml: {other:?} is no name")),
                };
                map.insert(name, plain(value)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tagged) => {
            let tag = tagged.tag.to_string();
            let name = match tag.trim_start_matches('!') {
                plain @ ("Ref" | "Condition") => plain.to_owned(),
                function => format!("Fn::{function}"),
            };
            json!({ name: plain(tagged.value)? })
        }
    })
}

fn number_of(number: &serde_yaml_ng::Number) -> Value {
    number
        .as_i64()
        .map_or_else(|| number.as_f64().map_or(Value::Null, |fraction| json!(fraction)), |whole| json!(whole))
}
