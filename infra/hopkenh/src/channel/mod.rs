//! `hopkenh channel`: what a channel answers (`probe`), and what all channels can do (`table`).

pub mod probe;
pub mod table;

use crate::terminal;
use crate::up::Problem;
use clap::Subcommand;
use std::process::ExitCode;

/// What can be done with channels.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Call each read verb of an account and print what the channel answered. Exit code 1 when one failed.
    Probe(Box<probe::Args>),
    /// Print the table of all channels, as it stands in the README.
    Table,
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<ExitCode, Problem> {
    match verb {
        Verb::Probe(args) => probe::run(args).await,
        Verb::Table => {
            terminal::say(&table::markdown())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
