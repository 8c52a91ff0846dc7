//! Selling, calling off and shipping at the TikTok Shop stand-in, and what becomes of its stock.

use super::*;

#[tokio::test]
async fn only_what_is_shown_is_sold_and_cancelling_gives_it_back() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("2:21", 2)]).unwrap();
    assert_eq!(twin.shown("2:21"), 1);
    let short = twin.place_order(&[line("2:21", 1), line("2:21", 1)]).unwrap_err();
    assert_eq!(short, SoldOut { listing: "2:21".into(), shown: 1, asked: 2 });
    assert!(twin.cancel_order(&id) && !twin.cancel_order(&id));
    assert_eq!(twin.shown("2:21"), 3);
    twin.replenish_on_cancel(false);
    let kept = twin.place_order(&[line("2:21", 1)]).unwrap();
    assert!(twin.cancel_order(&kept));
    assert_eq!(twin.shown("2:21"), 2, "the unit does not go back by itself");
    let search = "/return_refund/202602/cancellations/search";
    let cancels =
        ask(&twin, &clock, "POST", search, &[("page_size", "10")], &json!({})).await["data"].clone();
    let said: Vec<&Value> = cancels["cancellations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["should_replenish_stock"])
        .collect();
    assert_eq!(said, [true, false]);
    let unpaid = twin.place_unpaid_order(&[line("1:10", 5)]).unwrap();
    assert!(!twin.ship_order(&unpaid) && twin.pay_order(&unpaid));
    clock.advance(60);
    assert!(twin.ship_order(&unpaid) && !twin.cancel_order(&unpaid));
    assert!(twin.complete_order(&unpaid) && !twin.complete_order(&unpaid));
    assert_eq!(twin.order(&unpaid).unwrap().state, TwinOrderState::Completed);
    assert_eq!(twin.order(&unpaid).unwrap().total_minor, 995_000);
    assert_eq!((twin.shown("1:10"), twin.orders().len()), (0, 3));
    assert!(twin.request_return(&unpaid) && !twin.request_return(&kept));
}

