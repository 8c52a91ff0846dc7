//! The AWS account as a person with all rights sees it, and where to call it.

use crate::Problem;
use crate::emulator::REGION;
use aws_credential_types::Credentials;
use aws_smithy_http_client::{Builder, tls};
use lambda_kit::aws::AwsAccess;

/// A way in with those keys.
pub fn access(endpoint: &str, key_id: &str, secret: &str) -> AwsAccess {
    AwsAccess {
        region: REGION.to_owned(),
        credentials: Credentials::new(key_id, secret, None, None, "stack tests"),
        endpoint_url: Some(endpoint.to_owned()),
        http_client: Builder::new()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .build_https(),
    }
}

/// The emulator's own account, which may do everything.
pub fn root(endpoint: &str) -> AwsAccess {
    access(endpoint, "test", "test")
}

/// The text between two marks, as XML answers have it.
pub fn between<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    all_between(text, mark).into_iter().next()
}

/// Every text between two such marks.
pub fn all_between<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
    let (open, close) = (format!("<{mark}>"), format!("</{mark}>"));
    let after = text.split(&open).skip(1);
    after.filter_map(|rest| rest.split(&close).next()).collect()
}

/// What must be there, or the sentence that says what is missing.
pub fn found<T>(value: Option<T>, what: &str) -> Result<T, Problem> {
    value.ok_or_else(|| format!("the answer has no {what}").into())
}
