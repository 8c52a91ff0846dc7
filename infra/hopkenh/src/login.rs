//! `hopkenh login`: which accounts are logged in, until when, and which need a person.

pub mod list;

use crate::terminal;
use crate::up::Problem;
use clap::Subcommand;

/// What can be done with logins.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List every granted login with the time that is left, worst first. Never a token.
    List(list::Args),
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    let text = match verb {
        Verb::List(args) => list::report(args, &lambda_kit::clock::system()).await?,
    };
    terminal::say(&text)
}
