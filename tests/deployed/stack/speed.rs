//! How long it takes from a webhook that was taken until the other channel shows one less. Printed, never judged.
#![allow(clippy::print_stdout, reason = "the figures are told to the person at the terminal")]

use crate::Stage;
use deployed::Problem;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::PRODUCTS;
use std::time::{Duration, Instant};
use twins::Twin;

/// Sales that are timed.
const SALES: usize = 60;
/// How often to look: the figures are no finer than this.
const LOOK: Duration = Duration::from_millis(2);

/// Sells one at a time, on the website and on Shopee in turn.
pub(crate) async fn from_webhook_to_other_channel(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, shirt) = (&stage.world, &stage.shops.main, PRODUCTS[0]);
    shop.until_open().await?;
    let mut from_web = Vec::new();
    let mut from_shopee = Vec::new();
    for n in 0..SALES {
        let left = shop.shopee.shown(shirt.shopee) - 1;
        shop.until_shown(&shirt, left + 1, PATIENCE).await?;
        let sold_on_web = n % 2 == 0;
        if sold_on_web {
            shop.web.place_order(&line(shirt.web, 1))?;
            shop.deliver(world, &*shop.web).await?;
        } else {
            shop.shopee.place_order(&line(shirt.shopee, 1))?;
            shop.deliver(world, &*shop.shopee).await?;
        }
        let taken = Instant::now();
        let shown = || if sold_on_web { shop.shopee.shown(shirt.shopee) } else { shop.web.shown(shirt.web) };
        while shown() != left {
            if taken.elapsed() > PATIENCE {
                return Err(format!("sale {n} was not shown on the other channel").into());
            }
            tokio::time::sleep(LOOK).await;
        }
        let times = if sold_on_web { &mut from_web } else { &mut from_shopee };
        times.push(taken.elapsed().as_millis());
    }
    println!(
        "   webhook taken → other channel shows it, {SALES} sales one after the other, on this machine:"
    );
    for (way, times) in [("website → Shopee", &mut from_web), ("Shopee → website", &mut from_shopee)] {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len() - 1)).copied();
        let (median, late) = (at(50).unwrap_or(0), at(99).unwrap_or(0));
        println!("   {way}: p50 {median} ms, p99 {late} ms");
    }
    // The emulator reports no cold starts; `hopkenh bench --functions` measures them.
    Ok(())
}
