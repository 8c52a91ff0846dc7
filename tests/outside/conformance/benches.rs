//! How to set up each channel's stand-in, with one account on it: one entry per channel.

use channels::channel::Channel;
use channels::registry;
use channels::secrets::Secrets;
use commerce::catalogue::{Connection, Location, Shop, TillLink};
use commerce::ids::{ConnectionId, LocationId, ShopId};
use futures::future::BoxFuture;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use twins::{BranchStock, KiotVietTwin, KiotVietTwinConfig, ShopeeTwin, ShopeeTwinConfig, SignatureForm};
use twins::{Twin, TwinListing, WooCommerceTwin, WooCommerceTwinConfig};

/// What everything costs, in đồng.
pub(super) const PRICE: i64 = 199_000;
const HOOK: &str = "https://hooks.example.vn/webhooks/lan/main";

/// What a token does when it has run out.
pub(super) enum Login {
    /// The house renews it by itself; counts the logins.
    Renewed(Box<dyn Fn(&Bench) -> u64 + Send + Sync>),
    /// It ends, and another part of the house renews it.
    Expires,
    /// There is no token: when keys stop working, somebody has removed them.
    KeysDoNotExpire,
}

/// One channel with its stand-in and one account.
pub(super) struct Bench {
    pub(super) channel: Arc<dyn Channel>,
    pub(super) twin: Arc<dyn Twin>,
    pub(super) shop: Shop,
    pub(super) connection: Connection,
    pub(super) secrets: Secrets,
    /// What the shop sells there: more than one stock write takes.
    pub(super) listings: Vec<String>,
    /// The header that holds the signature.
    pub(super) signature_header: &'static str,
    /// The secret that signs webhooks.
    pub(super) webhook_key: &'static str,
    /// The stand-in's order number as our order number.
    pub(super) our_id: fn(&str) -> String,
    /// A number that the stand-in has never given.
    pub(super) unknown_order: &'static str,
    /// What names a look-up's path, and a stock write's.
    pub(super) read_path: &'static str,
    pub(super) write_path: &'static str,
    /// Words in an answer, and what makes them a status nobody knows.
    pub(super) new_status: (&'static str, &'static str),
    pub(super) login: Login,
    /// Another shop's stand-in on the same channel.
    pub(super) other_shop: fn() -> BoxFuture<'static, Arc<dyn Twin>>,
}

/// The bench of a channel; none when nobody has written one.
pub(super) async fn bench(channel: &str) -> Option<Bench> {
    match channel {
        "shopee" => Some(shopee().await),
        "woocommerce" => Some(woocommerce().await),
        "kiotviet" => Some(kiotviet().await),
        _ => None,
    }
}

pub(super) fn secrets(values: &[(&str, &str)]) -> Secrets {
    Secrets::new(values.iter().map(|(k, v)| ((*k).to_owned(), SecretString::from((*v).to_owned()))))
}

/// The same secrets with some of them replaced or added.
pub(super) fn with_secrets(old: &Secrets, new: &[(&str, &str)]) -> Secrets {
    let mut all: BTreeMap<String, String> =
        old.names().map(|name| (name.to_owned(), old.get(name).unwrap().to_owned())).collect();
    all.extend(new.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
    Secrets::new(all.into_iter().map(|(k, v)| (k, SecretString::from(v))))
}

fn connection(channel: &str, base_url: String, account: &[(&str, &str)]) -> Connection {
    Connection {
        id: ConnectionId::new("main").unwrap(),
        channel: channel.to_owned(),
        base_url: Some(base_url),
        webhook_url: Some(HOOK.to_owned()),
        serves_from: vec![LocationId::new("hn").unwrap()],
        account: account.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        listings: BTreeMap::new(),
    }
}

fn shop() -> Shop {
    let till = TillLink { connection: ConnectionId::new("main").unwrap(), branch: "55".to_owned() };
    Shop {
        id: ShopId::new("lan").unwrap(),
        name: "Lan".to_owned(),
        keep_orders_days: 60,
        locations: vec![Location {
            id: LocationId::new("hn").unwrap(),
            name: "Hà Nội".to_owned(),
            till: Some(till),
        }],
        connections: BTreeMap::new(),
    }
}

fn on_sale(ids: &[String]) -> Vec<TwinListing> {
    let listing = |id: &String| TwinListing {
        id: id.clone(),
        sku: format!("SKU-{id}"),
        name: "Áo".to_owned(),
        price_minor: PRICE,
        stock: 500,
    };
    ids.iter().map(listing).collect()
}

fn found(name: &str) -> Arc<dyn Channel> {
    registry::find(name).unwrap()
}

const LATENCY: Duration = Duration::ZERO;

fn shopee_listings() -> Vec<String> {
    (1..=60).map(|model| format!("1000:{}", 2000 + model)).collect()
}

async fn shopee_twin(partner_key: &str, shop_id: u64) -> Arc<ShopeeTwin> {
    let config = ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: partner_key.to_owned(),
        shop_id,
        access_token: "token".to_owned(),
        callback_url: HOOK.to_owned(),
        listings: on_sale(&shopee_listings()),
        latency: LATENCY,
        clock: lambda_kit::clock::system(),
        port: 0,
    };
    ShopeeTwin::start(config).await.unwrap()
}

