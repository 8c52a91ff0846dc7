//! A desk that sells in chats: through the gateway, units are held while somebody waits, or the answer says why not.

use crate::Stage;
use commerce::ids::{ShopId, Sku};
use commerce::stock::Stock;
use deployed::Problem;
use deployed::shop::OPENING_PATIENCE;
use deployed::until::{ensure, until_equal};
use deployed::world::World;
use lambda_kit::clock;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use twins::{Push, SocialTwin, SocialTwinConfig, TwinLine, TwinListing};

/// The shop of this story: it sells in chats only.
const SHOP: &str = "ban-chat";
const SECRET: &str = "canary-ban-chat-desk";
const UNITS: i64 = 3;

fn file(counted_at: jiff::Timestamp) -> String {
    format!(
        r#"
[[shop]]
id = "{SHOP}"
name = "Bán qua chat"

[[shop.location]]
id = "hn"
name = "Hà Nội"

[[shop.connection]]
id = "chat"
channel = "social"
serves_from = ["hn"]
secrets = {{ webhook_secret = "env:CHAT_SECRET" }}
listing = [{{ id = "ao-m", sku = "AO-M", publish = false }}]

[[shop.count]]
sku = "AO-M"
location = "hn"
on_hand = {UNITS}
as_of = "{counted_at}"
"#
    )
}

/// Two of three units are held; two more are not; the first answer is given again; what was given up is free.
pub(crate) async fn units_are_held_in_one_call(stage: &Stage<'_>) -> Result<(), Problem> {
    let world = &stage.world;
    let desk = open(world).await?;
    let (first, hold) = desk.hold(&two());
    let (status, said) = ask(world, &hold).await?;
    ensure(status == 200 && said["held"] == true, || format!("a hold was answered {status} {said}"))?;
    let (_, second) = desk.hold(&two());
    let (status, refusal) = ask(world, &second).await?;
    ensure(status == 409 && refusal["lines"][0]["available"] == 1, || {
        format!("answered {status} {refusal}")
    })?;
    let (status, again) = ask(world, &hold).await?;
    ensure(status == 200 && again == said, || format!("the same order was answered {status} {again}"))?;
    let stock = stock(world).await?;
    ensure((stock.committed, stock.free) == (2, 1), || format!("the book has {stock:?}"))?;
    let forged = Push { body: b"{}".to_vec(), ..hold };
    let (status, _) = ask(world, &forged).await?;
    ensure(status == 401, || format!("a forged order was answered {status}"))?;
    let cancel = desk.call(&first, "cancel").ok_or("the desk forgot its order")?;
    let (status, said) = ask(world, &cancel).await?;
    ensure(status == 200 && said["held"] == false, || format!("a cancel was answered {status} {said}"))?;
    let (status, said) = ask(world, &second).await?;
    ensure(status == 200, || format!("what was given up is not free: {status} {said}"))
}

/// Adds the shop and waits until its count is in the book.
async fn open(world: &World) -> Result<Arc<SocialTwin>, Problem> {
    let an_hour_ago = jiff::Timestamp::from_second(clock::system()().as_second() - 3_600)?;
    let path = world.folder.join(format!("{SHOP}.toml"));
    std::fs::write(&path, file(an_hour_ago))?;
    let environment = [("CHAT_SECRET".to_owned(), SECRET.to_owned())];
    world.operator.hopkenh(&["shop", "add", &path.to_string_lossy()], &environment).await?;
    let counted = async || Ok(stock(world).await?.on_hand);
    until_equal("the count of the shop that sells in chats", &UNITS, OPENING_PATIENCE, counted).await?;
    let hooks = &world.names.webhook_base_url;
    let config = SocialTwinConfig {
        webhook_secret: SECRET.to_owned(),
        meta_app_secret: String::new(),
        meta_verify_token: String::new(),
        zalo_app_id: String::new(),
        zalo_oa_secret: String::new(),
        webhook_url: format!("{hooks}/{SHOP}/chat"),
        orders_url: format!("{}/orders/{SHOP}/chat", hooks.trim_end_matches("/webhooks")),
        listings: vec![TwinListing {
            id: "ao-m".to_owned(),
            sku: "AO-M".to_owned(),
            name: "Áo".to_owned(),
            price_minor: 90_000,
            stock: UNITS,
        }],
        latency: Duration::ZERO,
        clock: clock::system(),
        port: 0,
    };
    Ok(SocialTwin::start(config).await?)
}

fn two() -> Vec<TwinLine> {
    vec![TwinLine { listing: "ao-m".to_owned(), quantity: 2 }]
}

async fn stock(world: &World) -> Result<Stock, Problem> {
    let found = world.table.stock_of_sku(&ShopId::new(SHOP)?, &Sku::new("AO-M")?).await?;
    Ok(found.into_iter().map(|(_, stock)| stock).next().unwrap_or_default())
}

async fn ask(world: &World, push: &Push) -> Result<(u16, Value), Problem> {
    let mut request = world.client.post(&push.url);
    for (name, value) in &push.headers {
        request = request.header(name, value);
    }
    let answer = request.body(push.body.clone()).send().await?;
    let status = answer.status().as_u16();
    Ok((status, serde_json::from_slice(&answer.bytes().await?)?))
}
