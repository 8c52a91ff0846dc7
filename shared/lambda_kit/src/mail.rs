//! Letters by e-mail: through SES, the mail service of AWS, or through a mail server of the shop's own.
//!
//! SES API v2, `SendEmail`: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html> (read 2026-12-01).

use crate::aws::AwsAccess;
use crate::objects::OpenError;
use crate::settings::MAIL_FROM;
use crate::signed::{Request, SignedHttp};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use channels::error::ChannelError;
use channels::http::Answer;
use commerce::report_reader::is_address;
use serde::Deserialize;
use std::time::Duration;

/// How long one letter may take: no buyer waits for it.
pub(crate) const LETTER_TIME_MAX: Duration = Duration::from_secs(20);
/// What stands in the setting where letters have no sender.
const NOBODY: &str = "nobody";

/// A letter in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Who gets it; each sees the others.
    pub to: Vec<String>,
    /// Its subject, in one line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// A page that comes with it.
    pub page: Option<Page>,
}

/// A page of HTML that comes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file name.
    pub name: String,
    /// The page.
    pub html: Vec<u8>,
}

/// The sender of a whole deployment.
#[derive(Clone)]
pub enum Mail {
    /// None: only shops with a mail server of their own send letters.
    Nobody,
    /// SES.
    Ses(Ses),
}

/// SES with the address that letters come from; SES knows it as verified.
#[derive(Clone)]
pub struct Ses {
    http: SignedHttp,
    from: String,
}

/// An answer that is an error.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default, rename = "__type")]
    kind: String,
}

impl Mail {
    /// As the setting says: an address that SES knows, or `nobody`.
    pub fn from_environment(aws: &AwsAccess) -> Result<Self, OpenError> {
        Ok(Self::new(aws, MAIL_FROM.required()?)?)
    }

    /// The address that SES knows; `nobody` or an empty text for none.
    pub fn new(aws: &AwsAccess, from: String) -> Result<Self, ChannelError> {
        if from.is_empty() || from == NOBODY {
            return Ok(Self::Nobody);
        }
        if !is_address(&from) {
            let what = format!("whom letters come from must be an address or {NOBODY}");
            return Err(ChannelError::misconfigured(what));
        }
        Ok(Self::Ses(Ses { http: SignedHttp::new(aws)?.patient(LETTER_TIME_MAX)?, from }))
    }

    /// Sends a letter. After an error that says nothing of a refusal it may have been sent.
    pub async fn send_letter(&self, letter: &Letter) -> Result<(), ChannelError> {
        match self {
            Self::Nobody => Err(ChannelError::misconfigured(
                "this deployment has no sender of e-mail: name the shop's mail server in report.email, or set MailFrom of the stack",
            )),
            Self::Ses(ses) => read(&ses.call("SendEmail", &ses.body(letter)).await?),
        }
    }
}

impl Ses {
    fn body(&self, letter: &Letter) -> serde_json::Value {
        let text = |text: &str| serde_json::json!({"Data": text, "Charset": "UTF-8"});
        let mut simple = serde_json::json!({
            "Subject": text(&letter.subject),
            "Body": {"Text": text(&letter.text)},
        });
        if let Some(page) = &letter.page {
            let attached = serde_json::json!({
                "FileName": page.name, "ContentType": "text/html; charset=utf-8", "ContentTransferEncoding": "BASE64",
                "RawContent": BASE64_STANDARD.encode(&page.html),
            });
            simple["Attachments"] = serde_json::json!([attached]);
        }
        serde_json::json!({
            "FromEmailAddress": self.from,
            "Destination": {"ToAddresses": letter.to},
            "Content": {"Simple": simple},
        })
    }

    async fn call(&self, action: &str, body: &serde_json::Value) -> Result<Answer, ChannelError> {
        let base = match self.http.endpoint() {
            Some(endpoint) => endpoint.to_owned(),
            None => format!("https://email.{}.amazonaws.com", self.http.region()),
        };
        let url = format!("{base}/v2/email/outbound-emails");
        let headers = [("content-type", "application/json")];
        let body = body.to_string().into_bytes();
        let request = Request { service: "ses", method: "POST", url, headers: &headers, body };
        // The way may have broken after the letter was taken.
        self.http.send(request).await.map_err(|_| ChannelError::timed_out(format!("SES {action}: no answer")))
    }
}

/// What an answer means. SES's own words may name addresses, so only its kind of error is told.
fn read(answer: &Answer) -> Result<(), ChannelError> {
    let header = answer.headers.get("x-amzn-errortype").and_then(|kind| kind.to_str().ok());
    let said: Said = serde_json::from_slice(&answer.body).unwrap_or_default();
    let kind = header.map_or(said.kind, str::to_owned);
    let kind = kind.split(':').next().and_then(|kind| kind.rsplit('#').next()).unwrap_or_default();
    match answer.status {
        200..=299 => Ok(()),
        429 => Err(ChannelError::rate_limited(None, format!("SES: {kind}"))),
        500..=599 => Err(ChannelError::unavailable(format!("SES: HTTP {}", answer.status))),
        status => Err(ChannelError::refused(format!("SES: HTTP {status} {kind}"))),
    }
}
