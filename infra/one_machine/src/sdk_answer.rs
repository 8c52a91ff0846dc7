//! The AWS SDK pointed at engines inside the process, and how they answer it.

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorFuture, SharedHttpClient};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use lambda_kit::aws::AwsAccess;
use std::future::Future;
use tokio::runtime::{Handle, RuntimeFlavor};

/// The SDK pointed at an embedded engine: same calls, no network, no real credentials.
pub fn access(engine: impl HttpClient + 'static) -> AwsAccess {
    AwsAccess {
        region: "ap-southeast-1".to_owned(),
        credentials: Credentials::new("local", "local", None, None, "one-machine"),
        endpoint_url: Some("http://localhost".to_owned()),
        http_client: SharedHttpClient::new(engine),
    }
}

/// The operation a request names in `X-Amz-Target`, without its service prefix.
pub fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or("");
    target.rsplit('.').next().unwrap_or("").to_owned()
}

/// The request's body, read to its end: the SDK gives up a call whose body nobody reads for five seconds, and then
/// a message handed out to a waiting receive would be lost until it becomes visible again.
pub async fn body(request: HttpRequest) -> Vec<u8> {
    if let Some(bytes) = request.body().bytes() {
        return bytes.to_vec();
    }
    let whole = ByteStream::new(request.into_body()).collect().await;
    whole.map(|bytes| bytes.to_vec()).unwrap_or_default()
}

/// Does work that waits for the disk. Where several threads share the tasks it goes to a thread of its own: otherwise a
/// busy shop's writes would stop everybody's timers and answers for as long as the disk takes.
pub async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let flavor = Handle::try_current().map(|handle| handle.runtime_flavor());
    if !flavor.is_ok_and(|flavor| flavor == RuntimeFlavor::MultiThread) {
        return work();
    }
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The process is ending; nobody waits for the answer any more.
            Err(_) => std::future::pending().await,
        },
    }
}

/// A JSON answer with that status.
pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).map_err(|e| ConnectorError::other(e.into(), None))?;
    Ok(HttpResponse::new(status, SdkBody::from(body.into())))
}

/// A call that nobody answered in time.
pub fn time_out() -> ConnectorError {
    ConnectorError::timeout("no answer in time (injected)".into())
}

/// Wraps an answer to come.
pub fn later(
    answer: impl Future<Output = Result<HttpResponse, ConnectorError>> + Send + 'static,
) -> HttpConnectorFuture {
    HttpConnectorFuture::new(answer)
}
