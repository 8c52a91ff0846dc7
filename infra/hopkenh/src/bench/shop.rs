//! The shop that is measured: forty products on a website and on Shopee, all in one store.

use crate::up::Problem;
use channels::secrets::Secrets;
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::shops::Shops;
use lambda_kit::shops_file;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The shop's name.
pub const SHOP: &str = "bench";
/// The website's connection.
pub const WEB: &str = "web";
/// Shopee's connection.
pub const SHOPEE: &str = "shopee-main";
/// The only store.
pub const STORE: &str = "hn";
/// How many products it sells.
pub const PRODUCTS: usize = 40;
/// Where the channels send their news.
pub const HOOKS: &str = "https://hooks.example.vn/webhooks/bench";

/// Each secret: its connection, its name, the environment variable it comes from, and its value.
const SECRETS: [(&str, &str, &str, &str); 5] = [
    (SHOPEE, "partner_key", "BENCH_PARTNER_KEY", "bench-partner-key"),
    (SHOPEE, "access_token", "BENCH_ACCESS_TOKEN", "bench-access-token"),
    (WEB, "consumer_key", "BENCH_CONSUMER_KEY", "ck_bench"),
    (WEB, "consumer_secret", "BENCH_CONSUMER_SECRET", "cs_bench"),
    (WEB, "webhook_secret", "BENCH_WEBHOOK_SECRET", "bench-webhook-secret"),
];

/// The code of the n-th product.
pub fn sku(n: usize) -> String {
    format!("SKU-{:02}", n % PRODUCTS)
}

/// The channel's id of the n-th product.
pub fn listing_id(connection: &str, n: usize) -> String {
    let n = n % PRODUCTS;
    if connection == SHOPEE { format!("{}:0", 7_000 + n) } else { format!("{}:0", 100 + n) }
}

/// The shops file, with the addresses at which the channels answer.
fn file_text(shopee_url: &str, web_url: &str) -> String {
    let mut text = format!(
        "[[shop]]\nid = \"{SHOP}\"\nname = \"Measured\"\n[[shop.location]]\nid = \"{STORE}\"\nname = \"Hà Nội\"\n"
    );
    let account = "{ partner_id = \"2001\", shop_id = \"137637267\", calls_per_minute = \"60000\" }";
    for (id, channel, base_url) in [(SHOPEE, "shopee", shopee_url), (WEB, "woocommerce", web_url)] {
        // Writing to a text in memory cannot fail.
        let _ = write!(
            text,
            "[[shop.connection]]\nid = \"{id}\"\nchannel = \"{channel}\"\nbase_url = \"{base_url}\"\n\
             webhook_url = \"{HOOKS}/{id}\"\nserves_from = [\"{STORE}\"]\naccount = {account}\nsecrets = {{ {} }}\n",
            sources(id)
        );
        for n in 0..PRODUCTS {
            let (listing, sku) = (listing_id(id, n), sku(n));
            let _ = write!(text, "[[shop.connection.listing]]\nid = \"{listing}\"\nsku = \"{sku}\"\n");
        }
    }
    text
}

fn sources(connection: &str) -> String {
    let own = SECRETS.iter().filter(|(owner, ..)| *owner == connection);
    own.map(|(_, name, variable, _)| format!("{name} = \"env:{variable}\"")).collect::<Vec<_>>().join(", ")
}

/// The shop, ready for use.
pub fn shops(shopee_url: &str, web_url: &str) -> Result<Shops, Problem> {
    let file = shops_file::parse(&file_text(shopee_url, web_url))?;
    let shop = ShopId::new(SHOP)?;
    let mut secrets = BTreeMap::new();
    for id in [SHOPEE, WEB] {
        let own = SECRETS.iter().filter(|(owner, ..)| *owner == id);
        let values = own.map(|(_, name, _, value)| ((*name).to_owned(), SecretString::from(*value)));
        secrets.insert((shop.clone(), ConnectionId::new(id)?), Secrets::new(values));
    }
    Ok(Shops::new(file.catalogue, secrets, file.counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_holds_all_listings() {
        let shops = shops("http://127.0.0.1:1", "http://127.0.0.1:2").unwrap();
        let listings = shops.catalogue().shops.values().flat_map(|shop| shop.connections.values());
        assert_eq!(listings.map(|connection| connection.listings.len()).sum::<usize>(), 2 * PRODUCTS);
    }
}
