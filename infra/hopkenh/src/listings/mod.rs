//! `hopkenh listings`: which product of the shop each listing is. Exact matches are proposed, a person confirms.
//!
//! `propose` asks the channels what is on sale and writes a table; the person puts `yes` where it is right and fills in
//! what is missing; `import` puts those rows into the shop's file, with the titles as names of the products. Nothing is ever
//! made or changed at a channel.

mod file_text;
mod names;
mod propose;
mod sheet;
mod take_in;

pub use file_text::with_listings;

use crate::demo::texts::Language;
use crate::place::{ChannelHosts, Where};
use crate::terminal;
use crate::up::Problem;
use clap::Subcommand;
use std::path::PathBuf;

/// What can be done with listings.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Ask the channels what is on sale and propose which product each listing is.
    Propose(Ask),
    /// Put the confirmed rows of such a table into the shop's file.
    Import(TakeIn),
    /// Write the listings of the shop's file as such a table.
    Export(Ask),
}

/// Whose listings, and where the table goes.
#[derive(Debug, Clone, clap::Args)]
pub struct Ask {
    /// Whose listings.
    #[arg(long)]
    pub shop: String,
    /// Of one connection; without it, of all.
    #[arg(long)]
    pub connection: Option<String>,
    /// The table's file; without it, it is printed.
    #[arg(long)]
    pub to: Option<PathBuf>,
    /// Which hosts may stand for a channel. Without it: as the deployment allows.
    #[arg(long, value_enum)]
    pub channel_hosts: Option<ChannelHosts>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Whose listings, and the table.
#[derive(Debug, Clone, clap::Args)]
pub struct TakeIn {
    /// Whose listings.
    #[arg(long)]
    pub shop: String,
    /// The table: `connection,listing,sku,confirm`, and if you like `factor,buffer,publish`. A `title` becomes the name
    /// of a product that has none. Other columns are for the eye.
    pub file: PathBuf,
    /// Take all rows that were proposed for sure, without a `yes` in each.
    #[arg(long)]
    pub all_exact: bool,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    terminal::say(&report(verb).await?)
}

/// Does it and says what was done.
pub async fn report(verb: &Verb) -> Result<String, Problem> {
    match verb {
        Verb::Propose(ask) => propose::propose(ask).await,
        Verb::Import(args) => take_in::take_in(args).await,
        Verb::Export(ask) => propose::export(ask).await,
    }
}
