//! Letters that the emulator's mail service has taken, as their readers would find them.

use crate::Problem;
use crate::call::Calls;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// Where morning reports come from.
pub const SENDER: &str = "bao-cao@cuahang.example";
/// The domain of the sender and of all readers; the service knows it as verified.
const DOMAIN: &str = "cuahang.example";

/// A letter.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Letter {
    /// Who sent it.
    pub source: String,
    /// Who gets it.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// What it says.
    pub body_text: String,
}

#[derive(Deserialize)]
struct Taken {
    messages: BTreeMap<String, Vec<Letter>>,
}

/// Where a shop's owner reads letters.
pub fn owner_of(shop: &str) -> String {
    format!("{shop}@{DOMAIN}")
}

/// What an operator does once in the console of SES.
pub(crate) async fn verify_domain(calls: &Calls) -> Result<(), Problem> {
    let body = json!({"EmailIdentity": DOMAIN}).to_string().into_bytes();
    calls.path("ses", "POST", "/v2/email/identities", body).await.map(|_| ())
}

/// The letters to that address, oldest first.
pub async fn to(calls: &Calls, address: &str) -> Result<Vec<Letter>, Problem> {
    let text = calls.path("ses", "GET", "/_ministack/ses/messages", Vec::new()).await?;
    let taken: Taken = serde_json::from_str(&text)?;
    let letters = taken.messages.into_values().flatten();
    Ok(letters.filter(|letter| letter.to.iter().any(|to| to == address)).collect())
}