#[tokio::test]
async fn pushes_are_thin_and_sealed_and_alerts_are_no_levels() {
    let (twin, clock) = start("https://hub.example/tiktok").await;
    let id = twin.place_order(&[line("2:22", 2)]).unwrap();
    clock.advance(5);
    twin.ship_order(&id);
    let pushes = twin.take_pushes();
    assert_eq!(told(&pushes), ["UNPAID", "27", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT"]);
    assert!(twin.take_pushes().is_empty());
    let body: Value = serde_json::from_slice(&pushes[0].body).unwrap();
    let data =
        json!({"order_id": id, "order_status": "UNPAID", "is_on_hold_order": false, "update_time": START});
    assert_eq!(body["data"], data, "no items, no price, no buyer");
    assert!(body["tts_notification_id"].is_string() && body["shop_id"].is_string());
    let seal = hmac_hex(SECRET.as_bytes(), &[b"29a39d", &pushes[0].body]);
    assert_eq!(pushes[0].header("authorization"), Some(seal.as_str()));
    twin.cancel_order(&twin.place_order(&[line("1:10", 1)]).unwrap());
    assert_eq!(told(&twin.take_pushes()), ["UNPAID", "AWAITING_SHIPMENT", "11", "CANCEL"]);
}

#[tokio::test]
async fn an_order_on_hold_holds_its_units_for_an_hour() {
    let (twin, clock) = start("https://hub.example/tiktok").await;
    let id = twin.place_on_hold_order(&[line("1:10", 2)]).unwrap();
    assert_eq!((twin.shown("1:10"), twin.ship_order(&id)), (3, false));
    assert_eq!(order(&twin, &clock, &id).await["status"], "ON_HOLD");
    assert_eq!(told(&twin.take_pushes()), ["UNPAID", "ON_HOLD"]);
    clock.advance(3_599);
    assert!(twin.take_pushes().is_empty());
    clock.advance(1);
    assert_eq!(told(&twin.take_pushes()), ["AWAITING_SHIPMENT"]);
    let freed = order(&twin, &clock, &id).await;
    assert_eq!(
        (&freed["status"], &freed["update_time"]),
        (&json!("AWAITING_SHIPMENT"), &json!(START + 3_600))
    );
    assert!(twin.ship_order(&id));
}

#[tokio::test]
async fn an_order_has_a_row_for_each_unit() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let id = twin.place_order(&[line("2:21", 2), line("1:10", 1)]).unwrap();
    let read = order(&twin, &clock, &id).await;
    let rows = read["line_items"].as_array().unwrap();
    assert_eq!(
        (rows.len(), rows[0]["sku_id"].as_str(), rows[2]["sku_id"].as_str()),
        (3, Some("21"), Some("10"))
    );
    assert_eq!(
        (&rows[0]["sale_price"], &rows[0]["package_status"]),
        (&json!("199000"), &json!("TO_FULFILL"))
    );
    assert!(rows[0].get("quantity").is_none() && rows[0].get("rts_time").is_none());
    assert_eq!(read["payment"]["total_amount"], "597000", "amounts are texts");
    twin.ship_order(&id);
    let sent = order(&twin, &clock, &id).await;
    assert_eq!((&sent["status"], &sent["collection_time"]), (&json!("IN_TRANSIT"), &json!(START)));
    let many = vec![id; 51].join(",");
    assert_eq!(get(&twin, &clock, DETAIL, &[("ids", &many)]).await["code"], 36_009_004);
    assert_eq!(get(&twin, &clock, DETAIL, &[("ids", "1")]).await["data"]["orders"], json!([]));
}

#[tokio::test]
async fn the_order_list_keeps_to_its_span_and_its_pages() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let mut placed = Vec::new();
    for _ in 0..5 {
        placed.push(twin.place_order(&[line("1:10", 1)]).unwrap());
        clock.advance(1);
    }
    let (mut seen, mut token) = (Vec::new(), String::new());
    let span = json!({"update_time_ge": START, "update_time_lt": START + 4});
    loop {
        let query = [
            ("page_size", "3"),
            ("page_token", &token),
            ("sort_field", "update_time"),
            ("sort_order", "ASC"),
        ];
        let page = ask(&twin, &clock, "POST", SEARCH, &query, &span).await["data"].clone();
        assert_eq!(page["total_count"], 4);
        seen.extend(
            page["orders"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, placed[..4], "the end is not in the span");
    let newest = ask(&twin, &clock, "POST", SEARCH, &[("page_size", "1")], &json!({})).await;
    assert_eq!(newest["data"]["orders"][0]["id"], placed[4], "the newest first, unless asked otherwise");
    for bad in [("page_size", "0"), ("page_size", "101"), ("page_token", "x"), ("sort_order", "UP")] {
        let query = if bad.0 == "page_size" { vec![bad] } else { vec![("page_size", "1"), bad] };
        assert_eq!(
            ask(&twin, &clock, "POST", SEARCH, &query, &json!({})).await["code"],
            36_009_004,
            "{bad:?}"
        );
    }
}

#[tokio::test]
async fn stock_is_set_per_variation_and_refused_per_variation() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let answer = set_stock(&twin, &clock, "2", &[("21", 7), ("99", 1), ("22", 0)]).await;
    assert_eq!((&answer["code"], answer["data"]["errors"].as_array().unwrap().len()), (&json!(0), 1));
    assert_eq!(answer["data"]["errors"][0]["detail"]["sku_id"], "99");
    assert_eq!((twin.shown("2:21"), twin.shown("2:22")), (7, 0));
    assert_eq!(set_stock(&twin, &clock, "2", &[("21", 99_999)]).await["data"], json!({}), "nothing to tell");
    assert_eq!(set_stock(&twin, &clock, "2", &[("21", 1), ("22", 100_000)]).await["code"], 12_019_024);
    assert_eq!(
        (twin.shown("2:21"), twin.shown("2:22")),
        (99_999, 0),
        "a number out of range spoils the call"
    );
    assert_eq!(set_stock(&twin, &clock, "7", &[("1", 1)]).await["code"], 12_052_032);
    assert_eq!(set_stock(&twin, &clock, "2", &[]).await["code"], 12_052_036);
    let elsewhere = json!({"skus": [{"id": "10", "inventory": [{"warehouse_id": "bad", "quantity": 1}]}]});
    let path = "/product/202309/products/1/inventory/update";
    let refused = ask(&twin, &clock, "POST", path, &[], &elsewhere).await["data"]["errors"][0].clone();
    assert_eq!(refused["detail"]["extra_errors"][0]["code"], 12_052_097);
    assert_eq!(twin.stock_writes().len(), 3);
    let search = "/product/202309/inventory/search";
    twin.place_order(&[line("1:10", 2)]).unwrap();
    let read =
        ask(&twin, &clock, "POST", search, &[], &json!({"sku_ids": ["10", "99"]})).await["data"].clone();
    let sku = &read["inventory"][0]["skus"][0];
    assert_eq!((&sku["total_available_quantity"], &sku["total_committed_quantity"]), (&json!(3), &json!(2)));
    let many: Vec<String> = (0..601).map(|n| n.to_string()).collect();
    assert_eq!(ask(&twin, &clock, "POST", search, &[], &json!({"sku_ids": many})).await["code"], 12_019_015);
    assert_eq!(ask(&twin, &clock, "POST", search, &[], &json!({})).await["code"], 36_009_004);
}

#[tokio::test]
async fn campaign_units_lie_inside_what_is_available() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    assert!(twin.lock_units("1:10", 3));
    assert_eq!(twin.shown("1:10"), 5);
    let refused = set_stock(&twin, &clock, "1", &[("10", 2)]).await;
    assert_eq!((&refused["code"], &refused["data"]["errors"][0]["code"]), (&json!(0), &json!(12_052_990)));
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 3)]).await["data"], json!({}));
    twin.place_order(&[line("1:10", 1)]).unwrap();
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 2)]).await["data"], json!({}), "one of them was sold");
    twin.lock_units("1:10", 0);
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 0)]).await["data"], json!({}));
}

