//! Shopee's stand-in, with 60 variations of one item on sale.

use super::*;
use twins::{ShopeeTwin, ShopeeTwinConfig};

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
        clock: system_clock(),
        port: 0,
    };
    ShopeeTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = shopee_twin("partner-key", 100).await;
    let refresh_token = twin.refresh_token();
    Bench {
        channel: found("shopee"),
        shop: shop(),
        connection: connection("shopee", twin.base_url(), &[("partner_id", "2001"), ("shop_id", "100")]),
        secrets: secrets(&[
            ("partner_key", "partner-key"),
            ("access_token", "token"),
            ("refresh_token", &refresh_token),
        ]),
        listings: shopee_listings(),
        signature_header: "Authorization",
        webhook_key: "partner_key",
        our_id: str::to_owned,
        unknown_order: "2503119YA2XB8B",
        read_path: "get_order_detail",
        write_path: "update_stock",
        new_status: ("\"READY_TO_SHIP\"", "\"ON_THE_MOON\""),
        extras: Extras::default(),
        pushes: Default::default(),
        // The app's key is the same for all its shops.
        other_shop: || Box::pin(async { shopee_twin("partner-key", 101).await as Arc<dyn Twin> }),
        twin,
    }
}
