//! `hopkenh shop add`: not there yet.

use crate::place::Where;
use crate::up::Problem;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
}

/// Does it.
pub async fn run(_args: &Args) -> Result<(), Problem> {
    Err("not there yet".into())
}
