//! A website's stand-in, with 110 products on sale.

use super::*;
use twins::{WooCommerceTwin, WooCommerceTwinConfig};

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
        clock: system_clock(),
        port: 0,
    };
    WooCommerceTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
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
        extras: Extras::default(),
        pushes: Default::default(),
        other_shop: || Box::pin(async { web_twin("another secret").await as Arc<dyn Twin> }),
        twin,
    }
}
