//! The seal of senders that have none of their own, from the page that describes it.
//!
//! `shared/channels/src/till/README.md`, "Send documents": `X-Hopkenh-Signature: t=<seconds>,v1=<hex>` over the time as
//! written, a full stop and the body.

use jiff::Timestamp;

use crate::Push;
use crate::signing::hmac_hex;

/// A signed message, sealed at this time.
pub fn sealed(secret: &str, at: Timestamp, url: &str, body: Vec<u8>) -> Push {
    let time = at.as_second().to_string();
    let seal = hmac_hex(secret.as_bytes(), &[time.as_bytes(), b".", &body]);
    Push {
        method: "POST".to_owned(),
        url: url.to_owned(),
        headers: vec![
            ("Content-Type".to_owned(), "application/json".to_owned()),
            ("X-Hopkenh-Signature".to_owned(), format!("t={time},v1={seal}")),
        ],
        body,
    }
}
