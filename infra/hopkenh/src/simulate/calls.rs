//! The AWS SDK of a simulated day: the same calls as on AWS, without the parts that nobody in the day looks at.
//!
//! A day makes thousands of calls and millions of days are played. Nobody in them reads a signature, there is one address, and
//! no body comes in pieces that could stall. What our code sees of the SDK stays: its requests, answers, errors, time limits
//! and that it tries nothing again.

use aws_credential_types::Credentials;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_smithy_runtime_api::client::auth::AuthSchemeId;
use aws_smithy_runtime_api::client::endpoint::EndpointFuture;
use aws_smithy_runtime_api::client::http::{HttpClient, SharedHttpClient};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::endpoint::Endpoint;
use lambda_kit::aws::AwsAccess;

/// The one address.
const ADDRESS: &str = "http://localhost";
const UNSIGNED: AuthSchemeId = AuthSchemeId::new("noAuth");

/// The SDK pointed at a door of ours.
fn access(door: impl HttpClient + 'static) -> AwsAccess {
    AwsAccess {
        region: "ap-southeast-1".to_owned(),
        credentials: Credentials::new("local", "local", None, None, "simulation"),
        endpoint_url: Some(ADDRESS.to_owned()),
        http_client: SharedHttpClient::new(door),
    }
}

/// Calls to the table behind that door.
pub(super) fn dynamodb(door: impl HttpClient + 'static) -> aws_sdk_dynamodb::Client {
    let usual = access(door).dynamodb();
    let config = usual.config().to_builder().allow_no_auth().auth_scheme_preference([UNSIGNED]);
    let config = config.endpoint_resolver(Here::default());
    let config = config.stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// Calls to the queues behind that door.
pub(super) fn sqs(door: impl HttpClient + 'static) -> aws_sdk_sqs::Client {
    let usual = access(door).sqs();
    let config = usual.config().to_builder().allow_no_auth().auth_scheme_preference([UNSIGNED]);
    let config = config.endpoint_resolver(Here::default());
    let config = config.stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    aws_sdk_sqs::Client::from_conf(config.retry_config(RetryConfig::disabled()).build())
}

/// Knows the one address without the service's book of rules about regions and partitions.
#[derive(Debug)]
struct Here(Endpoint);

impl Default for Here {
    fn default() -> Self {
        Self(Endpoint::builder().url(ADDRESS).build())
    }
}

impl aws_sdk_dynamodb::config::endpoint::ResolveEndpoint for Here {
    fn resolve_endpoint<'a>(
        &'a self,
        _: &'a aws_sdk_dynamodb::config::endpoint::Params,
    ) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(self.0.clone()))
    }
}

impl aws_sdk_sqs::config::endpoint::ResolveEndpoint for Here {
    fn resolve_endpoint<'a>(&'a self, _: &'a aws_sdk_sqs::config::endpoint::Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(self.0.clone()))
    }
}
