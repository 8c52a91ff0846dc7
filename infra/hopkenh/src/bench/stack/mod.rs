//! `hopkenh bench --shops N`: one stack with many shops. What each costs, which is worst off, and whether a shop
//! notices that its neighbour has a hundred times its load.
//!
//! [`world`] runs the machine and its shops' twins, [`costs`] counts by shop what is charged.
#![allow(clippy::print_stdout, reason = "the tables are the product of the command")]

pub mod costs;
pub mod world;

use super::figure::{Figure, ratio};
use crate::demo::freshness::{Told, percentile};
use crate::demo::report::print_table;
use crate::up::Problem;
use costs::Used;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use workflows::prices;
use world::{LATENCY, PRODUCTS, Phase, Purchase, Stack, shop_name};

/// What each shop sells in a usual day.
const ORDERS_A_DAY: u64 = 500;
const DAY_MS: u64 = 86_400_000;
/// The loud shop sells this many times what the quiet one sells.
const LOUD: u64 = 100;
/// The two shops that are compared.
const A: usize = 0;
const B: usize = 1;
/// How many shops the list shows.
const WORST_SHOWN: usize = 10;
/// A stack that has not come to rest after this is measured as it is.
const REST_MAX: Duration = Duration::from_secs(60);
const TARGET: f64 = 1.5;

/// What the person asked for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// How many shops.
    pub shops: usize,
    /// A busy hour sells this many times the day's mean.
    pub peak: u64,
    /// How many seconds each phase lasts.
    pub seconds: u64,
    /// Orders of the quiet shop in a minute; the loud one has a hundred times as many.
    pub quiet_per_minute: u64,
    /// The seed all arrivals are drawn from.
    pub seed: u64,
}

/// Plays three phases: the usual load of all shops; the quiet shop watched; the same with a loud neighbour.
pub async fn measure(wishes: &Wishes, folder: &Path) -> Result<Vec<Figure>, Problem> {
    if wishes.shops < 2 {
        return Err("--shops needs at least 2: one that is loud and one that must not notice".into());
    }
    println!("Starting one machine with {} shops; replay: --seed {}", wishes.shops, wishes.seed);
    let mut stack = Stack::start(wishes.shops, folder).await?;
    let mut random = StdRng::seed_from_u64(wishes.seed);
    let usual = usual_load(wishes, &mut random);
    let quiet = wishes.quiet_per_minute * wishes.seconds / 60;
    let first = stack.play(&usual, REST_MAX).await?;
    let watched = arrivals(wishes, B, quiet, &mut random);
    let second = stack.play(&together(&[&usual, &watched]), REST_MAX).await?;
    let loud = arrivals(wishes, A, quiet * LOUD, &mut random);
    let third = stack.play(&together(&[&usual, &watched, &loud]), REST_MAX).await?;

    print_prices();
    print_costs("All shops at their usual load", &orders_by_shop(&usual), &first);
    print_worst("Worst first, usual load", &orders_by_shop(&usual), &first);
    let with_loud = orders_by_shop(&together(&[&usual, &watched, &loud]));
    print_worst("Worst first, with one loud shop", &with_loud, &third);
    println!();
    Ok(figures(wishes, &first, &second, &third, usual.len()))
}

/// Every shop's share of an hour at the peak, at times drawn at random.
fn usual_load(wishes: &Wishes, random: &mut StdRng) -> Vec<Purchase> {
    let milliseconds = wishes.seconds * 1_000;
    let orders = ORDERS_A_DAY * wishes.peak * wishes.shops as u64 * milliseconds / DAY_MS;
    let mut plan: Vec<Purchase> = (0..orders)
        .map(|_| {
            let shop = random.random_range(0..wishes.shops);
            purchase(wishes, shop, random)
        })
        .collect();
    plan.sort_unstable();
    plan
}

/// So many orders of one shop at times drawn at random.
fn arrivals(wishes: &Wishes, shop: usize, orders: u64, random: &mut StdRng) -> Vec<Purchase> {
    (0..orders).map(|_| purchase(wishes, shop, random)).collect()
}

