//! AWS Systems Manager Parameter Store: encrypted texts by path, cheap to keep one per account of a shop.

use crate::aws::AwsAccess;
use crate::signed::{Request, SignedHttp};
use channels::error::ChannelError;
use secrecy::SecretString;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most names one request asks for (AWS API reference GetParameters, read 2026-11-22).
const NAMES_MAX: usize = 10;

/// The store of one account and region. What it holds is never shown.
#[derive(Clone)]
pub struct Parameters {
    http: SignedHttp,
    /// What new texts are encrypted with; none for the key AWS keeps for free.
    key_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Found {
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Parameter {
    name: String,
    value: SecretString,
}

impl Parameters {
    /// As whom and where the environment says.
    pub fn new(aws: &AwsAccess) -> Result<Self, ChannelError> {
        Ok(Self { http: SignedHttp::new(aws)?, key_arn: None })
    }

    /// The same store, encrypting under one's own key; an empty text for the key AWS keeps.
    #[must_use]
    pub fn encrypting_under(self, key_arn: &str) -> Self {
        Self { key_arn: Some(key_arn.to_owned()).filter(|arn| !arn.is_empty()), ..self }
    }

    /// The parameters that exist of those names, decrypted.
    pub async fn get(&self, names: &[String]) -> Result<BTreeMap<String, SecretString>, String> {
        let mut result = BTreeMap::new();
        for names in names.chunks(NAMES_MAX) {
            let body = serde_json::json!({"Names": names, "WithDecryption": true});
            let answer = self.call("GetParameters", &body).await?;
            // Not serde's own text: it may quote a secret.
            let found: Found =
                serde_json::from_slice(&answer).map_err(|_| "answer not readable".to_owned())?;
            result.extend(found.parameters.into_iter().map(|p| (p.name, p.value)));
        }
        Ok(result)
    }

    /// Stores a text encrypted, in place of what was there.
    pub async fn put(&self, name: &str, value: &str) -> Result<(), String> {
        let mut body =
            serde_json::json!({"Name": name, "Value": value, "Type": "SecureString", "Overwrite": true});
        if let Some(key_arn) = &self.key_arn {
            body["KeyId"] = key_arn.as_str().into();
        }
        self.call("PutParameter", &body).await.map(|_| ())
    }

    /// Takes a text away; it may be gone already.
    pub async fn delete(&self, name: &str) -> Result<(), String> {
        match self.call("DeleteParameter", &serde_json::json!({"Name": name})).await {
            Err(detail) if !detail.contains("ParameterNotFound") => Err(detail),
            _ => Ok(()),
        }
    }

    async fn call(&self, action: &str, body: &serde_json::Value) -> Result<Vec<u8>, String> {
        let target = format!("AmazonSSM.{action}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let url = match self.http.endpoint() {
            Some(endpoint) => format!("{endpoint}/"),
            None => format!("https://ssm.{}.amazonaws.com/", self.http.region()),
        };
        let body = body.to_string().into_bytes();
        let request = Request { service: "ssm", method: "POST", url, headers: &headers, body };
        let answer = self.http.send(request).await?;
        match answer.status {
            200..=299 => Ok(answer.body.to_vec()),
            status => Err(format!("{action}: HTTP {status}{}", kind(&answer.body))),
        }
    }
}

/// The error's kind; its message may repeat what was sent and is left out.
fn kind(body: &[u8]) -> String {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = json["__type"].as_str().unwrap_or_default();
    format!(" {}", kind.rsplit('#').next().unwrap_or_default())
}
