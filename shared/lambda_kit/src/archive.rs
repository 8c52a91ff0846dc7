//! Object storage: the ledger and unreadable bodies, in a folder on one machine or in an S3 bucket.

use crate::aws::AwsAccess;
use crate::settings::ARCHIVE_BUCKET;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use channels::channel::Clock;
use channels::http::Http;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// An object could not be stored; storing it again under the same name is safe.
#[derive(Debug, Clone, thiserror::Error)]
#[error("archive object {name}: {detail}")]
pub struct ArchiveError {
    /// Which object.
    pub name: String,
    /// What went wrong.
    pub detail: String,
}

/// Where objects lie.
#[derive(Clone)]
pub enum Archive {
    /// A folder.
    Folder(PathBuf),
    /// A bucket.
    S3(S3Bucket),
}

/// Why the archive could not be opened at start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is missing.
    #[error(transparent)]
    Setting(#[from] crate::settings::MissingSetting),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Http(#[from] channels::error::ChannelError),
}

impl Archive {
    /// The bucket that the environment names.
    pub fn bucket_from_environment(aws: &AwsAccess) -> Result<Self, OpenError> {
        Ok(Archive::S3(S3Bucket {
            bucket: ARCHIVE_BUCKET.required()?,
            region: aws.region.clone(),
            credentials: aws.credentials.clone(),
            endpoint_url: aws.endpoint_url.clone(),
            http: Http::new(Duration::from_secs(5))?,
            clock: crate::clock::system(),
        }))
    }

    /// Stores an object. The same name with the same content may be stored again.
    pub async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), ArchiveError> {
        match self {
            Archive::Folder(root) => {
                put_file(root, name, &content).map_err(|e| failed(name, e.kind().to_string()))
            }
            Archive::S3(bucket) => bucket.put(name, content).await,
        }
    }
}

fn failed(name: &str, detail: impl Into<String>) -> ArchiveError {
    ArchiveError { name: name.to_owned(), detail: detail.into() }
}

/// Writes beside the final place and renames, so that a crash leaves no half object.
fn put_file(root: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let path = root.join(name);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let half = path.with_extension("half");
    std::fs::write(&half, content)?;
    std::fs::rename(half, path)
}

/// A bucket reached by signed PUT requests: one verb does not earn a whole SDK.
#[derive(Clone)]
pub struct S3Bucket {
    /// Its name.
    pub bucket: String,
    /// Its region.
    pub region: String,
    /// Who we are.
    pub credentials: Credentials,
    /// Another address than AWS's own, such as an emulator's.
    pub endpoint_url: Option<String>,
    /// The way out.
    pub http: Http,
    /// The time, for the signature.
    pub clock: Clock,
}

impl S3Bucket {
    async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), ArchiveError> {
        let url = match &self.endpoint_url {
            Some(endpoint) => format!("{}/{}/{name}", endpoint.trim_end_matches('/'), self.bucket),
            None => format!("https://{}.s3.{}.amazonaws.com/{name}", self.bucket, self.region),
        };
        let mut request = http::Request::builder().method("PUT").uri(&url).body(content.clone());
        let signed = request.as_mut().map_err(|e| failed(name, e.to_string()))?;
        self.sign(signed, &content).map_err(|e| failed(name, e))?;
        let headers = signed.headers().clone();
        let call = self.http.request(reqwest::Method::PUT, &url).headers(headers).body(content);
        let answer = self.http.send(call).await.map_err(|e| failed(name, e.to_string()))?;
        match answer.status {
            200..=299 => Ok(()),
            status => Err(failed(name, format!("HTTP {status}"))),
        }
    }

    fn sign(&self, request: &mut http::Request<Vec<u8>>, content: &[u8]) -> Result<(), String> {
        let identity = self.credentials.clone().into();
        let now = (self.clock)();
        let time = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.as_millisecond()).unwrap_or(0));
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(time)
            .settings(settings())
            .build()
            .map_err(|e| e.to_string())?
            .into();
        let (method, uri) = (request.method().as_str().to_owned(), request.uri().to_string());
        let signable = SignableRequest::new(&method, &uri, std::iter::empty(), SignableBody::Bytes(content));
        let signed = sign(signable.map_err(|e| e.to_string())?, &params).map_err(|e| e.to_string())?;
        signed.into_parts().0.apply_to_request_http1x(request);
        Ok(())
    }
}

/// S3 signs the content's hash in a header of its own and encodes paths once (AWS S3 User Guide, read 2026-11-21).
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = aws_sigv4::http_request::PayloadChecksumKind::XAmzSha256;
    settings.percent_encoding_mode = aws_sigv4::http_request::PercentEncodingMode::Single;
    settings
}