fn purchase(wishes: &Wishes, shop: usize, random: &mut StdRng) -> Purchase {
    Purchase {
        at_ms: random.random_range(0..wishes.seconds.max(1) * 1_000),
        shop,
        product: random.random_range(0..PRODUCTS),
        on_shopee: random.random_bool(0.5),
    }
}

fn together(plans: &[&[Purchase]]) -> Vec<Purchase> {
    let mut plan = plans.concat();
    plan.sort_unstable();
    plan
}

fn orders_by_shop(plan: &[Purchase]) -> BTreeMap<String, u64> {
    let mut orders = BTreeMap::new();
    plan.iter().for_each(|purchase| *orders.entry(shop_name(purchase.shop)).or_default() += 1);
    orders
}

fn delays(phase: &Phase, shop: Option<usize>) -> Vec<i64> {
    let name = shop.map(shop_name);
    let of_shop = |told: &&Told| name.as_ref().is_none_or(|name| *name == told.shop);
    phase.seen.told.iter().filter(of_shop).map(|told| told.delay_ms).collect()
}

fn figures(wishes: &Wishes, first: &Phase, second: &Phase, third: &Phase, usual: usize) -> Vec<Figure> {
    let ms = |value: i64| ratio(value.unsigned_abs(), 1);
    let all = delays(first, None);
    let (alone, beside) = (delays(second, Some(B)), delays(third, Some(B)));
    let at = |values: &[i64], percent: usize| percentile(values, percent);
    let shops = wishes.shops;
    let load = format!("{shops} shops, {usual} orders in {} s", wishes.seconds);
    let answer = format!("channels answering in {} ms", LATENCY.as_millis());
    let many = |values: &[i64]| format!("{} notes", values.len());
    let parts =
        |percent: usize| ratio(at(&beside, percent).unsigned_abs(), at(&alone, percent).unsigned_abs());
    let per_second = |count: u64| ratio(count, 60);
    let rest = third.rest_after.map_or("not within a minute".to_owned(), |t| format!("{} s", t.as_secs()));
    vec![
        Figure::new("stack_freshness_p50_ms", "Freshness p50 of all shops, ms", ms(at(&all, 50)))
            .remark(format!("{load}, {answer}")),
        Figure::new("stack_freshness_p99_ms", "Freshness p99 of all shops, ms", ms(at(&all, 99)))
            .at_most(2_000.0)
            .remark(many(&all)),
        Figure::new("stack_quiet_p50_alone_ms", "Quiet shop alone, p50, ms", ms(at(&alone, 50)))
            .remark(format!("{}, {} orders/s", many(&alone), per_second(wishes.quiet_per_minute))),
        Figure::new("stack_quiet_p99_alone_ms", "Quiet shop alone, p99, ms", ms(at(&alone, 99))),
        Figure::new(
            "stack_quiet_p50_beside_ms",
            "Quiet shop beside a loud one, p50, ms",
            ms(at(&beside, 50)),
        )
        .remark(format!(
            "{}, the loud one {} orders/s",
            many(&beside),
            per_second(wishes.quiet_per_minute * LOUD)
        )),
        Figure::new(
            "stack_quiet_p99_beside_ms",
            "Quiet shop beside a loud one, p99, ms",
            ms(at(&beside, 99)),
        ),
        Figure::new("stack_fairness_p50", "Fairness: p50 beside / alone", parts(50)).at_most(TARGET),
        Figure::new("stack_fairness_p99", "Fairness: p99 beside / alone", parts(99)).at_most(TARGET),
        Figure::new(
            "stack_loud_p99_ms",
            "The loud shop itself, p99, ms",
            ms(at(&delays(third, Some(A)), 99)),
        )
        .remark(format!("all told after the last order: {rest}")),
        Figure::new("stack_untold", "Changes never told", ratio(third.seen.untold as u64, 1)).at_most(0.0),
    ]
}

