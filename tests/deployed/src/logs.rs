//! What the functions have written to their logs.

use crate::Problem;
use crate::call::Calls;
use crate::package::functions;
use serde_json::json;

/// Every line of that function, oldest first.
pub async fn of(calls: &Calls, stack: &str, function: &str) -> Result<Vec<String>, Problem> {
    let group = format!("/aws/lambda/{stack}-{function}");
    let mut lines = Vec::new();
    let mut page = serde_json::Value::Null;
    loop {
        let mut ask = json!({"logGroupName": group});
        if let Some(token) = page["nextToken"].as_str() {
            ask["nextToken"] = token.into();
        }
        page = calls.json("logs", "Logs_20140328.FilterLogEvents", &ask).await?;
        let events = page["events"].as_array().cloned().unwrap_or_default();
        lines.extend(events.iter().filter_map(|event| event["message"].as_str().map(str::to_owned)));
        if page["nextToken"].is_null() || events.is_empty() {
            return Ok(lines);
        }
    }
}

/// Every line of every function, each with the function's name.
pub async fn of_all(calls: &Calls, stack: &str) -> Result<Vec<String>, Problem> {
    let mut lines = Vec::new();
    for function in functions() {
        let written = of(calls, stack, function).await?;
        lines.extend(written.into_iter().map(|line| format!("{function}: {line}")));
    }
    Ok(lines)
}
