//! Tiki's stand-in, with 110 products of one seller who delivers himself.

use super::*;
use twins::{TikiTwin, TikiTwinConfig};

fn tiki_listings() -> Vec<String> {
    (248_956_001..248_956_111).map(|product: u64| product.to_string()).collect()
}

async fn tiki_twin(client_secret: &str) -> Arc<TikiTwin> {
    let config = TikiTwinConfig {
        client_id: "7590139168389961".to_owned(),
        client_secret: client_secret.to_owned(),
        redirect_url: "https://hooks.example.vn/logins/callback".to_owned(),
        seller_name: "Cửa hàng Lan".to_owned(),
        warehouse_id: 159_368,
        fulfillment_type: "seller_delivery".to_owned(),
        has_queue: true,
        listings: on_sale(&tiki_listings()),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    TikiTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = tiki_twin("tiki-client-secret").await;
    let queue_code = twin.queue_code().unwrap();
    let account =
        [("client_id", "7590139168389961"), ("warehouse_id", "159368"), ("queue_code", queue_code.as_str())];
    Bench {
        channel: found("tiki"),
        shop: shop(),
        connection: connection("tiki", twin.base_url(), &account),
        secrets: secrets(&[
            ("client_secret", "tiki-client-secret"),
            ("access_token", &twin.access_token()),
            ("refresh_token", &twin.refresh_token()),
        ]),
        listings: tiki_listings(),
        // It has no webhooks, so nothing is signed.
        signature_header: "authorization",
        webhook_key: "client_secret",
        our_id: str::to_owned,
        unknown_order: "999999999",
        read_path: "/orders/",
        write_path: "updateSku",
        new_status: ("\"status\":\"queueing\"", "\"status\":\"on_the_moon\""),
        extras: Extras::default(),
        pushes: Default::default(),
        other_shop: || Box::pin(async { tiki_twin("another-secret").await as Arc<dyn Twin> }),
        twin,
    }
}
