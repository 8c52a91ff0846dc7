//! What Haravan promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most rows of a page of orders or products.
pub(super) const PAGE_ROWS_MAX: usize = 50;
/// The most variants whose stock is read at once, and so the most that are set at once: Haravan takes twice as many,
/// but where a shop needs the committed units added, they are read first, in one call.
pub(super) const VARIANTS_MAX: usize = 50;

const ORDERS: &str = "https://docs.haravan.com/docs/omni-apis/orders/";
const ADJUST: &str = "https://docs.haravan.com/docs/omni-apis/inventory-adjustment/";
const BALANCE: &str = "https://docs.haravan.com/docs/omni-apis/inventory-locations/";
const WEBHOOKS: &str = "https://docs.haravan.com/docs/tutorials/webhooks/connect-webhook";
const LOGIN: &str = "https://docs.haravan.com/docs/tutorials/authentication/sign-in-using-the-hybrid-flow/";
const READ_ON: &str = "2026-11-30";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

const fn host(name: &'static str, claim: &'static str, link: &'static str) -> Host {
    Host { name, source: source(claim, link) }
}

/// Haravan as data.
pub const FACTS: Facts = Facts {
    channel: "haravan",
    title: "Haravan",
    verbs: &[
        Verb::ReadWebhook,
        Verb::LookUpOrders,
        Verb::ListOrders,
        Verb::SetStock,
        Verb::ReadStock,
        Verb::ListListings,
        Verb::ForwardOrder,
        Verb::CarryStatus,
        Verb::GrantLogin,
        Verb::RenewLogin,
        Verb::InspectAccount,
        Verb::SubscribeWebhooks,
    ],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 5_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "19 times within 48 hours; after the 19th failure in a row the subscription is deleted",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: VARIANTS_MAX,
    write_class: WriteClass::BlindAbsolute,
    write_choices: &[],
    restores_on_cancel: Restores::Yes,
    pace: Pace { calls_per_minute: 240, burst: 60 },
    applied_within_ms: 60_000,
    order_list_lag_ms: 5_000,
    hosts: Hosts::Fixed(&[
        host("apis.haravan.com", "The API answers at apis.haravan.com/com.", ORDERS),
        host("accounts.haravan.com", "Logins are given at accounts.haravan.com/connect.", LOGIN),
        host("webhook.haravan.com", "Webhooks are subscribed to at webhook.haravan.com/api.", WEBHOOKS),
    ]),
    address_settings: &["auth_url"],
    connection_settings: &[],
    account_settings: &["location_id"],
    secrets: &["app_secret", "verify_token"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Uncertain,
    list: Some(ListFacts { has_end: true, window_max_s: None, page_rows_max: PAGE_ROWS_MAX, rows_max: None }),
    login: LoginKind::Granted { access_lives_s: None, refresh_lives_s: None, refresh_is_single_use: true },
    carries: &[NewsKind::Accepted, NewsKind::Shipped, NewsKind::Cancelled],
    remark: "An app has one callback address, registered with its verify token in Haravan's partner console, so every \
        shop needs an app of its own. The documents leave open whether setting stock means units available or units on \
        hand: put one order on a test product and leave it open, set stock to 10 through hopkenh, and read the product \
        in Haravan. If it shows 10 available, all is well; if it shows 10 on hand, write stock_meaning = \"on_hand\" \
        into the account. A private token is enough: store it as access_token; it does not end and is not renewed.",
    sources: &[
        source(
            "X-Haravan-Hmacsha256 is base64 HMAC-SHA256 of the raw body, key = the app's secret.",
            WEBHOOKS,
        ),
        source(
            "The callback address is checked by GET with hub.verify_token; hub.challenge is echoed.",
            WEBHOOKS,
        ),
        source(
            "POST /api/subscribe with scope wh_api subscribes a shop to the app's registered topics.",
            WEBHOOKS,
        ),
        source(
            "A webhook is answered with 200 in 5 s, or it is tried 19 times within 48 h and deleted.",
            WEBHOOKS,
        ),
        source(
            "Orders are listed by updated_at_min and updated_at_max, at most 50 a page, with status=any.",
            ORDERS,
        ),
        source(
            "Statuses: financial, fulfillment, confirmed, closed and cancelled, each in its own field.",
            ORDERS,
        ),
        source("A cancelled order is restocked: fulfillment_status restocked, refunds with restock.", ORDERS),
        source("adjustorset with type set overrides the quantity of a variant at one location.", ADJUST),
        source("The same page speaks of the available quantity; it supports 100 items a request.", ADJUST),
        source(
            "inventory_locations tells qty_onhand, qty_commited and qty_available, 50 variants at once.",
            BALANCE,
        ),
        source(
            "Parcels are created with POST /com/orders/{id}/fulfillments.json; carriers move their status.",
            "https://docs.haravan.com/docs/omni-apis/fulfillments/",
        ),
        source(
            "The bucket holds 80 calls and leaks 4 a second; then 429 with Retry-After.",
            "https://docs.haravan.com/docs/omni-apis/api-call-limit/",
        ),
        source("Codes and refresh tokens are exchanged at accounts.haravan.com/connect/token.", LOGIN),
        source(
            "Scope grant_service gives a long-lived token; wh_api is needed for webhooks.",
            "https://docs.haravan.com/docs/omni-apis/access-scopes/",
        ),
        source(
            "Not published: how late a call is applied. 60 s is ours, ten times its usual answer.",
            ADJUST,
        ),
        source("Not published: how far the order list lags. 5 s is ours.", ORDERS),
        source(
            "Not published: whether a refresh token works twice. We store its successor before using it.",
            LOGIN,
        ),
    ],
};
