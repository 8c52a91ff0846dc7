//! The stack: made, changed and deleted as a deployment does it, and the names of what it consists of.

use crate::Problem;
use crate::account::{all_between, between, found};
use crate::call::Calls;
use crate::until::until;
use serde::Deserialize;
use std::time::Duration;

const VERSION: &str = "2010-05-15";
/// How long a stack may take to come or go.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the stack tells whoever looks after it, under `/hopkenh/<stack>/stack`.
#[derive(Debug, Clone, Deserialize)]
pub struct Names {
    /// The book.
    pub table: String,
    /// The ledger and parked bodies.
    pub archive_bucket: String,
    /// The shops' files.
    pub shops_bucket: String,
    /// Thin pushes.
    pub lookups_queue_url: String,
    /// Orders.
    pub orders_queue_url: String,
    /// Listings to publish.
    pub publish_queue_url: String,
    /// Where channels send their webhooks.
    pub webhook_base_url: String,
    /// What was tried too often; look-ups, orders and publishing come first.
    pub dead_letter_queue_urls: Vec<String>,
}

/// A stack by its name.
#[derive(Clone)]
pub struct Stack {
    /// Its name.
    pub name: String,
    calls: Calls,
}

impl Stack {
    /// The stack of that name.
    pub fn new(calls: &Calls, name: &str) -> Self {
        Self { name: name.to_owned(), calls: calls.clone() }
    }

    /// Creates it and waits until all of it is there.
    pub async fn create(&self, template_url: &str, parameters: &[(&str, &str)]) -> Result<(), Problem> {
        self.change("CreateStack", template_url, parameters).await?;
        self.until_status("CREATE_COMPLETE").await
    }

    /// Changes it and waits until the change is done.
    pub async fn update(&self, template_url: &str, parameters: &[(&str, &str)]) -> Result<(), Problem> {
        self.change("UpdateStack", template_url, parameters).await?;
        self.until_status("UPDATE_COMPLETE").await
    }

    /// Deletes it and waits until it is gone.
    pub async fn delete(&self) -> Result<(), Problem> {
        let name = [("StackName".to_owned(), self.name.clone())];
        self.calls.form("cloudformation", VERSION, "DeleteStack", &name).await?;
        until("the stack to be gone", PATIENCE, async || match self.describe().await {
            Ok(text) if !text.contains("DELETE_COMPLETE") => match between(&text, "StackStatus") {
                Some("DELETE_FAILED") => Err(text.into()),
                _ => Ok(None),
            },
            // A deleted stack is no longer found under its name.
            _ => Ok(Some(())),
        })
        .await
    }

    /// All that the stack says about itself.
    pub async fn describe(&self) -> Result<String, Problem> {
        let name = [("StackName".to_owned(), self.name.clone())];
        self.calls.form("cloudformation", VERSION, "DescribeStacks", &name).await
    }

    /// What it says about one of its parts.
    pub async fn resource(&self, part: &str) -> Result<String, Problem> {
        let fields = [("StackName", self.name.as_str()), ("LogicalResourceId", part)];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.calls.form("cloudformation", VERSION, "DescribeStackResource", &fields).await
    }

    /// One of its outputs.
    pub async fn output(&self, key: &str) -> Result<String, Problem> {
        let text = self.describe().await?;
        let outputs = all_between(&text, "member");
        let mine = outputs.into_iter().find(|output| between(output, "OutputKey") == Some(key));
        Ok(found(mine.and_then(|output| between(output, "OutputValue")), key)?.to_owned())
    }

    /// The names that the operator's command works with.
    pub async fn names(&self) -> Result<Names, Problem> {
        let name = format!("/hopkenh/{}/stack", self.name);
        let body = serde_json::json!({"Name": name});
        let answer = self.calls.json("ssm", "AmazonSSM.GetParameter", &body).await?;
        let text = answer["Parameter"]["Value"].as_str();
        Ok(serde_json::from_str(found(text, "stack parameter")?)?)
    }

    async fn change(&self, action: &str, url: &str, parameters: &[(&str, &str)]) -> Result<(), Problem> {
        let mut fields = vec![
            ("StackName".to_owned(), self.name.clone()),
            ("TemplateURL".to_owned(), url.to_owned()),
            ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM".to_owned()),
            ("Capabilities.member.2".to_owned(), "CAPABILITY_AUTO_EXPAND".to_owned()),
        ];
        for (n, (key, value)) in (1..).zip(parameters) {
            fields.push((format!("Parameters.member.{n}.ParameterKey"), (*key).to_owned()));
            fields.push((format!("Parameters.member.{n}.ParameterValue"), (*value).to_owned()));
        }
        self.calls.form("cloudformation", VERSION, action, &fields).await.map(|_| ())
    }

    async fn until_status(&self, wanted: &str) -> Result<(), Problem> {
        until(wanted, PATIENCE, async || {
            let text = self.describe().await?;
            let status = between(&text, "StackStatus").unwrap_or_default();
            if status == wanted {
                return Ok(Some(()));
            }
            if status.contains("ROLLBACK") || status.contains("FAILED") {
                return Err(format!("the stack came to {status}: {}", self.reasons().await?).into());
            }
            Ok(None)
        })
        .await
    }

    async fn reasons(&self) -> Result<String, Problem> {
        let name = [("StackName".to_owned(), self.name.clone())];
        let text = self.calls.form("cloudformation", VERSION, "DescribeStackEvents", &name).await?;
        Ok(all_between(&text, "ResourceStatusReason").join("\n"))
    }
}
