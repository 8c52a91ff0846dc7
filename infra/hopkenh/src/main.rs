//! The `hopkenh` command: `up` keeps running on real channels, `demo` plays a shop's day on twins.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command speaks to the person at the terminal"
)]

use clap::{Parser, Subcommand};
use hopkenh::bench;
use hopkenh::demo::{self, texts::Language};
use hopkenh::place::{ChannelHosts, Where};
use hopkenh::{
    channel, connect, counter, dead_letters, explain, goods, holds, listings, login, parked, plan, reconcile,
    report, secret, settlement, shop, shortfalls, simulate, stock, till, twins, up, webhook,
};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Much of the work is small pieces of text: this allocator hands memory out faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Orders and stock in step between marketplaces, websites and stores.
#[derive(Parser)]
#[command(name = "hopkenh", version)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Play a shop's day on twins of its channels and check it.
    Demo {
        /// Where the shop sells: names of channels with commas between them, or `all`.
        #[arg(long, value_delimiter = ',', default_value = demo::CHANNELS)]
        channels: Vec<String>,
        /// Orders of the day.
        #[arg(long, default_value_t = 300)]
        orders: u32,
        /// The seed the day is written from; the same seed is the same day.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Write the figures to this file as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
        /// How long each twin takes to answer, in milliseconds.
        #[arg(long, default_value_t = 200)]
        latency_ms: u64,
        /// The folder of the day's book; emptied at each run.
        #[arg(long, default_value = "data/demo")]
        data: PathBuf,
        /// The language of the summary.
        #[arg(long, value_enum, default_value_t = Language::En)]
        lang: Language,
        /// Inject real faults: lost webhooks, edits by others, a channel that lies, and more. The morning report of the day
        /// must name each of them and nothing else, or the demo fails.
        #[arg(long)]
        faults: bool,
    },
    /// List what waits for a person, and what to do about it.
    Parked(parked::Args),
    /// Explain one product's number: the sum, who may sell how much, what is on its way, and the last movements.
    Explain(explain::Args),
    /// Units set aside for buyers: list them, hand them over by the buyer's code, or let them go.
    Holds(holds::Args),
    /// List what is promised and not there, with who sees to it until when, and which order hurts least to cancel.
    Shortfalls(shortfalls::Args),
    /// Compare a shop with its channels now: its orders of a day, what its listings show, its ledger; mend what may be mended.
    Reconcile(reconcile::Args),
    /// Compare settlement files of a channel with a shop's orders; the next morning report tells what came of it.
    Settlement(settlement::Args),
    /// Make a shop's morning report now, from the same comparison as at night: pages, tables and a line on this screen.
    Report(report::Args),
    /// Play the shop's own ledger again under another share rule: what it would have sold, refused and oversold.
    Plan(plan::Args),
    /// Add, change, list, move and remove shops.
    Shop {
        #[command(subcommand)]
        verb: shop::Verb,
    },
    /// See which accounts are logged in, and until when.
    Login {
        #[command(subcommand)]
        verb: login::Verb,
    },
    /// Change keys and tokens, and see which are stored.
    Secret {
        #[command(subcommand)]
        verb: secret::Verb,
    },
    /// Put counted stock into the book.
    Stock {
        #[command(subcommand)]
        verb: stock::Verb,
    },
    /// Goods that come in, go to another store, come back or are written off.
    Goods {
        #[command(subcommand)]
        verb: goods::Verb,
    },
    /// Let the shop's people into their store's pages on a phone.
    Counter {
        #[command(subcommand)]
        verb: counter::Verb,
    },
    /// Documents of a till that has no interface of its own.
    Till {
        #[command(subcommand)]
        verb: till::Verb,
    },
    /// Messages that were tried too often: list them, and try them again.
    DeadLetters(dead_letters::Args),
    /// Connect an account on a channel to a shop: keys, the grant in the browser, webhooks, and a look round.
    Connect(Box<connect::Args>),
    /// Run stand-ins of channels on this machine, to try a shop out.
    Twins(twins::Args),
    /// Say which product each listing is: propose, confirm, list.
    Listings {
        #[command(subcommand)]
        verb: listings::Verb,
    },
    /// Check whether a channel's message is rightly signed.
    Webhook {
        #[command(subcommand)]
        verb: webhook::Verb,
    },
    /// Ask a channel what it answers, and list what channels can do.
    Channel {
        #[command(subcommand)]
        verb: channel::Verb,
    },
    /// Measure what an order costs and how quick it is, beside the targets.
    Bench {
        /// Start the release binaries of the functions too.
        #[arg(long)]
        functions: bool,
        /// Measure a stack of this many shops instead: cost, worst first, and fairness.
        #[arg(long, conflicts_with = "functions")]
        shops: Option<usize>,
        /// Measure one product that everybody wants instead: who gets it, and how many workers help.
        #[arg(long, conflicts_with_all = ["functions", "shops"])]
        hot: bool,
        /// Play instead what being late costs: oversold and unsold units under each way of keeping listings in step.
        #[arg(long, conflicts_with_all = ["functions", "shops", "hot"])]
        lag: bool,
        /// With `--lag`: how many sales are played for each line.
        #[arg(long, default_value_t = 4_000)]
        runs: u64,
        /// With `--shops`: how many times the day's mean a busy hour sells.
        #[arg(long, default_value_t = 4)]
        peak: u64,
        /// With `--shops`: how many seconds each of the three phases lasts.
        #[arg(long, default_value_t = 120)]
        seconds: u64,
        /// With `--shops`: orders of the quiet shop in a minute; the loud one sells a hundred times as many.
        #[arg(long, default_value_t = 60)]
        quiet_per_minute: u64,
        /// With `--shops` and `--lag`: the seed of all arrivals.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Write the figures to this file as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Play whole days of made-up shops under every fault there is, and check every promise after every step.
    Simulate(simulate::Args),
    /// Keep running on real channels: webhooks in, stock out.
    Up {
        /// One file with all shops. Without it: the shops that were added with `shop add`.
        #[arg(long)]
        config: Option<PathBuf>,
        /// The folder that survives a restart.
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Where webhooks arrive.
        #[arg(long, default_value = "127.0.0.1:8787")]
        listen: SocketAddr,
        /// Which hosts may stand for a channel.
        #[arg(long, value_enum, default_value_t = ChannelHosts::ThisMachineToo)]
        channel_hosts: ChannelHosts,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Command::parse().verb).await {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("hopkenh: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(verb: Verb) -> Result<ExitCode, up::Problem> {
    match verb {
        Verb::Demo { channels, orders, seed, json, latency_ms, data, lang, faults } => {
            lambda_kit::logging::start_plain("error");
            let latency = Duration::from_millis(latency_ms);
            let wishes = demo::Wishes {
                channels,
                orders,
                seed,
                latency,
                data,
                language: lang,
                watch: true,
                lookup_workers: 1,
                lazada_adds: false,
                faults,
            };
            let figures = demo::run(&wishes).await?;
            if let Some(path) = json {
                std::fs::write(&path, serde_json::to_string_pretty(&figures)?)?;
            }
            Ok(if figures.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Verb::Parked(args) => quietly(parked::run(&args)).await,
        Verb::Explain(args) => quietly(explain::run(&args)).await,
        Verb::Holds(args) => quietly(holds::run(&args)).await,
        Verb::Reconcile(args) => quietly(reconcile::run(&args)).await,
        Verb::Settlement(args) => {
            lambda_kit::logging::start_plain("error");
            settlement::run(&args).await
        }
        Verb::Report(args) => quietly(report::run(&args)).await,
        Verb::Shortfalls(args) => quietly(shortfalls::run(&args)).await,
        Verb::Plan(args) => quietly(plan::run(&args)).await,
        Verb::Shop { verb } => quietly(shop::run(&verb)).await,
        Verb::Login { verb } => quietly(login::run(&verb)).await,
        Verb::Secret { verb } => quietly(secret::run(&verb)).await,
        Verb::Goods { verb } => quietly(goods::run(&verb)).await,
        Verb::Counter { verb } => quietly(counter::run(&verb)).await,
        Verb::Stock { verb } => quietly(stock::run(&verb)).await,
        Verb::Connect(args) => {
            lambda_kit::logging::start_plain("error");
            connect::run(&args).await
        }
        Verb::Twins(args) => quietly(twins::run(&args)).await,
        Verb::Listings { verb } => quietly(listings::run(&verb)).await,
        Verb::Webhook { verb } => {
            lambda_kit::logging::start_plain("error");
            webhook::run(&verb)
        }
        Verb::Channel { verb } => {
            lambda_kit::logging::start_plain("error");
            channel::run(&verb).await
        }
        Verb::Simulate(args) => {
            // Each day runs in a thread of its own, away from this one's work.
            let played = tokio::task::spawn_blocking(move || simulate::run(&args)).await;
            Ok(played??)
        }
        Verb::Till { verb } => quietly(till::run(&verb)).await,
        Verb::DeadLetters(args) => quietly(dead_letters::run(&args)).await,
        Verb::Bench { functions, shops, hot, lag, runs, peak, seconds, quiet_per_minute, seed, json } => {
            lambda_kit::logging::start_plain("error");
            let what = match shops {
                Some(shops) => {
                    bench::What::Stack(bench::stack::Wishes { shops, peak, seconds, quiet_per_minute, seed })
                }
                None if hot => bench::What::Hot,
                None if lag => bench::What::Lag(bench::lag::Wishes { runs, seed }),
                None => bench::What::Orders { functions },
            };
            bench::run(&bench::Wishes { what, json }).await?;
            Ok(ExitCode::SUCCESS)
        }
        Verb::Up { config, data, listen, channel_hosts } => {
            lambda_kit::logging::start_plain("info");
            let wishes = up::Wishes { config, data: data.clone(), listen, outside: channel_hosts.into() };
            up::run(&wishes, |address, catalogue| {
                println!("hopkenh is up. Webhooks arrive here:");
                for shop in catalogue.shops.values() {
                    for connection in shop.connections.values() {
                        println!(
                            "  {:<12} http://{address}/webhooks/{}/{}",
                            connection.channel, shop.id, connection.id
                        );
                    }
                }
                if catalogue.shops.is_empty() {
                    let flags = Where::here(&data).flags();
                    println!("  No shop yet. Add one, now or later: hopkenh shop add FILE{flags}");
                }
                println!("Health: http://{address}/health   Data: {}   Stop: Ctrl-C", data.display());
            })
            .await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A command that answers and ends; only what is wrong is logged beside its answer.
async fn quietly(work: impl Future<Output = Result<(), up::Problem>>) -> Result<ExitCode, up::Problem> {
    lambda_kit::logging::start_plain("error");
    work.await?;
    Ok(ExitCode::SUCCESS)
}
