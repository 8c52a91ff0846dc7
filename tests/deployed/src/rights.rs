//! Where the emulator reads rights differently from AWS, it is told so: beside the stack, never in its template.
//!
//! The emulator lets functions and people do what their policies say and nothing else, and differs in four places.
//! AWS allows a batch of messages by the right to send one; the emulator asks for a right of its own. Where several
//! parameters are read at once, or dead letters are sent back, AWS asks for the right to those; the emulator for the
//! right to all there are. It finds no sender in a letter, neither as a resource nor for a condition. And the emulator is spoken to without encryption, which the buckets rightly refuse. What
//! each policy allows and forbids otherwise is held as it stands; the deployment contract checks its very text.

use crate::Problem;
use crate::account::{between, found};
use crate::call::Calls;
use crate::package::functions;
use crate::stack::Stack;
use serde_json::{Value, json};

const VERSION: &str = "2010-05-08";
const NAME: &str = "as-aws-reads-it";
/// Actions whose resource the emulator does not find in the request.
const ASKED_FOR_ALL: [&str; 3] = ["ssm:GetParameters", "sqs:StartMessageMoveTask", "ses:SendEmail"];

/// Evens out the rights of all functions.
pub async fn even_out_functions(calls: &Calls, stack: &Stack) -> Result<(), Problem> {
    for function in functions() {
        let role = role_of(stack, function).await?;
        let which = [("RoleName", role.as_str()), ("PolicyName", function)];
        let answer = ask(calls, "GetRolePolicy", &which).await?;
        let policy = document(found(between(&answer, "PolicyDocument"), "policy")?)?;
        if let Some(more) = as_aws_reads(&policy) {
            let put = [("RoleName", role.as_str()), ("PolicyName", NAME), ("PolicyDocument", more.as_str())];
            ask(calls, "PutRolePolicy", &put).await?;
        }
    }
    Ok(())
}

/// Takes that back, so that the roles can go with the stack.
pub async fn clear_functions(calls: &Calls, stack: &Stack) -> Result<(), Problem> {
    for function in functions() {
        let role = role_of(stack, function).await?;
        let which = [("RoleName", role.as_str()), ("PolicyName", NAME)];
        // A function that sends nothing and reads no secret has none.
        let _ = ask(calls, "DeleteRolePolicy", &which).await;
    }
    Ok(())
}

/// Evens out the rights of a person who has that policy.
pub async fn even_out_person(calls: &Calls, user: &str, policy_arn: &str) -> Result<(), Problem> {
    let which = [("PolicyArn", policy_arn), ("VersionId", "v1")];
    let answer = ask(calls, "GetPolicyVersion", &which).await?;
    let policy = document(found(between(&answer, "Document"), "policy")?)?;
    let Some(more) = as_aws_reads(&policy) else { return Ok(()) };
    let put = [("UserName", user), ("PolicyName", NAME), ("PolicyDocument", more.as_str())];
    ask(calls, "PutUserPolicy", &put).await.map(|_| ())
}

/// Lets the emulator's plain HTTP reach a bucket that only wants encrypted calls.
pub async fn allow_plain_http(calls: &Calls, bucket: &str) -> Result<(), Problem> {
    calls.path("s3", "DELETE", &format!("/{bucket}?policy"), Vec::new()).await.map(|_| ())
}

/// What the emulator must be told besides, so that a policy allows what it allows on AWS; none when nothing.
fn as_aws_reads(policy: &Value) -> Option<String> {
    let statements = policy["Statement"].as_array()?;
    let mut more = Vec::new();
    for statement in statements {
        let allows = |action: &str| match &statement["Action"] {
            Value::Array(actions) => actions.iter().any(|one| one == action),
            one => one == action,
        };
        if allows("sqs:SendMessage") {
            let resource = &statement["Resource"];
            more.push(json!({"Effect": "Allow", "Action": "sqs:SendMessageBatch", "Resource": resource}));
        }
        for action in ASKED_FOR_ALL.into_iter().filter(|action| allows(action)) {
            more.push(json!({"Effect": "Allow", "Action": action, "Resource": "*"}));
        }
    }
    let policy = json!({"Version": "2012-10-17", "Statement": more});
    (!more.is_empty()).then(|| policy.to_string())
}

async fn role_of(stack: &Stack, function: &str) -> Result<String, Problem> {
    let words = function.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
    let text = stack.resource(&format!("{}Role", words.collect::<String>())).await?;
    Ok(found(between(&text, "PhysicalResourceId"), "role")?.to_owned())
}

async fn ask(calls: &Calls, action: &str, fields: &[(&str, &str)]) -> Result<String, Problem> {
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    calls.form("iam", VERSION, action, &fields).await
}

/// IAM hands policies out as if they were part of an address.
fn document(encoded: &str) -> Result<Value, Problem> {
    let address = reqwest::Url::parse(&format!("http://policy/?text={encoded}"))?;
    let text = address.query_pairs().next().map(|(_, text)| text.into_owned());
    Ok(serde_json::from_str(&text.unwrap_or_default())?)
}
