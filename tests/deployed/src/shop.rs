//! A shop of the tests: three twins as its channels, and its file given to the stack as an owner would give it.

use crate::Problem;
use crate::shops_file::{Addresses, BRANCH, PRODUCTS, Product, SECRETS, SHOPEE, Sharing, TILL, WEB, text};
use crate::until::{ensure, until_equal};
use crate::world::World;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use commerce::ids::{ConnectionId, OrderId, ShopId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::Stock;
use lambda_kit::clock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use twins::{
    BranchStock, KiotVietTwin, KiotVietTwinConfig, Push, ShopeeTwin, ShopeeTwinConfig, SignatureForm, Twin,
    TwinClock, TwinLine, TwinListing, WooCommerceTwin, WooCommerceTwinConfig,
};

/// How long news may take to its last effect. Far more than it takes; nothing is measured by it.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long a new shop may take: its minute comes once a minute.
pub const OPENING_PATIENCE: Duration = Duration::from_secs(75);

/// What listings of a shop whose units are covered showed before the stack knew them.
pub const SHOWN_BEFORE: i64 = 5;

/// A shop with its channels.
pub struct Shop {
    /// Its id.
    pub id: ShopId,
    /// Shopee.
    pub shopee: Arc<ShopeeTwin>,
    /// The website.
    pub web: Arc<WooCommerceTwin>,
    /// The till.
    pub till: Arc<KiotVietTwin>,
}

impl Shop {
    /// Starts its channels and adds it to the stack with `hopkenh shop add`.
    pub async fn add(world: &World, id: &str, sharing: Sharing) -> Result<Self, Problem> {
        Self::add_as(world, id, sharing, |text| text).await
    }

    /// The same with its file changed before it is given to the stack.
    pub async fn add_as(
        world: &World,
        id: &str,
        sharing: Sharing,
        change: impl FnOnce(String) -> String,
    ) -> Result<Self, Problem> {
        let hook = |connection: &str| format!("{}/{id}/{connection}", world.names.webhook_base_url);
        let clock: TwinClock = clock::system();
        // What is covered may have been on sale before; else nothing is shown before the stack has said how many.
        let shown = if sharing == Sharing::Cover { SHOWN_BEFORE } else { 0 };
        let mut config = (shopee(id, hook(SHOPEE), &clock), web(id, hook(WEB), &clock));
        for listing in config.0.listings.iter_mut().chain(&mut config.1.listings) {
            listing.stock = shown;
        }
        let shopee = ShopeeTwin::start(config.0).await?;
        let web = WooCommerceTwin::start(config.1).await?;
        let till = KiotVietTwin::start(till(id, hook(TILL), &clock)).await?;
        let at = Addresses {
            shopee: shopee.base_url(),
            web: web.base_url(),
            till: till.base_url(),
            shopee_hook: hook(SHOPEE),
        };
        let an_hour_ago = jiff::Timestamp::from_second(clock().as_second() - 3_600)?;
        let file = world.folder.join(format!("{id}.toml"));
        std::fs::write(&file, change(text(id, &at, an_hour_ago, sharing)))?;
        let environment = SECRETS.map(|(_, _, source)| (source.to_owned(), secret(id, source)));
        let file = file.to_string_lossy();
        world.operator.hopkenh(&["shop", "add", &file, "--channel-hosts", "any"], &environment).await?;
        Ok(Self { id: ShopId::new(id)?, shopee, web, till })
    }

    /// Waits until every listing is on sale.
    pub async fn until_open(&self) -> Result<(), Problem> {
        let open = async || {
            Ok(PRODUCTS.iter().all(|p| self.shopee.shown(p.shopee) > 0 && self.web.shown(p.web) > 0))
        };
        until_equal(&format!("shop {} to be open", self.id), &true, OPENING_PATIENCE, open).await
    }

    /// Waits until Shopee and the website show that many.
    pub async fn until_shown(
        &self,
        product: &Product,
        units: i64,
        patience: Duration,
    ) -> Result<(), Problem> {
        let what = format!("shop {} to show {} on Shopee and the website", self.id, product.sku);
        let shown = async || Ok((self.shopee.shown(product.shopee), self.web.shown(product.web)));
        until_equal(&what, &(units, units), patience, shown).await
    }

    /// Delivers everything that a channel has to tell; each message must be taken.
    pub async fn deliver(&self, world: &World, twin: &dyn Twin) -> Result<(), Problem> {
        for push in twin.take_pushes() {
            self.deliver_one(world, twin, &push).await?;
        }
        Ok(())
    }

    /// Delivers one message, which must be taken.
    pub async fn deliver_one(&self, world: &World, twin: &dyn Twin, push: &Push) -> Result<(), Problem> {
        let status = world.courier.deliver(twin, push).await?;
        ensure(status == 200, || format!("a webhook of {} was answered {status}", twin.channel()))
    }

    /// The balances of a product by store.
    pub async fn balances(
        &self,
        world: &World,
        product: &Product,
    ) -> Result<BTreeMap<String, Stock>, Problem> {
        let found = world.table.stock_of_sku(&self.id, &Sku::new(product.sku)?).await?;
        Ok(found.into_iter().map(|(key, stock)| (key.location.to_string(), stock)).collect())
    }

    /// On hand and committed of a product, over both stores.
    pub async fn totals(&self, world: &World, product: &Product) -> Result<(i64, i64), Problem> {
        let balances = self.balances(world, product).await?;
        Ok(balances.values().fold((0, 0), |sum, stock| (sum.0 + stock.on_hand, sum.1 + stock.committed)))
    }

    /// How many of these orders are in the book.
    pub async fn recorded(
        &self,
        world: &World,
        connection: &str,
        orders: &[String],
    ) -> Result<usize, Problem> {
        let key = |order: &String| -> Result<OrderKey, Problem> {
            Ok(OrderKey {
                shop: self.id.clone(),
                connection: ConnectionId::new(connection)?,
                order: OrderId::new(order.as_str())?,
            })
        };
        let keys: Vec<OrderKey> = orders.iter().map(key).collect::<Result<_, _>>()?;
        Ok(world.table.load_orders(&keys, true).await?.len())
    }
}

/// So many units of a listing.
pub fn line(listing: &str, quantity: u32) -> Vec<TwinLine> {
    vec![TwinLine { listing: listing.to_owned(), quantity }]
}

/// A secret of that shop: a text that must not be seen anywhere else.
pub fn secret(shop: &str, source: &str) -> String {
    let plain = format!("canary-{shop}-{}", source.to_lowercase());
    // KiotViet's is base64, as it is registered there.
    if source == "KIOT_SECRET" { STANDARD.encode(plain) } else { plain }
}

fn listings(id: impl Fn(&Product) -> &'static str) -> Vec<TwinListing> {
    let listing = |product: &Product| TwinListing {
        id: id(product).to_owned(),
        sku: product.sku.to_owned(),
        name: format!("Áo {}", product.sku),
        price_minor: 199_000,
        stock: 0,
    };
    PRODUCTS.iter().map(listing).collect()
}

fn shopee(shop: &str, hook: String, clock: &TwinClock) -> ShopeeTwinConfig {
    ShopeeTwinConfig {
        partner_id: 2001,
        partner_key: secret(shop, "PARTNER_KEY"),
        shop_id: 137_637_267,
        access_token: secret(shop, "ACCESS_TOKEN"),
        callback_url: hook,
        listings: listings(|product| product.shopee),
        latency: Duration::ZERO,
        clock: clock.clone(),
        port: 0,
    }
}

fn web(shop: &str, hook: String, clock: &TwinClock) -> WooCommerceTwinConfig {
    WooCommerceTwinConfig {
        consumer_key: secret(shop, "CONSUMER_KEY"),
        consumer_secret: secret(shop, "CONSUMER_SECRET"),
        webhook_secret: secret(shop, "WOO_SECRET"),
        delivery_url: hook,
        webhook_id: 1,
        listings: listings(|product| product.web),
        latency: Duration::ZERO,
        clock: clock.clone(),
        port: 0,
    }
}

fn till(shop: &str, hook: String, clock: &TwinClock) -> KiotVietTwinConfig {
    let stock = |product: &Product| BranchStock {
        branch: BRANCH.to_owned(),
        listing: product.till.to_owned(),
        on_hand: product.hn,
    };
    KiotVietTwinConfig {
        client_id: secret(shop, "CLIENT_ID"),
        client_secret: secret(shop, "CLIENT_SECRET"),
        retailer: shop.to_owned(),
        webhook_secret: secret(shop, "KIOT_SECRET"),
        webhook_url: hook,
        branches: vec![(BRANCH.to_owned(), "Hà Nội".to_owned())],
        listings: listings(|product| product.till),
        branch_stock: PRODUCTS.iter().map(stock).collect(),
        signature_form: SignatureForm::Hex,
        latency: Duration::ZERO,
        clock: clock.clone(),
        port: 0,
    }
}
