//! What Zalo promises, each claim with where it was read.

use crate::facts::{
    Facts, Host, Hosts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::login::LoginKind;
use commerce::effect::Restores;

const NOTICES: &str = "https://developers.zalo.me/docs/zalo-notification-service/gui-tin-zns/gui-zns";
const LOGIN: &str =
    "https://developers.zalo.me/docs/official-account/bat-dau/xac-thuc-va-uy-quyen-cho-ung-dung-new";
const READ_ON: &str = "2026-12-01";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// Zalo as data. Its pages were not at hand: each claim is what public clients that repeat them agree on.
pub const FACTS: Facts = Facts {
    channel: "zalo",
    title: "Zalo",
    verbs: &[Verb::RenewLogin],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 2_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "none of its webhooks are taken",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: 1,
    write_class: WriteClass::None,
    write_choices: &[],
    restores_on_cancel: Restores::No,
    pace: Pace { calls_per_minute: 60, burst: 10 },
    applied_within_ms: 60_000,
    order_list_lag_ms: 0,
    hosts: Hosts::Fixed(&[
        Host {
            name: "business.openapi.zalo.me",
            source: source("Notices are sent at business.openapi.zalo.me.", NOTICES),
        },
        Host {
            name: "oauth.zaloapp.com",
            source: source("Tokens are given at oauth.zaloapp.com/v4/oa/access_token.", LOGIN),
        },
    ]),
    address_settings: &["auth_url"],
    connection_settings: &[],
    account_settings: &["app_id"],
    secrets: &[super::APP_SECRET, super::GIVEN_REFRESH_TOKEN],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Uncertain,
    list: None,
    login: LoginKind::Granted {
        access_lives_s: Some(90_000),
        refresh_lives_s: Some(90 * 86_400),
        refresh_is_single_use: true,
    },
    carries: &[],
    remark: "",
    sources: &[
        source(
            "POST message/template with phone, template_id, template_data, tracking_id; token in the header access_token.",
            NOTICES,
        ),
        source("Phones are written with their country's number and no plus sign: 84…", NOTICES),
        source("HTTP 200 with error 0 is a message that was taken; -124 is a token that is not.", NOTICES),
        source(
            "A refresh token works once; an access token lives some 25 hours, a refresh token three months.",
            LOGIN,
        ),
        source(
            "POST v4/oa/access_token as a form with refresh_token, app_id, grant_type; header secret_key.",
            LOGIN,
        ),
    ],
};
