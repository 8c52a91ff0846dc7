//! The person who looks after the stack: a user with the operator's policy and nothing else, at the `hopkenh` command.

use crate::Problem;
use crate::account::{access, between, found};
use crate::call::Calls;
use crate::emulator::REGION;
use crate::rights;
use lambda_kit::aws::AwsAccess;
use std::path::PathBuf;
use tokio::process::Command;

const VERSION: &str = "2010-05-08";
const USER: &str = "shop-keeper";

/// Someone with the command and keys of their own.
pub struct Operator {
    command: PathBuf,
    stack: String,
    endpoint: String,
    key_id: String,
    secret: String,
}

impl Operator {
    /// Makes the user and attaches the policy that the stack puts out for it.
    pub async fn hire(
        calls: &Calls,
        command: PathBuf,
        stack: &str,
        endpoint: &str,
        policy_arn: &str,
    ) -> Result<Self, Problem> {
        let user = ("UserName".to_owned(), USER.to_owned());
        let policy = ("PolicyArn".to_owned(), policy_arn.to_owned());
        calls.form("iam", VERSION, "CreateUser", std::slice::from_ref(&user)).await?;
        calls.form("iam", VERSION, "AttachUserPolicy", &[user.clone(), policy]).await?;
        rights::even_out_person(calls, USER, policy_arn).await?;
        let keys = calls.form("iam", VERSION, "CreateAccessKey", &[user]).await?;
        let text = |mark: &str| found(between(&keys, mark).map(str::to_owned), mark);
        Ok(Self {
            command,
            stack: stack.to_owned(),
            endpoint: endpoint.to_owned(),
            key_id: text("AccessKeyId")?,
            secret: text("SecretAccessKey")?,
        })
    }

    /// Takes the policy back and lets the user go: a policy in use would keep the stack from being deleted.
    pub async fn leave(&self, calls: &Calls, policy_arn: &str) -> Result<(), Problem> {
        let user = ("UserName".to_owned(), USER.to_owned());
        let policy = ("PolicyArn".to_owned(), policy_arn.to_owned());
        calls.form("iam", VERSION, "DetachUserPolicy", &[user, policy]).await.map(|_| ())
    }

    /// The operator's own way into the account.
    pub fn access(&self) -> AwsAccess {
        access(&self.endpoint, &self.key_id, &self.secret)
    }

    /// Runs `hopkenh …`; the answer is what it printed.
    pub async fn hopkenh(
        &self,
        arguments: &[&str],
        environment: &[(String, String)],
    ) -> Result<String, Problem> {
        let mut command = Command::new(&self.command);
        command.args(arguments).args(["--stack", &self.stack]).kill_on_drop(true).env_clear();
        command.env("AWS_REGION", REGION).env("AWS_ENDPOINT_URL", &self.endpoint);
        command.env("AWS_ACCESS_KEY_ID", &self.key_id).env("AWS_SECRET_ACCESS_KEY", &self.secret);
        command.envs(environment.iter().cloned());
        let output = command.output().await?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        Err(format!("hopkenh {}: {said}", arguments.join(" ")).into())
    }
}
