//! `hopkenh bench --lag`: what being late costs. The same short sale under each way of keeping listings in step.
//!
//! 20 units of one product on three listings, and 40 buyers: twice as many as units, so the product should run out. Each
//! run is one *stock-out*. It *oversells* when more than 20 units are sold. *Unsold* are the units that nobody has bought
//! when the time in which the 40 buyers came is over (at 3 a minute: 13 minutes and 20 seconds). *Turned away* are buyers
//! who were shown 0 while units were left: a buyer comes once, to one listing, and buys one unit or goes.
//!
//! [`world`] plays a sale in virtual time, [`ways`] lists what is compared: [`pooled`] as it is usually done, [`cover`] as
//! we do it, by the product's own rules.
#![allow(clippy::print_stdout, reason = "the tables are the product of the command")]

pub mod cover;
pub mod pooled;
pub mod ways;
pub mod world;

use super::figure::{Figure, ratio};
use crate::demo::report::print_table;
use crate::up::Problem;
use commerce::ids::IdError;
use cover::{LIST_LAG_MS, PASS_MS};
use pooled::POLL_MS;
use ways::{WAYS, Way};
use world::{BUYERS, Demand, LISTINGS, PUSH_MS, Sale, UNITS, WEBHOOK_MS, World};

/// What the person asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wishes {
    /// Sales played for each line of the table.
    pub runs: u64,
    /// The seed of the first; the others follow it.
    pub seed: u64,
}

const PER_MINUTE: [u64; 2] = [3, 30];
/// Buyers as a fixed split would guess them, and as they often are.
const PERCENT: [(&str, [u32; LISTINGS]); 2] = [("even", [34, 33, 33]), ("uneven", [80, 15, 5])];
/// Units that ours may leave unsold at three buyers a minute.
const UNSOLD_TARGET: f64 = 0.6;

/// All runs of one line, added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    runs: u64,
    oversold_runs: u64,
    oversold: i64,
    unsold: i64,
    turned_away: i64,
}

impl Sum {
    fn plus(self, sale: &Sale) -> Self {
        Self {
            runs: self.runs + 1,
            oversold_runs: self.oversold_runs + u64::from(sale.oversold > 0),
            oversold: self.oversold + sale.oversold,
            unsold: self.unsold + sale.unsold,
            turned_away: self.turned_away + sale.turned_away,
        }
    }

    fn oversell_percent(&self) -> f64 {
        ratio(self.oversold_runs * 100, self.runs)
    }

    fn mean(&self, units: i64) -> f64 {
        ratio(units.unsigned_abs(), self.runs)
    }
}

fn play(way: &Way, demand: Demand, wishes: &Wishes) -> Result<Sum, IdError> {
    let mut seeds = wishes.seed..wishes.seed.saturating_add(wishes.runs);
    seeds.try_fold(Sum::default(), |sum, seed| {
        Ok(sum.plus(&World::play(&mut *(way.start)(seed)?, demand, seed)))
    })
}

