//! What is promised about orders taken in chats, each claim with the page that says so.

use super::sign::{META_SECRET, META_WORD, ZALO_SECRET};
use crate::facts::{
    Facts, Hosts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::login::LoginKind;
use crate::own_signature::SECRET;
use commerce::effect::Restores;

const META: &str = "https://developers.facebook.com/docs/messenger-platform/webhook-reference";
const ZALO: &str = "https://hainh.me/zalo-api-php-webhook-callback-official-account.html";
const ZALO_TOO: &str = "https://tinhoc88.com/zalo-api---php-xu-ly-su-kien-webhook.html";
const READ_ON: &str = "2026-11-30";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// Orders taken in chats as data.
pub const FACTS: Facts = Facts {
    channel: "social",
    title: "Chat and livestream",
    verbs: &[Verb::ReadWebhook],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 2_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "Zalo for 12 h, then it switches the address off; Meta for up to 36 h; a desk as it likes",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: 1,
    write_class: WriteClass::None,
    write_choices: &[],
    // It shows no number that could come back by itself.
    restores_on_cancel: Restores::No,
    pace: Pace { calls_per_minute: 60, burst: 10 },
    applied_within_ms: 0,
    order_list_lag_ms: 0,
    // Nothing is ever called: the desk, Meta and Zalo call us.
    hosts: Hosts::Fixed(&[]),
    address_settings: &[],
    connection_settings: &[],
    account_settings: &[],
    secrets: &[SECRET],
    optional_secrets: &[META_SECRET, META_WORD, ZALO_SECRET],
    stock_meaning: StockMeaning::None,
    list: None,
    login: LoginKind::Keys,
    carries: &[],
    remark: "people type orders at a desk, which can hold units in one call; chats are no orders; \
             meta_app_secret, meta_verify_token, zalo_oa_secret and zalo_app_id only where those send",
    sources: &[
        source(
            "The desk's seal is HMAC-SHA256 with the shared secret as key.",
            "https://www.rfc-editor.org/rfc/rfc2104",
        ),
        source(
            "Meta signs the raw body with the app's secret: X-Hub-Signature-256, `sha256=` and hex.",
            META,
        ),
        source(
            "Meta asks with GET hub.mode, hub.verify_token, hub.challenge and wants the challenge back.",
            META,
        ),
        source("Messenger tells of messages only: it has no order of its own in Viet Nam.", META),
        source(
            "Zalo signs with plain SHA-256 over app id, body, its timestamp and the account's secret.",
            ZALO,
        ),
        source("Zalo wants 200 within 2 s, tries again for 12 h, then switches the address off.", ZALO_TOO),
    ],
};
