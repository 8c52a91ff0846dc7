//! What Sapo promises, each claim with the page that says so, and how little of it is proven.

use crate::facts::{
    Facts, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most rows of a page of orders or products.
pub(super) const PAGE_ROWS_MAX: usize = 250;

const WEBHOOKS: &str = "https://support.sapo.vn/sapo-webhook";
const ORDERS: &str = "https://support.sapo.vn/phuong-thuc-get-cua-order-phan-1";
const NEW_ORDERS: &str = "https://support.sapo.vn/phuong-thuc-post-cua-order-phan-2";
const STATUSES: &str = "https://support.sapo.vn/cac-thuoc-tinh-cua-order-api";
const VARIANTS: &str = "https://support.sapo.vn/product-variant";
const LOGIN: &str = "https://support.sapo.vn/oauth";
const CLIENT: &str = "https://github.com/vinhch/BizwebSharp";
const OMNI: &str = "https://github.com/HaDuong24/Sapo.vn";
const READ_ON: &str = "2026-11-30";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// Sapo as data.
pub const FACTS: Facts = Facts {
    channel: "sapo",
    title: "Sapo",
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
        Verb::InspectAccount,
        Verb::SubscribeWebhooks,
    ],
    webhook: WebhookFacts {
        address: WebhookAddress::PerAccount,
        answer_within_ms: 5_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "not published; the order list is read as well",
    },
    orders_per_look_up_max: 1,
    listings_per_write_max: 1,
    write_class: WriteClass::BlindAbsolute,
    write_choices: &[],
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 40, burst: 20 },
    applied_within_ms: 60_000,
    order_list_lag_ms: 5_000,
    hosts: Hosts::ShopsOwn,
    address_settings: &[],
    connection_settings: &["base_url"],
    account_settings: &[],
    secrets: &["app_secret"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Net,
    list: Some(ListFacts {
        has_end: false,
        window_max_s: None,
        page_rows_max: PAGE_ROWS_MAX,
        rows_max: None,
    }),
    login: LoginKind::Granted { access_lives_s: None, refresh_lives_s: None, refresh_is_single_use: false },
    carries: &[NewsKind::Shipped, NewsKind::Cancelled],
    remark: "Not proven against a real Sapo shop: built from the documents, an old client and reports of others. Try it \
        with one product first, and read its stock back in Sapo after the first write. Sapo has two products: for Sapo \
        Omni (*.mysapogo.com) write product = \"omni\" into the account; its orders, stock and products are read, but \
        stock is not set there, no order is put in and no news is sent. A private app signs in with its two keys: \
        write private_app = \"true\" and its API key as app_id, and store its API secret as app_secret.",
    sources: &[
        source("X-Sapo-Hmac-SHA256 is base64 HMAC-SHA256 of the raw body, key = the app's secret.", WEBHOOKS),
        source("Its old name is X-Bizweb-Hmac-Sha256; the token's is X-Bizweb-Access-Token.", CLIENT),
        source(
            "Topics are orders/create, orders/updated, orders/cancelled and so on; POST /admin/webhooks.json.",
            WEBHOOKS,
        ),
        source(
            "Orders are listed with limit, page and since_id, by status open, closed or cancelled.",
            ORDERS,
        ),
        source("status=any answers 200 with an empty list, as a running shop found; it is not used.", ORDERS),
        source(
            "An order has financial_status, fulfillment_status, cancelled_on, closed_on and modified_on.",
            STATUSES,
        ),
        source(
            "Without inventory_behaviour an order put in takes nothing from stock; source_name is refused.",
            NEW_ORDERS,
        ),
        source("?tag= finds orders by a whole tag, as a running shop found.", ORDERS),
        source("inventory_quantity of a variant is what can be sold: on hand without open orders.", VARIANTS),
        source("A cancelled order's units come back only where the cancel says restock.", CLIENT),
        source("POST /admin/oauth/access_token gives a token that does not end; nothing is renewed.", LOGIN),
        source(
            "A private app signs in with its API key and secret as HTTP Basic.",
            "https://support.sapo.vn/ung-dung-rieng-private-apps",
        ),
        source("Sapo Omni's orders have code, order_line_items and statuses of their own.", OMNI),
        source("Sapo Omni keeps on_hand, available and committed of a variant by location.", OMNI),
        source(
            "40 requests a minute, as a client's description says; Sapo publishes none.",
            "https://www.npmjs.com/package/sapo-client-sdk",
        ),
        source(
            "Not published: how late a call is applied, and how far the list lags. Both are ours.",
            ORDERS,
        ),
    ],
};
