//! What Lazada promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most order numbers one `/orders/items/get` takes.
pub(super) const ORDERS_MAX: usize = 50;
/// The most products one `/product/stock/sellable/update` takes.
pub(super) const SKUS_MAX: usize = 50;
/// The most orders on a page of `/orders/get`.
pub(super) const ORDER_ROWS_MAX: usize = 100;
/// The furthest that `/orders/get` counts.
pub(super) const ORDER_OFFSET_MAX: usize = 5_000;
/// The most items on a page of `/products/get`.
pub(super) const ITEM_ROWS_MAX: usize = 50;

const PUSH: &str = "https://open.lazada.com/apps/doc/doc?nodeId=29526&docId=120168";
const SIGN: &str = "https://open.lazada.com/apps/doc/doc?nodeId=10450&docId=108068";
const STOCK_KINDS: &str = "https://open.lazada.com/apps/doc/doc?nodeId=42714&docId=121233";
const ORDERS: &str = "https://open.lazada.com/apps/doc/api?path=%2Forders%2Fget";
const ITEMS: &str = "https://open.lazada.com/apps/doc/api?path=%2Forders%2Fitems%2Fget";
const STOCK: &str = "https://open.lazada.com/apps/doc/api?path=%2Fproduct%2Fstock%2Fsellable%2Fupdate";
const ADJUST: &str = "https://open.lazada.com/apps/doc/api?path=%2Fproduct%2Fstock%2Fsellable%2Fadjust";
const PRODUCTS: &str = "https://open.lazada.com/apps/doc/api?path=%2Fproducts%2Fget";
const PACK: &str = "https://open.lazada.com/apps/doc/api?path=%2Forder%2Ffulfill%2Fpack";
const READY: &str = "https://open.lazada.com/apps/doc/api?path=%2Forder%2Fpackage%2Frts";
const CANCEL: &str = "https://open.lazada.com/apps/doc/api?path=%2Forder%2Freverse%2Fcancel%2Fcreate";
const GRANT: &str = "https://open.lazada.com/apps/doc/doc?nodeId=10533&docId=108260";
const REFRESH: &str = "https://open.lazada.com/apps/doc/api?path=%2Fauth%2Ftoken%2Frefresh";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-21" }
}

/// Read from copies of the pages in github.com/lazykern/ecommerce-api-docs.
const fn read_later(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-30" }
}

const fn host(name: &'static str, claim: &'static str, link: &'static str) -> Host {
    Host { name, source: Source { claim, link, read_on: "2026-11-30" } }
}

/// Where Lazada answers; there is no sandbox, test apps call the real hosts.
pub(super) const HOSTS: &[Host] = &[
    host("api.lazada.vn", "Viet Nam.", STOCK),
    host("api.lazada.sg", "Singapore.", STOCK),
    host("api.lazada.com.my", "Malaysia.", STOCK),
    host("api.lazada.co.th", "Thailand.", STOCK),
    host("api.lazada.com.ph", "The Philippines.", STOCK),
    host("api.lazada.co.id", "Indonesia.", STOCK),
    host("auth.lazada.com", "Logins of all countries.", GRANT),
];

