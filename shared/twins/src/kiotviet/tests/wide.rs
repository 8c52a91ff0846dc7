//! What a shop may rely on when it puts orders in, sends parcels back and registers webhooks at the KiotViet stand-in.

use super::*;

#[tokio::test]
async fn an_order_that_is_put_in_keeps_its_words_and_its_price() {
    let (twin, _clock) = quiet().await;
    let token = token(&twin).await;
    let wish = json!({
        "branchId": 55,
        "description": "R-1",
        "discount": 1000,
        "orderDetails": [{"productId": 1001, "quantity": 2, "price": 90000}],
    });
    let id = ask(&twin, &token, "POST", "/orders", &wish).await.json()["id"].to_string();
    let (reference, order) = twin.taken_orders().remove(0);
    assert_eq!((reference.as_str(), order.total_minor, order.id), ("R-1", 179_000, id.clone()));
    assert_eq!((twin.on_hand("55", "1001"), twin.reserved("55", "1001")), (7, 2));
    twin.book("55", &[line("1001", 1)]);
    assert_eq!(twin.taken_orders().len(), 1, "what the shop writes itself was not put in");
    let listed =
        ask(&twin, &token, "GET", "/orders?orderBy=modifiedDate&orderDirection=Desc", &Value::Null).await;
    assert!(listed.json()["data"].as_array().unwrap().iter().any(|row| row["description"] == "R-1"));
    assert_eq!(ask(&twin, &token, "DELETE", &format!("/orders/{id}"), &json!({})).await.status, 200);
    assert_eq!(ask(&twin, &token, "DELETE", &format!("/orders/{id}"), &json!({})).await.status, 400);
}

#[tokio::test]
async fn only_a_parcel_on_its_way_comes_back() {
    let (twin, _clock) = quiet().await;
    let sale = twin.place_order(&[line("1001", 1)]).unwrap();
    assert!(!twin.return_order(&sale), "a till sale is in the buyer's hand");
    let parcel = twin.sell_for_delivery("55", &[line("1001", 1)]);
    assert!(!twin.return_order(&parcel));
    assert!(twin.ship_order(&parcel) && twin.return_order(&parcel) && !twin.return_order(&parcel));
    let pushes = twin.take_pushes();
    assert_eq!(body(pushes.last().unwrap())["Notifications"][0]["Data"][0]["InvoiceDelivery"]["Status"], 4);
    assert_eq!(twin.on_hand("55", "1001"), 5, "goods count when a person says so");
}

#[tokio::test]
async fn webhooks_are_listed_removed_and_registered_anew() {
    let (twin, _clock) = quiet().await;
    let token = token(&twin).await;
    assert_eq!(twin.subscriptions().len(), 3);
    let id = ask(&twin, &token, "GET", "/webhooks", &Value::Null).await.json()["data"][0]["id"].to_string();
    let path = format!("/webhooks/{id}");
    assert_eq!(ask(&twin, &token, "GET", &path, &Value::Null).await.json()["type"], "stock.update");
    ask(&twin, &token, "DELETE", &path, &json!({})).await;
    assert_eq!(ask(&twin, &token, "GET", &path, &Value::Null).await.status, 404);
    assert_eq!(twin.subscriptions().len(), 2);
    let hook = json!({"Webhook": {"Type": "stock.update", "Url": "http://127.0.0.1:9/y", "IsActive": true}});
    ask(&twin, &token, "POST", "/webhooks", &hook).await;
    assert!(twin.subscriptions().contains(&"http://127.0.0.1:9/y".to_owned()));
    assert!(twin.edit_stock("1001", 9));
    assert_eq!((twin.on_hand("55", "1001"), twin.take_pushes()[0].url.as_str()), (9, "http://127.0.0.1:9/y"));
}