#[tokio::test]
async fn products_are_listed_by_page() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let path = "/product/202502/products/search";
    let page =
        ask(&twin, &clock, "POST", path, &[("page_size", "1")], &json!({"status": "ALL"})).await["data"]
            .clone();
    assert_eq!((&page["total_count"], page["products"].as_array().unwrap().len()), (&json!(2), 1));
    let token = page["next_page_token"].as_str().unwrap();
    let query = [("page_size", "1"), ("page_token", token)];
    let last = ask(&twin, &clock, "POST", path, &query, &json!({})).await["data"].clone();
    assert_eq!((&last["next_page_token"], &last["products"][0]["skus"][1]["id"]), (&json!(""), &json!("22")));
    assert_eq!(
        last["products"][0]["skus"][0]["inventory"][0],
        json!({"warehouse_id": "7068", "quantity": 3})
    );
}

#[tokio::test]
async fn news_moves_the_order() {
    for seller_ships in [false, true] {
        let (twin, clock) = start_with("http://127.0.0.1:9/x", seller_ships).await;
        let id = twin.place_order(&[line("1:10", 1)]).unwrap();
        let package = order(&twin, &clock, &id).await["packages"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/fulfillment/202309/packages/{package}/ship");
        let plain = ask(&twin, &clock, "POST", &path, &[], &json!({})).await;
        let own = json!({"self_shipment": {"tracking_number": "SPXVN1", "shipping_provider_id": "66"}});
        let named = ask(&twin, &clock, "POST", &path, &[], &own).await;
        let (first, second) = (plain["code"] == 0, named["code"] == 0);
        assert_eq!(
            (first, second),
            (!seller_ships, seller_ships),
            "once, and with a number where it is the seller's"
        );
        let now = order(&twin, &clock, &id).await;
        let (status, number) =
            if seller_ships { ("IN_TRANSIT", "SPXVN1") } else { ("AWAITING_COLLECTION", "800000000001") };
        assert_eq!((&now["status"], &now["tracking_number"]), (&json!(status), &json!(number)));
    }
}

#[tokio::test]
async fn an_order_is_called_off_for_a_reason_that_fits() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let cancel = async |id: &str, reason: &str| {
        let body = json!({"order_id": id, "cancel_reason": reason});
        ask(&twin, &clock, "POST", "/return_refund/202309/cancellations", &[], &body).await["code"]
            .as_i64()
            .unwrap()
    };
    let unpaid = twin.place_unpaid_order(&[line("1:10", 1)]).unwrap();
    assert_eq!(cancel(&unpaid, "seller_cancel_reason_out_of_stock").await, 25_001_021);
    assert_eq!(cancel(&unpaid, "because").await, 25_001_014);
    assert_eq!(cancel(&unpaid, "seller_cancel_unpaid_reason_out_of_stock").await, 0);
    assert_eq!(cancel(&unpaid, "seller_cancel_unpaid_reason_out_of_stock").await, 25_001_051);
    let sent = twin.place_order(&[line("1:10", 1)]).unwrap();
    twin.ship_order(&sent);
    assert_eq!(cancel(&sent, "seller_cancel_reason_out_of_stock").await, 25_001_045);
    assert_eq!(twin.shown("1:10"), 4);
}

