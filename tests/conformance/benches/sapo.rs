//! A Sapo website's stand-in, with 20 products in one store: every product is a call of its own, 40 in a minute.

use super::*;
use twins::{SapoProduct, SapoTwin, SapoTwinConfig};

fn website_listings() -> Vec<String> {
    (10..30).map(|product| format!("{product}:{}", product + 1_000)).collect()
}

async fn website_twin(app_secret: &str, domain: &str) -> Arc<SapoTwin> {
    let config = SapoTwinConfig {
        calls_per_minute: 40,
        product: SapoProduct::Web,
        app_id: "app-1".to_owned(),
        app_secret: app_secret.to_owned(),
        domain: domain.to_owned(),
        webhook_url: HOOK.to_owned(),
        location_id: 1,
        single_order_without_lines: false,
        listings: on_sale(&website_listings())
            .into_iter()
            .map(|l| TwinListing { stock: 1_000, ..l })
            .collect(),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    SapoTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = website_twin("sapo-app-secret", "lan.mysapo.net").await;
    Bench {
        channel: found("sapo"),
        shop: shop(),
        connection: connection("sapo", twin.base_url(), &[("app_id", "app-1")]),
        secrets: secrets(&[("app_secret", "sapo-app-secret"), ("access_token", &twin.access_token())]),
        listings: website_listings(),
        signature_header: "X-Sapo-Hmac-SHA256",
        webhook_key: "app_secret",
        our_id: str::to_owned,
        unknown_order: "999999",
        read_path: "/orders/",
        write_path: "/variants/",
        new_status: ("\"financial_status\":\"paid\"", "\"financial_status\":\"on-the-moon\""),
        extras: Extras { cancel_reason: "inventory", ..Extras::default() },
        pushes: Default::default(),
        other_shop: || {
            Box::pin(async { website_twin("another-secret", "mai.mysapo.net").await as Arc<dyn Twin> })
        },
        twin,
    }
}
