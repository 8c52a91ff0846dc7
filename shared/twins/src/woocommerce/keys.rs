//! The website's doorkeeper: the two keys in the open, or a signature that only their owner can make.
//!
//! CHANNELS §7.2; `class-wc-rest-authentication.php` of `woocommerce/woocommerce` and RFC 5849, read 2026-11-30. The
//! real one takes the keys themselves over https only; this one stands in for both lines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Core;
use super::api::{Refusal, refuse};
use crate::server::{Bend, Call};
use crate::signing::hmac_base64;

/// A signed request is good for this long, and its nonce works once in that time.
const NONCE_SECONDS: i64 = 15 * 60;
const CODE: &str = "woocommerce_rest_authentication_error";

/// Lets in who has both keys, or can sign with them.
pub(crate) fn check(core: &Core, call: &Call, bend: &Bend) -> Result<(), Refusal> {
    if call.param("oauth_signature").is_some() && *bend != Bend::LoginExpired {
        return check_signature(core, call);
    }
    let (key, secret) = login(call)
        .ok_or_else(|| refuse(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources."))?;
    if key != core.config.consumer_key || *bend == Bend::LoginExpired {
        return Err(refuse(401, CODE, "Consumer key is invalid."));
    }
    if secret != core.config.consumer_secret {
        return Err(refuse(401, CODE, "Consumer secret is invalid."));
    }
    Ok(())
}

/// Basic login, or the two keys in the query.
fn login(call: &Call) -> Option<(String, String)> {
    if let (Some(key), Some(secret)) = (call.param("consumer_key"), call.param("consumer_secret")) {
        return Some((key.to_owned(), secret.to_owned()));
    }
    let (scheme, credentials) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let plain = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    plain.split_once(':').map(|(key, secret)| (key.to_owned(), secret.to_owned()))
}

fn check_signature(core: &Core, call: &Call) -> Result<(), Refusal> {
    let invalid = |why: &str| refuse(401, CODE, &format!("Invalid signature - {why}"));
    let param = |name: &str| call.param(name).unwrap_or_default();
    if param("oauth_consumer_key") != core.config.consumer_key {
        return Err(refuse(401, CODE, "Consumer key is invalid."));
    }
    if param("oauth_signature_method") != "HMAC-SHA256" {
        return Err(invalid("signature method is invalid."));
    }
    let host = call.header("host").unwrap_or_default();
    let address = format!("http://{host}{}", call.path);
    let mut pairs: Vec<String> = call
        .query
        .iter()
        .filter(|(name, _)| name != "oauth_signature")
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect();
    pairs.sort();
    let base = format!("{}&{}&{}", call.method, escape(&address), escape(&pairs.join("&")));
    let key = format!("{}&", escape(&core.config.consumer_secret));
    if hmac_base64(key.as_bytes(), &[base.as_bytes()]) != param("oauth_signature") {
        return Err(invalid("provided signature does not match."));
    }
    check_nonce(core, param("oauth_timestamp"), param("oauth_nonce"))
}

fn check_nonce(core: &Core, time: &str, nonce: &str) -> Result<(), Refusal> {
    let mut shop = core.shop();
    let now = shop.now().as_second();
    let time: i64 = time.parse().unwrap_or_default();
    if (now - time).abs() > NONCE_SECONDS {
        return Err(refuse(401, CODE, "Invalid timestamp."));
    }
    shop.nonces.retain(|(_, at)| now - at <= NONCE_SECONDS);
    if nonce.is_empty() || shop.nonces.iter().any(|(used, _)| used == nonce) {
        return Err(refuse(401, CODE, "Invalid nonce - nonce has already been used."));
    }
    shop.nonces.push((nonce.to_owned(), now));
    Ok(())
}

/// RFC 3986, all but the unreserved letters.
fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let letter = |byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(letter).collect()
}
