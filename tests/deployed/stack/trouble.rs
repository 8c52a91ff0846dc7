//! A function dies at its work, or cannot work at all: nothing is lost, and nothing is done twice.

use crate::Stage;
use crate::door::{is_about_order, until_quiet};
use deployed::Problem;
use deployed::lambda;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::{PRODUCTS, SHOPEE, WEB};
use deployed::until::{ensure, until, until_equal};
use serde_json::Value;
use std::time::Duration;
use twins::{Fault, FaultKind, Twin};

/// Sales in each story.
const SALES: u32 = 5;
/// What the template says, in seconds.
const LOOKUPS_COME_BACK_AFTER: u32 = 360;
const ORDERS_COME_BACK_AFTER: u32 = 180;
/// How the emulator says that a process went away at its work.
const DIED_AT_WORK: &str = "Lambda hk-look-up-orders: Runtime exited before returning a response";
/// Ten tries, a second or two apart.
const GIVING_UP_PATIENCE: Duration = Duration::from_secs(90);

/// `look-up-orders` is killed while Shopee keeps it waiting; its batch comes back and is done by another process.
pub(crate) async fn a_killed_function_loses_nothing(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, product) = (&stage.world, &stage.shops.troubled, PRODUCTS[0]);
    shop.until_open().await?;
    let (on_hand, committed) = shop.totals(world, &product).await?;
    let shown = shop.shopee.shown(product.shopee);
    // The one thing the test changes: six minutes become five seconds.
    world.lookups.comes_back_after(5).await?;
    let sold = kill_at_work(stage).await;
    world.lookups.comes_back_after(LOOKUPS_COME_BACK_AFTER).await?;
    let orders = sold?;
    shop.until_shown(&product, shown - i64::from(SALES), PATIENCE).await?;
    until_quiet(world).await?;
    let found = shop.recorded(world, SHOPEE, &orders).await?;
    ensure(found == orders.len(), || format!("{found} of {} orders are in the book", orders.len()))?;
    let expected = (on_hand, committed + i64::from(SALES));
    until_equal("the balances", &expected, PATIENCE, async || shop.totals(world, &product).await).await
}

/// Sells, and kills whoever asks Shopee about it; waits until nothing of that batch is left to come back.
async fn kill_at_work(stage: &Stage<'_>) -> Result<Vec<String>, Problem> {
    let (world, shop, product) = (&stage.world, &stage.shops.troubled, PRODUCTS[0]);
    let died_before = stage.emulator.written()?.matches(DIED_AT_WORK).count();
    shop.shopee.inject(Fault { path_contains: "order".into(), kind: FaultKind::HangBeforeApply, times: 1 });
    let mut orders = Vec::new();
    for _ in 0..SALES {
        orders.push(shop.shopee.place_order(&line(product.shopee, 1))?);
    }
    shop.deliver(world, &*shop.shopee).await?;
    let package = world.packages.iter().find(|package| package.name == "look-up-orders");
    let digest = &package.ok_or("look-up-orders was not packaged")?.digest;
    until("a function to die at its work", PATIENCE, async || {
        // Somebody works on something, and it can only be waiting for Shopee.
        if world.lookups.waiting_and_taken().await?.1 > 0 {
            lambda::kill(&lambda::processes(digest)?)?;
        }
        let died = stage.emulator.written()?.matches(DIED_AT_WORK).count();
        Ok((died > died_before).then_some(()))
    })
    .await?;
    world.lookups.until_empty(PATIENCE).await?;
    Ok(orders)
}

/// `record-orders` cannot start: after ten tries its messages lie with the dead letters. It is mended, they are sent
/// back, and each is done once.
pub(crate) async fn dead_letters_come_back_to_life(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, product) = (&stage.world, &stage.shops.troubled, PRODUCTS[0]);
    shop.until_open().await?;
    let (on_hand, committed) = shop.totals(world, &product).await?;
    let shown = shop.web.shown(product.web);
    let function = world.function("record-orders");
    let right = lambda::environment(&world.calls, &function).await?;
    // The one thing the test changes: three minutes become one second.
    world.orders.comes_back_after(1).await?;
    let sold = sell_to_the_broken(stage, &function, &right).await;
    lambda::set_environment(&world.calls, &function, &right).await?;
    world.orders.comes_back_after(ORDERS_COME_BACK_AFTER).await?;
    let orders = sold?;
    world.operator.hopkenh(&["dead-letters", "redrive"], &[]).await?;
    shop.until_shown(&product, shown - i64::from(SALES), PATIENCE).await?;
    until_quiet(world).await?;
    world.dead[1].until_empty(PATIENCE).await?;
    let found = shop.recorded(world, WEB, &orders).await?;
    ensure(found == orders.len(), || format!("{found} of {} orders are in the book", orders.len()))?;
    let expected = (on_hand, committed + i64::from(SALES));
    until_equal("the balances", &expected, PATIENCE, async || shop.totals(world, &product).await).await
}

/// Takes a setting away without which the function does not start, sells, and waits until it has been given up.
async fn sell_to_the_broken(
    stage: &Stage<'_>,
    function: &str,
    right: &Value,
) -> Result<Vec<String>, Problem> {
    let (world, shop, product) = (&stage.world, &stage.shops.troubled, PRODUCTS[0]);
    let mut wrong = right.clone();
    wrong.as_object_mut().and_then(|variables| variables.remove("TABLE_NAME"));
    lambda::set_environment(&world.calls, function, &wrong).await?;
    let mut orders = Vec::new();
    for _ in 0..SALES {
        orders.push(shop.web.place_order(&line(product.web, 1))?);
    }
    let mut told = 0;
    for push in shop.web.take_pushes() {
        told += u64::from(is_about_order(&push));
        shop.deliver_one(world, &*shop.web, &push).await?;
    }
    let dead = &world.dead[1];
    let given_up = async || dead.waiting_and_taken().await;
    until_equal("the dead letters", &(told, 0), GIVING_UP_PATIENCE, given_up).await?;
    ensure(shop.recorded(world, WEB, &orders).await? == 0, || "it was recorded all the same".to_owned())?;
    let list = world.operator.hopkenh(&["dead-letters", "list"], &[]).await?;
    ensure(list.contains(&told.to_string()), || format!("hopkenh dead-letters list says: {list}"))?;
    Ok(orders)
}
