//! The stand-in of a desk that sells in chats, with five products on its list.

use super::*;
use twins::{SocialTwin, SocialTwinConfig};

fn products() -> Vec<String> {
    (1..=5).map(|product| format!("AO-{product}")).collect()
}

async fn twin(webhook_secret: &str) -> Arc<SocialTwin> {
    let config = SocialTwinConfig {
        webhook_secret: webhook_secret.to_owned(),
        meta_app_secret: "meta-app-secret".to_owned(),
        meta_verify_token: "our-word".to_owned(),
        zalo_app_id: "360846524940903967".to_owned(),
        zalo_oa_secret: "zalo-oa-secret".to_owned(),
        webhook_url: HOOK.to_owned(),
        orders_url: "https://hooks.example.vn/orders/lan/main".to_owned(),
        listings: on_sale(&products()),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    let twin = SocialTwin::start(config).await.unwrap();
    twin.chat_on_facebook("Áo này còn size M không shop?");
    twin.chat_on_zalo("Mình lấy 2 áo M");
    twin
}

pub(super) async fn bench() -> Bench {
    let twin = twin("desk-secret").await;
    Bench {
        channel: found("social"),
        shop: shop(),
        connection: connection("social", twin.base_url(), &[("zalo_app_id", "360846524940903967")]),
        secrets: secrets(&[
            ("webhook_secret", "desk-secret"),
            ("meta_app_secret", "meta-app-secret"),
            ("meta_verify_token", "our-word"),
            ("zalo_oa_secret", "zalo-oa-secret"),
        ]),
        listings: products(),
        signature_header: "X-Hopkenh-Signature",
        webhook_key: "webhook_secret",
        our_id: str::to_owned,
        unknown_order: "CHAT-999999",
        read_path: "/",
        write_path: "/",
        new_status: ("\"action\":\"confirm\"", "\"action\":\"adore\""),
        extras: Extras::default(),
        pushes: Default::default(),
        // Its chats come from another page and another account.
        other_shop: || Box::pin(async { self::other().await as Arc<dyn Twin> }),
        twin,
    }
}

async fn other() -> Arc<SocialTwin> {
    let twin = twin("another-secret").await;
    twin.take_pushes();
    twin
}