/// Prints the table and gives its figures; those that are promised carry a target.
pub fn measure(wishes: &Wishes) -> Result<Vec<Figure>, Problem> {
    if wishes.runs == 0 {
        return Err("--runs must be at least 1".into());
    }
    print_head(wishes);
    let head = ["buyers/min", "demand", "way", "oversell %", "units over", "unsold", "turned away"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    let mut figures = Vec::new();
    for per_minute in PER_MINUTE {
        for (mix, percent) in PERCENT {
            for way in &WAYS {
                let sum = play(way, Demand { per_minute, percent }, wishes)?;
                rows.push(row(per_minute, mix, way, &sum));
                figures.extend(two_figures(per_minute, mix, way, &sum));
            }
        }
    }
    print_table(&rows);
    println!();
    Ok(figures)
}

fn print_head(wishes: &Wishes) {
    let [even, uneven] = PERCENT.map(|(_, percent)| percent.map(|part| part.to_string()).join("/"));
    println!(
        "What being late costs: {UNITS} units, {LISTINGS} listings, {BUYERS} buyers; {} sales a line; replay: --seed {}",
        wishes.runs, wishes.seed
    );
    println!(
        "  webhook {} s, push {} s, list lag {} s, poll pass {} s, look every {} min; buyers per listing: even \
         {even}, uneven {uneven}\n",
        WEBHOOK_MS / 1_000,
        PUSH_MS / 1_000,
        LIST_LAG_MS / 1_000,
        PASS_MS / 1_000,
        POLL_MS / 60_000,
    );
}

fn row(per_minute: u64, mix: &str, way: &Way, sum: &Sum) -> Vec<String> {
    let two = |value: f64| format!("{value:.2}");
    vec![
        per_minute.to_string(),
        mix.to_owned(),
        way.title.to_owned(),
        format!("{:.1}", sum.oversell_percent()),
        two(sum.mean(sum.oversold)),
        two(sum.mean(sum.unsold)),
        two(sum.mean(sum.turned_away)),
    ]
}

fn two_figures(per_minute: u64, mix: &str, way: &Way, sum: &Sum) -> [Figure; 2] {
    let name = |what: &str| format!("lag_{}_{mix}_{per_minute}_{what}", way.name);
    let what = |what: &str| format!("{what}, {}, {mix} demand, {per_minute}/min", way.title);
    let oversell =
        Figure::new(name("oversell_percent"), what("Stock-outs that oversell, %"), sum.oversell_percent());
    let unsold = Figure::new(name("unsold"), what("Units unsold"), sum.mean(sum.unsold));
    match (way.is_ours, per_minute == PER_MINUTE[0]) {
        (true, true) => [oversell.at_most(0.0), unsold.at_most(UNSOLD_TARGET)],
        (true, false) => [oversell.at_most(0.0), unsold],
        (false, _) => [oversell, unsold],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(runs: u64, mut check: impl FnMut(&Way, Demand, &Sale)) {
        for way in &WAYS {
            for (per_minute, (_, percent)) in
                [(3, PERCENT[0]), (3, PERCENT[1]), (30, PERCENT[0]), (30, PERCENT[1])]
            {
                let demand = Demand { per_minute, percent };
                (0..runs).for_each(|seed| {
                    check(way, demand, &World::play(&mut *(way.start)(seed).unwrap(), demand, seed))
                });
            }
        }
    }

    #[test]
    fn covers_never_promise_more_than_there_is_at_any_moment() {
        each(500, |way, demand, sale| {
            let has_cover = way.is_ours || way.name == "fixed";
            assert!(
                !has_cover || (sale.promised <= UNITS && sale.oversold == 0),
                "{} {demand:?} {sale:?}",
                way.name
            );
        });
    }

    #[test]
    fn showing_everything_everywhere_oversells_and_a_wrong_guess_stays_on_the_shelf() {
        let wishes = Wishes { runs: 500, seed: 1 };
        let sum = |name: &str, per_minute, percent| {
            let way = WAYS.iter().find(|way| way.name == name).unwrap();
            play(way, Demand { per_minute, percent }, &wishes).unwrap()
        };
        let (even, uneven) = (PERCENT[0].1, PERCENT[1].1);
        assert!(sum("blind", 30, even).oversold_runs > 400);
        assert!(sum("buffer", 30, even).oversold_runs > 100);
        assert!(sum("fixed", 3, uneven).unsold > 4 * 500);
        assert!(sum("ours_k4", 3, uneven).unsold < 500 / 2);
    }

    #[test]
    fn the_same_seed_is_the_same_sale() {
        let play = |seed| {
            play(&WAYS[4], Demand { per_minute: 30, percent: [80, 15, 5] }, &Wishes { runs: 20, seed })
        };
        assert_eq!(play(7), play(7));
        assert_ne!(play(7), play(8));
    }
}
