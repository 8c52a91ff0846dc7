//! The night: the shop is compared with its channels and its morning report made, by the message that the schedule sends.

use super::super::world::{SHOP, World};
use super::desk::{REST_MAX, settle};
use crate::up::Problem;
use commerce::ids::ShopId;
use commerce::reconcile::shop_zone;
use reports::shop::ShopReport;
use std::path::PathBuf;
use workflows::messages::{Mode, ReconcileMessage};

/// Compares, waits for all that is mended by itself, and reads the report back from where it is kept.
pub(super) async fn compare(world: &World) -> Result<(ShopReport, PathBuf), Problem> {
    let shop = ShopId::new(SHOP)?;
    let day = (world.clock)().to_zoned(shop_zone()).date();
    let message = ReconcileMessage { shop, mode: Mode::Nightly, day: Some(day) };
    world.machine.reconcile.send(vec![message.outgoing()]).await?;
    let compared = tokio::time::timeout(REST_MAX, world.until_at_rest()).await;
    compared.map_err(|_| "the night was not over in two minutes")??;
    settle(world).await?;
    let pages = world.folders.archive.join("reports").join(SHOP).join(day.to_string());
    let content = std::fs::read(pages.join("report.json"));
    let content = content.map_err(|error| format!("no report in {}: {error}", pages.display()))?;
    Ok((serde_json::from_slice(&content)?, pages))
}
