//! `hopkenh shop file`: print a shop's file as it lies there, to edit it and add it again.

use crate::place::Where;
use crate::terminal;
use crate::up::Problem;
use commerce::ids::ShopId;

/// What is asked for.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Whose file.
    pub shop: String,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
}

/// Prints the file.
pub async fn run(args: &Args) -> Result<(), Problem> {
    terminal::say(&report(args).await?)
}

/// The file, letter by letter.
pub async fn report(args: &Args) -> Result<String, Problem> {
    let shop = ShopId::new(&args.shop)?;
    let place = args.place.open_existing().await?;
    match place.shop_text(&shop).await? {
        Some(text) => Ok(String::from_utf8(text).map_err(|_| format!("shop {shop}: its file is not text"))?),
        None => Err(place.no_such_shop(&shop).await?.into()),
    }
}
