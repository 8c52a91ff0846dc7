//! Lazada's stand-in, with 59 items on sale: more than a page of them, and one in two variations.

use super::*;
use twins::{LazadaTwin, LazadaTwinConfig};

fn lazada_listings() -> Vec<String> {
    let item = |sku: u64| 6_718_170_000 + sku.max(2);
    (1..=60).map(|sku| format!("{}:{}", item(sku), 12_761_620_000 + sku)).collect()
}

async fn lazada_twin(app_secret: &str, seller_id: &str) -> Arc<LazadaTwin> {
    let config = LazadaTwinConfig {
        app_key: "123456".to_owned(),
        app_secret: app_secret.to_owned(),
        seller_id: seller_id.to_owned(),
        access_token: "token".to_owned(),
        redirect_url: "https://hooks.example.vn/logins/callback".to_owned(),
        push_url: HOOK.to_owned(),
        listings: on_sale(&lazada_listings()),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    LazadaTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = lazada_twin("app-secret", "1234567").await;
    Bench {
        channel: found("lazada"),
        shop: shop(),
        connection: connection("lazada", twin.base_url(), &[("app_key", "123456"), ("seller_id", "1234567")]),
        secrets: secrets(&[
            ("app_secret", "app-secret"),
            ("access_token", "token"),
            ("refresh_token", &twin.refresh_token()),
        ]),
        listings: lazada_listings(),
        signature_header: "Authorization",
        webhook_key: "app_secret",
        our_id: str::to_owned,
        unknown_order: "260422900198363",
        read_path: "/orders/items/get",
        write_path: "/product/stock/sellable/update",
        new_status: ("\"status\":\"pending\"", "\"status\":\"on_the_moon\""),
        extras: Extras { cancel_reason: "10000019", ..Extras::default() },
        pushes: Default::default(),
        // The app's secret is the same for all its sellers.
        other_shop: || Box::pin(async { lazada_twin("app-secret", "7654321").await as Arc<dyn Twin> }),
        twin,
    }
}
