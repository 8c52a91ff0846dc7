//! A Haravan shop's stand-in, with 60 products in one store.

use super::*;
use twins::{HaravanStock, HaravanTwin, HaravanTwinConfig};

fn website_listings() -> Vec<String> {
    (10..70).map(|product| format!("{product}:{}", product + 1_000)).collect()
}

async fn website_twin(app_secret: &str) -> Arc<HaravanTwin> {
    let config = HaravanTwinConfig {
        app_id: "app-1".to_owned(),
        app_secret: app_secret.to_owned(),
        webhook_url: HOOK.to_owned(),
        verify_token: "haravan-verify-token".to_owned(),
        org_id: "1000114691".to_owned(),
        location_id: 963_414,
        stock: HaravanStock::Available,
        listings: on_sale(&website_listings()),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    HaravanTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = website_twin("haravan-app-secret").await;
    let account = [("location_id", "963414"), ("app_id", "app-1"), ("org_id", "1000114691")];
    Bench {
        channel: found("haravan"),
        shop: shop(),
        connection: connection("haravan", twin.base_url(), &account),
        secrets: secrets(&[
            ("app_secret", "haravan-app-secret"),
            ("verify_token", "haravan-verify-token"),
            ("access_token", &twin.access_token()),
            ("refresh_token", &twin.refresh_token()),
        ]),
        listings: website_listings(),
        signature_header: "X-Haravan-HmacSha256",
        webhook_key: "app_secret",
        our_id: str::to_owned,
        unknown_order: "999999",
        read_path: "/orders/",
        write_path: "/adjustorset",
        new_status: ("\"fulfillment_status\":\"notfulfilled\"", "\"fulfillment_status\":\"on-the-moon\""),
        extras: Extras { cancel_reason: "inventory", ..Extras::default() },
        pushes: Default::default(),
        other_shop: || Box::pin(async { website_twin("another-secret").await as Arc<dyn Twin> }),
        twin,
    }
}
