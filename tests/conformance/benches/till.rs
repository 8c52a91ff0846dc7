//! The stand-in of a till without an interface, with five products in one store.

use super::*;
use twins::{BranchStock, TillTwin, TillTwinConfig};

fn products() -> Vec<String> {
    (1..=5).map(|product| format!("SP-{product}")).collect()
}

async fn twin(webhook_secret: &str) -> Arc<TillTwin> {
    let stock = |id: &String| BranchStock { branch: "55".to_owned(), listing: id.clone(), on_hand: 500 };
    let config = TillTwinConfig {
        webhook_secret: webhook_secret.to_owned(),
        webhook_url: HOOK.to_owned(),
        branches: vec![("55".to_owned(), "Hà Nội".to_owned())],
        listings: on_sale(&products()),
        branch_stock: products().iter().map(stock).collect(),
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    TillTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = twin("till-secret").await;
    Bench {
        channel: found("till"),
        shop: shop(),
        connection: connection("till", twin.base_url(), &[]),
        secrets: secrets(&[("webhook_secret", "till-secret")]),
        listings: products(),
        signature_header: "X-Hopkenh-Signature",
        webhook_key: "webhook_secret",
        our_id: str::to_owned,
        unknown_order: "HD999999",
        read_path: "/",
        write_path: "/",
        new_status: ("\"kind\":\"sale\"", "\"kind\":\"gift\""),
        extras: Extras::default(),
        pushes: Default::default(),
        other_shop: || Box::pin(async { self::twin("another-secret").await as Arc<dyn Twin> }),
        twin,
    }
}
