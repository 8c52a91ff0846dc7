//! Whole shops under fault, in virtual time: the real functions on the real table, against channels that lose, double and delay.
//!
//! One seed is one day (`play`): a made-up shop (`world`), what is really true in it (`truth`, `trade`), the
//! channels (`twin`, `push`, `news`), people (`people`, `movers`), the desk and the buyers who ask it for units (`chat`, `desk`, `buyers`), and the house (`hub`, `front_door`, `worker`) behind doors at which calls are
//! lost and workers die (`queue_door`, `table_door`, `control`, `fault`). The `auditor` compares the book with
//! the truth after every step, and `rest` once it is quiet. Everything runs in one thread, so a seed replays exactly.
#![allow(clippy::print_stdout, reason = "a command speaks to the person at the terminal")]

pub mod assumption;
mod auditor;
mod blackout;
mod book;
mod buyers;
mod chat;
mod control;
mod desk;
mod dice;
mod fault;
mod former;
mod front_door;
mod hooks;
mod hub;
mod many;
mod movers;
mod mutants;
mod names;
mod news;
mod people;
mod play;
mod push;
mod queue;
mod queue_door;
mod report;
mod rest;
mod shrink;
mod sim;
mod special;
mod stale;
mod story;
mod table_door;
mod trade;
mod truth;
mod twin;
mod worker;
mod world;

#[cfg(test)]
mod tests;

use assumption::Assumption;
use channels::http::Http;
use commerce::removed::Rule;
use indicatif::{ProgressBar, ProgressStyle};
use many::{Seeds, play_all};
use play::{Outcome, play};
use report::Sum;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use world::Wish;

/// The last lines of a failing day that are shown.
const LINES_SHOWN: usize = 120;

/// What to simulate.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many days to play, each from its own seed.
    #[arg(long, default_value_t = 1_000)]
    pub seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    pub from: u64,
    /// Go on after a day on which something was wrong, and list all such days.
    #[arg(long, conflicts_with_all = ["seed", "broken", "mutants"])]
    pub go_on: bool,
    /// Replay this one seed and tell its whole story.
    #[arg(long, conflicts_with_all = ["seeds", "from"])]
    pub seed: Option<u64>,
    /// Days played side by side; as many as the machine has cores where this is not given.
    #[arg(long)]
    pub threads: Option<usize>,
    /// Make one of the assumptions false on purpose and see it noticed.
    #[arg(long = "break", value_enum)]
    pub broken: Option<Assumption>,
    /// Listings share one pool: count units sold twice instead of promising that there are none.
    #[arg(long)]
    pub shared_pool: bool,
    /// Take this one rule of the protocol out, named as `--mutants` prints it.
    #[arg(long, value_name = "RULE", value_parser = rule, conflicts_with = "mutants")]
    pub without: Option<Rule>,
    /// Take one rule of the protocol out after the other and tell after how many days each is missed.
    #[arg(long, conflicts_with_all = ["seed", "broken"])]
    pub mutants: bool,
}

fn rule(name: &str) -> Result<Rule, String> {
    let found = Rule::ALL.iter().find(|rule| rule.title() == name).copied();
    found.ok_or_else(|| "no rule of that name: `--mutants` prints them".to_owned())
}

/// Plays days and reports.
pub fn run(args: &Args) -> Result<ExitCode, String> {
    play::catch_panics();
    let http = Http::new(Duration::from_secs(5)).map_err(|e| e.to_string())?;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let seeds = Seeds { from: args.from, count: args.seeds, threads: args.threads.unwrap_or(cores) };
    let (broken, shared_pool, removed) = (args.broken, args.shared_pool, args.without);
    let wish = Wish { broken, shared_pool, removed, ..Wish::default() };
    if args.mutants {
        return mutants::run(&seeds, &wish, &http);
    }
    match args.seed {
        Some(seed) => replay(&Wish { seed, ..wish }, &http),
        None if args.go_on => all_days(&seeds, &wish, &http),
        None => many_days(&seeds, &wish, &http),
    }
}

/// Plays one day twice, to see that it is the same day, and tells its story.
fn replay(wish: &Wish, http: &Http) -> Result<ExitCode, String> {
    let told = play(wish, http, true)?;
    told.lines.iter().for_each(|line| println!("{line}"));
    let again = play(wish, http, true)?;
    println!("\nseed {}: {} orders, story {:016x}", told.seed, told.orders, told.number);
    if told.number != again.number {
        println!("the same seed played again is another day: {:016x}", again.number);
        return Ok(ExitCode::FAILURE);
    }
    match &told.wrong {
        Some(wrong) => println!("WRONG: {wrong}"),
        None => println!("nothing wrong"),
    }
    Ok(if told.wrong.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn many_days(seeds: &Seeds, wish: &Wish, http: &Http) -> Result<ExitCode, String> {
    let bar = progress(seeds.count);
    let begun = Instant::now();
    let (mut sum, mut failed) = (Sum::default(), None::<Outcome>);
    play_all(seeds, wish, http, |outcome| {
        bar.inc(1);
        sum.add(&outcome);
        let is_first = failed.as_ref().is_none_or(|known| outcome.seed < known.seed);
        if outcome.wrong.is_some() && is_first {
            failed = Some(outcome);
        }
        failed.is_none()
    })?;
    bar.finish_and_clear();
    println!("{}", sum.text(begun.elapsed(), seeds.threads, wish.shared_pool));
    if let Some(failed) = failed {
        return tell_failure(&Wish { seed: failed.seed, ..wish.clone() }, http, sum.days);
    }
    if let Some(broken) = wish.broken {
        println!("{}\nwas false in every day and nothing went wrong.", broken.text());
        return Ok(ExitCode::FAILURE);
    }
    let missing = sum.missing();
    if !missing.is_empty() {
        println!("these faults never struck: {}", missing.join(", "));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Every day, whatever goes wrong, and a line for each that does.
fn all_days(seeds: &Seeds, wish: &Wish, http: &Http) -> Result<ExitCode, String> {
    let begun = Instant::now();
    let mut sum = Sum::default();
    play_all(seeds, wish, http, |outcome| {
        sum.add(&outcome);
        if let Some(wrong) = outcome.wrong {
            println!("seed {}: {wrong}", outcome.seed);
        }
        true
    })?;
    println!("{}", sum.text(begun.elapsed(), seeds.threads, wish.shared_pool));
    Ok(if sum.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The failing day at its shortest. With a broken assumption that is what was asked for.
fn tell_failure(wish: &Wish, http: &Http, days: u64) -> Result<ExitCode, String> {
    let (shortest, outcome) = shrink::shortest(wish, http)?;
    let skipped = outcome.lines.len().saturating_sub(LINES_SHOWN);
    if skipped > 0 {
        println!("… {skipped} lines before");
    }
    outcome.lines.iter().skip(skipped).for_each(|line| println!("{line}"));
    println!("\nseed {} ({})", wish.seed, shrink::left_out(&shortest.cuts));
    println!("WRONG: {}", outcome.wrong.as_deref().unwrap_or("nothing"));
    match wish.broken {
        Some(broken) => {
            println!(
                "{}\nwas false on purpose, and the promise did not hold: noticed after {days} days.",
                broken.text()
            );
            Ok(ExitCode::SUCCESS)
        }
        None => {
            println!("replay the whole day: hopkenh simulate --seed {}", wish.seed);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn progress(count: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} days, {per_sec}, {eta} left");
    let bar = ProgressBar::new(count);
    style.map_or(bar.clone(), |style| bar.with_style(style))
}
