//! The shop with one product that everybody wants: sold by people in chats, who must ask first, and on Shopee.

use crate::bench::book::Book;
use crate::bench::shop::{HOOKS, SHOP, SHOPEE, STORE, listing_id, sku};
use crate::up::Problem;
use channels::secrets::Secrets;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::clock;
use lambda_kit::shops::Shops;
use lambda_kit::shops_file;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use twins::{SocialTwin, SocialTwinConfig, TwinListing};

/// The connection of the people who sell in chats.
pub const DESK: &str = "desk";
/// How they call the product.
pub const HOT: &str = "hot";
/// Units of it.
pub const STOCK: i64 = 500;
const SECRET: &str = "bench-desk-secret";

/// A book in which so many units of the product were counted, and no other product.
pub async fn open(units: i64, folder: &Path) -> Result<Book, Problem> {
    let book = Book::empty(shops()?, folder).await?;
    book.count(0, units).await?;
    Ok(book)
}

fn shops() -> Result<Shops, Problem> {
    let (sku, marketplace) = (sku(0), listing_id(SHOPEE, 0));
    let file = shops_file::parse(&format!(
        r#"
        [[shop]]
        id = "{SHOP}"
        name = "Measured"
        [[shop.location]]
        id = "{STORE}"
        name = "Hà Nội"
        [[shop.connection]]
        id = "{DESK}"
        channel = "social"
        serves_from = ["{STORE}"]
        secrets = {{ webhook_secret = "env:BENCH_DESK_SECRET" }}
        listing = [{{ id = "{HOT}", sku = "{sku}", publish = false }}]
        [[shop.connection]]
        id = "{SHOPEE}"
        channel = "shopee"
        webhook_url = "{HOOKS}/{SHOPEE}"
        serves_from = ["{STORE}"]
        account = {{ partner_id = "2001", shop_id = "137637267" }}
        secrets = {{ partner_key = "env:BENCH_PARTNER_KEY", access_token = "env:BENCH_ACCESS_TOKEN" }}
        listing = [{{ id = "{marketplace}", sku = "{sku}" }}]
        "#
    ))?;
    let key = (ShopId::new(SHOP)?, ConnectionId::new(DESK)?);
    let values = [("webhook_secret".to_owned(), SecretString::from(SECRET))];
    Ok(Shops::new(file.catalogue, BTreeMap::from([(key, Secrets::new(values))]), file.counts))
}

/// The desk that asks and signs.
pub async fn desk() -> Result<Arc<SocialTwin>, Problem> {
    let listing =
        TwinListing { id: HOT.to_owned(), sku: sku(0), name: sku(0), price_minor: 119_000, stock: STOCK };
    let config = SocialTwinConfig {
        webhook_secret: SECRET.to_owned(),
        meta_app_secret: String::new(),
        meta_verify_token: String::new(),
        zalo_app_id: String::new(),
        zalo_oa_secret: String::new(),
        webhook_url: format!("{HOOKS}/{DESK}"),
        orders_url: format!("https://hooks.example.vn/orders/{SHOP}/{DESK}"),
        listings: vec![listing],
        latency: Duration::ZERO,
        clock: clock::system(),
        port: 0,
    };
    Ok(SocialTwin::start(config).await?)
}
