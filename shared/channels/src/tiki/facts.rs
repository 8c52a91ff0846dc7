//! What Tiki promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

use super::list::ROWS_MAX;

const QUEUE: &str = "https://open.tiki.vn/docs/docs/current/api-references/event-queue-api/";
const QUEUE_OVERVIEW: &str = "https://open.tiki.vn/docs/docs/current/guides/event-queues/overview-of-event-queue-system-webhook-alternate/";
const PUBLIC_APP: &str =
    "https://open.tiki.vn/docs/docs/current/guides/event-queues/create-your-queue-and-subscription-events/";
const EVENTS: &str = "https://open.tiki.vn/docs/docs/current/guides/tiki-theory/event-type/";
const STOCK: &str = "https://open.tiki.vn/docs/wp-json/wp/v2/docs/204";
const UPDATE: &str = "https://open.tiki.vn/docs/docs/current/guides/products/update-product-information/";
const PRODUCTS: &str = "https://open.tiki.vn/docs/docs/current/guides/products/manage-product/";
const ORDERS: &str = "https://open.tiki.vn/docs/docs/current/guides/orders/get-list-orders/";
const ORDER: &str = "https://open.tiki.vn/docs/docs/current/guides/tiki-theory-v2/order-v2/";
const STATUS: &str = "https://open.tiki.vn/docs/docs/current/guides/tiki-theory-v2/order-status-v2/";
const MODELS: &str = "https://open.tiki.vn/docs/docs/current/guides/operation-models/";
const DELIVERY: &str = "https://open.tiki.vn/docs/docs/current/guides/orders/update-delivery-status/";
const ERRORS: &str = "https://open.tiki.vn/docs/docs/current/api-references/commons/common-exceptions/";
const GRANT: &str = "https://open.tiki.vn/docs/docs/current/oauth-2-0/auth-flows/authorization-code-flow/";
const REFRESH: &str = "https://open.tiki.vn/docs/docs/current/oauth-2-0/auth-flows/refresh-token/";
const APP_TOKEN: &str = "https://open.tiki.vn/docs/docs/current/oauth-2-0/auth-flows/client-credentials/";
const SELLER: &str = "https://open.tiki.vn/docs/docs/current/api-references/seller-api/";
/// Answers of the live API, kept as comments in somebody's code.
const CAPTURE: &str = "https://github.com/linhng00328/duocphamvietnhat-server/blob/25950c9e287a0fa62ef21986d59299b7164ee8bd/app/Helper/Ecommerce/TikiUtils.php";
const READ_ON: &str = "2026-11-30";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// Where Tiki answers.
const HOSTS: &[Host] =
    &[Host { name: "api.tiki.vn", source: source("The API, the grant page and the login.", GRANT) }];

/// Tiki as data.
pub const FACTS: Facts = Facts {
    channel: "tiki",
    title: "Tiki",
    verbs: &[
        Verb::LookUpOrders,
        Verb::ListOrders,
        Verb::PullEvents,
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
        answer_within_ms: 5_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "no webhooks: events stay in a queue, in order, until a pull gives their ack_id back",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: 1,
    write_class: WriteClass::Gross,
    write_choices: &[],
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 1_200, burst: 50 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 10_000,
    hosts: Hosts::Fixed(HOSTS),
    address_settings: &[],
    connection_settings: &[],
    account_settings: &["client_id", "warehouse_id"],
    secrets: &["client_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Gross,
    list: Some(ListFacts { has_end: false, window_max_s: None, page_rows_max: ROWS_MAX, rows_max: None }),
    login: LoginKind::Granted { access_lives_s: None, refresh_lives_s: None, refresh_is_single_use: true },
    carries: &[NewsKind::Delivered],
    remark: "The number Tiki keeps holds its own open orders; it is set as it is, whatever is on order. Only when a \
             shop leaves, what buyers shall see is set: those units are read first and added. Events wait in a queue; subscribing makes one, or the account setting queue_code names it. Delivered is \
             told only for orders that the seller delivers. An order on hold (holded) waits for a person.",
    sources: &[
        source("There are no webhooks: an event queue stands in for them.", QUEUE_OVERVIEW),
        source("Events come in order and at least once; ack_id takes them off the queue.", QUEUE),
        source("A queue belongs to the app: its own token opens it, never the seller's.", QUEUE),
        source("What a queue is told of is subscribed to with the seller's token.", PUBLIC_APP),
        source("ORDER_CREATED_SUCCESSFULLY and ORDER_STATUS_UPDATED name the order.", EVENTS),
        source("quantity_available = quantity_sellable + quantity_reserved.", STOCK),
        source("updateSku sets qty_available for each warehouse; it is approved automatically.", UPDATE),
        source("updateSku answers {\"state\": \"approved\"}, or errors with another HTTP status.", CAPTURE),
        source("Not found: what updateSkus answers for each product. So each is set alone.", UPDATE),
        source("Products come in pages, with their inventory when it is included.", PRODUCTS),
        source("An order of the list and one asked for have the same shape, lines included.", CAPTURE),
        source("Times come without a zone, in whole seconds; we read them as Việt Nam's.", CAPTURE),
        source("Only orders from `queueing` on have been accepted by Tiki.", ORDERS),
        source("status_histories are all the status changes of an order.", ORDER),
        source("Each order status with what it means.", STATUS),
        source("A confirmed order is fetched by Tiki while its status is `picking`.", MODELS),
        source("Lines that are out of stock are discarded: seller_canceled.", MODELS),
        source("Only for seller delivery does the seller tell that a parcel arrived.", DELIVERY),
        source("Errors and their HTTP status; 200 requests a second for each seller.", ERRORS),
        source("The grant page, its scopes, and the code that comes back.", GRANT),
        source("A refresh token gets a new access token and a new refresh token.", REFRESH),
        source("Not found: how long tokens live, whether an old refresh token still works.", REFRESH),
        source("The app's own token comes by client credentials, with HTTP Basic.", APP_TOKEN),
        source("sellers/me tells the shop's name; sellers/me/warehouses its warehouses.", SELLER),
        source("Not found: whether a cancelled order's units are back on sale at once.", STOCK),
        source(
            "Not found: whether shipping takes the units off quantity_available, or only off reserved.",
            STOCK,
        ),
        source("Not found: how late a write shows, how far the list lags. 30 s and 10 s are ours.", ERRORS),
    ],
};

#[cfg(test)]
mod tests {
    use super::super::wire::BASE_URL;
    use super::FACTS;
    use crate::outside::Outside;

    #[test]
    fn the_usual_address_is_allowed() {
        assert!(Outside::Public.permit(FACTS.hosts, BASE_URL).is_ok());
    }
}
