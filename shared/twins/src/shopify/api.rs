//! The shop's reception desk: who may ask, what a document costs, and which desk answers.
//!
//! CHANNELS §6; shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits, read 2026-11-30.

use http::Method;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::graphql::{self, Document, Field, connection};
use super::shop::Shop;
use super::webhooks::{Listener, topic_of};
use super::{Core, login, news, orders, stock};
use crate::server::{Answer, Bend, Call, is_webhook_address};

/// A refusal of the whole document.
pub(crate) struct Refusal {
    code: String,
    message: String,
}

pub(crate) fn refuse(code: &str, message: &str) -> Refusal {
    Refusal { code: code.to_owned(), message: message.to_owned() }
}

pub(crate) fn gid(kind: &str, number: u64) -> String {
    format!("gid://shopify/{kind}/{number}")
}

/// The number of a gid of that kind.
pub(crate) fn number(gid: &str, kind: &str) -> Option<u64> {
    gid.strip_prefix("gid://shopify/")?.strip_prefix(kind)?.strip_prefix('/')?.parse().ok()
}

/// Shopify writes times to the second.
pub(crate) fn time(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// An amount in GraphQL has a decimal always.
pub(crate) fn money(minor: i64) -> String {
    format!("{minor}.0")
}

pub(crate) fn answer(core: &Core, call: &Call, bend: &Bend) -> Answer {
    let steps: Vec<&str> = call.path.split('/').filter(|step| !step.is_empty()).collect();
    match (call.method == Method::POST, steps.as_slice()) {
        (false, ["admin", "oauth", "authorize"]) => login::page(core, call),
        (true, ["admin", "oauth", "access_token"]) => login::token(core, call),
        (true, ["admin", "api", version, "graphql.json"]) if is_version(version) => {
            desk(core, call, version, bend)
        }
        _ => Answer::json(404, &json!({ "errors": "Not Found" })),
    }
}

/// A version comes out every quarter.
fn is_version(version: &str) -> bool {
    let (year, month) = version.split_once('-').unwrap_or((version, ""));
    let is_year = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    version == "unstable" || (is_year && matches!(month, "01" | "04" | "07" | "10"))
}

fn desk(core: &Core, call: &Call, version: &str, bend: &Bend) -> Answer {
    let token = call.header("x-shopify-access-token").unwrap_or_default();
    if *bend == Bend::LoginExpired || !core.logins().opens(token, (core.config.clock)()) {
        let why = "[API] Invalid API key or access token (unrecognized login or wrong password)";
        return Answer::json(401, &json!({ "errors": why }));
    }
    let Some(body) = call.json() else { return Answer::json(400, &json!({ "errors": "Bad Request" })) };
    let none = json!({});
    let variables = body.get("variables").filter(|given| given.is_object()).unwrap_or(&none);
    let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
    match graphql::parse(text, variables) {
        Ok(document) => carry_out(core, &document, version, bend),
        Err(why) => told(Err(refuse("INVALID_VARIABLE", &why)), 0),
    }
}

fn carry_out(core: &Core, document: &Document, version: &str, bend: &Bend) -> Answer {
    let cost = graphql::cost(document);
    if cost > graphql::COST_MAX {
        let why = format!("Query cost is {cost}, which exceeds the single query max cost limit (1000).");
        return told(Err(refuse("MAX_COST_EXCEEDED", &why)), cost);
    }
    let mut data = Map::new();
    let mut shop = core.shop();
    for field in &document.fields {
        let value = allowed(core, field).and_then(|()| {
            if document.is_mutation {
                change(&mut shop, field, version, bend)
            } else {
                read(core, &shop, field)
            }
        });
        let value = value
            .and_then(|value| graphql::project(&value, field).map_err(|why| refuse("undefinedField", &why)));
        match value {
            Ok(value) => drop(data.insert(field.key.clone(), value)),
            Err(refusal) => return told(Err(refusal), cost),
        }
    }
    told(Ok(Value::from(data)), cost)
}

/// A refusal comes with status 200 as well.
fn told(outcome: Result<Value, Refusal>, cost: u64) -> Answer {
    let status = json!({ "maximumAvailable": 2000.0, "currentlyAvailable": 1990, "restoreRate": 100.0 });
    let extensions =
        json!({ "cost": { "requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": status } });
    let body = match outcome {
        Ok(data) => json!({ "data": data, "extensions": extensions }),
        Err(Refusal { code, message }) => {
            let error = json!({ "message": message, "extensions": { "code": code } });
            json!({ "errors": [error], "extensions": extensions })
        }
    };
    Answer::json(200, &body)
}

/// `THROTTLED`, with the bucket so empty that it takes so many seconds; without a word on the bucket where not told.
pub(crate) fn throttled(seconds: Option<u64>) -> Answer {
    let error = json!({ "message": "Throttled", "extensions": { "code": "THROTTLED",
        "documentation": "https://shopify.dev/api/usage/rate-limits" } });
    let Some(seconds) = seconds else { return Answer::json(200, &json!({ "errors": [error] })) };
    // So many points are lacking, at ten a second.
    let status = json!({ "maximumAvailable": 2000.0, "currentlyAvailable": 5, "restoreRate": 10.0 });
    let cost =
        json!({ "requestedQueryCost": seconds * 10, "actualQueryCost": null, "throttleStatus": status });
    Answer::json(200, &json!({ "errors": [error], "extensions": { "cost": cost } }))
}

fn allowed(core: &Core, field: &Field) -> Result<(), Refusal> {
    let needed = match field.name.as_str() {
        "order" | "orders" => "read_orders",
        "productVariants" | "nodes" => "read_products",
        "locations" => "read_locations",
        "inventorySetQuantities" => "write_inventory",
        "orderCreate" | "orderCancel" => "write_orders",
        "fulfillmentCreate" => "write_merchant_managed_fulfillment_orders",
        _ => return Ok(()),
    };
    let write = needed.replace("read_", "write_");
    if core.config.scopes.iter().any(|scope| *scope == needed || *scope == write) {
        return Ok(());
    }
    Err(refuse(
        "ACCESS_DENIED",
        &format!("Access denied for {} field. Required access: `{needed}` access scope.", field.name),
    ))
}

fn read(core: &Core, shop: &Shop, field: &Field) -> Result<Value, Refusal> {
    let config = &core.config;
    Ok(match field.name.as_str() {
        "order" => {
            let found = number(field.text("id"), "Order").and_then(|id| shop.orders.get(&id));
            found.map(|order| orders::graph(shop, order)).unwrap_or_default()
        }
        "orders" => orders::list(shop, field)?,
        "nodes" => stock::nodes(shop, field)?,
        "productVariants" => stock::list(shop),
        "shop" => json!({ "__typename": "Shop", "name": config.name, "myshopifyDomain": config.domain(),
            "currencyCode": "VND" }),
        "currentAppInstallation" => {
            let scope = |scope: &String| json!({ "__typename": "AccessScope", "handle": scope });
            let scopes: Vec<Value> = config.scopes.iter().map(scope).collect();
            json!({ "__typename": "AppInstallation", "accessScopes": scopes })
        }
        "locations" => {
            connection(vec![json!({ "__typename": "Location", "id": gid("Location", config.location_id),
            "name": "Hà Nội", "isActive": true })])
        }
        "webhookSubscriptions" => {
            let made = shop.listeners.iter().filter(|listener| listener.id.is_some());
            connection(made.map(Listener::describe).collect())
        }
        other => {
            return Err(refuse(
                "undefinedField",
                &format!("Field '{other}' doesn't exist on type 'QueryRoot'"),
            ));
        }
    })
}

fn change(shop: &mut Shop, field: &Field, version: &str, bend: &Bend) -> Result<Value, Refusal> {
    match field.name.as_str() {
        "inventorySetQuantities" => stock::set(shop, field, version, bend),
        "orderCreate" => news::create(shop, field, bend),
        "orderCancel" => news::cancel(shop, field, bend),
        "fulfillmentCreate" => Ok(news::fulfil(shop, field, bend)),
        "webhookSubscriptionCreate" => Ok(subscribe(shop, field, bend)),
        other => Err(refuse("undefinedField", &format!("Field '{other}' doesn't exist on type 'Mutation'"))),
    }
}

fn subscribe(shop: &mut Shop, field: &Field, bend: &Bend) -> Value {
    let uri = field.argument("webhookSubscription")["uri"].as_str().unwrap_or_default().to_owned();
    let refused = |path: &[&str], message: &str| {
        let error = json!({ "__typename": "UserError", "field": path, "message": message });
        json!({ "__typename": "WebhookSubscriptionCreatePayload", "webhookSubscription": null, "userErrors": [error] })
    };
    let Some(topic) = topic_of(field.text("topic")) else { return refused(&["topic"], "Topic is invalid") };
    let address = ["webhookSubscription", "callbackUrl"];
    if !is_webhook_address(&uri) {
        return refused(&address, "Address protocol http:// is not supported");
    }
    if shop.listeners.iter().any(|l| l.id.is_some() && l.topic == topic && l.uri == uri) {
        return refused(&address, "Address for this topic has already been taken");
    }
    let listener = Listener { id: Some(shop.number()), topic, uri };
    let told = listener.describe();
    if bend.applies() {
        shop.listeners.push(listener);
    }
    json!({ "__typename": "WebhookSubscriptionCreatePayload", "webhookSubscription": told, "userErrors": [] })
}