async fn shopee() -> Bench {
    let twin = shopee_twin("partner-key", 100).await;
    Bench {
        channel: found("shopee"),
        shop: shop(),
        connection: connection("shopee", twin.base_url(), &[("partner_id", "2001"), ("shop_id", "100")]),
        secrets: secrets(&[("partner_key", "partner-key"), ("access_token", "token")]),
        listings: shopee_listings(),
        signature_header: "Authorization",
        webhook_key: "partner_key",
        our_id: str::to_owned,
        unknown_order: "2503119YA2XB8B",
        read_path: "get_order_detail",
        write_path: "update_stock",
        new_status: ("\"READY_TO_SHIP\"", "\"ON_THE_MOON\""),
        login: Login::Expires,
        // The app's key is the same for all its shops.
        other_shop: || Box::pin(async { shopee_twin("partner-key", 101).await as Arc<dyn Twin> }),
        twin,
    }
}

fn web_listings() -> Vec<String> {
    (10..120).map(|product| format!("{product}:0")).collect()
}

async fn web_twin(webhook_secret: &str) -> Arc<WooCommerceTwin> {
    let config = WooCommerceTwinConfig {
        consumer_key: "ck_1".to_owned(),
        consumer_secret: "cs_1".to_owned(),
        webhook_secret: webhook_secret.to_owned(),
        delivery_url: HOOK.to_owned(),
        webhook_id: 1,
        listings: on_sale(&web_listings()),
        latency: LATENCY,
        clock: lambda_kit::clock::system(),
        port: 0,
    };
    WooCommerceTwin::start(config).await.unwrap()
}

async fn woocommerce() -> Bench {
    // As WordPress stores it: what signs is `mật & khẩu`.
    let secret = "m\u{1ead}t &amp; kh\u{1ea9}u";
    let twin = web_twin(secret).await;
    Bench {
        channel: found("woocommerce"),
        shop: shop(),
        connection: connection("woocommerce", twin.base_url(), &[]),
        secrets: secrets(&[
            ("consumer_key", "ck_1"),
            ("consumer_secret", "cs_1"),
            ("webhook_secret", secret),
        ]),
        listings: web_listings(),
        signature_header: "X-WC-Webhook-Signature",
        webhook_key: "webhook_secret",
        our_id: str::to_owned,
        unknown_order: "999999",
        read_path: "/orders/",
        write_path: "/batch",
        new_status: ("\"status\":\"processing\"", "\"status\":\"on-the-moon\""),
        login: Login::KeysDoNotExpire,
        other_shop: || Box::pin(async { web_twin("another secret").await as Arc<dyn Twin> }),
        twin,
    }
}

fn till_listings() -> Vec<String> {
    (1001..1006).map(|product| product.to_string()).collect()
}

async fn till_twin(webhook_secret: &str) -> Arc<KiotVietTwin> {
    let stock = |id: &String| BranchStock { branch: "55".to_owned(), listing: id.clone(), on_hand: 500 };
    let config = KiotVietTwinConfig {
        client_id: "client".to_owned(),
        client_secret: "client-secret".to_owned(),
        retailer: "lan".to_owned(),
        webhook_secret: webhook_secret.to_owned(),
        webhook_url: HOOK.to_owned(),
        branches: vec![("55".to_owned(), "Hà Nội".to_owned())],
        listings: on_sale(&till_listings()),
        branch_stock: till_listings().iter().map(stock).collect(),
        signature_form: SignatureForm::PrefixedHexDecodedKey,
        latency: LATENCY,
        clock: lambda_kit::clock::system(),
        port: 0,
    };
    KiotVietTwin::start(config).await.unwrap()
}

async fn kiotviet() -> Bench {
    let twin = till_twin("a2lvdHZpZXQtdGVzdA==").await;
    let counted = twin.clone();
    Bench {
        channel: found("kiotviet"),
        shop: shop(),
        connection: connection("kiotviet", twin.base_url(), &[("retailer", "lan")]),
        secrets: secrets(&[
            ("client_id", "client"),
            ("client_secret", "client-secret"),
            ("webhook_secret", "a2lvdHZpZXQtdGVzdA=="),
        ]),
        listings: till_listings(),
        signature_header: "X-Hub-Signature",
        webhook_key: "webhook_secret",
        our_id: |id| format!("invoice:{id}"),
        unknown_order: "999999",
        read_path: "/invoices/",
        write_path: "/products/",
        new_status: ("\"statusValue\":\"Hoàn thành\"", "\"statusValue\":\"Trên cung trăng\""),
        login: Login::Renewed(Box::new(move |_| counted.logins())),
        other_shop: || Box::pin(async { till_twin("YW5vdGhlci1zaG9w").await as Arc<dyn Twin> }),
        twin,
    }
}
