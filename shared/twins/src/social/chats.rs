//! What Meta and Zalo send by themselves: messages of buyers, and the question whether the address is ours.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::SocialTwinConfig;
use crate::Push;
use crate::signing::hmac_hex;

/// CHANNELS §11: `sha256=` and the lower-case hex over the raw body; the old SHA-1 header stands beside it.
pub(crate) fn facebook(config: &SocialTwinConfig, text: &str) -> Push {
    let now = (config.clock)().as_millisecond();
    let message = json!({"mid": "m_1", "text": text});
    let messaging =
        json!([{"sender": {"id": "7"}, "recipient": {"id": "1"}, "timestamp": now, "message": message}]);
    let body = json!({"object": "page", "entry": [{"id": "1", "time": now, "messaging": messaging}]});
    let body = body.to_string().into_bytes();
    let seal = hmac_hex(config.meta_app_secret.as_bytes(), &[&body]);
    push(
        config,
        vec![("X-Hub-Signature", "sha1=0".to_owned()), ("X-Hub-Signature-256", format!("sha256={seal}"))],
        body,
    )
}

/// CHANNELS §12: `mac=` and the hex of plain SHA-256 over app id, body, the body's timestamp and the secret.
pub(crate) fn zalo(config: &SocialTwinConfig, text: &str) -> Push {
    let time = (config.clock)().as_millisecond().to_string();
    let body = json!({
        "app_id": config.zalo_app_id, "sender": {"id": "246845883529197922"}, "recipient": {"id": "388613280878808645"},
        "event_name": "user_send_text", "message": {"text": text, "msg_id": "96d3cdf3af150460909"}, "timestamp": time,
    });
    let body = body.to_string().into_bytes();
    let digest = Sha256::new()
        .chain_update(config.zalo_app_id.as_bytes())
        .chain_update(&body)
        .chain_update(time.as_bytes())
        .chain_update(config.zalo_oa_secret.as_bytes());
    push(config, vec![("X-ZEvent-Signature", format!("mac={}", hex::encode(digest.finalize())))], body)
}

/// CHANNELS §11: the address with the question, and the text that must come back.
pub(crate) fn question(config: &SocialTwinConfig) -> (String, String) {
    let text = "1158201444".to_owned();
    let word = config.meta_verify_token.replace(' ', "%20");
    let query = format!("hub.mode=subscribe&hub.challenge={text}&hub.verify_token={word}");
    (format!("{}?{query}", config.webhook_url), text)
}

fn push(config: &SocialTwinConfig, seals: Vec<(&str, String)>, body: Vec<u8>) -> Push {
    let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
    headers.extend(seals.into_iter().map(|(name, seal)| (name.to_owned(), seal)));
    Push { method: "POST".to_owned(), url: config.webhook_url.clone(), headers, body }
}