#[tokio::test]
async fn faults_do_what_they_say() {
    let (twin, clock) = start("http://127.0.0.1:9/x").await;
    let inject = |kind| twin.inject(Fault { path_contains: "inventory/update".into(), kind, times: 1 });
    inject(FaultKind::LoginExpired);
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 1)]).await["code"], 105_002);
    inject(FaultKind::TooManyRequests { retry_after_seconds: None });
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 1)]).await["code"], 36_009_002);
    inject(FaultKind::ServerError(500));
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 1)]).await["code"], 36_009_003);
    inject(FaultKind::RefuseListing("2:21".into()));
    let refused = set_stock(&twin, &clock, "2", &[("21", 1), ("22", 1)]).await;
    assert_eq!(
        (&refused["code"], &refused["data"]["errors"][0]["detail"]["sku_id"]),
        (&json!(0), &json!("21"))
    );
    inject(FaultKind::AcceptedNotApplied);
    assert_eq!(set_stock(&twin, &clock, "1", &[("10", 1)]).await["data"], json!({}));
    assert_eq!((twin.shown("1:10"), twin.shown("2:21"), twin.shown("2:22")), (5, 3, 1));
}

#[tokio::test]
async fn a_push_is_sent_four_times_more_and_then_lost() {
    let (url, taken) = open_door(500, "").await;
    let (twin, clock) = start(&url).await;
    let courier = Courier::new(plain_client().unwrap());
    twin.place_unpaid_order(&[line("1:10", 1)]).unwrap();
    for wait in [120, 1_800, 10_800, 43_200] {
        let pushes = twin.take_pushes();
        assert_eq!(courier.deliver(&*twin, &pushes[0]).await.unwrap(), 500);
        clock.advance(wait - 1);
        assert!(twin.take_pushes().is_empty());
        clock.advance(1);
    }
    courier.deliver(&*twin, &twin.take_pushes()[0]).await.unwrap();
    clock.advance(100_000);
    assert!(twin.take_pushes().is_empty());
    let bodies: Vec<_> = taken.lock().unwrap().iter().map(|(_, body)| body.clone()).collect();
    assert!(
        bodies.len() == 5 && bodies.iter().all(|body| *body == bodies[0]),
        "the same notification each time"
    );
    twin.stop();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(try_send("GET", &format!("{}{SHOPS}", twin.base_url()), &[], "", 500).await.is_none());
}
