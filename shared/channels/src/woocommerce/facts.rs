//! What WooCommerce promises, each claim with the page that says so.

use crate::facts::{
    Facts, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most products one batch sets.
pub(super) const BATCH_MAX: usize = 100;
/// The most rows on one page of any list.
pub(super) const PAGE_MAX: usize = 100;

const REST: &str = "https://woocommerce.github.io/woocommerce-rest-api-docs/";
const SOURCE: &str = "https://github.com/woocommerce/woocommerce";
const SEARCH: &str = "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/src/Internal/DataStores/Orders/OrdersTableSearchQuery.php";
const OAUTH: &str = "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-rest-authentication.php";
const READ_ON: &str = "2026-11-21";

const fn read_later(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-30" }
}

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// WooCommerce as data.
pub const FACTS: Facts = Facts {
    channel: "woocommerce",
    title: "WooCommerce",
    verbs: &[
        Verb::ReadWebhook,
        Verb::LookUpOrders,
        Verb::ListOrders,
        Verb::SetStock,
        Verb::ReadStock,
        Verb::ListListings,
        Verb::ForwardOrder,
        Verb::CarryStatus,
        Verb::InspectAccount,
        Verb::SubscribeWebhooks,
    ],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 60_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "none; switched off after the 7th failure in a row",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: BATCH_MAX,
    write_class: WriteClass::BlindAbsolute,
    write_choices: &[],
    restores_on_cancel: Restores::Yes,
    pace: Pace { calls_per_minute: 240, burst: 40 },
    applied_within_ms: 60_000,
    order_list_lag_ms: 2_000,
    hosts: Hosts::ShopsOwn,
    address_settings: &[],
    connection_settings: &["base_url"],
    account_settings: &[],
    secrets: &["consumer_key", "consumer_secret", "webhook_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Net,
    list: Some(ListFacts { has_end: true, window_max_s: None, page_rows_max: PAGE_MAX, rows_max: None }),
    login: LoginKind::Keys,
    carries: &[NewsKind::Accepted, NewsKind::Shipped, NewsKind::Cancelled],
    remark: "Plain http is signed with OAuth 1.0a; `oauth1` = \"true\" asks for it on any line. A website takes any \
             change of status, so an order is read before news of it is told.",
    sources: &[
        source(
            "X-WC-Webhook-Signature is base64 HMAC-SHA256 of the body, key = entity-decoded secret.",
            SOURCE,
        ),
        source("A webhook is tried once; 200 to 302 within 60 s succeeds; 7 failures switch it off.", SOURCE),
        source("The first save sends an unsigned form `webhook_id=N` that must get 200.", SOURCE),
        source(
            "X-WC-Webhook-Delivery-ID is the same for two orders of one second: it is no dedupe key.",
            SOURCE,
        ),
        source("GET /orders/{id}; PUT and POST /products/batch set stock_quantity whole.", REST),
        source("A batch takes at most 100 items and answers each by itself inside a 200.", REST),
        source(
            "Cancelling puts an order's units back on sale; failing, refunding by hand and trash do not.",
            SOURCE,
        ),
        source("Times named *_gmt are universal and carry no zone.", REST),
        source("There is no call limit of its own; hosts answer 429. 240 a minute is our choice.", REST),
        source(
            "Not published: how late a call is applied. 60 s is ours, PHP's usual limit twice over.",
            SOURCE,
        ),
        source("modified_after leaves its own second out; pages drift while orders change.", SOURCE),
        read_later("A search of orders finds the names of their items, fees included.", SEARCH),
        read_later(
            "Plain http wants OAuth 1.0a, one-legged, HMAC-SHA256 in base64; a nonce works once.",
            OAUTH,
        ),
        read_later("A webhook is `disabled` after its failures and set `active` again by PUT.", REST),
    ],
};
