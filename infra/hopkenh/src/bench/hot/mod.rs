//! `hopkenh bench --hot`: one product that everybody wants at once. Who gets it, and how fast it can be written.
//!
//! [`requests`] lets people ask who can be refused, [`facts`] books what a marketplace has sold already, [`workers`] says
//! how many hands help. [`ledger`] follows the balance through every version, [`shop`] is the shop they all meet in.
#![allow(clippy::print_stdout, reason = "the tables are the product of the command")]

pub mod facts;
pub mod ledger;
pub mod requests;
pub mod shop;
pub mod workers;

use super::figure::{Figure, ratio};
use crate::up::Problem;
use std::path::Path;
use std::time::Duration;

/// People who want the product.
const REQUESTS: usize = 10_000;
/// How many are served side by side.
const WORKERS: usize = 20;

/// All figures of the hot product.
pub async fn measure(folder: &Path) -> Result<Vec<Figure>, Problem> {
    let mut figures = requests::measure(folder).await?;
    figures.extend(facts::measure(folder).await?);
    figures.extend(workers::measure(folder).await?);
    Ok(figures)
}

fn per_second(count: usize, took: Duration) -> f64 {
    ratio(count as u64 * 1_000_000, u64::try_from(took.as_micros()).unwrap_or(u64::MAX))
}
