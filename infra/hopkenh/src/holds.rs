//! `hopkenh holds`: units that are set aside for buyers: list them, say that they are ready or not here, hand them over by the
//! buyer's code, or let them go.

mod list;
mod prepare;
mod settle;

use crate::demo::texts::Language;
use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use clap::Subcommand;
use commerce::effect::OrderState;
use commerce::hold_word::HoldWord;
use commerce::pick_up::{Missing, Word};
use lambda_kit::clock;

/// What is asked for: the list, unless a verb says otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    /// What is to be done with one of them.
    #[command(subcommand)]
    pub verb: Option<Verb>,
    /// Whose.
    #[arg(long, required = true)]
    pub shop: Option<String>,
    /// Only the one with this code.
    #[arg(long)]
    pub code: Option<String>,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the list.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// What can be done with a hold.
#[derive(Debug, Clone, Subcommand)]
pub enum Verb {
    /// The buyer took the goods along.
    Collect(ByCode),
    /// The buyer does not want them: they are free again.
    Release(ByCode),
    /// The store has them in hand and keeps them for the buyer.
    Ready(ByOrder),
    /// The store does not have them: they are set aside in another store, or the hold ends.
    Refuse(Refused),
}

/// Which hold, for people of the store.
#[derive(Debug, Clone, clap::Args)]
pub struct ByOrder {
    /// The account and the order, such as `chat/FB-7`.
    #[arg(value_name = "CONNECTION/ORDER")]
    pub order: String,
    /// Whose.
    #[arg(long)]
    pub shop: String,
    /// The store that says so. Without it: the one in which the goods lie.
    #[arg(long)]
    pub location: Option<String>,
    /// Who says it.
    #[arg(long, default_value = "operator")]
    pub by: String,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// What a store does not have.
#[derive(Debug, Clone, clap::Args)]
pub struct Refused {
    /// Which hold.
    #[command(flatten)]
    pub which: ByOrder,
    /// Why: `not_found` or `damaged`.
    #[arg(long)]
    pub why: String,
}

/// Which hold.
#[derive(Debug, Clone, clap::Args)]
pub struct ByCode {
    /// Whose.
    #[arg(long)]
    pub shop: String,
    /// The buyer's six digits.
    #[arg(long)]
    pub code: String,
    /// Who hands them over, or lets them go.
    #[arg(long, default_value = "operator")]
    pub by: String,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
    /// The language of the answer.
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
}

/// Does it.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args, clock::system()).await?)
}

/// What is said about it; works beside a running `up`.
pub async fn report(args: &Args, clock: Clock) -> Result<String, Problem> {
    match &args.verb {
        None => list::text(args, clock()).await,
        Some(Verb::Collect(which)) => settle::text(which, HoldWord::Collected, clock).await,
        Some(Verb::Release(which)) => settle::text(which, HoldWord::Released, clock).await,
        Some(Verb::Ready(which)) => prepare::text(which, Word::Ready, clock).await,
        Some(Verb::Refuse(said)) => {
            let why = Missing::from_code(&said.why.replace('-', "_"));
            let why = why.ok_or("why: must be not_found or damaged")?;
            prepare::text(&said.which, Word::NotHere(why), clock).await
        }
    }
}

/// The stores in which the units lie.
fn stores(order: &OrderState) -> String {
    let stores = order.lines.iter().filter_map(|line| line.decision.as_ref());
    let stores: std::collections::BTreeSet<&str> =
        stores.map(|decision| decision.location.as_str()).collect();
    stores.into_iter().collect::<Vec<_>>().join(", ")
}

/// What is set aside: each product with its units.
fn goods(order: &OrderState) -> String {
    let open = order.lines.iter().filter(|line| line.cancelled < line.quantity);
    let words = open.map(|line| format!("{} × {}", line.listing, line.quantity - line.cancelled));
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: Args,
    }

    fn read(words: &str) -> Option<Args> {
        let words = std::iter::once("holds").chain(words.split_whitespace());
        Command::try_parse_from(words).ok().map(|command| command.args)
    }

    #[test]
    fn the_list_is_asked_for_without_a_verb_and_every_other_thing_with_one() {
        let list = read("--shop demo --code 482913 --lang vi").unwrap();
        assert!(list.verb.is_none() && list.shop.as_deref() == Some("demo"));
        assert_eq!((list.code.as_deref(), list.lang), (Some("482913"), Language::Vi));
        let collect = read("collect --shop demo --code 482913 --data elsewhere").unwrap();
        assert!(
            matches!(collect.verb, Some(Verb::Collect(which)) if which.place.data.ends_with("elsewhere"))
        );
        assert!(matches!(read("release --shop demo --code 1").unwrap().verb, Some(Verb::Release(_))));
        let ready = read("ready chat/FB-7 --shop demo --by Lan").unwrap().verb;
        assert!(matches!(ready, Some(Verb::Ready(which)) if which.by == "Lan" && which.location.is_none()));
        let refused = read("refuse chat/FB-7 --shop demo --why damaged --location hn").unwrap().verb;
        assert!(matches!(refused, Some(Verb::Refuse(said)) if said.why == "damaged"));
        for words in [
            "",
            "--code 482913",
            "collect --shop demo",
            "release --code 1",
            "--shop demo collect --shop demo --code 1",
            "ready --shop demo",
            "refuse chat/FB-7 --shop demo",
        ] {
            assert!(read(words).is_none(), "{words:?}");
        }
    }
}
