//! A function dies at its work, or cannot work at all: nothing is lost, and nothing is done twice.

use crate::Stage;
use crate::door::until_quiet;
use deployed::Problem;
use deployed::lambda;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::{PRODUCTS, SHOPEE, WEB};
use deployed::until::{ensure, until, until_equal};
use std::time::Duration;
use twins::{Fault, FaultKind, Twin};

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
    let died_before = stage.emulator.written()?.matches(DIED_AT_WORK).count();
    shop.shopee.inject(Fault { path_contains: "order".into(), kind: FaultKind::HangBeforeApply, times: 2 });
    let mut orders = Vec::new();
    for _ in 0..5 {
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
    shop.until_shown(&product, shown - 5, PATIENCE).await?;
    until_quiet(world).await?;
    world.lookups.comes_back_after(LOOKUPS_COME_BACK_AFTER).await?;
    let found = shop.recorded(world, SHOPEE, &orders).await?;
    ensure(found == orders.len(), || format!("{found} of {} orders are in the book", orders.len()))?;
    let expected = (on_hand, committed + 5);
    until_equal("the balances", &expected, PATIENCE, async || shop.totals(world, &product).await).await
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
    let mut wrong = right.clone();
    if let Some(variables) = wrong.as_object_mut() {
        variables.remove("TABLE_NAME");
    }
    lambda::set_environment(&world.calls, &function, &wrong).await?;
    // The one thing the test changes: three minutes become one second.
    world.orders.comes_back_after(1).await?;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(shop.web.place_order(&line(product.web, 1))?);
    }
    shop.deliver(world, &*shop.web).await?;
    let dead = &world.dead[1];
    until_equal("three dead letters", &(3, 0), GIVING_UP_PATIENCE, async || dead.waiting_and_taken().await)
        .await?;
    ensure(shop.recorded(world, WEB, &orders).await? == 0, || "it was recorded all the same".to_owned())?;
    world.orders.comes_back_after(ORDERS_COME_BACK_AFTER).await?;
    lambda::set_environment(&world.calls, &function, &right).await?;
    let list = world.operator.hopkenh(&["dead-letters", "list"], &[]).await?;
    ensure(list.contains('3'), || format!("hopkenh dead-letters list does not show them: {list}"))?;
    world.operator.hopkenh(&["dead-letters", "redrive"], &[]).await?;
    shop.until_shown(&product, shown - 3, PATIENCE).await?;
    until_quiet(world).await?;
    dead.until_empty(PATIENCE).await?;
    let found = shop.recorded(world, WEB, &orders).await?;
    ensure(found == orders.len(), || format!("{found} of {} orders are in the book", orders.len()))?;
    let expected = (on_hand, committed + 3);
    until_equal("the balances", &expected, PATIENCE, async || shop.totals(world, &product).await).await
}
