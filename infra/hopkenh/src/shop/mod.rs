//! `hopkenh shop`: add a shop or change it, see how shops are, move one to another place, remove it.

pub mod add;
mod add_removed;
mod add_report;
mod add_secrets;
pub mod export;
pub mod file;
pub mod import;
pub mod list;
pub mod pause;
pub mod remove;

use crate::up::Problem;
use clap::Subcommand;

/// What can be done with shops.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Add a shop from its file, or put a changed file in force.
    Add(add::Args),
    /// List all shops, those that need a person first.
    List(list::Args),
    /// Print a shop's file, to edit it and add it again.
    File(file::Args),
    /// Write everything of a shop to a folder.
    Export(export::Args),
    /// Take a shop in from such a folder.
    Import(import::Args),
    /// Stop telling the channels what is left; orders are still recorded.
    Pause(pause::Args),
    /// Tell the channels again.
    Resume(pause::Args),
    /// Let a shop leave safely.
    Remove(remove::Args),
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    match verb {
        Verb::Add(args) => add::run(args).await,
        Verb::List(args) => list::run(args).await,
        Verb::File(args) => file::run(args).await,
        Verb::Export(args) => export::run(args).await,
        Verb::Import(args) => import::run(args).await,
        Verb::Pause(args) => pause::run(args, true).await,
        Verb::Resume(args) => pause::run(args, false).await,
        Verb::Remove(args) => remove::run(args).await,
    }
}
