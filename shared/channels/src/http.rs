//! The one way out of the house: every call has a time limit, a size limit, and follows no redirect.

use crate::error::ChannelError;
use bytes::Bytes;
use std::time::Duration;

/// The largest answer read, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A bounded HTTP client shared by all connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the channel asks us to wait, from `Retry-After` in seconds.
    pub retry_after: Option<Duration>,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body, at most [`RESPONSE_BYTES_MAX`].
    pub body: Bytes,
}

impl Http {
    /// Builds the client. `timeout` bounds one whole call.
    pub fn new(timeout: Duration) -> Result<Self, ChannelError> {
        // One TLS stack: ring, chosen once per process. A second call finds it chosen already.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(Duration::from_secs(3))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("hopkenh/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|e| ChannelError::misconfigured(format!("HTTP client: {e}")))?;
        Ok(Self { client })
    }

    /// Starts a request.
    pub fn request(&self, method: reqwest::Method, url: &str) -> reqwest::RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends and reads the whole answer, whatever its status.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer, ChannelError> {
        let response = request.send().await.map_err(|e| failure(&e))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let retry_after = headers.get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse().ok());
        let body = read_bounded(response).await?;
        Ok(Answer { status, retry_after: retry_after.map(Duration::from_secs), headers, body })
    }
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Bytes, ChannelError> {
    let mut body = bytes::BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|e| failure(&e))? {
        if body.len() + chunk.len() > RESPONSE_BYTES_MAX {
            return Err(ChannelError::unreadable("the answer is larger than 8 MB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// A request that never connected was not applied; anything later may have been.
fn failure(error: &reqwest::Error) -> ChannelError {
    if error.is_connect() {
        ChannelError::unavailable("cannot connect")
    } else if error.is_builder() {
        ChannelError::misconfigured("base_url is not a usable address")
    } else {
        ChannelError::timed_out("no whole answer in time")
    }
}

impl Answer {
    /// The failure that the HTTP status alone tells; none for 2xx.
    pub fn status_error(&self) -> Option<ChannelError> {
        let detail = format!("HTTP {}", self.status);
        match self.status {
            200..=299 => None,
            429 => Some(ChannelError::rate_limited(self.retry_after, detail)),
            401 => Some(ChannelError::login_expired(detail)),
            404 => Some(ChannelError::not_found(detail)),
            408 | 500..=599 => {
                let mut error = ChannelError::unavailable(detail);
                if let Some(wait) = self.retry_after {
                    error.next = crate::error::Next::Wait(wait);
                }
                Some(error)
            }
            300..=399 => Some(ChannelError::misconfigured(format!("{detail}: redirects are not followed"))),
            _ => Some(ChannelError::refused(detail)),
        }
    }

    /// Reads a JSON answer; anything else is unreadable.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, ChannelError> {
        serde_json::from_slice(&self.body).map_err(|e| {
            // Not serde's own text: it may quote the body.
            let place = crate::json::place(&e);
            ChannelError::unreadable(format!("HTTP {} with a body that cannot be read: {place}", self.status))
        })
    }
}
