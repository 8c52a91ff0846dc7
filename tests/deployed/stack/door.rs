//! News comes in over HTTP: true news once, false news never.

use crate::Stage;
use deployed::Problem;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::{BRANCH, PRODUCTS, SHOPEE, TILL, WEB};
use deployed::until::{ensure, until_equal};
use deployed::world::World;
use twins::{Push, Twin};

/// How often a message may come again.
const COPIES: usize = 5;
/// More than we read, less than the gateway takes.
const LARGE_BYTES: usize = 1_500_000;
/// More than the gateway takes on AWS. The emulator's has no limit, so there it is our own answer that is seen.
const HUGE_BYTES: usize = 11 * 1024 * 1024;

/// A sale on Shopee, on the website and at the till: each is in the book, the others show what is left.
pub(crate) async fn a_sale_anywhere_shows_everywhere(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.main, PRODUCTS[0]);
    shop.until_open().await?;
    let on_shopee = shop.shopee.place_order(&line(shirt.shopee, 3))?;
    shop.deliver(world, &*shop.shopee).await?;
    shop.until_shown(&shirt, 697, PATIENCE).await?;
    let on_the_web = shop.web.place_order(&line(shirt.web, 2))?;
    shop.deliver(world, &*shop.web).await?;
    shop.until_shown(&shirt, 695, PATIENCE).await?;
    let at_the_till = shop.till.sell(BRANCH, &line(shirt.till, 1));
    shop.deliver(world, &*shop.till).await?;
    shop.until_shown(&shirt, 694, PATIENCE).await?;
    // Sold online: promised, still there. Sold at the till: gone.
    until_equal("the balances", &(699, 5), PATIENCE, async || shop.totals(world, &shirt).await).await?;
    let orders = [(SHOPEE, on_shopee), (WEB, on_the_web), (TILL, format!("invoice:{at_the_till}"))];
    for (connection, order) in orders {
        let found = shop.recorded(world, connection, std::slice::from_ref(&order)).await?;
        ensure(found == 1, || format!("order {order} of {connection} is not in the book"))?;
    }
    Ok(())
}

/// Channels send again what they are not sure of; it counts once.
pub(crate) async fn copies_count_once(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.main, PRODUCTS[1]);
    shop.until_open().await?;
    shop.shopee.place_order(&line(shirt.shopee, 1))?;
    shop.web.place_order(&line(shirt.web, 1))?;
    shop.till.sell(BRANCH, &line(shirt.till, 1));
    for twin in [&*shop.shopee as &dyn Twin, &*shop.web, &*shop.till] {
        for push in twin.take_pushes() {
            for _ in 0..COPIES {
                shop.deliver_one(world, twin, &push).await?;
            }
        }
    }
    shop.until_shown(&shirt, 117, PATIENCE).await?;
    until_quiet(world).await?;
    until_equal("the balances", &(119, 2), PATIENCE, async || shop.totals(world, &shirt).await).await?;
    shop.until_shown(&shirt, 117, PATIENCE).await
}

/// Forged, unknown, too large: refused, and nothing is written. What is true afterwards still gets through.
pub(crate) async fn false_news_changes_nothing(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.main, PRODUCTS[1]);
    shop.until_open().await?;
    let before = shop.totals(world, &shirt).await?;
    let shown_before = shop.shopee.shown(shirt.shopee);
    let on_the_web = shop.web.place_order(&line(shirt.web, 1))?;
    let on_shopee = shop.shopee.place_order(&line(shirt.shopee, 1))?;
    let (web, shopee) = (order_push(&*shop.web)?, order_push(&*shop.shopee)?);
    shop.till.sell(BRANCH, &line(shirt.till, 1));
    let till = shop.till.take_pushes();
    let forged = |push: &Push| Push { body: changed(&push.body), ..push.clone() };
    refused(world, &forged(&web), 401, "a forged order of the website").await?;
    refused(world, &forged(&shopee), 401, "a forged note of Shopee").await?;
    for push in &till {
        // KiotViet would fall silent for good at any 4xx, so the lie is told that all is well.
        refused(world, &forged(push), 200, "forged news of the till").await?;
    }
    let elsewhere = |from: &str, to: &str| Push { url: web.url.replace(from, to), ..web.clone() };
    refused(world, &elsewhere("ao-dep", "nobody"), 401, "an order for no shop of ours").await?;
    refused(world, &elsewhere("ao-dep", "ao-01"), 401, "an order for somebody else's shop").await?;
    refused(world, &elsewhere("ao-dep/web", "ao-dep/nothing"), 401, "an order of no connection").await?;
    let long = |bytes: usize| Push { body: vec![b' '; bytes], ..web.clone() };
    refused(world, &long(LARGE_BYTES), 413, "a body that is too large").await?;
    refused(world, &long(HUGE_BYTES), 413, "a body that is too large for the gateway").await?;
    until_quiet(world).await?;
    ensure(shop.totals(world, &shirt).await? == before, || "false news changed the book".to_owned())?;
    let orders = [(WEB, on_the_web), (SHOPEE, on_shopee)];
    for (connection, order) in &orders {
        let found = shop.recorded(world, connection, std::slice::from_ref(order)).await?;
        ensure(found == 0, || format!("order {order} came into the book by false news"))?;
    }
    // The very same news, as it was signed. What is not text goes through the gateway as base64, and still holds.
    let binary = ("content-type".to_owned(), "application/octet-stream".to_owned());
    let headers = web.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type")).cloned();
    let as_bytes = Push { headers: headers.chain([binary]).collect(), ..web.clone() };
    shop.deliver_one(world, &*shop.web, &as_bytes).await?;
    shop.deliver_one(world, &*shop.shopee, &shopee).await?;
    for push in &till {
        shop.deliver_one(world, &*shop.till, push).await?;
    }
    shop.until_shown(&shirt, shown_before - 3, PATIENCE).await?;
    for (connection, order) in &orders {
        let found = shop.recorded(world, connection, std::slice::from_ref(order)).await?;
        ensure(found == 1, || format!("order {order} is not in the book"))?;
    }
    Ok(())
}

/// Waits until no queue of the stack holds anything.
pub(crate) async fn until_quiet(world: &World) -> Result<(), Problem> {
    for queue in [&world.lookups, &world.orders, &world.publish] {
        queue.until_empty(PATIENCE).await?;
    }
    Ok(())
}

/// The message about the order itself; news of products travel beside it.
fn order_push(twin: &dyn Twin) -> Result<Push, Problem> {
    let pushes = twin.take_pushes();
    pushes.into_iter().rfind(is_about_order).ok_or_else(|| "the channel told nothing".into())
}

/// Whether a message is about an order; a website also sends news of its products.
pub(crate) fn is_about_order(push: &Push) -> bool {
    push.header("x-wc-webhook-topic").is_none_or(|topic| topic.starts_with("order."))
}

/// One letter of the body is another.
fn changed(body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    if let Some(digit) = body.iter_mut().rfind(|byte| byte.is_ascii_digit()) {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    body
}

/// Sends it past the twin, which need not know what is done in its name.
async fn refused(world: &World, push: &Push, status: u16, what: &str) -> Result<(), Problem> {
    let mut request = world.client.post(&push.url);
    for (name, value) in &push.headers {
        request = request.header(name, value);
    }
    let answered = request.body(push.body.clone()).send().await?.status().as_u16();
    ensure(answered == status, || format!("{what} was answered {answered}, not {status}"))
}
