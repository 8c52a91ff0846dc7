//! Signed requests to AWS services of which we need one or two verbs: that does not earn a whole SDK each.

use crate::aws::AwsAccess;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use channels::channel::Clock;
use channels::error::ChannelError;
use channels::http::{Answer, Http};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long one request may take.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// A way to AWS that signs every request (Signature Version 4).
#[derive(Clone)]
pub struct SignedHttp {
    http: Http,
    region: String,
    credentials: Credentials,
    endpoint_url: Option<String>,
    clock: Clock,
}

/// A request before it is signed.
pub struct Request<'a> {
    /// The service's short name, as signatures spell it.
    pub service: &'static str,
    /// The method.
    pub method: &'static str,
    /// The whole address.
    pub url: String,
    /// Headers beside those of the signature.
    pub headers: &'a [(&'static str, &'a str)],
    /// The body.
    pub body: Vec<u8>,
}

impl SignedHttp {
    /// As whom and where the environment says.
    pub fn new(aws: &AwsAccess) -> Result<Self, ChannelError> {
        Ok(Self {
            http: shared()?,
            region: aws.region.clone(),
            credentials: aws.credentials.clone(),
            endpoint_url: aws.endpoint_url.clone(),
            clock: crate::clock::system(),
        })
    }

    /// The same, with that long for each request: for calls that no buyer waits for.
    pub fn patient(self, limit: Duration) -> Result<Self, ChannelError> {
        Ok(Self { http: Http::new(limit)?, ..self })
    }

    /// An emulator's address in place of AWS's own, without a slash at its end.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint_url.as_deref().map(|url| url.trim_end_matches('/'))
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Signs and sends; the answer may have any status.
    pub async fn send(&self, request: Request<'_>) -> Result<Answer, String> {
        let Request { service, method, url, headers, body } = request;
        let mut builder = http::Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let mut signed = builder.body(body).map_err(|e| e.to_string())?;
        self.sign(service, &mut signed)?;
        let (parts, body) = signed.into_parts();
        let call = self.http.request(parts.method, &url).headers(parts.headers).body(body);
        self.http.send(call).await.map_err(|e| e.to_string())
    }

    /// An address of S3 that anybody may read for so long, and nothing else: the signature stands in its query. Where the
    /// credentials end sooner, as those of a function do, the address ends with them. It is as secret as what it leads to.
    pub(crate) fn readable(&self, url: &str, valid: Duration) -> Result<String, String> {
        let identity = self.credentials.clone().into();
        let mut settings = settings("s3");
        settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
        settings.signature_location = SignatureLocation::QueryParams;
        settings.expires_in = Some(valid);
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(self.time())
            .settings(settings)
            .build()
            .map_err(|e| e.to_string())?
            .into();
        let body = SignableBody::UnsignedPayload;
        let signable =
            SignableRequest::new("GET", url, std::iter::empty(), body).map_err(|e| e.to_string())?;
        let mut request =
            http::Request::builder().method("GET").uri(url).body(()).map_err(|e| e.to_string())?;
        let signed = sign(signable, &params).map_err(|e| e.to_string())?;
        signed.into_parts().0.apply_to_request_http1x(&mut request);
        Ok(request.uri().to_string())
    }

    fn time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from((self.clock)().as_millisecond()).unwrap_or(0))
    }

    fn sign(&self, service: &str, request: &mut http::Request<Vec<u8>>) -> Result<(), String> {
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(self.time())
            .settings(settings(service))
            .build()
            .map_err(|e| e.to_string())?
            .into();
        let (method, uri) = (request.method().as_str().to_owned(), request.uri().to_string());
        let headers: Vec<(String, String)> = request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let body = SignableBody::Bytes(request.body());
        let signable = SignableRequest::new(&method, &uri, headers, body).map_err(|e| e.to_string())?;
        let signed = sign(signable, &params).map_err(|e| e.to_string())?;
        signed.into_parts().0.apply_to_request_http1x(request);
        Ok(())
    }
}

/// One client for all of them: each would read the root certificates anew, some 2 ms of a cold start.
fn shared() -> Result<Http, ChannelError> {
    static SHARED: OnceLock<Http> = OnceLock::new();
    if let Some(http) = SHARED.get() {
        return Ok(http.clone());
    }
    let http = Http::new(TIME_LIMIT)?;
    Ok(SHARED.get_or_init(|| http).clone())
}

/// S3 signs the content's hash in a header of its own and encodes paths once (AWS S3 User Guide, read 2026-11-21).
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the S3 API reference, "Authenticating Requests: Using Query Parameters", as public tests of other
    /// signers repeat it (looked up 2026-11-30).
    #[test]
    fn an_address_to_read_from_is_signed_as_the_reference_shows() {
        let http = SignedHttp {
            http: Http::new(TIME_LIMIT).unwrap(),
            region: "us-east-1".to_owned(),
            credentials: Credentials::new(
                "AKIAIOSFODNN7EXAMPLE",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                None,
                None,
                "the reference",
            ),
            endpoint_url: None,
            clock: std::sync::Arc::new(|| "2013-05-24T00:00:00Z".parse().unwrap()),
        };
        let url = "https://examplebucket.s3.amazonaws.com/test.txt";
        let signed = http.readable(url, Duration::from_secs(86_400)).unwrap();
        assert!(signed.starts_with(&format!("{url}?")), "{signed}");
        for part in [
            "X-Amz-Expires=86400",
            "X-Amz-SignedHeaders=host",
            "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        ] {
            assert!(signed.contains(part), "{part} is missing in {signed}");
        }
        assert!(!signed.contains("wJalr"), "the key itself is in no address");
    }
}
