//! The courier carries a stand-in's messages to our door and reports back how they were received.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::{Push, Twin};

/// Sends pushes over HTTP.
#[derive(Clone, Debug)]
pub struct Courier {
    client: reqwest::Client,
}

/// Why a push got no answer.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    /// The push has a method or a header that HTTP does not allow.
    #[error("the push cannot be put into an HTTP request: {0}")]
    Malformed(#[from] http::Error),
    /// Nobody answered, or not in time.
    #[error("the push was not answered: {0}")]
    Unanswered(#[from] reqwest::Error),
}

/// A client that speaks to the loopback address: no proxy, no redirects, one TLS provider.
pub fn plain_client() -> Result<reqwest::Client, reqwest::Error> {
    // An error means that a provider is installed already, which is just as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .build()
}

impl Courier {
    /// A courier that uses this client.
    pub fn new(client: reqwest::Client) -> Self {
        Self { client }
    }

    /// Sends one push, waits as long as the channel would, tells the twin how it was received, and returns the
    /// status of the answer.
    pub async fn deliver(&self, twin: &dyn Twin, push: &Push) -> Result<u16, CourierError> {
        let answered = self.send(push, twin.push_patience()).await;
        match &answered {
            Ok((status, body_length)) => twin.push_answered(push, *status, *body_length),
            Err(_) => twin.push_answered(push, 0, 0),
        }
        answered.map(|(status, _)| status)
    }

    async fn send(&self, push: &Push, patience: Duration) -> Result<(u16, usize), CourierError> {
        let method = Method::from_bytes(push.method.as_bytes()).map_err(http::Error::from)?;
        let mut headers = HeaderMap::new();
        for (name, value) in &push.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(http::Error::from)?;
            headers.append(name, HeaderValue::from_str(value).map_err(http::Error::from)?);
        }
        let request = self.client.request(method, &push.url).headers(headers).timeout(patience);
        let answer = request.body(push.body.clone()).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.bytes().await?.len()))
    }
}
