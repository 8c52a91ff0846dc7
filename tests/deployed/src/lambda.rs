//! Functions as a person sees them: their environment, whether they take work, and the processes they run in.

use crate::Problem;
use crate::call::Calls;
use serde_json::{Value, json};
use std::process::Command;

/// The environment of a function.
pub async fn environment(calls: &Calls, function: &str) -> Result<Value, Problem> {
    let path = format!("/2015-03-31/functions/{function}/configuration");
    let text = calls.path("lambda", "GET", &path, Vec::new()).await?;
    let answer: Value = serde_json::from_str(&text)?;
    Ok(answer["Environment"]["Variables"].clone())
}

/// Changes the environment of a function.
pub async fn set_environment(calls: &Calls, function: &str, variables: &Value) -> Result<(), Problem> {
    let path = format!("/2015-03-31/functions/{function}/configuration");
    let body = json!({"Environment": {"Variables": variables}});
    calls.path("lambda", "PUT", &path, body.to_string().into_bytes()).await.map(|_| ())
}

/// Lets a function take work from its queue, or not.
pub async fn take_work(calls: &Calls, function: &str, enabled: bool) -> Result<(), Problem> {
    let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}");
    let text = calls.path("lambda", "GET", &path, Vec::new()).await?;
    let answer: Value = serde_json::from_str(&text)?;
    let sources = answer["EventSourceMappings"].as_array().cloned().unwrap_or_default();
    let [source] = sources.as_slice() else {
        return Err(format!("{function} has {} sources of work, not one", sources.len()).into());
    };
    let id = source["UUID"].as_str().unwrap_or_default();
    let body = json!({"Enabled": enabled}).to_string().into_bytes();
    calls.path("lambda", "PUT", &format!("/2015-03-31/event-source-mappings/{id}"), body).await.map(|_| ())
}

/// The processes that run a package; the emulator unpacks each into a folder named by its digest.
pub fn processes(digest: &str) -> Result<Vec<String>, Problem> {
    let output = Command::new("ps").args(["-A", "-ww", "-o", "pid=", "-o", "args="]).output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mine = text.lines().filter(|line| line.contains(digest) && line.ends_with("bootstrap"));
    Ok(mine.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect())
}

/// Ends these processes at once, as a machine that fails does.
pub fn kill(processes: &[String]) -> Result<(), Problem> {
    // One that has ended meanwhile is no failure.
    Command::new("kill").arg("-9").args(processes).output()?;
    Ok(())
}
