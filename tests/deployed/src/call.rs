//! Calls to AWS services that the product itself never makes: a person's console, in a few lines.

use crate::Problem;
use lambda_kit::aws::AwsAccess;
use lambda_kit::signed::{Request, SignedHttp};
use serde_json::Value;
use std::time::Duration;

/// How long one call may take: an emulator reads the whole template before it answers.
const CALL_TIMEOUT: Duration = Duration::from_secs(60);

/// A signed way to every service.
#[derive(Clone)]
pub struct Calls {
    http: SignedHttp,
    endpoint: String,
}

impl Calls {
    /// As that one.
    pub fn new(aws: &AwsAccess) -> Result<Self, Problem> {
        let endpoint = aws.endpoint_url.clone().unwrap_or_default();
        Ok(Self { http: SignedHttp::new(aws)?.patient(CALL_TIMEOUT)?, endpoint })
    }

    /// A service that takes forms and answers XML (CloudFormation, IAM).
    pub async fn form(
        &self,
        service: &'static str,
        version: &str,
        action: &str,
        fields: &[(String, String)],
    ) -> Result<String, Problem> {
        let named = [("Action", action), ("Version", version)].map(|(n, v)| (n.to_owned(), v.to_owned()));
        let url = reqwest::Url::parse_with_params("http://form/", named.iter().chain(fields))?;
        let body = url.query().unwrap_or_default().as_bytes().to_vec();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Request {
            service,
            method: "POST",
            url: format!("{}/", self.endpoint),
            headers: &headers,
            body,
        })
        .await
    }

    /// A service that takes JSON and names the action in a header (logs).
    pub async fn json(&self, service: &'static str, target: &str, body: &Value) -> Result<Value, Problem> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let (url, body) = (format!("{}/", self.endpoint), body.to_string().into_bytes());
        let text = self.send(Request { service, method: "POST", url, headers: &headers, body }).await?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// A service that is spoken to by addresses (Lambda, S3).
    pub async fn path(
        &self,
        service: &'static str,
        method: &'static str,
        path: &str,
        body: Vec<u8>,
    ) -> Result<String, Problem> {
        let url = format!("{}{path}", self.endpoint);
        let headers = [("content-type", "application/json")];
        let headers = if service == "s3" { &[][..] } else { &headers[..] };
        self.send(Request { service, method, url, headers, body }).await
    }

    async fn send(&self, request: Request<'_>) -> Result<String, Problem> {
        let what = format!("{} {} {}", request.service, request.method, request.url);
        let answer = self.http.send(request).await.map_err(|e| format!("{what}: {e}"))?;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        match answer.status {
            200..=299 => Ok(text),
            status => Err(format!("{what}: HTTP {status} {text}").into()),
        }
    }
}
