//! TikTok Shop's stand-in, with one product of a hundred variations and a hundred and one of a single one.

use super::*;
use twins::{TikTokTwin, TikTokTwinConfig};

fn tiktok_listings() -> Vec<String> {
    let many = (1..=100).map(|sku| format!("1729000000000000001:{}", 1_730_000_000_000_000_000_u64 + sku));
    let single = |n: u64| format!("{}:{}", 1_731_000_000_000_000_000 + n, 1_732_000_000_000_000_000 + n);
    many.chain((1..=101).map(single)).collect()
}

async fn tiktok_twin(shop_id: &str) -> Arc<TikTokTwin> {
    let config = TikTokTwinConfig {
        app_key: "29a39d".to_owned(),
        app_secret: "app-secret".to_owned(),
        service_id: "7431458374265161478".to_owned(),
        shop_id: shop_id.to_owned(),
        shop_cipher: "ROW_cipher".to_owned(),
        warehouse_id: "7272949914115966726".to_owned(),
        access_token: "token".to_owned(),
        webhook_url: HOOK.to_owned(),
        redirect_url: "https://hooks.example.vn/logins/callback".to_owned(),
        // The parcels are the seller's own, so that every kind of news has something to tell.
        seller_ships: true,
        listings: on_sale(&tiktok_listings()),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    TikTokTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = tiktok_twin("7495540735365777507").await;
    let account = [
        ("app_key", "29a39d"),
        ("service_id", "7431458374265161478"),
        ("shop_id", "7495540735365777507"),
        ("warehouse_id", "7272949914115966726"),
    ];
    Bench {
        channel: found("tiktok"),
        shop: shop(),
        connection: connection("tiktok", twin.base_url(), &account),
        // The cipher is learned with the login and kept beside its tokens.
        secrets: secrets(&[
            ("app_secret", "app-secret"),
            ("access_token", "token"),
            ("refresh_token", &twin.refresh_token()),
            ("account.shop_cipher", "ROW_cipher"),
        ]),
        listings: tiktok_listings(),
        signature_header: "Authorization",
        webhook_key: "app_secret",
        our_id: str::to_owned,
        unknown_order: "577958834469439754",
        read_path: "/order/202507/orders",
        write_path: "/inventory/update",
        new_status: ("\"AWAITING_SHIPMENT\"", "\"ON_THE_MOON\""),
        extras: Extras {
            carrier: "6617675021119438849",
            cancel_reason: "seller_cancel_reason_out_of_stock",
            ..Extras::default()
        },
        pushes: Default::default(),
        // The app's secret is the same for all its shops.
        other_shop: || Box::pin(async { tiktok_twin("7495274531001436791").await as Arc<dyn Twin> }),
        twin,
    }
}
