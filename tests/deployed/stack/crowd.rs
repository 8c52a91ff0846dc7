//! Twenty shops sell products of the same code, and none knows of the other.

use crate::Stage;
use crate::door::until_quiet;
use deployed::Problem;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::PRODUCTS;
use deployed::until::ensure;
use twins::Twin;

/// Two of them sell; the other eighteen show and hold what they had.
pub(crate) async fn equal_products_do_not_meet(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shirt) = (&stage.world, PRODUCTS[0]);
    let crowd = &stage.shops.crowd;
    for shop in crowd {
        shop.until_open().await?;
    }
    let (first, second) = (&crowd[3], &crowd[7]);
    first.shopee.place_order(&line(shirt.shopee, 4))?;
    second.web.place_order(&line(shirt.web, 7))?;
    first.deliver(world, &*first.shopee).await?;
    second.deliver(world, &*second.web).await?;
    first.until_shown(&shirt, 696, PATIENCE).await?;
    second.until_shown(&shirt, 693, PATIENCE).await?;
    until_quiet(world).await?;
    for shop in crowd {
        let sold = match &shop.id {
            id if *id == first.id => 4,
            id if *id == second.id => 7,
            _ => 0,
        };
        let totals = shop.totals(world, &shirt).await?;
        ensure(totals == (700, sold), || format!("shop {} holds and owes {totals:?}", shop.id))?;
        shop.until_shown(&shirt, 700 - sold, PATIENCE).await?;
        // Told once, when it opened; a sale elsewhere is no news here.
        let told = shop.shopee.stock_writes().len();
        ensure(sold > 0 || told == PRODUCTS.len(), || format!("shop {} was told {told} times", shop.id))?;
    }
    Ok(())
}
