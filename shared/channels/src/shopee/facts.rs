//! What Shopee promises, each claim with the page that says so.

use crate::facts::{
    Facts, Host, Hosts, ListFacts, Pace, Source, StockMeaning, Verb, WebhookAddress, WebhookFacts, WriteClass,
};
use crate::forward::NewsKind;
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most order numbers one `get_order_detail` takes.
pub(super) const ORDERS_MAX: usize = 50;
/// The most variations one `update_stock` takes.
pub(super) const MODELS_MAX: usize = 50;
/// The most orders on one page of `get_order_list`.
pub(super) const LIST_PAGE_MAX: usize = 100;
/// The longest span of time one `get_order_list` covers.
const LIST_WINDOW_S: u32 = 15 * 86_400;
/// How long a refresh token lives; its answer does not say so.
pub(super) const REFRESH_LIVES_S: u32 = 30 * 86_400;

const DETAIL: &str = "https://open.shopee.com/documents/v2/v2.order.get_order_detail?module=94&type=1";
const STOCK: &str = "https://open.shopee.com/documents/v2/v2.product.update_stock?module=89&type=1";
const PUSH: &str = "https://open.shopee.com/push-mechanism/5";
const SCHEMAS: &str = "https://github.com/congminh1254/shopee-sdk";
const READ_ON: &str = "2026-11-21";
const LIST: &str = "https://open.shopee.com/documents/v2/v2.order.get_order_list?module=94&type=1";
const SHIP: &str = "https://open.shopee.com/documents/v2/v2.logistics.ship_order?module=95&type=1";
const CANCEL: &str = "https://open.shopee.com/documents/v2/v2.order.cancel_order?module=94&type=1";
const LOST: &str = "https://open.shopee.com/documents/v2/v2.push.get_lost_push_message?module=105&type=1";
const CONFIG: &str = "https://open.shopee.com/documents/v2/v2.push.set_app_push_config?module=105&type=1";
const TOKEN: &str = "https://open.shopee.com/documents/v2/v2.public.get_access_token?module=104&type=1";
const MODELS: &str = "https://open.shopee.com/documents/v2/v2.product.get_model_list?module=89&type=1";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

const fn read_later(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: "2026-11-30" }
}

/// A copy of the developer guide's page "API calls", of 2025-11-21.
const API_CALLS: &str = "https://github.com/thiiz/shopee-js";

const fn host(name: &'static str, claim: &'static str) -> Host {
    Host { name, source: Source { claim, link: API_CALLS, read_on: "2026-11-22" } }
}

/// Where Shopee answers. The older sandbox host is no longer on the page, and so not here.
pub(super) const HOSTS: &[Host] = &[
    host("partner.shopeemobile.com", "Production, for services near Singapore."),
    host("openplatform.shopee.cn", "Production, for services near mainland China."),
    host("openplatform.shopee.com.br", "Production, for services near the United States."),
    host("openplatform.sandbox.test-stable.shopee.sg", "The sandbox, for all developers."),
    host("openplatform.sandbox.test-stable.shopee.cn", "The sandbox, for developers in mainland China."),
    host("open.shopee.com", "The page on which sellers grant their shop; our own calls do not go there."),
    host("open.sandbox.test-stable.shopee.com", "The same page of the sandbox."),
];

/// Shopee as data.
pub const FACTS: Facts = Facts {
    channel: "shopee",
    title: "Shopee",
    verbs: &[
        Verb::ReadWebhook,
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
        address: WebhookAddress::OfTheApp,
        answer_within_ms: 3_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "after 5 min, 30 min and 3 h, then kept 3 days in the lost-push store",
    },
    orders_per_look_up_max: ORDERS_MAX,
    listings_per_write_max: MODELS_MAX,
    write_class: WriteClass::BlindAbsolute,
    write_choices: &[],
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 600, burst: 50 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 10_000,
    hosts: Hosts::Fixed(HOSTS),
    address_settings: &["auth_url"],
    connection_settings: &["webhook_url"],
    account_settings: &["partner_id"],
    secrets: &["partner_key"],
    optional_secrets: &[],
    stock_meaning: StockMeaning::Net,
    list: Some(ListFacts {
        has_end: true,
        window_max_s: Some(LIST_WINDOW_S),
        page_rows_max: LIST_PAGE_MAX,
        rows_max: None,
    }),
    login: LoginKind::Granted {
        access_lives_s: Some(4 * 3_600),
        refresh_lives_s: Some(REFRESH_LIVES_S),
        refresh_is_single_use: true,
    },
    carries: &[NewsKind::ReadyToShip, NewsKind::Cancelled],
    remark: "One app has one webhook address and one store of lost pushes for all its shops. Shopee's carrier tells \
             when a parcel has left. An order is cancelled whole. `shop_id` is learned with the login.",
    sources: &[
        source("A push is signed in Authorization: hex HMAC-SHA256(partner_key, url|body).", PUSH),
        source(
            "A push wants 2xx with an empty body in 3 s; it is sent again after 5 min, 30 min, 3 h.",
            PUSH,
        ),
        source("get_order_detail takes at most 50 order numbers.", DETAIL),
        source("Fields such as item_list come only when response_optional_fields names them.", DETAIL),
        source("update_stock is absolute, one item per call, 1 to 50 models.", STOCK),
        source("update_stock answers failure_list inside a successful call.", STOCK),
        source("A call succeeded when `error` is empty; error codes and their messages.", SCHEMAS),
        source("Stock must not be set below the stock reserved for promotions.", STOCK),
        source("Not documented: whether a cancelled order's units are back on sale at once.", STOCK),
        source("Not published: call limits. 600 a minute is our choice.", SCHEMAS),
        source(
            "Not published: how late a call is applied, how far the list lags. 30 s and 10 s are ours.",
            SCHEMAS,
        ),
        read_later("get_order_list covers 15 days at most, 100 orders a page, and pages by a cursor.", LIST),
        read_later("Lost pushes are kept 3 days; the oldest 100 come first, for all shops of the app.", LOST),
        read_later("Lost pushes up to last_message_id are forgotten once they are confirmed.", LOST),
        read_later("A code from the grant page works once and for 10 minutes; answers are flat.", TOKEN),
        read_later("total_reserved_stock is the stock reserved for promotions, per model.", MODELS),
        read_later("ship_order wants what get_shipping_parameter names under info_needed.", SHIP),
        read_later("cancel_order wants a reason; OUT_OF_STOCK wants the items named.", CANCEL),
        read_later("set_app_push_config sets the one address of the app and which pushes it gets.", CONFIG),
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
