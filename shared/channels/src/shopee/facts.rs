//! What Shopee promises, each claim with the page that says so.

use crate::facts::{Facts, Host, Hosts, Pace, Source, StockMeaning, Verb, WebhookFacts, WriteClass};
use crate::login::LoginKind;
use commerce::effect::Restores;

/// The most order numbers one `get_order_detail` takes.
pub(super) const ORDERS_MAX: usize = 50;
/// The most variations one `update_stock` takes.
pub(super) const MODELS_MAX: usize = 50;

const DETAIL: &str = "https://open.shopee.com/documents/v2/v2.order.get_order_detail?module=94&type=1";
const STOCK: &str = "https://open.shopee.com/documents/v2/v2.product.update_stock?module=89&type=1";
const PUSH: &str = "https://open.shopee.com/push-mechanism/5";
const SCHEMAS: &str = "https://github.com/congminh1254/shopee-sdk";
const READ_ON: &str = "2026-11-21";

const fn source(claim: &'static str, link: &'static str) -> Source {
    Source { claim, link, read_on: READ_ON }
}

/// A copy of the developer guide's page "API calls", of 2025-11-21.
const API_CALLS: &str = "https://github.com/thiiz/shopee-js";

const fn host(name: &'static str, claim: &'static str) -> Host {
    Host { name, source: Source { claim, link: API_CALLS, read_on: "2026-11-22" } }
}

/// Where Shopee answers. The older sandbox host is no longer on the page, and so not here.
const HOSTS: &[Host] = &[
    host("partner.shopeemobile.com", "Production, for services near Singapore."),
    host("openplatform.shopee.cn", "Production, for services near mainland China."),
    host("openplatform.shopee.com.br", "Production, for services near the United States."),
    host("openplatform.sandbox.test-stable.shopee.sg", "The sandbox, for all developers."),
    host("openplatform.sandbox.test-stable.shopee.cn", "The sandbox, for developers in mainland China."),
];

/// Shopee as data.
pub const FACTS: Facts = Facts {
    channel: "shopee",
    title: "Shopee",
    verbs: &[Verb::ReadWebhook, Verb::LookUpOrders, Verb::SetStock, Verb::ReadStock],
    webhook: WebhookFacts {
        answer_within_ms: 3_000,
        refused_status: 401,
        unreadable_status: 200,
        retries: "after 5 min, 30 min and 3 h, then kept 3 days in the lost-push store",
    },
    orders_per_look_up_max: ORDERS_MAX,
    listings_per_write_max: MODELS_MAX,
    write_class: WriteClass::BlindAbsolute,
    restores_on_cancel: Restores::Unknown,
    pace: Pace { calls_per_minute: 600, burst: 50 },
    applied_within_ms: 30_000,
    order_list_lag_ms: 10_000,
    hosts: Hosts::Fixed(HOSTS),
    address_settings: &[],
    connection_settings: &["webhook_url"],
    account_settings: &["partner_id", "shop_id"],
    secrets: &["partner_key"],
    stock_meaning: StockMeaning::Net,
    list: None,
    login: LoginKind::Granted {
        access_lives_s: Some(4 * 3_600),
        refresh_lives_s: Some(30 * 86_400),
        refresh_is_single_use: true,
    },
    carries: &[],
    remark: "",
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
