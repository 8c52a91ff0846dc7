//! `hopkenh explain SKU`: why a product's number is what it is, on one screen, for the shop and for the operator.
//!
//! `load` reads, everything else makes text from what was read: `sums`, `listing` with `attempt`, `movements`,
//! `reach`.

mod attempt;
mod facts;
pub(crate) mod harm;
pub(crate) mod layout;
mod listing;
mod load;
pub(crate) mod movements;
mod reach;
mod rule;
mod sums;
#[cfg(test)]
mod tests;

use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use commerce::Timestamp;
use facts::Facts;
use lambda_kit::clock;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Which product.
    pub sku: String,
    /// Whose.
    #[arg(long)]
    pub shop: String,
    /// Only the listings of this channel or of this connection; the sum stays whole.
    #[arg(long)]
    pub channel: Option<String>,
    /// How many of the last movements.
    #[arg(long, default_value_t = 8)]
    pub last: usize,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Explains it.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args, clock::system()()).await?)
}

/// The whole screen; works beside a running `up`.
pub async fn report(args: &Args, now: Timestamp) -> Result<String, Problem> {
    let facts = load::load(args, now).await?;
    Ok(text(&facts, args.lang))
}

fn text(facts: &Facts, l: Language) -> String {
    let name = format!("{} · {} ({})", facts.sku, facts.shop.name, facts.shop.id);
    let at = facts.now.strftime("%Y-%m-%d %H:%M:%S");
    let head = l.pick(format!("{name} · lúc {at} (giờ UTC)"), format!("{name} · {at} (times are UTC)"));
    let parts = [
        layout::cut(&head, layout::WIDTH) + "\n",
        sums::text(facts, l),
        listing::text(facts, l),
        movements::text(facts, l),
        reach::recorded(facts, l),
        reach::parked(facts, l),
    ];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}
