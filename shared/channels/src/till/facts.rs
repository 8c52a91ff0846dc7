//! What our own till link promises, each claim with the page that says so.

use crate::facts::{
    Facts, Hosts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::login::LoginKind;
use crate::own_signature::SECRET;
use commerce::effect::Restores;

const READ_ON: &str = "2026-11-30";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// The till link as data.
pub const FACTS: Facts = Facts {
    channel: "till",
    title: "Any till",
    verbs: &[Verb::ReadWebhook],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 5_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "by the till: send again after 5xx or no answer; the same document twice counts once",
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
    // Nothing is ever called: the till calls us.
    hosts: Hosts::Fixed(&[]),
    address_settings: &[],
    connection_settings: &[],
    account_settings: &[],
    secrets: &[SECRET],
    optional_secrets: &[],
    stock_meaning: StockMeaning::OnHand,
    list: None,
    login: LoginKind::Keys,
    carries: &[],
    remark: "for tills without an interface: signed JSON or a CSV file; it is believed by its push",
    sources: &[
        source(
            "The seal is HMAC-SHA256 with the shared secret as key.",
            "https://www.rfc-editor.org/rfc/rfc2104",
        ),
        source("The body is JSON in UTF-8.", "https://www.rfc-editor.org/rfc/rfc8259"),
        source(
            "Times are written as RFC 3339 has them; without a zone they are Viet Nam's.",
            "https://www.rfc-editor.org/rfc/rfc3339",
        ),
        source(
            "The file is CSV: quoted cells, doubled quotes, one head line.",
            "https://www.rfc-editor.org/rfc/rfc4180",
        ),
        source(
            "A currency is its ISO 4217 code; đồng has no smaller unit.",
            "https://www.iso.org/iso-4217-currency-codes.html",
        ),
        source(
            "What `openssl dgst -sha256 -hmac` prints is that seal in lower-case hex.",
            "https://docs.openssl.org/master/man1/openssl-dgst/",
        ),
    ],
};
