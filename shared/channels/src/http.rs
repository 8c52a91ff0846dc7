//! The one way out of the house: only to hosts that are allowed, with a time limit and a size limit, and
//! without following redirects.

use crate::error::ChannelError;
use crate::facts::{Facts, Hosts};
use crate::outside::{NotAllowed, Outside};
use crate::public_address::PublicOnly;
use bytes::Bytes;
use reqwest::header::HeaderMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// The largest answer read, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A bounded HTTP client shared by all connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    outside: Outside,
    /// Whose hosts may be called; none before [`Http::bound_to`].
    channel: Option<&'static Facts>,
}

/// A call that may leave, or why it may not. Only [`Http::request`] makes one, and only [`Http::send`] sends
/// it, so that nothing leaves unchecked.
#[derive(Debug)]
pub struct Request(Result<reqwest::RequestBuilder, ChannelError>);

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// How long the channel asks us to wait, from `Retry-After` in seconds.
    pub retry_after: Option<Duration>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, at most [`RESPONSE_BYTES_MAX`].
    pub body: Bytes,
}

impl Http {
    /// A way out to anywhere, for tests, rehearsals and stand-ins. `timeout` bounds one whole call.
    pub fn new(timeout: Duration) -> Result<Self, ChannelError> {
        Self::toward(Outside::Any, timeout)
    }

    /// A way out to the public internet alone, for real shops. `timeout` bounds one whole call.
    pub fn public_only(timeout: Duration) -> Result<Self, ChannelError> {
        Self::toward(Outside::Public, timeout)
    }

    /// A way out as far as `outside` says. `timeout` bounds one whole call.
    pub fn toward(outside: Outside, timeout: Duration) -> Result<Self, ChannelError> {
        // One TLS stack: ring, chosen once per process. A second call finds it chosen already.
        let _already = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .timeout(timeout)
            .connect_timeout(Duration::from_secs(3))
            .redirect(reqwest::redirect::Policy::none())
            // A proxy would look names up by itself, out of reach of our own check.
            .no_proxy()
            .user_agent(concat!("hopkenh/", env!("CARGO_PKG_VERSION")));
        let builder = match outside {
            Outside::Public => {
                builder.https_only(true).dns_resolver(Arc::new(PublicOnly { this_machine_too: false }))
            }
            Outside::ThisMachineToo => builder.dns_resolver(Arc::new(PublicOnly { this_machine_too: true })),
            Outside::Any => builder,
        };
        let client = builder.build().map_err(|e| ChannelError::misconfigured(format!("HTTP client: {e}")))?;
        Ok(Self { client, outside, channel: None })
    }

    /// The same way out, narrowed to the hosts of one channel.
    #[must_use]
    pub fn bound_to(&self, channel: &'static Facts) -> Self {
        Self { channel: Some(channel), ..self.clone() }
    }

    /// Starts a request, once its address is found to be allowed.
    pub fn request(&self, method: reqwest::Method, url: &str) -> Request {
        let (title, hosts) = self.channel.map_or(("it", Hosts::ShopsOwn), |facts| (facts.title, facts.hosts));
        let refused =
            |why| ChannelError::misconfigured(format!("{title} is not called at this address: {why}"));
        Request(self.outside.permit(hosts, url).map_err(refused).map(|url| self.client.request(method, url)))
    }

    /// Sends and reads the whole answer, whatever its status.
    pub async fn send(&self, request: Request) -> Result<Answer, ChannelError> {
        let response = request.0?.send().await.map_err(|e| failure(&e))?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let retry_after = headers.get("retry-after").and_then(|v| v.to_str().ok()?.trim().parse().ok());
        let body = read_bounded(response).await?;
        Ok(Answer { status, retry_after: retry_after.map(Duration::from_secs), headers, body })
    }
}

impl Request {
    fn with(self, change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder) -> Self {
        Self(self.0.map(change))
    }

    /// Adds a header.
    #[must_use]
    pub fn header(self, name: &str, value: impl AsRef<str>) -> Self {
        self.with(|request| request.header(name, value.as_ref()))
    }

    /// Adds headers, in place of those of the same name.
    #[must_use]
    pub fn headers(self, headers: HeaderMap) -> Self {
        self.with(|request| request.headers(headers))
    }

    /// Gives it a body.
    #[must_use]
    pub fn body(self, body: impl Into<reqwest::Body>) -> Self {
        self.with(|request| request.body(body))
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
    if let Some(why) = not_allowed(error) {
        ChannelError::misconfigured(format!("not called: {why}"))
    } else if error.is_connect() {
        ChannelError::unavailable("cannot connect")
    } else if error.is_builder() {
        ChannelError::misconfigured("the request cannot be built from these settings")
    } else {
        ChannelError::timed_out("no whole answer in time")
    }
}

/// Our own refusal while the name was looked up, below the layers of the HTTP client.
fn not_allowed(error: &reqwest::Error) -> Option<&NotAllowed> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(why) = error.downcast_ref() {
            return Some(why);
        }
        cause = error.source();
    }
    None
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
