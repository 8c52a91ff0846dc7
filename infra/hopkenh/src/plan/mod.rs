//! `hopkenh plan`: what the shop's own sales would have come to under another share rule, before anybody changes a rule.
//!
//! `ledger` reads the archived ledger, `commerce::what_if` plays it twice, `text` and `json` say what came of it.

mod json;
mod ledger;
#[cfg(test)]
mod tests;
mod text;

use crate::bench::lag::world::{PUSH_MS, WEBHOOK_MS};
use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use commerce::catalogue::{Connection, Listing, Sharing, Shop};
use commerce::ids::{ConnectionId, ShopId, Sku};
use commerce::what_if::{Figures, Played, Velocity, demand, oversold, play, velocity};
use lambda_kit::rule_file;
use ledger::Ledger;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Whose ledger.
    #[arg(long)]
    pub shop: String,
    /// The rule to try, as TOML with the words of the shops file: `sharing`, `buffer`, `share`, `walk_in_reserve`.
    #[arg(long, value_name = "FILE")]
    pub rule: PathBuf,
    /// How many seconds listings of a shared pool hear too late of a sale on another channel; without it, webhook and
    /// push as `bench --lag` has them.
    #[arg(long, default_value_t = LAG_SECONDS)]
    pub lag_seconds: u32,
    /// Where the shop lies.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
    /// Write the figures to this file as JSON.
    #[arg(long)]
    pub json: Option<PathBuf>,
}

/// From a sale to the moment another channel is told, as `bench --lag` assumes it.
pub const LAG_SECONDS: u32 = 5;
const _: () = assert!(LAG_SECONDS as u64 * 1_000 == WEBHOOK_MS + PUSH_MS, "both commands assume the same");

/// What both rules came to.
struct Told {
    shop: Shop,
    /// First and last moment of the story, in milliseconds; none for an empty ledger.
    span_ms: Option<(i64, i64)>,
    ledger: Ledger,
    lag_ms: i64,
    /// Units that were really sold beyond what was there.
    happened: BTreeMap<Sku, i64>,
    today: Played,
    rule: Played,
    /// How quickly each product sells that a pooled listing sells, under either rule.
    pooled: BTreeMap<Sku, Velocity>,
}

/// Plays and prints.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// The whole answer; reads the shop's file and its archive, and writes nothing but the JSON that was asked for.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let text = std::fs::read_to_string(&args.rule).map_err(|e| format!("{}: {e}", args.rule.display()))?;
    let place = args.place.open_existing().await?;
    let shop = published(place.shop(&ShopId::new(&args.shop)?).await?);
    let changed = rule_file::apply(&shop, &text)?;
    let ledger = ledger::read(&place.archive, &shop.id).await?;
    let told = compare(shop, &changed, ledger, i64::from(args.lag_seconds) * 1_000);
    if let Some(path) = &args.json {
        let figures = serde_json::to_string_pretty(&json::figures(&told))?;
        std::fs::write(path, figures).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(text::text(&told, args.lang))
}

/// A pause is over one day: the rules are asked about as if it were.
fn published(mut shop: Shop) -> Shop {
    let listings = shop.connections.values_mut().flat_map(|connection| connection.listings.values_mut());
    listings.for_each(|listing| listing.publish |= std::mem::take(&mut listing.paused));
    shop
}

fn compare(shop: Shop, changed: &Shop, ledger: Ledger, lag_ms: i64) -> Told {
    let events = demand(&shop, &ledger.moves);
    let span_ms = events.first().zip(events.last()).map(|(first, last)| (first.at_ms, last.at_ms));
    let is_pooled: BTreeSet<Sku> = [&shop, changed].into_iter().flat_map(pooled_skus).collect();
    let mut pooled = velocity(&events, lag_ms);
    pooled.retain(|sku, _| is_pooled.contains(sku));
    Told {
        span_ms,
        lag_ms,
        happened: oversold(&ledger.moves),
        today: play(&shop, &events, lag_ms),
        rule: play(changed, &events, lag_ms),
        pooled,
        ledger,
        shop,
    }
}

fn pooled_skus(shop: &Shop) -> Vec<Sku> {
    let pools = |connection: &&Connection| connection.sharing == Sharing::Pool;
    let listings =
        shop.connections.values().filter(pools).flat_map(|connection| connection.listings.values());
    let recipes = listings.filter(|listing: &&Listing| listing.publish).flat_map(|listing| &listing.recipe);
    recipes.map(|part| part.sku.clone()).collect()
}

impl Told {
    /// Every product that somebody wanted, with what it came to today and under the rule.
    fn products(&self) -> Vec<(&Sku, Figures, Figures)> {
        let skus: BTreeSet<&Sku> = self.today.figures.keys().chain(self.rule.figures.keys()).collect();
        let of = |played: &Played, sku: &Sku| played.figures.get(sku).copied().unwrap_or_default();
        skus.into_iter().map(|sku| (sku, of(&self.today, sku), of(&self.rule, sku))).collect()
    }

    /// The sums of all products.
    fn sums(&self) -> (Figures, Figures) {
        let none = (Figures::default(), Figures::default());
        self.products().into_iter().fold(none, |(a, b), (_, today, rule)| (a.and(today), b.and(rule)))
    }

    /// Orders that one of the rules sends away and the other does not, by connection: orders and listing units.
    fn moved(from: &Played, to: &Played) -> BTreeMap<ConnectionId, (i64, i64)> {
        let mut moved: BTreeMap<ConnectionId, (i64, i64)> = BTreeMap::new();
        for (name, units) in to.refused.iter().filter(|(name, _)| !from.refused.contains_key(*name)) {
            let (orders, sum) = moved.entry(name.1.connection.clone()).or_default();
            *orders += 1;
            *sum += units;
        }
        moved
    }
}