fn print_prices() {
    println!(
        "\nList prices, {}, noted on {} ({}); no free tier, no tax:",
        prices::REGION,
        prices::NOTED_ON,
        prices::CHECKED
    );
    let row = |price: &prices::Price| {
        let micro = price.micro_usd_per_million;
        let usd = format!("{}.{:04} USD a million", micro / 1_000_000, micro % 1_000_000 / 100);
        vec![price.what.to_owned(), usd, price.source.to_owned()]
    };
    print_table(&prices::ALL.iter().map(row).collect::<Vec<_>>());
}

/// What the whole stack used, per order and in dollars.
fn print_costs(title: &str, orders: &BTreeMap<String, u64>, phase: &Phase) {
    let all = phase.used.values().fold(Used::default(), |sum, used| sum.plus(used));
    let count: u64 = orders.values().sum();
    println!("\n{title}: {count} orders\n");
    let mut rows = vec![["what", "per order", "USD per 1000 orders"].map(str::to_owned).to_vec()];
    for (price, thousandths) in all.priced() {
        let usd = prices::nano_usd(price, thousandths);
        rows.push(vec![
            price.what.to_owned(),
            format!("{:.2}", ratio(thousandths / 10, count * 100)),
            usd_per_thousand(usd, count),
        ]);
    }
    rows.push(vec!["together".to_owned(), "·".to_owned(), usd_per_thousand(all.nano_usd(), count)]);
    print_table(&rows);
}

/// Billionths of a dollar over so many orders, as dollars per thousand.
fn usd_per_thousand(nano_usd: u64, orders: u64) -> String {
    let ten_thousandths = nano_usd / 100 / orders.max(1);
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

/// The shops whose sales were known last, with what each used.
fn print_worst(title: &str, orders: &BTreeMap<String, u64>, phase: &Phase) {
    let mut by_shop: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for told in &phase.seen.told {
        by_shop.entry(&told.shop).or_default().push(told.delay_ms);
    }
    let oldest = |shop: &str| phase.oldest.get(shop).copied().unwrap_or_default();
    let mut worst: Vec<(&str, i64)> =
        by_shop.iter().map(|(shop, delays)| (*shop, percentile(delays, 99))).collect();
    worst.sort_by_key(|(shop, p99)| std::cmp::Reverse((*p99, oldest(shop))));
    println!("\n{title}: {WORST_SHOWN} of {}\n", worst.len());
    let head =
        ["shop", "orders", "p99 ms", "oldest waiting ms", "writes", "reads", "SQS", "USD per 1000 orders"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (shop, p99) in worst.into_iter().take(WORST_SHOWN) {
        let count = orders.get(shop).copied().unwrap_or(0).max(1);
        let used = phase.used.get(shop).copied().unwrap_or_default();
        let requests = used.requests.standard_thousandths + used.requests.fifo_thousandths;
        rows.push(vec![
            shop.to_owned(),
            count.to_string(),
            p99.to_string(),
            oldest(shop).as_millis().to_string(),
            format!("{:.2}", ratio(used.write_tenths, count * 10)),
            format!("{:.2}", ratio(used.read_tenths, count * 10)),
            format!("{:.2}", ratio(requests / 10, count * 100)),
            usd_per_thousand(used.nano_usd(), count),
        ]);
    }
    print_table(&rows);
    println!("  writes, reads (units) and SQS (requests) are per order");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_plans_the_same_day() {
        let wishes = Wishes { shops: 200, peak: 4, seconds: 30, quiet_per_minute: 60, seed: 7 };
        let plan = |seed| usual_load(&wishes, &mut StdRng::seed_from_u64(seed));
        assert_eq!(plan(7), plan(7));
        assert_ne!(plan(7), plan(8));
        // 200 shops, 500 orders a day, four times the mean, half a minute.
        assert_eq!(plan(7).len(), 138);
    }

    #[test]
    fn dollars_are_printed_to_the_ten_thousandth() {
        assert_eq!(usd_per_thousand(29_400, 1), "0.0294");
        assert_eq!(usd_per_thousand(2_500_000, 2), "1.2500");
    }
}
