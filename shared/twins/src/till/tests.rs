//! Checks of the till stand-in: what it sends, and that nothing can be asked of it.

use serde_json::Value;

use super::{TillTwin, TillTwinConfig};
use crate::testing::{StillClock, line, listing, send};
use crate::{BranchStock, Push, Twin, TwinOrderState};
use std::sync::Arc;
use std::time::Duration;

async fn twin() -> Arc<TillTwin> {
    let config = TillTwinConfig {
        webhook_secret: "s".to_owned(),
        webhook_url: "https://hooks.example.vn/webhooks/lan/quay".to_owned(),
        branches: vec![("55".to_owned(), "Hà Nội".to_owned())],
        listings: vec![listing("AO-M", "AO-M", 0)],
        branch_stock: vec![BranchStock { branch: "55".into(), listing: "AO-M".into(), on_hand: 3 }],
        latency: Duration::ZERO,
        clock: StillClock::new().twin_clock(),
        port: 0,
    };
    TillTwin::start(config).await.unwrap()
}

fn documents(pushes: &[Push]) -> Vec<Value> {
    let read = |push: &Push| serde_json::from_slice::<Value>(&push.body).unwrap()["documents"].clone();
    pushes.iter().flat_map(|push| read(push).as_array().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_sale_tells_of_itself_and_of_the_level() {
    let twin = twin().await;
    let id = twin.place_order(&[line("AO-M", 5)]).unwrap();
    let pushes = twin.take_pushes();
    let told = documents(&pushes);
    assert_eq!((told[0]["kind"].as_str(), told[0]["number"].as_str()), (Some("sale"), Some(id.as_str())));
    assert_eq!(told[0]["at"], "2023-11-15T05:13:20.000+07:00");
    assert_eq!(
        (told[1]["kind"].as_str(), told[1]["lines"][0]["quantity"].as_i64()),
        (Some("level"), Some(-2))
    );
    assert!(told[1]["at"].as_str() > told[0]["at"].as_str(), "the level is later than the sale");
    assert!(pushes[0].header("x-hopkenh-signature").unwrap().starts_with("t=1700000000,v1="));
    assert!(twin.take_pushes().is_empty());
}

#[tokio::test]
async fn a_void_and_a_return_put_goods_back_once() {
    let twin = twin().await;
    let (first, second) = (twin.sell("55", &[line("AO-M", 1)]), twin.sell("55", &[line("AO-M", 1)]));
    assert!(twin.cancel_order(&first) && !twin.cancel_order(&first) && !twin.return_order(&first));
    assert!(twin.return_order(&second));
    assert_eq!((twin.on_hand("55", "AO-M"), twin.shown("AO-M")), (3, 3));
    assert_eq!(twin.order(&first).unwrap().state, TwinOrderState::Cancelled);
    let kinds: Vec<Value> = documents(&twin.take_pushes()).iter().map(|told| told["kind"].clone()).collect();
    assert_eq!(kinds, ["sale", "level", "sale", "level", "void", "level", "return", "level"]);
}

#[tokio::test]
async fn its_file_has_a_line_for_each_product() {
    let twin = twin().await;
    twin.sell("55", &[line("AO-M", 1)]);
    let file = twin.file();
    let lines: Vec<&str> = file.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "sale,HD000001,2023-11-15T05:13:20.000+07:00,55,VND,1,AO-M,1,199000,199000",
            "level,,2023-11-15T05:13:20.001+07:00,55,,,AO-M,2,,",
        ]
    );
}

#[tokio::test]
async fn nothing_can_be_asked_of_it() {
    let twin = twin().await;
    assert_eq!(send("GET", &format!("{}/orders", twin.base_url()), &[], "").await.status, 404);
    assert!(!twin.ship_order("HD000001") && !twin.complete_order("HD000001"));
}
