//! A person grants an account in the browser; from then on its login is renewed by the stack itself.

use crate::Stage;
use commerce::ids::ConnectionId;
use deployed::Problem;
use deployed::shop::{PATIENCE, Shop, line};
use deployed::shops_file::{PRODUCTS, SHOPEE};
use deployed::until::{ensure, until_equal};
use deployed::world::World;
use lambda_kit::clock;
use std::time::Duration;
use twins::Twin;
use workflows::logins::{begin_grant, login_state};

/// How long a renewal may take: a fresh login is left alone for some seconds, and its minute comes once a minute.
const RENEWAL_PATIENCE: Duration = Duration::from_secs(100);
/// How long news may take that met a login which had to be renewed first: after 5, 20 and 90 seconds it is tried again.
const REFUSED_PATIENCE: Duration = Duration::from_secs(240);

/// Granted by the very link, once; and when Shopee ends the token, news that met this comes through all the same.
pub(crate) async fn are_granted_and_renewed(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.main, PRODUCTS[0]);
    shop.until_open().await?;
    let base = world.names.webhook_base_url.trim_end_matches("/webhooks");
    let callback = format!("{base}/logins/callback");
    let connection = ConnectionId::new(SHOPEE)?;
    let state = begin_grant(&world.table, &shop.id, &connection, &callback, &clock::system()).await?;
    let back = grant(world, shop, &callback, &state).await?;
    let (status, page) = open(world, &back.replace("state=", "state=x")).await?;
    ensure(status == 400 && page.contains("not valid"), || format!("a forged state was answered {status}"))?;
    let (status, page) = open(world, &back).await?;
    ensure(status == 200 && page.contains("Shopee is connected"), || format!("answered {status} {page}"))?;
    let (status, _) = open(world, &back).await?;
    ensure(status == 410, || format!("a used link was answered {status}"))?;
    let version = async || Ok(login_state(&world.table, &shop.id, &connection).await?.login.version);
    ensure(version().await? == 1, || "the grant is not noted".to_owned())?;
    shop.shopee.end_login();
    let met_it = shop.shopee.place_order(&line(shirt.shopee, 1))?;
    shop.deliver(world, &*shop.shopee).await?;
    until_equal("the login to be renewed", &2, RENEWAL_PATIENCE, version).await?;
    let later = shop.shopee.place_order(&line(shirt.shopee, 1))?;
    shop.deliver(world, &*shop.shopee).await?;
    let recorded = async |order: &String| shop.recorded(world, SHOPEE, std::slice::from_ref(order)).await;
    until_equal("news after the renewal", &1, PATIENCE, async || recorded(&later).await).await?;
    until_equal("news that met the end", &1, REFUSED_PATIENCE, async || recorded(&met_it).await).await?;
    ensure(version().await? == 2, || "it was renewed more than once".to_owned())
}

/// Opens Shopee's page and says yes; the answer is where Shopee sends the browser.
async fn grant(world: &World, shop: &Shop, callback: &str, state: &str) -> Result<String, Problem> {
    let page = format!("{}/auth", shop.shopee.base_url());
    let query = [
        ("partner_id", "2001"),
        ("auth_type", "seller"),
        ("redirect_uri", callback),
        ("response_type", "code"),
        ("state", state),
    ];
    let query: Vec<String> =
        query.map(|(name, value)| format!("{name}={}", value.replace(':', "%3A").replace('/', "%2F"))).into();
    let answer = world.client.get(format!("{page}?{}", query.join("&"))).send().await?;
    let back = answer.headers().get("location").ok_or("Shopee sends the browser nowhere")?;
    Ok(back.to_str()?.to_owned())
}

async fn open(world: &World, url: &str) -> Result<(u16, String), Problem> {
    let answer = world.client.get(url).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}
