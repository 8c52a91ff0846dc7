//! What KiotViet promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most rows on one page of any list.
pub(super) const PAGE_MAX: usize = 100;

const DOCS: &str = "https://github.com/anhntservices-1808/kiotviet-public-api-docs";
const WEBHOOKS: &str =
    "https://github.com/anhntservices-1808/kiotviet-public-api-docs/blob/main/docs/webhooks.md";
const PRODUCTS: &str =
    "https://github.com/anhntservices-1808/kiotviet-public-api-docs/blob/main/docs/products.md";
const INVOICES: &str =
    "https://github.com/anhntservices-1808/kiotviet-public-api-docs/blob/main/docs/invoices.md";
const ORDERS: &str =
    "https://github.com/anhntservices-1808/kiotviet-public-api-docs/blob/main/docs/orders.md";
const READ_ON: &str = "2026-11-21";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

const fn made_of_orders(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-12-01" }
}

const fn read_later(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-30" }
}

/// Where KiotViet answers.
const HOSTS: &[Host] = &[
    Host { name: "public.kiotapi.com", source: source("The public API.", DOCS) },
    Host { name: "id.kiotviet.vn", source: source("The login by client credentials.", DOCS) },
];

/// KiotViet as data.
pub const FACTS: Facts = Facts {
    channel: "kiotviet",
    title: "KiotViet",
    verbs: &[
        Verb::ReadWebhook,
        Verb::LookUpOrders,
        Verb::ListOrders,
        Verb::ReadStock,
        Verb::ListListings,
        Verb::ForwardOrder,
        Verb::TellSales,
        Verb::CarryStatus,
        Verb::LogIn,
        Verb::InspectAccount,
        Verb::SubscribeWebhooks,
    ],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 5_000,
        refused_status: 200,
        unreadable_status: 200,
        retries: "after 5xx and time-outs, counted in `Attempt`; a 4xx stops the webhook",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: 1,
    write_class: WriteClass::None,
    write_choices: &[],
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 80, burst: 20 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 10_000,
    hosts: Hosts::Fixed(HOSTS),
    address_settings: &["auth_url"],
    connection_settings: &[],
    account_settings: &["retailer"],
    secrets: &["client_id", "client_secret", "webhook_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::OnHand,
    list: Some(ListFacts { has_end: false, window_max_s: None, page_rows_max: PAGE_MAX, rows_max: None }),
    login: LoginKind::ClientCredentials,
    carries: &[NewsKind::Cancelled],
    remark: "Lists of orders come newest change first. Where the shop has switched orders (đặt hàng) off, the account \
             setting `orders` = \"off\" leaves them out. A forwarded order is an order, which reserves units.",
    sources: &[
        source("X-Hub-Signature is HMAC-SHA256(secret, body); its text form is not documented.", WEBHOOKS),
        source("The secret is registered as base64; which bytes are the key is not documented.", WEBHOOKS),
        source(
            "An answer of 400, 401, 403, 404 or 405 stops the webhook; it must come within 5 s.",
            WEBHOOKS,
        ),
        source("stock.update carries the level of a product at a branch after the change.", WEBHOOKS),
        source("Invoice status: 1 done, 2 cancelled, 3 processing, 5 undeliverable.", INVOICES),
        source("The numbers of an order's status are not listed: its text is read as well.", DOCS),
        source("GET /products/{id} tells on hand and reserved units for each branch.", PRODUCTS),
        source("A login by client credentials lasts 86,400 s; 5,000 reads an hour are allowed.", DOCS),
        read_later("Lists hold at most 100 rows a page and start at currentItem, counted from 0.", ORDERS),
        read_later("POST /orders takes a description; POST /invoices documents none.", ORDERS),
        read_later(
            "DELETE /orders/{id} and DELETE /invoices cancel; nothing is documented for shipping.",
            ORDERS,
        ),
        made_of_orders("GET /invoices takes an orderId; GET /invoices/{id} tells the orderCode.", INVOICES),
        read_later("Webhooks are registered per type, listed and removed; none is changed.", WEBHOOKS),
        source("Not published: how late a change shows in a read. 10 s is our choice.", DOCS),
    ],
};

#[cfg(test)]
mod tests {
    use super::super::wire::{AUTH_URL, BASE_URL};
    use super::FACTS;
    use crate::outside::Outside;

    #[test]
    fn the_usual_addresses_are_allowed() {
        for url in [BASE_URL, AUTH_URL] {
            assert!(Outside::Public.permit(FACTS.hosts, url).is_ok(), "{url}");
        }
    }
}
