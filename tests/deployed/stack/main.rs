//! The stack, deployed on an emulator and told one story after the other; start it with `tests/deployed/run`.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "the stories are told to the person at the terminal"
)]

mod change;
mod covered;
mod crowd;
mod desk;
mod door;
mod floor;
mod ledger;
mod logins;
mod night;
mod opening;
mod poison;
mod secrecy;
mod speed;
mod trouble;

use deployed::account::root;
use deployed::call::Calls;
use deployed::emulator::Emulator;
use deployed::package::functions;
use deployed::world::{STACK, World, from_run};
use deployed::{Problem, logs};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use opening::Shops;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use tempfile::TempDir;

/// What a story works with.
struct Stage<'e> {
    /// The emulator.
    emulator: &'e Emulator,
    /// The deployed stack.
    world: World,
    /// Its shops.
    shops: Shops,
}

/// How much of the log is shown when something went wrong.
const LOG_LINES_MAX: usize = 40;

type Story = for<'s> fn(&'s Stage<'_>) -> LocalBoxFuture<'s, Result<(), Problem>>;

/// In this order: the stack is changed when most is done, looked through after that, and deleted last.
const STORIES: [(&str, Story); 20] = [
    ("each unit is on sale once", |s| covered::each_unit_is_on_sale_once(s).boxed_local()),
    ("a shop that is added is open within a minute", |s| opening::is_open_within_a_minute(s).boxed_local()),
    ("whoever adds shops may do that and no more", |s| {
        opening::a_shop_keeper_may_do_that_and_no_more(s).boxed_local()
    }),
    ("a sale anywhere shows everywhere", |s| door::a_sale_anywhere_shows_everywhere(s).boxed_local()),
    ("news that comes five times counts once", |s| door::copies_count_once(s).boxed_local()),
    ("forged, unknown and oversized news changes nothing", |s| {
        door::false_news_changes_nothing(s).boxed_local()
    }),
    ("units are held in one call, all of them or none", |s| {
        desk::units_are_held_in_one_call(s).boxed_local()
    }),
    ("an order reaches its store's till and the website hears of it", |s| {
        floor::an_order_reaches_its_till_and_back(s).boxed_local()
    }),
    ("a login granted in the browser is renewed by itself", |s| {
        logins::are_granted_and_renewed(s).boxed_local()
    }),
    ("equal products of twenty shops do not meet", |s| crowd::equal_products_do_not_meet(s).boxed_local()),
    ("a poison message is set aside and nobody waits", |s| {
        poison::is_set_aside_with_a_reason(s).boxed_local()
    }),
    ("a function killed at its work loses nothing", |s| {
        trouble::a_killed_function_loses_nothing(s).boxed_local()
    }),
    ("dead letters come back to life", |s| trouble::dead_letters_come_back_to_life(s).boxed_local()),
    ("what nobody told is found and mended", |s| {
        night::what_nobody_told_is_found_and_mended(s).boxed_local()
    }),
    ("every shop has its report in the morning", |s| night::every_shop_has_its_report(s).boxed_local()),
    ("the speed of news, measured", |s| speed::from_webhook_to_other_channel(s).boxed_local()),
    ("an update of the stack keeps the book", |s| change::an_update_keeps_the_book(s).boxed_local()),
    ("no secret is seen anywhere", |s| secrecy::no_secret_is_seen(s).boxed_local()),
    ("the ledger sums up to the balances", |s| ledger::sums_up_to_the_balances(s).boxed_local()),
    ("a deletion of the stack keeps what shops own", |s| {
        change::a_deletion_keeps_what_shops_own(s).boxed_local()
    }),
];

#[tokio::main]
async fn main() -> ExitCode {
    let filters: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let chosen = |name: &str| filters.is_empty() || filters.iter().any(|word| name.contains(word));
    let stories: Vec<_> = STORIES.into_iter().filter(|(name, _)| chosen(name)).collect();
    let began = Instant::now();
    let failed = match start().await {
        Ok((emulator, folder)) => play(&emulator, folder.path(), &stories).await,
        Err(problem) => {
            println!("FAILED to start the emulator: {problem}");
            return ExitCode::FAILURE;
        }
    };
    let told = stories.len();
    println!("\n{} of {told} stories end well, in {} s", told - failed, began.elapsed().as_secs());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The emulator and the folder of this run, which is gone afterwards.
async fn start() -> Result<(Emulator, TempDir), Problem> {
    let folder = tempfile::Builder::new().prefix("hopkenh-stack-").tempdir()?;
    let began = Instant::now();
    let emulator = Emulator::start(&from_run("DEPLOYED_PYTHON")?, folder.path()).await?;
    println!("   emulator up at {} after {} ms", emulator.url(), began.elapsed().as_millis());
    Ok((emulator, folder))
}

/// Deploys and tells; the answer is how many stories went wrong.
async fn play(emulator: &Emulator, folder: &Path, stories: &[(&str, Story)]) -> usize {
    let failed = match set_up(emulator, folder).await {
        Ok(stage) => tell(&stage, stories).await,
        Err(problem) => {
            println!("FAILED to deploy the stack: {problem}");
            stories.len()
        }
    };
    if failed > 0 {
        show("the emulator", &emulator.written().unwrap_or_default());
        let calls = Calls::new(&root(&emulator.url()));
        let Ok(calls) = calls else { return failed };
        for function in functions() {
            let lines = logs::of(&calls, STACK, function).await.unwrap_or_default();
            let told: Vec<String> = lines.into_iter().filter(|line| line.starts_with('{')).collect();
            show(function, &told.join("\n"));
        }
    }
    failed
}

/// The last lines that one of them has written.
fn show(who: &str, text: &str) {
    println!("\nThe last lines of {who}:");
    let tail: Vec<&str> = text.lines().rev().take(LOG_LINES_MAX).collect();
    tail.iter().rev().for_each(|line| println!("{line}"));
}

async fn set_up<'e>(emulator: &'e Emulator, folder: &Path) -> Result<Stage<'e>, Problem> {
    let world = World::deploy(emulator, folder, &|line| println!("   {line}")).await?;
    let began = Instant::now();
    let shops = Shops::add_all(&world).await?;
    println!("   {} shops added in {} ms", shops.count(), began.elapsed().as_millis());
    Ok(Stage { emulator, world, shops })
}

async fn tell(stage: &Stage<'_>, stories: &[(&str, Story)]) -> usize {
    let mut failed = 0;
    for (name, story) in stories {
        println!("\n== {name}");
        let began = Instant::now();
        let ended = AssertUnwindSafe(story(stage)).catch_unwind().await;
        let seconds = began.elapsed().as_millis();
        match ended {
            Ok(Ok(())) => println!("   ok, {seconds} ms"),
            Ok(Err(problem)) => {
                failed += 1;
                println!("   FAILED: {problem}");
            }
            Err(_) => {
                failed += 1;
                println!("   FAILED: see the panic above");
            }
        }
    }
    failed
}
