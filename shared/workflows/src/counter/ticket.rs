//! Who stands at the counter: a signed ticket, in a link first and in a cookie then, and the proof that a form is that person's own.
//!
//! All three are signed with the shop's own counter key, each for its own purpose, so that none can pass for another. Nothing
//! of them lies in the table: a new key ends them all.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use commerce::Timestamp;
use commerce::goods::{Reference, Writer};
use commerce::ids::{LocationId, ShopId};
use hmac::{Hmac, KeyInit, Mac};
use reports::counter::Guard;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The longest ticket, in bytes; longer texts are not looked at.
const TICKET_BYTES_MAX: usize = 1_200;

/// The secret of a shop that signs its counter's links, sessions and forms; it prints nothing.
#[derive(Debug, Clone)]
pub struct CounterKey(SecretString);

/// A key must be at least this long, in bytes.
const KEY_BYTES_MIN: usize = 32;

impl CounterKey {
    /// Takes a stored key; none for one that is too short to prove anything.
    pub fn new(text: SecretString) -> Option<Self> {
        (text.expose_secret().len() >= KEY_BYTES_MIN).then_some(Self(text))
    }

    /// Makes a new one from the operating system's randomness.
    pub fn drawn() -> SecretString {
        SecretString::from(format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()))
    }

    fn sign(&self, purpose: &str, text: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose_secret().as_bytes()).ok()?;
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(text.as_bytes());
        Some(hex::encode(mac.finalize().into_bytes()))
    }

    fn has_signed(&self, purpose: &str, text: &str, signature: &str) -> bool {
        let right = self.sign(purpose, text);
        right.is_some_and(|right| right.as_bytes().ct_eq(signature.as_bytes()).into())
    }
}

/// What somebody may do at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The day's work.
    Staff,
    /// That, and writing goods off.
    Owner,
}

/// Who may stand at which store's counter until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The shop.
    #[serde(rename = "s")]
    pub shop: ShopId,
    /// The store.
    #[serde(rename = "l")]
    pub location: LocationId,
    /// The person, as the book will name the author.
    #[serde(rename = "b")]
    pub by: Writer,
    /// What the person may do.
    #[serde(rename = "r")]
    pub role: Role,
    /// The end, in milliseconds since 1970.
    #[serde(rename = "u")]
    pub until_ms: i64,
    /// Tells two tickets of one person apart.
    #[serde(rename = "n", default)]
    pub nonce: String,
}

/// What a sealed ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be opened once or more until its end.
    Link,
    /// To be sent along by the browser.
    Session,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Purpose::Link => "hopkenh counter link",
            Purpose::Session => "hopkenh counter session",
        }
    }
}

const FORM: &str = "hopkenh counter form";

/// The text of a link's ticket, signed; none when it cannot be signed.
pub fn sealed_link(ticket: &Ticket, key: &CounterKey) -> Option<String> {
    seal(ticket, Purpose::Link, key)
}

/// A new session of whoever opened that link, which ends when the link does.
pub(super) fn begin_session(link: &Ticket, key: &CounterKey) -> Option<(Ticket, String)> {
    let ticket = Ticket { nonce: format!("{:032x}", rand::random::<u128>()), ..link.clone() };
    let sealed = seal(&ticket, Purpose::Session, key)?;
    Some((ticket, sealed))
}

fn seal(ticket: &Ticket, purpose: Purpose, key: &CounterKey) -> Option<String> {
    let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(ticket).ok()?);
    let signature = key.sign(purpose.name(), &body)?;
    Some(format!("{body}.{signature}"))
}

/// True for a text that may be a ticket, so that nothing is looked up for one that cannot be.
pub(super) fn may_be_one(sealed: &str) -> bool {
    let signature = sealed.split_once('.').map_or("", |(_, signature)| signature);
    sealed.len() <= TICKET_BYTES_MAX && signature.len() == 64
}

/// Reads a ticket back: rightly signed for that purpose and that shop, and not over. The signature is checked before anything
/// is read.
pub(super) fn open(
    sealed: &str,
    purpose: Purpose,
    key: &CounterKey,
    (shop, now): (&ShopId, Timestamp),
) -> Option<Ticket> {
    let (body, signature) = sealed.split_once('.').filter(|_| may_be_one(sealed))?;
    if !key.has_signed(purpose.name(), body, signature) {
        return None;
    }
    let ticket: Ticket = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
    (ticket.shop == *shop && ticket.until_ms > now.as_millisecond()).then_some(ticket)
}

