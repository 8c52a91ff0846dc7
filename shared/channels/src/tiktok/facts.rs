//! What TikTok Shop promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most order numbers one look-up takes.
pub(super) const ORDERS_MAX: usize = 50;
/// The most variations of a product, and so of one stock write; one stock reading takes more.
pub(super) const SKUS_MAX: usize = 100;
/// The most rows of a page, of orders and of products.
pub(super) const PAGE_ROWS_MAX: usize = 100;
/// The most units a variation can show.
pub(super) const UNITS_MAX: u32 = 99_999;

const PUSH: &str = "https://partner.tiktokshop.com/docv2/page/tts-webhooks-overview";
const ORDER_PUSH: &str = "https://partner.tiktokshop.com/docv2/page/1-order-status-change";
const ALERT: &str = "https://partner.tiktokshop.com/docv2/page/27-inventory-status-change";
const DETAIL: &str = "https://partner.tiktokshop.com/docv2/page/get-order-detail-202507";
const LIST: &str = "https://partner.tiktokshop.com/docv2/page/get-order-list-202309";
const UPDATE: &str = "https://partner.tiktokshop.com/docv2/page/update-inventory-202309";
const INVENTORY: &str = "https://partner.tiktokshop.com/docv2/page/inventory-search-202309";
const PRODUCTS: &str = "https://partner.tiktokshop.com/docv2/page/search-products-202502";
const SIGN: &str = "https://partner.tiktokshop.com/docv2/page/sign-your-api-request";
const LOGIN: &str = "https://partner.tiktokshop.com/docv2/page/678e3a344ddec3030b238fa0";
const WEBHOOK: &str = "https://partner.tiktokshop.com/docv2/page/update-shop-webhook-202309";
const SHIP: &str = "https://partner.tiktokshop.com/docv2/page/ship-package-202309";
const CANCEL: &str = "https://partner.tiktokshop.com/docv2/page/cancel-order-202309";
const REASONS: &str = "https://partner.tiktokshop.com/docv2/page/cancel-reasons";
const RETRIES: &str = "https://github.com/lazykern/ecommerce-api-docs";

/// Read for the fact sheet.
const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-21" }
}

/// Looked up while the connector was written.
const fn later(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-30" }
}

const HOSTS: &[Host] = &[
    Host {
        name: "open-api.tiktokglobalshop.com",
        source: source("The Open API, for all markets; test shops live there too.", SIGN),
    },
    Host {
        name: "auth.tiktok-shops.com",
        source: source("Gives tokens for a code, and the next ones for a refresh token.", LOGIN),
    },
    Host {
        name: "services.tiktokshop.com",
        source: later("The page on which a seller outside the United States grants an app.", LOGIN),
    },
];

/// TikTok Shop as data.
pub const FACTS: Facts = Facts {
    channel: "tiktok",
    title: "TikTok Shop",
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
        Verb::SubscribeWebhooks,
    ],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 3_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "after 2 min, 30 min, 3 h and 12 h, then lost",
    },
    orders_per_look_up_max: ORDERS_MAX,
    listings_per_write_max: SKUS_MAX,
    write_class: WriteClass::BlindAbsolute,
    write_choices: &[],
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 1_200, burst: 40 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 10_000,
    hosts: Hosts::Fixed(HOSTS),
    address_settings: &["auth_url"],
    connection_settings: &[],
    account_settings: &["app_key"],
    secrets: &["app_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Net,
    list: Some(ListFacts { has_end: true, window_max_s: None, page_rows_max: PAGE_ROWS_MAX, rows_max: None }),
    login: LoginKind::Granted {
        access_lives_s: Some(7 * 86_400),
        refresh_lives_s: None,
        // Not documented. A renewal brings a new refresh token, so the old one is not counted on.
        refresh_is_single_use: true,
    },
    carries: &[NewsKind::ReadyToShip, NewsKind::Shipped, NewsKind::Cancelled],
    remark: "Account settings: `service_id` for the grant page, `warehouse_id` where the shop has several \
             warehouses; `shop_id` and `shop_cipher` come with the login. Units of a running campaign lie inside the \
             number shown, so zero may be refused while it runs. Its orders never say \"returned\".",
    sources: SOURCES,
};

const SOURCES: &[Source] = &[
    source("A push is signed in Authorization: hex HMAC-SHA256(app_secret, app_key + body).", PUSH),
    source("Pushes cannot be relied on alone: orders must be pulled as well.", PUSH),
    source("A push wants 200 in 3 s; it is sent again after 2 min, 30 min, 3 h and 12 h.", RETRIES),
    source("An order push names the order and its status, and nothing it holds.", ORDER_PUSH),
    source("The inventory push is an alert of low stock, not a level.", ALERT),
    source("A call is signed over its path, its sorted query values and its raw body.", SIGN),
    later("A timestamp may be 5 minutes old and may lead the server by 30 seconds.", SIGN),
    source("One look-up takes at most 50 orders; a line item is one unit.", DETAIL),
    later("A bundle tells the products it is made of in combined_listing_skus.", DETAIL),
    later("rts_time is when the seller arranged shipment, collection_time when the carrier took it.", DETAIL),
    source("The order list has pages of 1 to 100 rows and tokens that lead to the next.", LIST),
    source("The inventory update is absolute, per warehouse, and tells errors inside code 0.", UPDATE),
    later("A product has at most 100 variations; a wrong warehouse or too few are refused.", UPDATE),
    source(
        "The available quantity leaves out what is ordered and holds campaign and creator units.",
        INVENTORY,
    ),
    later(
        "The product search gives variations with their stock per warehouse, not their barcodes.",
        PRODUCTS,
    ),
    source("access_token_expire_in and refresh_token_expire_in are times, not durations.", LOGIN),
    later("The grant page wants service_id and state; the code is good for 30 minutes and once.", LOGIN),
    later("One call subscribes one event type of a shop to one address.", WEBHOOK),
    later("A package is shipped by its number; the seller's own carrier needs a tracking number.", SHIP),
    later("An order is cancelled with a reason that fits its status; in part only in the US and UK.", CANCEL),
    later("An order that waits for shipment may be cancelled as seller_cancel_reason_out_of_stock.", REASONS),
    source(
        "Not fixed: whether a cancelled unit is back on sale; should_replenish_stock tells afterwards.",
        CANCEL,
    ),
    source("Not published: call limits. Shops see about 50 a second; 20 a second is our choice.", RETRIES),
    source(
        "Not published: how late a call is applied, how far the list lags. 30 s and 10 s are ours.",
        RETRIES,
    ),
];

#[cfg(test)]
mod tests {
    use super::super::wire::{AUTH_URL, BASE_URL, GRANT_URL};
    use super::FACTS;
    use crate::outside::Outside;

    #[test]
    fn the_usual_addresses_are_allowed() {
        for address in [BASE_URL, AUTH_URL, GRANT_URL] {
            assert!(Outside::Public.permit(FACTS.hosts, address).is_ok(), "{address}");
        }
    }
}
