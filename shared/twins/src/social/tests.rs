//! Checks of the chat desk's stand-in: what it signs, and what its list says.

use serde_json::Value;

use super::{SocialTwin, SocialTwinConfig, TwinTerms};
use crate::testing::{StillClock, line, listing, send};
use crate::{Push, Twin, TwinOrderState};
use std::sync::Arc;
use std::time::Duration;

async fn twin() -> Arc<SocialTwin> {
    let config = SocialTwinConfig {
        webhook_secret: "s".to_owned(),
        meta_app_secret: "m".to_owned(),
        meta_verify_token: "our word".to_owned(),
        zalo_app_id: "360846524940903967".to_owned(),
        zalo_oa_secret: "z".to_owned(),
        webhook_url: "https://hooks.example.vn/webhooks/lan/chat".to_owned(),
        orders_url: "https://hooks.example.vn/orders/lan/chat".to_owned(),
        listings: vec![listing("AO-M", "AO-M", 3)],
        latency: Duration::ZERO,
        clock: StillClock::new().twin_clock(),
        port: 0,
    };
    SocialTwin::start(config).await.unwrap()
}

fn body(push: &Push) -> Value {
    serde_json::from_slice(&push.body).unwrap()
}

#[tokio::test]
async fn what_was_agreed_is_told_step_by_step() {
    let twin = twin().await;
    let id = twin.place_order(&[line("AO-M", 2)]).unwrap();
    assert!(twin.place_order(&[line("AO-M", 2)]).is_err(), "the list says one is left");
    assert!(twin.ship_order(&id) && !twin.cancel_order(&id));
    let told: Vec<Value> = twin.take_pushes().iter().map(body).collect();
    let actions: Vec<&str> = told.iter().map(|told| told["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["confirm", "ship"]);
    assert_eq!(
        (told[0]["reference"].as_str(), told[0]["total"].as_i64()),
        (Some(id.as_str()), Some(398_000))
    );
    assert!(told[1]["at"].as_str() > told[0]["at"].as_str());
}

#[tokio::test]
async fn a_hold_is_asked_for_in_a_call_of_its_own() {
    let twin = twin().await;
    let (id, push) = twin.hold(&[line("AO-M", 9)]);
    assert_eq!(
        (push.url.as_str(), body(&push)["action"].as_str()),
        ("https://hooks.example.vn/orders/lan/chat", Some("hold"))
    );
    assert!(twin.take_pushes().is_empty() && twin.shown("AO-M") == 3, "whoever asked sends it");
    assert_eq!(body(&twin.call(&id, "cancel").unwrap())["action"], "cancel");
    assert_eq!(twin.order(&id).unwrap().state, TwinOrderState::Cancelled);
    assert!(twin.call("CHAT-99", "cancel").is_none());
}

#[tokio::test]
async fn chats_carry_the_seals_of_their_own_houses() {
    let twin = twin().await;
    twin.chat_on_facebook("2 áo M");
    twin.chat_on_zalo("2 áo M");
    let pushes = twin.take_pushes();
    assert_eq!(pushes[0].header("x-hub-signature-256").unwrap().len(), "sha256=".len() + 64);
    assert_eq!(pushes[1].header("x-zevent-signature").unwrap().len(), "mac=".len() + 64);
    let (url, text) = twin.question();
    assert!(url.ends_with("hub.verify_token=our%20word") && url.contains(&text));
    assert_eq!(send("GET", &twin.base_url(), &[], "").await.status, 404);
}

#[tokio::test]
async fn what_is_agreed_beside_the_goods_is_said_with_the_hold_alone() {
    let twin = twin().await;
    let until = "2026-11-22T05:30:00Z".parse().unwrap();
    let (purpose, location) = (Some("pick_up".to_owned()), Some("hn".to_owned()));
    let terms = TwinTerms { purpose, until: Some(until), location };
    let (id, push) = twin.hold_with(&[line("AO-M", 1)], terms.clone());
    let said = body(&push);
    let words = ["purpose", "hold_until", "location"].map(|field| said[field].as_str().unwrap_or_default());
    assert_eq!(words, ["pick_up", "2026-11-22T12:30:00.000+07:00", "hn"]);
    assert!(body(&twin.call(&id, "confirm").unwrap()).get("purpose").is_none());
    let longer = TwinTerms { purpose: None, ..terms };
    let again = body(&twin.agree_on(&id, longer).unwrap());
    assert_eq!((again["action"].as_str(), again.get("purpose")), (Some("hold"), None));
    assert!(body(&twin.hold(&[line("AO-M", 1)]).1).get("hold_until").is_none());
}
