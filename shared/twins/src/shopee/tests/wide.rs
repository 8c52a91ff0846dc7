//! What a shop may rely on when it logs in, ships, loses pushes and is cut off at the Shopee stand-in.

use super::*;

async fn grant(twin: &ShopeeTwin, query: &str) -> Got {
    send("GET", &format!("{}/auth?{query}", twin.base_url()), &[], "").await
}

const GRANT: &str = "partner_id=2001&auth_type=seller&redirect_uri=https%3A%2F%2Fhub.vn%2Fback&response_type=code&state=s%201";

fn code_in(page: &Got) -> String {
    let target = page.header("location");
    assert!(target.starts_with("https://hub.vn/back?code=") && target.ends_with("&shop_id=3001&state=s%201"));
    target.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_code_works_once_and_for_ten_minutes() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let page = grant(&twin, GRANT).await;
    assert_eq!(page.status, 302);
    let path = "/api/v2/auth/token/get";
    let body = json!({"code": code_in(&page), "partner_id": 2001, "shop_id": 3001});
    let wrong_shop = json!({"code": code_in(&page), "partner_id": 2001, "shop_id": 1});
    assert_eq!(post(&twin, &clock, path, &wrong_shop).await["error"], "invalid_shop_id");
    let tokens = post(&twin, &clock, path, &body).await;
    assert_eq!((&tokens["error"], &tokens["expire_in"]), (&json!(""), &json!(14_400)));
    assert_eq!((&tokens["access_token"], twin.logins()), (&json!(twin.access_token()), 1));
    assert_eq!(post(&twin, &clock, path, &body).await["error"], "invalid_code");
    let late = json!({"code": code_in(&grant(&twin, GRANT).await), "partner_id": 2001, "shop_id": 3001});
    clock.advance(600);
    assert_eq!(post(&twin, &clock, path, &late).await["error"], "invalid_code");
    assert_eq!(get(&twin, &clock, "/api/v2/shop/get_shop_info", "").await["shop_name"], "shop 3001");
    clock.advance(14_400);
    let expired = get(&twin, &clock, "/api/v2/shop/get_shop_info", "").await;
    assert_eq!(expired["error"], "invalid_acceess_token");
    for odd in [GRANT.replace("2001", "1"), GRANT.replace("seller", "x"), GRANT.replace("https", "x")] {
        assert_eq!(grant(&twin, &odd).await.status, 400, "{odd}");
    }
}

#[tokio::test]
async fn a_shipment_is_arranged_once_and_then_leaves() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("10:0", 1)]).unwrap();
    let parameter =
        get(&twin, &clock, "/api/v2/logistics/get_shipping_parameter", &format!("order_sn={id}")).await;
    assert_eq!(parameter["response"]["info_needed"]["pickup"], json!(["address_id", "pickup_time_id"]));
    let ship = "/api/v2/logistics/ship_order";
    let bare = json!({"order_sn": id, "pickup": {}});
    let error = post(&twin, &clock, ship, &bare).await["error"].clone();
    assert_eq!(error, "logistics.ship_order_need_address_pickup_time");
    let full = json!({"order_sn": id, "pickup": {"address_id": 234, "pickup_time_id": "1608103685_1"}});
    assert_eq!(post(&twin, &clock, ship, &full).await["error"], "");
    assert_eq!(post(&twin, &clock, ship, &full).await["error"], "logistics.package_already_shipped");
    assert_eq!(twin.order(&id).unwrap().state, TwinOrderState::Paid, "nobody has fetched it yet");
    assert!(twin.ship_order(&id) && twin.return_order(&id) && !twin.return_order(&id));
    let statuses = statuses(&twin.take_pushes());
    assert_eq!(statuses, ["UNPAID", "READY_TO_SHIP", "PROCESSED", "-", "SHIPPED", "TO_RETURN"]);
}

#[tokio::test]
async fn a_cancel_wants_a_reason_and_what_ran_out() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("20:21", 1)]).unwrap();
    let cancel = async |reason: &str, items: Value| {
        let body = json!({"order_sn": id, "cancel_reason": reason, "item_list": items});
        post(&twin, &clock, "/api/v2/order/cancel_order", &body).await["error"].clone()
    };
    assert_eq!(cancel("BORED", json!([])).await, "error_param");
    assert_eq!(cancel("OUT_OF_STOCK", json!([])).await, "error_param");
    assert_eq!(cancel("OUT_OF_STOCK", json!([{"item_id": 20, "model_id": 22}])).await, "error_param");
    assert_eq!(cancel("OUT_OF_STOCK", json!([{"item_id": 20, "model_id": 21}])).await, "");
    assert_eq!(cancel("CUSTOMER_REQUEST", json!([])).await, "order.error_limit");
    assert_eq!((twin.order(&id).unwrap().state, twin.shown("20:21")), (TwinOrderState::Cancelled, 3));
}

#[tokio::test]
async fn lost_pushes_wait_and_units_are_locked() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    twin.place_order(&[line("10:0", 1)]).unwrap();
    twin.lose_pushes();
    assert!(twin.take_pushes().is_empty());
    let lost = get(&twin, &clock, "/api/v2/push/get_lost_push_message", "").await["response"].clone();
    assert_eq!(lost["push_message_list"].as_array().unwrap().len(), 2);
    assert!(
        lost["push_message_list"][0]["data"].is_object() && lost["push_message_list"][1]["data"].is_string()
    );
    assert!(twin.lock_units("10:0", 3));
    assert_ne!(set_stock(&twin, &clock, 10, &[(0, 2)]).await["error"], "");
    assert!(twin.lock_units("10:0", 0));
    assert_eq!(set_stock(&twin, &clock, 10, &[(0, 2)]).await["error"], "");
}

#[tokio::test]
async fn six_hundred_bad_answers_end_the_pushes_until_they_are_switched_on() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    twin.place_unpaid_order(&[line("10:0", 1)]).unwrap();
    let push = twin.take_pushes().remove(0);
    let status = async || {
        let config = get(&twin, &clock, "/api/v2/push/get_app_push_config", "").await;
        config["response"]["live_push_status"].as_str().unwrap().to_owned()
    };
    for n in 0..600 {
        twin.push_answered(&push, if n % 2 == 0 { 200 } else { 500 }, 0);
    }
    assert_eq!(status().await, "Normal", "six hundred are not counted yet");
    twin.push_answered(&push, 500, 0);
    assert_eq!(status().await, "Warning");
    for _ in 0..450 {
        twin.push_answered(&push, 500, 0);
    }
    assert!(twin.is_suspended() && twin.subscriptions().is_empty());
    assert_eq!(status().await, "Suspended");
    twin.place_unpaid_order(&[line("10:0", 1)]).unwrap();
    clock.advance(20_000);
    assert!(twin.take_pushes().is_empty());
    let config =
        json!({"callback_url": "https://hub.vn/new", "set_push_config_on": [3], "set_push_config_off": [8]});
    let set = post(&twin, &clock, "/api/v2/push/set_app_push_config", &config).await;
    assert_eq!(set["response"]["result"], "success");
    assert_eq!(twin.subscriptions(), ["https://hub.vn/new"]);
    assert!(twin.take_pushes().is_empty(), "what was missed is not sent");
    twin.place_unpaid_order(&[line("20:21", 1)]).unwrap();
    assert_eq!(twin.take_pushes()[0].url, "https://hub.vn/new");
}