/// Lazada as data.
pub const FACTS: Facts = Facts {
    channel: "lazada",
    title: "Lazada",
    verbs: &[
        Verb::ReadWebhook,
        Verb::LookUpOrders,
        Verb::ListOrders,
        Verb::SetStock,
        Verb::ReadStock,
        Verb::ListListings,
        Verb::CarryStatus,
        Verb::GrantLogin,
        Verb::RenewLogin,
        Verb::InspectAccount,
    ],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 500,
        refused_status: 401,
        unreadable_status: 200,
        retries: "every 30 min, at most 12 times; when more than half fail, pushing stops",
    },
    orders_per_look_up_max: ORDERS_MAX,
    listings_per_write_max: SKUS_MAX,
    write_class: WriteClass::BlindAbsolute,
    write_choices: &[("update", WriteClass::BlindAbsolute), ("adjust", WriteClass::Delta)],
    restores_on_cancel: Restores::Yes,
    pace: Pace { calls_per_minute: 600, burst: 30 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 10_000,
    hosts: Hosts::Fixed(HOSTS),
    address_settings: &["auth_url"],
    connection_settings: &[],
    account_settings: &["app_key"],
    secrets: &["app_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Net,
    list: Some(ListFacts {
        has_end: true,
        window_max_s: None,
        page_rows_max: ORDER_ROWS_MAX,
        rows_max: Some(ORDER_OFFSET_MAX),
    }),
    login: LoginKind::Granted {
        access_lives_s: Some(30 * 86_400),
        refresh_lives_s: Some(180 * 86_400),
        refresh_is_single_use: false,
    },
    carries: &[NewsKind::ReadyToShip, NewsKind::Cancelled],
    remark: "Webhooks need a certificate that names its owner (OV or EV), so asking for orders must be enough. \
             Stock is overwritten unless the account setting stock_write = adjust has differences added (K2): only for \
             accounts where that was seen to be one step that is refused below zero, which no page says. The courier tells what is \
             shipped and delivered, not the shop. A cancel for want of stock or a wrong price makes Lazada show 0. \
             With several warehouses, the account setting warehouse_code says which one is ours.",
    sources: &[
        source("A push is signed in Authorization: small hex HMAC-SHA256(app_secret, app_key + body).", PUSH),
        source("A push wants 200 within 500 ms; it is sent again every 30 min, at most 12 times.", PUSH),
        source(
            "The push address needs an OV or EV certificate; it is registered by hand in the console.",
            PUSH,
        ),
        source(
            "A call is signed over its path and all sorted parameters; the clock may be 7200 s off.",
            SIGN,
        ),
        read_later("Orders are listed by update time, 100 a page; an offset ends at 5000.", ORDERS),
        read_later("Items come as one row per unit; at most 50 orders in one call.", ITEMS),
        source(
            "sellable/update is absolute, at most 50 SKUs, and leaves out withheld and occupied units.",
            STOCK,
        ),
        read_later("sellable/adjust adds to the sellable stock or takes from it, at most 50 SKUs.", ADJUST),
        read_later(
            "Not documented: whether an adjustment is one step, and how one below zero is refused.",
            ADJUST,
        ),
        source("In a campaign the sellable stock may only be raised (4170).", STOCK),
        source("Code 501 is an overview; only `detail` tells which SKU failed and why.", STOCK),
        read_later("A cancelled order's units move back from occupied to sellable.", STOCK_KINDS),
        read_later(
            "Unpaid units are withheld and go back after 30 min; ready-to-ship leaves occupied.",
            STOCK_KINDS,
        ),
        read_later("Products are listed by item, at most 50 a page.", PRODUCTS),
        read_later(
            "Only pending and repacked items can be packed; packing gives their package number.",
            PACK,
        ),
        read_later("Only packed packages can be made ready to ship; each answers for itself.", READY),
        read_later(
            "Only items from pending to ready-to-ship can be cancelled, with a reason of the country.",
            CANCEL,
        ),
        read_later("The grant page sends `state` back with the code, which is good for half an hour.", GRANT),
        read_later("A refresh token is not replaced by a refresh: it ends when it was said to end.", REFRESH),
        source("Not published: call limits of orders. 600 a minute is our choice.", ORDERS),
        source(
            "Not published: how late a call is applied, how far the list lags. 30 s and 10 s are ours.",
            ORDERS,
        ),
    ],
};

#[cfg(test)]
mod tests {
    use super::super::wire::{AUTH_URL, BASE_URL};
    use super::FACTS;
    use crate::outside::Outside;

    #[test]
    fn the_usual_addresses_are_allowed() {
        assert!(Outside::Public.permit(FACTS.hosts, BASE_URL).is_ok());
        assert!(Outside::Public.permit(FACTS.hosts, AUTH_URL).is_ok());
    }
}
