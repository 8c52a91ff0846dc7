//! The ledger in the archive: no line missing, and its sums are the balances.

use crate::Stage;
use crate::door::until_quiet;
use commerce::stock::StockDelta;
use deployed::shop::{PATIENCE, Shop};
use deployed::shops_file::PRODUCTS;
use deployed::until::{ensure, until};
use deployed::{Problem, book};
use std::collections::BTreeMap;
use workflows::announce_stock::LedgerLine;

/// The lines of one balance, by version.
type Lines = BTreeMap<u64, LedgerLine>;

/// Of every shop, whatever befell it in the stories before.
pub(crate) async fn sums_up_to_the_balances(stage: &Stage<'_>) -> Result<(), Problem> {
    let world = &stage.world;
    let shops = &stage.shops;
    for shop in [&shops.main, &shops.troubled, &shops.covered].into_iter().chain(&shops.crowd) {
        shop.until_open().await?;
    }
    until_quiet(world).await?;
    for shop in [&shops.main, &shops.troubled, &shops.covered].into_iter().chain(&shops.crowd) {
        // The last change may still be on its way to the archive.
        until(&format!("the ledger of {} to be whole", shop.id), PATIENCE, async || {
            Ok(check(stage, shop).await.map_err(|problem| problem.to_string())?)
        })
        .await?;
    }
    Ok(())
}

/// Something when the ledger has come as far as the balances; an error when it is wrong.
async fn check(stage: &Stage<'_>, shop: &Shop) -> Result<Option<()>, Problem> {
    let world = &stage.world;
    let objects = book::objects(world, &world.names.archive_bucket, &format!("ledger/{}/", shop.id)).await?;
    let mut ledger: BTreeMap<(String, String), Lines> = BTreeMap::new();
    for line in objects.iter().flat_map(|(_, text)| text.lines()) {
        let line: LedgerLine = serde_json::from_str(line)?;
        let lines = ledger.entry((line.sku.to_string(), line.location.to_string())).or_default();
        let version = line.version;
        if let Some(other) = lines.insert(version, line.clone()) {
            ensure(other == line, || format!("two different lines are version {version}: {line:?}"))?;
        }
    }
    for product in PRODUCTS {
        for (location, stock) in shop.balances(world, &product).await? {
            let lines = ledger.remove(&(product.sku.to_owned(), location.clone())).unwrap_or_default();
            if lines.keys().last() < Some(&stock.version) {
                return Ok(None);
            }
            let place = format!("{} {} at {location}", shop.id, product.sku);
            let versions: Vec<u64> = lines.keys().copied().collect();
            let dense: Vec<u64> = (1..=stock.version).collect();
            ensure(versions == dense, || format!("{place} has the versions {versions:?}"))?;
            let mut sum = StockDelta::default();
            for movement in lines.values().flat_map(|line| &line.movements) {
                sum.add(&movement.delta, 1);
            }
            let balance = (stock.on_hand, stock.committed, stock.free);
            let summed = (sum.on_hand, sum.committed, sum.free());
            ensure(summed == balance, || {
                format!("{place}: the ledger says {summed:?}, the book {balance:?}")
            })?;
        }
    }
    ensure(ledger.is_empty(), || format!("the ledger of {} knows {:?}", shop.id, ledger.keys()))?;
    Ok(Some(()))
}
