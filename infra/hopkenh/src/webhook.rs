//! `hopkenh webhook check`: is this message signed by the channel, and what does it say? For an operator who wonders.

use crate::lone_account::{LoneAccount, find};
use crate::terminal;
use crate::up::Problem;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{Door, Notice, Notices, Verdict, WebhookRequest};
use channels::url;
use clap::Subcommand;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What can be done with a webhook.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Say whether a message is accepted or refused, and why. Exit code 0: accepted. 1: refused.
    Check(Args),
}

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The channel, such as `shopee`.
    pub channel: String,
    /// The account's keys: a TOML or JSON file of names and values, as in a shop's file.
    #[arg(long)]
    pub settings: PathBuf,
    /// The message: a JSON file with `method`, `url`, `headers` and `body` (base64).
    #[arg(long)]
    pub request: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    pub json: bool,
}

/// What was found.
#[derive(Debug)]
pub struct Finding {
    /// Whether the message is believed.
    pub is_accepted: bool,
    /// Why, in a few words.
    pub why: String,
    /// What it says, part by part; empty when it is refused.
    pub says: Vec<String>,
}

/// Checks, and prints what was found.
pub fn run(verb: &Verb) -> Result<ExitCode, Problem> {
    let Verb::Check(args) = verb;
    let finding = check(args)?;
    let text = if args.json { finding.json() } else { finding.text() };
    terminal::say(&text)?;
    Ok(if finding.is_accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks.
pub fn check(args: &Args) -> Result<Finding, Problem> {
    let channel = find(&args.channel)?;
    let (request, address) = read_request(&args.request)?;
    let account = LoneAccount::read(&args.channel, &args.settings, Some(&address))?;
    let door = Door { shop: &account.shop, connection: &account.connection, secrets: &account.secrets };
    if request.method == "GET"
        && let Some(text) = channel.answer_challenge(&door, &request)
    {
        let says = vec![format!("answered with: {text}")];
        return Ok(Finding {
            is_accepted: true,
            why: "the channel's question, rightly put".to_owned(),
            says,
        });
    }
    let accepted = |why: String| {
        let says = channel.read_webhook(&door, &request);
        Finding { is_accepted: true, why, says: told(says) }
    };
    Ok(match channel.verify_webhook(&door, &request) {
        Verdict::Signed { form } => accepted(format!("signed ({form})")),
        Verdict::HarmlessUnsigned => {
            accepted("unsigned, and documented to be so; nothing of it is used".to_owned())
        }
        Verdict::Refused { why } => Finding { is_accepted: false, why: why.to_owned(), says: Vec::new() },
    })
}

impl Finding {
    fn text(&self) -> String {
        let verdict = if self.is_accepted { "accepted" } else { "refused" };
        let mut text = format!("{verdict}: {}\n", self.why);
        self.says.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        text
    }

    fn json(&self) -> String {
        format!("{}\n", json!({"accepted": self.is_accepted, "why": self.why, "says": self.says}))
    }
}

fn told(notices: Notices) -> Vec<String> {
    let line = |notice: channels::channel::NoticeOrReason| match notice {
        Ok(Notice::Order(order)) => {
            let units: u64 = order.lines.iter().map(|line| u64::from(line.quantity)).sum();
            let (lines, total) = (order.lines.len(), order.total.amount_minor);
            let currency = order.total.currency.code();
            format!("order {}: {}, {lines} lines, {units} units, {total} {currency}", order.id, order.status)
        }
        Ok(Notice::OrderChanged { order }) => format!("order {order} changed: it would be asked for"),
        Ok(Notice::StockLevel { listing, branch, on_hand, .. }) => {
            format!("product {listing} at branch {branch}: {on_hand} units")
        }
        Ok(Notice::Nothing { topic }) => format!("of no concern to orders or stock: {topic}"),
        Err(reason) => format!("cannot be used: {}", reason.advice_en()),
    };
    notices.into_iter().map(line).collect()
}

/// The request and the address it was sent to, without its query.
fn read_request(file: &Path) -> Result<(WebhookRequest, String), Problem> {
    let wrong = |what: &str| Problem::from(format!("{}: {what}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|e| wrong(&e.kind().to_string()))?;
    let json: Value = serde_json::from_str(&text).map_err(|_| wrong("is no JSON"))?;
    let address = json["url"].as_str().unwrap_or_default().to_owned();
    let query = address.split_once('?').map(|(_, query)| url::read_pairs(query)).unwrap_or_default();
    let encoded = json["body"].as_str().or(json["body_base64"].as_str()).unwrap_or_default();
    let body = STANDARD.decode(encoded.trim()).map_err(|_| wrong("body: is not base64"))?;
    let headers = headers(&json["headers"]).ok_or_else(|| wrong("headers: must be names with texts"))?;
    let method = json["method"].as_str().unwrap_or("POST").to_ascii_uppercase();
    Ok((WebhookRequest { method, query, headers, body }, address))
}

/// Headers as an object, or, where one comes twice, as a list of pairs.
fn headers(value: &Value) -> Option<Vec<(String, String)>> {
    let mut all = Vec::new();
    let mut add = |name: &str, value: &Value| {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let text =
                value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string));
            all.push((name.to_ascii_lowercase(), text?));
        }
        Some(())
    };
    match value {
        Value::Object(map) => map.iter().try_for_each(|(name, value)| add(name, value))?,
        Value::Array(rows) => {
            for row in rows {
                let name = row[0].as_str().or(row["name"].as_str())?;
                let value = if row.is_array() { &row[1] } else { &row["value"] };
                add(name, value)?;
            }
        }
        Value::Null => {}
        _ => return None,
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_in_either_shape_and_may_come_twice() {
        let pair = |n: &str, v: &str| (n.to_owned(), v.to_owned());
        let read = |value: Value| headers(&value);
        assert_eq!(read(json!({"X-A": "1"})), Some(vec![pair("x-a", "1")]));
        assert_eq!(read(json!({"X-A": ["1", "2"]})), Some(vec![pair("x-a", "1"), pair("x-a", "2")]));
        assert_eq!(
            read(json!([["A", "1"], {"name": "a", "value": "2"}])),
            Some(vec![pair("a", "1"), pair("a", "2")])
        );
        assert_eq!(read(json!("x")), None);
        assert_eq!(read(Value::Null), Some(Vec::new()));
    }
}
