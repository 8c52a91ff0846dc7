//! The shops that a scheduled function goes through, one by one.

use commerce::ids::ShopId;
use lambda_kit::shop_source::ShopSource;
use table::{Table, TableError};

/// Every shop there is, with what people call it.
pub(crate) async fn every_shop(
    shops: &ShopSource,
    table: &Table,
) -> Result<Vec<(ShopId, String)>, TableError> {
    match shops {
        ShopSource::Fixed(shops) => {
            let shops = shops.catalogue().shops.values();
            Ok(shops.map(|shop| (shop.id.clone(), shop.name.clone())).collect())
        }
        ShopSource::Live(_) => {
            Ok(table.registered().await?.into_iter().map(|entry| (entry.shop, entry.name)).collect())
        }
    }
}
