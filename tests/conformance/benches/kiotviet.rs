//! A till's stand-in, with five products in one store.

use super::*;
use twins::{BranchStock, KiotVietTwin, KiotVietTwinConfig, SignatureForm};

fn till_listings() -> Vec<String> {
    (1001..1006).map(|product| product.to_string()).collect()
}

async fn till_twin(webhook_secret: &str) -> Arc<KiotVietTwin> {
    let stock = |id: &String| BranchStock { branch: "55".to_owned(), listing: id.clone(), on_hand: 500 };
    let config = KiotVietTwinConfig {
        client_id: "client".to_owned(),
        client_secret: "client-secret".to_owned(),
        retailer: "lan".to_owned(),
        webhook_secret: webhook_secret.to_owned(),
        webhook_url: HOOK.to_owned(),
        branches: vec![("55".to_owned(), "Hà Nội".to_owned())],
        listings: on_sale(&till_listings()),
        branch_stock: till_listings().iter().map(stock).collect(),
        signature_form: SignatureForm::PrefixedHexDecodedKey,
        latency: LATENCY,
        clock: system_clock(),
        port: 0,
    };
    KiotVietTwin::start(config).await.unwrap()
}

pub(super) async fn bench() -> Bench {
    let twin = till_twin("a2lvdHZpZXQtdGVzdA==").await;
    Bench {
        channel: found("kiotviet"),
        shop: shop(),
        connection: connection("kiotviet", twin.base_url(), &[("retailer", "lan")]),
        secrets: secrets(&[
            ("client_id", "client"),
            ("client_secret", "client-secret"),
            ("webhook_secret", "a2lvdHZpZXQtdGVzdA=="),
        ]),
        listings: till_listings(),
        signature_header: "X-Hub-Signature",
        webhook_key: "webhook_secret",
        our_id: |id| format!("invoice:{id}"),
        unknown_order: "999999",
        read_path: "/invoices/",
        write_path: "/products/",
        new_status: ("\"statusValue\":\"Hoàn thành\"", "\"statusValue\":\"Trên cung trăng\""),
        extras: Extras { branch: Some("55"), ..Extras::default() },
        pushes: Default::default(),
        other_shop: || Box::pin(async { till_twin("YW5vdGhlci1zaG9w").await as Arc<dyn Twin> }),
        twin,
    }
}
