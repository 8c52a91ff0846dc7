//! A shop each of whose units is on sale once: what a listing sells is its own, and the others are told nothing.

use crate::Stage;
use crate::door::until_quiet;
use commerce::ids::ConnectionId;
use deployed::Problem;
use deployed::shop::{OPENING_PATIENCE, PATIENCE, line};
use deployed::shops_file::{PRODUCTS, SHOPEE, WEB};
use deployed::until::{ensure, until_equal};
use twins::Twin;

/// Units were on sale that nobody had covered: the listings go to 0, the orders up to then are read, and only then are all
/// units dealt out. A sale takes from its own listing alone.
pub(crate) async fn each_unit_is_on_sale_once(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.covered, PRODUCTS[0]);
    let shown = || (shop.shopee.shown(shirt.shopee), shop.web.shown(shirt.web));
    until_equal("the website to show none at first", &0, OPENING_PATIENCE, async || Ok(shown().1)).await?;
    let units = shirt.hn + shirt.hcm;
    let on_sale = async || Ok(shown().0 + shown().1);
    until_equal("every unit to be on sale once", &units, OPENING_PATIENCE, on_sale).await?;
    let accounts = [ConnectionId::new(SHOPEE)?, ConnectionId::new(WEB)?];
    let passes = world.table.load_passes(&shop.id, &accounts).await?;
    let read = accounts.iter().filter(|id| passes.get(id).is_some_and(|pass| pass.drained_until.is_some()));
    ensure(read.count() == 2, || format!("a list of orders was never read to the end: {passes:?}"))?;
    let before = shown();
    let order = shop.shopee.place_order(&line(shirt.shopee, 1))?;
    shop.deliver(world, &*shop.shopee).await?;
    let recorded = async || shop.recorded(world, SHOPEE, std::slice::from_ref(&order)).await;
    until_equal("the sale to be in the book", &1, PATIENCE, recorded).await?;
    until_quiet(world).await?;
    ensure(shown() == (before.0 - 1, before.1), || {
        format!("after a sale on Shopee, Shopee and website show {:?}; before it {before:?}", shown())
    })?;
    let balances = shop.balances(world, &shirt).await?;
    let free: i64 = balances.values().map(|stock| stock.free).sum();
    ensure(free == 0 && balances.values().all(commerce::stock::Stock::identity_holds), || {
        format!("units are on sale nowhere or twice: {balances:?}")
    })
}
