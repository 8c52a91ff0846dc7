//! A Shopify shop's stand-in, with 210 variants on sale at one store, enough of each for two pages of orders.

use super::*;
use twins::{ShopifyTwin, ShopifyTwinConfig};

const BACK: &str = "https://hooks.example.vn/logins/callback";

fn variants() -> Vec<String> {
    (41_001..41_211).map(|variant: u64| variant.to_string()).collect()
}

async fn shopify_twin(shop: &str) -> Arc<ShopifyTwin> {
    let scopes = [
        "write_orders",
        "read_products",
        "write_inventory",
        "read_locations",
        "write_merchant_managed_fulfillment_orders",
    ];
    let config = ShopifyTwinConfig {
        shop: shop.to_owned(),
        name: "Lan".to_owned(),
        client_id: "app-1".to_owned(),
        client_secret: "shpss-bench".to_owned(),
        scopes: scopes.map(str::to_owned).to_vec(),
        redirect_urls: vec![BACK.to_owned()],
        location_id: 5_001,
        delivery_url: HOOK.to_owned(),
        listings: on_sale(&variants()).into_iter().map(|l| TwinListing { stock: 2_000, ..l }).collect(),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    ShopifyTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = shopify_twin("lan-shop").await;
    let account = [("shop", "lan-shop"), ("client_id", "app-1"), ("location_id", "5001")];
    Bench {
        channel: found("shopify"),
        shop: shop(),
        connection: connection("shopify", twin.base_url(), &account),
        secrets: secrets(&[
            ("client_secret", "shpss-bench"),
            ("access_token", &twin.access_token()),
            ("refresh_token", &twin.refresh_token()),
        ]),
        listings: variants(),
        signature_header: "X-Shopify-Hmac-SHA256",
        webhook_key: "client_secret",
        our_id: str::to_owned,
        unknown_order: "999999",
        read_path: " order ",
        write_path: " inventorySetQuantities ",
        new_status: ("\"displayFinancialStatus\":\"PAID\"", "\"displayFinancialStatus\":\"ON_THE_MOON\""),
        extras: Extras {
            forward_path: " orderCreate ",
            carrier: "GHN",
            cancel_reason: "INVENTORY",
            ..Extras::default()
        },
        pushes: Default::default(),
        // One key of the app signs for all its shops.
        other_shop: || Box::pin(async { shopify_twin("hoa-shop").await as Arc<dyn Twin> }),
        twin,
    }
}
