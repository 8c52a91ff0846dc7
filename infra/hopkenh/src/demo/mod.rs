//! `hopkenh demo`: a shop's day on twins of its channels, watched as it happens and checked at the end.
//!
//! [`cast`] starts the twins of the channels that were asked for, [`goods`] says what they sell, [`shop_file`] describes
//! the shop, [`world`] puts it all together; [`script`] writes the day from a seed, [`play`] plays it, [`freshness`]
//! measures how soon a sale is seen elsewhere, [`audit`] recomputes the right answer from what the twins know, and
//! [`report`] prints it. [`faults`] puts real faults into the same day, which its morning report must then name.

pub mod audit;
mod bars;
pub mod cast;
pub mod faults;
pub mod figures;
pub mod freshness;
pub mod goods;
mod on_disk;
pub mod play;
pub mod report;
pub mod script;
pub mod shop_file;
pub mod texts;
pub mod world;

use crate::up::Problem;
use faults::blackout::Blackout;
use figures::Figures;
use std::path::PathBuf;
use std::time::Duration;
use texts::Language;

/// The channels that play where nobody says which.
pub const CHANNELS: &str = "shopee,woocommerce,kiotviet";

/// What the person asked for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// The channels that play, or `all`.
    pub channels: Vec<String>,
    /// Orders of the day.
    pub orders: u32,
    /// The seed the day is written from.
    pub seed: u64,
    /// How long each twin takes to answer.
    pub latency: Duration,
    /// Where the day's book is kept.
    pub data: PathBuf,
    /// The language of what is shown.
    pub language: Language,
    /// False to print nothing but the result.
    pub watch: bool,
    /// Look-ups side by side: one keeps the order of news, so that the same seed gives the same book.
    pub lookup_workers: usize,
    /// Lazada is told differences instead of numbers.
    pub lazada_adds: bool,
    /// Real faults are injected, and the morning report must name them.
    pub faults: bool,
}

/// Plays the day and returns its figures.
pub async fn run(wishes: &Wishes) -> Result<Figures, Problem> {
    prepare(&wishes.data)?;
    let mut world = world::World::start(wishes).await?;
    let script = script::write(wishes.orders, wishes.seed, &script::places(&world.cast));
    let blackout = wishes.faults.then(|| Blackout::of_day(&world.cast, &script, wishes.seed)).flatten();
    let mut watched = play::play(&mut world, &script, blackout, wishes).await?;
    let night = match wishes.faults {
        true => Some(faults::end_day(&mut world, watched.blackout.take(), wishes).await?),
        false => None,
    };
    let mut figures = audit::audit(&world, &watched, wishes).await?;
    report::print_day(&world, &figures, wishes);
    if let Some(night) = night {
        faults::print(&night, wishes.language);
        night.enter(&mut figures);
    }
    report::print_verdict(&world, &figures, wishes);
    Ok(figures)
}

/// The file that tells a demo's folder from one that must not be emptied.
const MARK: &str = ".hopkenh-demo";

/// Each day begins with an empty book; a folder that is not a demo's is never emptied.
fn prepare(data: &std::path::Path) -> Result<(), Problem> {
    if data.exists() && !data.join(MARK).exists() && std::fs::read_dir(data)?.next().is_some() {
        return Err(format!("{} is not a demo's folder: choose another with --data", data.display()).into());
    }
    if data.exists() {
        std::fs::remove_dir_all(data)?;
    }
    std::fs::create_dir_all(data)?;
    std::fs::write(data.join(MARK), "a demo's book; emptied at each run\n")?;
    Ok(())
}
