//! The file of a shop as its owner would write it: two stores, Shopee, a website and a till.

use crate::mail::owner_of;

/// The till's number of the store at Hà Nội.
pub const BRANCH: &str = "55";
/// Shopee's connection.
pub const SHOPEE: &str = "shopee-main";
/// The website's connection.
pub const WEB: &str = "web";
/// The till's connection.
pub const TILL: &str = "till";

/// A product: our code, and its listing on each channel.
#[derive(Debug, Clone, Copy)]
pub struct Product {
    /// Our code.
    pub sku: &'static str,
    /// On Shopee.
    pub shopee: &'static str,
    /// On the website.
    pub web: &'static str,
    /// At the till.
    pub till: &'static str,
    /// Units counted at Hà Nội, where the till counts.
    pub hn: i64,
    /// Units counted at TP.HCM.
    pub hcm: i64,
}

/// What every shop of these tests sells. That all sell the same is on purpose: equal codes must not meet.
pub const PRODUCTS: [Product; 2] = [
    Product { sku: "AO-M", shopee: "23620853561:221404189791", web: "10:0", till: "1001", hn: 400, hcm: 300 },
    Product { sku: "AO-L", shopee: "1000:2000", web: "11:0", till: "1002", hn: 80, hcm: 40 },
];

/// How a shop's units are put on sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// All listings show the same units.
    Pool,
    /// Each unit is on sale once.
    Cover,
}

impl Sharing {
    /// What the file says of it: the connection's line, and account settings. Where the pool is shared, lists of orders are
    /// left alone, which would do the work of the functions that a story looks at. Where units are covered, waits are short.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Sharing::Pool => ("sharing = \"pool\"", "poll_seconds = \"3600\""),
            Sharing::Cover => (
                "sharing = \"cover\"",
                "list_lag_ms = \"0\", applied_within_ms = \"2000\", poll_seconds = \"1\"",
            ),
        }
    }
}

/// Where the three channels answer, and where Shopee's console says that its webhooks go.
#[derive(Debug, Clone)]
pub struct Addresses {
    /// Shopee's API.
    pub shopee: String,
    /// The website.
    pub web: String,
    /// The till's API.
    pub till: String,
    /// Where Shopee sends its webhooks: part of what it signs.
    pub shopee_hook: String,
}

/// The names of the secrets in the environment of whoever adds the shop.
pub const SECRETS: [(&str, &str, &str); 8] = [
    (SHOPEE, "partner_key", "PARTNER_KEY"),
    (SHOPEE, "access_token", "ACCESS_TOKEN"),
    (WEB, "consumer_key", "CONSUMER_KEY"),
    (WEB, "consumer_secret", "CONSUMER_SECRET"),
    (WEB, "webhook_secret", "WOO_SECRET"),
    (TILL, "client_id", "CLIENT_ID"),
    (TILL, "client_secret", "CLIENT_SECRET"),
    (TILL, "webhook_secret", "KIOT_SECRET"),
];

/// The file's text. The counts are of an hour ago, so that what is sold from now on is not in them.
pub fn text(shop: &str, at: &Addresses, counted_at: jiff::Timestamp, sharing: Sharing) -> String {
    let Addresses { shopee, web, till, shopee_hook } = at;
    let mut text = format!(
        r#"
[[shop]]
id = "{shop}"
name = "Cửa hàng {shop}"
report = {{ email = {{ to = ["{}"] }} }}

[[shop.location]]
id = "hn"
name = "Hà Nội"
till = {{ connection = "till", branch = "{BRANCH}" }}

[[shop.location]]
id = "hcm"
name = "TP. Hồ Chí Minh"
"#,
        owner_of(shop)
    );
    let place = |address: &str| format!("base_url = \"{address}\"");
    let shopee_more = format!("{}\nwebhook_url = \"{shopee_hook}\"", place(shopee));
    let (line, settings) = sharing.words();
    let account = format!(
        r#"account = {{ partner_id = "2001", shop_id = "137637267", calls_per_minute = "60000", {settings} }}"#
    );
    text += &connection(SHOPEE, "shopee", r#"["hn", "hcm"]"#, &format!("{shopee_more}\n{line}\n{account}"));
    text += &listings(|product| product.shopee, true);
    let account = format!(r#"account = {{ calls_per_minute = "60000", {settings} }}"#);
    text +=
        &connection(WEB, "woocommerce", r#"["hn", "hcm"]"#, &format!("{}\n{line}\n{account}", place(web)));
    text += &listings(|product| product.web, true);
    let account = format!(r#"account = {{ retailer = "{shop}", calls_per_minute = "60000", {settings} }}"#);
    text += &connection(TILL, "kiotviet", r#"["hn"]"#, &format!("{}\n{account}", place(till)));
    text += &listings(|product| product.till, false);
    for product in PRODUCTS {
        for (location, units) in [("hn", product.hn), ("hcm", product.hcm)] {
            text += &format!(
                "\n[[shop.count]]\nsku = \"{}\"\nlocation = \"{location}\"\non_hand = {units}\nas_of = \"{counted_at}\"\n",
                product.sku
            );
        }
    }
    text
}

fn connection(id: &str, channel: &str, serves_from: &str, more: &str) -> String {
    let mine = SECRETS.iter().filter(|(connection, _, _)| *connection == id);
    let secrets: Vec<String> = mine.map(|(_, name, source)| format!("{name} = \"env:{source}\"")).collect();
    let secrets = secrets.join(", ");
    format!(
        "\n[[shop.connection]]\nid = \"{id}\"\nchannel = \"{channel}\"\nserves_from = {serves_from}\n{more}\n\
         secrets = {{ {secrets} }}\n"
    )
}

fn listings(id: impl Fn(&Product) -> &'static str, publish: bool) -> String {
    let listing = |product: &Product| {
        let (id, sku) = (id(product), product.sku);
        format!("\n[[shop.connection.listing]]\nid = \"{id}\"\nsku = \"{sku}\"\npublish = {publish}\n")
    };
    PRODUCTS.iter().map(listing).collect()
}
