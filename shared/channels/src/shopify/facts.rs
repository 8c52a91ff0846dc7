//! What Shopify promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most listings one stock call is about. Shopify takes 250 rows, but no query of more than 1,000 points, and
/// a variant with its level at one store costs four.
pub(super) const LISTINGS_MAX: usize = 200;
/// Rows of a page of orders, the most that Shopify gives.
pub(super) const ORDERS_PAGE_ROWS: usize = 250;

const VERIFY: &str = "https://shopify.dev/docs/apps/build/webhooks/verify-deliveries";
const EVENTS: &str = "https://shopify.dev/docs/apps/build/events/verify-deliveries";
const SET: &str = "https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/inventorySetQuantities";
const QUANTITY: &str =
    "https://shopify.dev/docs/api/admin-graphql/latest/input-objects/InventoryQuantityInput";
const STALE: &str =
    "https://shopify.dev/docs/api/admin-graphql/2026-07/enums/InventorySetQuantitiesUserErrorCode";
const IDEMPOTENT: &str = "https://shopify.dev/docs/api/usage/implementing-idempotency";
const LIMITS: &str = "https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits";
const ORDERS: &str = "https://shopify.dev/docs/api/admin-graphql/2026-07/queries/orders";
const CANCEL: &str = "https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/orderCancel";
const OPTIONS: &str =
    "https://shopify.dev/docs/api/admin-graphql/2025-04/input-objects/OrderCreateOptionsInput";
const OFFLINE: &str =
    "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/offline-access-tokens";
const RESILIENT: &str =
    "https://shopify.dev/changelog/more-resilient-refreshes-for-expiring-offline-access-tokens";
const GRANT: &str =
    "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant";
const READ_ON: &str = "2026-11-30";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// Every shop has a name of its own below this one; the public domain of a shop's website takes no API calls.
const HOSTS: &[Host] = &[Host {
    name: "myshopify.com",
    source: source("The API and the logins of a shop are at {shop}.myshopify.com.", GRANT),
}];

/// Shopify as data.
pub const FACTS: Facts = Facts {
    channel: "shopify",
    title: "Shopify",
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
        retries: "8 times over 4 hours, then the subscription is deleted",
    },
    // One order with up to 100 lines and its parcels is nearly all that one query may cost.
    orders_per_look_up_max: 1,
    listings_per_write_max: LISTINGS_MAX,
    write_class: WriteClass::CompareAndSet,
    write_choices: &[],
    // It depends: whoever cancels ticks whether the units go back on sale.
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 240, burst: 20 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 30_000,
    hosts: Hosts::Below(HOSTS),
    address_settings: &["auth_url"],
    connection_settings: &[],
    account_settings: &["shop", "client_id", "location_id"],
    secrets: &["client_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Net,
    list: Some(ListFacts {
        has_end: true,
        window_max_s: None,
        page_rows_max: ORDERS_PAGE_ROWS,
        rows_max: Some(25_000),
    }),
    login: LoginKind::Granted {
        access_lives_s: Some(3_600),
        refresh_lives_s: Some(90 * 86_400),
        // The used one stays good until its successor is used, so a lost answer loses nothing.
        refresh_is_single_use: false,
    },
    carries: &[NewsKind::Shipped, NewsKind::Cancelled],
    remark: "Stock is set only while the number last known is still shown (changeFromQuantity); where nothing is \
        known, or a shop leaves, it is overwritten. Orders older than 60 days need read_all_orders. Settings: cod_gateways (payment methods or tags that mean \
        cash on delivery), api_version (2026-07), refund_on_cancel (true also pays back), expiring_tokens \
        (false asks for a token without an end).",
    sources: &[
        source("X-Shopify-Hmac-SHA256 is base64 HMAC-SHA256 of the raw body with the client secret.", VERIFY),
        source(
            "A new client secret may take an hour to be used, so the old one is accepted as well.",
            VERIFY,
        ),
        source("A webhook wants 2xx in 5 s; 8 tries over 4 h, then the subscription is deleted.", VERIFY),
        source("The Events product signs the same way and writes Shopify-Hmac-Sha256.", EVENTS),
        source("inventorySetQuantities sets available whole, at most 250 rows.", SET),
        source("changeFromQuantity null gives up the comparison; from 2026-04 it must be given.", QUANTITY),
        source(
            "Another number shown refuses the write: CHANGE_FROM_QUANTITY_STALE, before COMPARE_QUANTITY_STALE.",
            STALE,
        ),
        source("From 2026-04 stock mutations need @idempotent with a key; errors of the key.", IDEMPOTENT),
        source("100 points a second on the standard plan; no query above 1,000 points.", LIMITS),
        source(
            "orders takes updated_at filters and sorts by UPDATED_AT; 60 days without more rights.",
            ORDERS,
        ),
        source("orderCancel asks whether to restock; nothing is restocked by itself.", CANCEL),
        source("orderCreate takes nothing from stock unless inventoryBehaviour says so.", OPTIONS),
        source("An expiring token lives 60 minutes and its refresh token 90 days.", OFFLINE),
        source("A used refresh token stays good until its successor is used.", RESILIENT),
        source("The grant comes back with an hmac over the sorted query.", GRANT),
        source("Not published: how late a call is applied or a list lags. 30 s each are ours.", LIMITS),
    ],
};

#[cfg(test)]
mod tests {
    use super::FACTS;
    use crate::outside::Outside;

    #[test]
    fn the_usual_address_is_allowed() {
        assert!(Outside::Public.permit(FACTS.hosts, "https://lan-shop.myshopify.com/admin").is_ok());
    }
}