/// A form's reference, drawn for this session: when it was drawn, and a random part.
pub(super) fn guard(key: &CounterKey, session: &str, now: Timestamp) -> Option<Guard> {
    let reference = format!("{:x}-{:016x}", now.as_millisecond(), rand::random::<u64>());
    let token = key.sign(FORM, &format!("{session}\n{reference}"))?;
    Some(Guard { reference: Reference::new(reference).ok()?, token })
}

/// Reads a form's reference back, if it was drawn for this very session.
pub(super) fn read_guard(key: &CounterKey, session: &str, reference: &str, token: &str) -> Option<Guard> {
    let is_ours = key.has_signed(FORM, &format!("{session}\n{reference}"), token);
    let reference = Reference::new(reference).ok().filter(|_| is_ours)?;
    Some(Guard { reference, token: token.to_owned() })
}

/// When a form was drawn, by its reference.
pub(super) fn drawn_at(reference: &Reference) -> Option<Timestamp> {
    let (ms, _) = reference.as_str().split_once('-')?;
    Timestamp::from_millisecond(i64::from_str_radix(ms, 16).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: &str) -> CounterKey {
        CounterKey::new(SecretString::from(letter.repeat(64))).unwrap()
    }

    fn ticket() -> Ticket {
        Ticket {
            shop: ShopId::new("demo").unwrap(),
            location: LocationId::new("hcm").unwrap(),
            by: Writer::new("Lan").unwrap(),
            role: Role::Staff,
            until_ms: 1_000,
            nonce: String::new(),
        }
    }

    #[test]
    fn a_ticket_opens_for_its_own_purpose_shop_key_and_time_only() {
        let (now, demo) = (Timestamp::from_millisecond(999).unwrap(), ShopId::new("demo").unwrap());
        let sealed = sealed_link(&ticket(), &key("a")).unwrap();
        let opens = |text: &str, purpose, key: &CounterKey, shop: &ShopId, now| {
            open(text, purpose, key, (shop, now)).is_some()
        };
        assert!(opens(&sealed, Purpose::Link, &key("a"), &demo, now));
        assert!(!opens(&sealed, Purpose::Session, &key("a"), &demo, now), "a link is no session");
        assert!(!opens(&sealed, Purpose::Link, &key("b"), &demo, now), "another key");
        assert!(!opens(&sealed, Purpose::Link, &key("a"), &ShopId::new("other").unwrap(), now));
        let end = Timestamp::from_millisecond(1_000).unwrap();
        assert!(!opens(&sealed, Purpose::Link, &key("a"), &demo, end), "over");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(!opens(&changed, Purpose::Link, &key("a"), &demo, now), "letter {at}");
        }
    }

    #[test]
    fn a_form_belongs_to_one_session_and_says_when_it_was_drawn() {
        let now = Timestamp::from_millisecond(1_795_301_364_412).unwrap();
        let drawn = guard(&key("a"), "session", now).unwrap();
        let (reference, token) = (drawn.reference.as_str(), drawn.token.as_str());
        assert_eq!(read_guard(&key("a"), "session", reference, token).as_ref(), Some(&drawn));
        assert_eq!(drawn_at(&drawn.reference), Some(now));
        assert!(read_guard(&key("a"), "another", reference, token).is_none());
        assert!(read_guard(&key("b"), "session", reference, token).is_none());
        assert!(read_guard(&key("a"), "session", &format!("{reference}0"), token).is_none());
        assert!(read_guard(&key("a"), "session", reference, "").is_none());
    }

    #[test]
    fn a_key_is_long_and_prints_nothing() {
        assert!(CounterKey::new(SecretString::from("short")).is_none());
        let drawn = CounterKey::drawn();
        assert_ne!(drawn.expose_secret(), CounterKey::drawn().expose_secret());
        let shown = format!("{:?}", CounterKey::new(drawn.clone()).unwrap());
        assert!(!shown.contains(drawn.expose_secret()), "{shown}");
    }
}
