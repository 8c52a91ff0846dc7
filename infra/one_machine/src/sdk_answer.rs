//! Answers to the AWS SDK, made inside the process.

use aws_smithy_runtime_api::client::http::HttpConnectorFuture;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::future::Future;

/// The operation a request names in `X-Amz-Target`, without its service prefix.
pub fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or("");
    target.rsplit('.').next().unwrap_or("").to_owned()
}

/// The request's body, read to its end: the SDK gives up a call whose body nobody reads for five seconds, and then
/// a message handed out to a waiting receive would be lost until it becomes visible again.
pub async fn body(request: HttpRequest) -> Vec<u8> {
    let whole = ByteStream::new(request.into_body()).collect().await;
    whole.map(|bytes| bytes.to_vec()).unwrap_or_default()
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
