//! Clients of AWS: credentials from the environment only, one TLS stack, and no retry but our own.

use crate::settings::{AWS_REGION, MissingSetting, Setting};
use aws_credential_types::Credentials;
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::Duration;

const ACCESS_KEY_ID: Setting =
    Setting { name: "AWS_ACCESS_KEY_ID", meaning: "credentials, given by the Lambda service" };
const SECRET_ACCESS_KEY: Setting =
    Setting { name: "AWS_SECRET_ACCESS_KEY", meaning: "credentials, given by the Lambda service" };

/// Where and as whom to call AWS.
#[derive(Clone)]
pub struct AwsAccess {
    /// The region.
    pub region: String,
    /// Who we are.
    pub credentials: Credentials,
    /// Another address than AWS's own, such as an emulator's.
    pub endpoint_url: Option<String>,
    /// How requests leave.
    pub http_client: SharedHttpClient,
}

impl AwsAccess {
    /// From the environment, as the Lambda service sets it.
    pub fn from_environment() -> Result<Self, MissingSetting> {
        let token = std::env::var("AWS_SESSION_TOKEN").ok();
        Ok(Self {
            region: AWS_REGION.required()?,
            credentials: Credentials::new(
                ACCESS_KEY_ID.required()?,
                SECRET_ACCESS_KEY.required()?,
                token,
                None,
                "environment",
            ),
            endpoint_url: std::env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty()),
            http_client: https_client(),
        })
    }

    /// A client of DynamoDB. The SDK does not retry: every retry of ours plans again from what the table holds.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::v2026_01_12())
            .region(aws_sdk_dynamodb::config::Region::new(self.region.clone()))
            .credentials_provider(self.credentials.clone())
            .http_client(self.http_client.clone())
            .retry_config(RetryConfig::disabled())
            .timeout_config(time_limits());
        let config = match &self.endpoint_url {
            Some(url) => config.endpoint_url(url),
            None => config,
        };
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// A client of SQS. Sending twice is harmless here: every consumer is idempotent.
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let config = aws_sdk_sqs::Config::builder()
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::v2026_01_12())
            .region(aws_sdk_sqs::config::Region::new(self.region.clone()))
            .credentials_provider(self.credentials.clone())
            .http_client(self.http_client.clone())
            .retry_config(RetryConfig::standard().with_max_attempts(3));
        let config = match &self.endpoint_url {
            Some(url) => config.endpoint_url(url),
            None => config,
        };
        aws_sdk_sqs::Client::from_conf(config.build())
    }
}

fn time_limits() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .build()
}

/// HTTPS by rustls and ring, the one TLS stack of the tree.
fn https_client() -> SharedHttpClient {
    Builder::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https()
}
