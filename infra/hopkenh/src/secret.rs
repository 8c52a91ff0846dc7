//! `hopkenh secret`: change an account's keys without an hour in which webhooks are refused, and see which are stored.

pub mod forget;
pub mod list;
pub mod set;

use crate::place::{Place, Where};
use crate::terminal;
use crate::up::Problem;
use clap::Subcommand;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::secret_store::SecretValues;

/// What can be done with secrets.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Store a new value; the one in force is kept beside it as the old one.
    Set(set::Args),
    /// List which secrets are stored and which are needed. Never a value.
    List(list::Args),
    /// Take away the value from before a change.
    ForgetOld(forget::OldArgs),
    /// Take away all secrets of a connection that the shop's file names no more.
    Forget(forget::Args),
}

/// Does it.
pub async fn run(verb: &Verb) -> Result<(), Problem> {
    let text = match verb {
        Verb::Set(args) => set::report(args, terminal::read_line).await?,
        Verb::List(args) => list::report(args).await?,
        Verb::ForgetOld(args) => forget::report_old(args).await?,
        Verb::Forget(args) => forget::report(args).await?,
    };
    terminal::say(&text)
}

/// One shop's account.
#[derive(Debug, Clone, clap::Args)]
pub struct Account {
    /// Whose.
    #[arg(long)]
    pub shop: String,
    /// Which account of the shop.
    #[arg(long)]
    pub connection: String,
    /// Where the shops lie.
    #[command(flatten)]
    pub place: Where,
}

/// An account that was found.
struct Found {
    place: Place,
    shop: Shop,
    id: ConnectionId,
    stored: SecretValues,
}

impl Account {
    async fn find(&self) -> Result<Found, Problem> {
        let (shop, id) = (ShopId::new(&self.shop)?, ConnectionId::new(&self.connection)?);
        let place = self.place.open_existing().await?;
        let shop = place.shop(&shop).await?;
        let stored = place.secrets.load(&shop.id, std::slice::from_ref(&id)).await?;
        Ok(Found { place, shop, stored: stored.into_values().next().unwrap_or_default(), id })
    }

    fn flags(&self) -> String {
        format!("--shop {} --connection {}{}", self.shop, self.connection, self.place.flags())
    }
}

impl Found {
    fn connection(&self) -> Result<&Connection, Problem> {
        let known = || {
            let names = self.shop.connections.keys().map(ConnectionId::as_str);
            names.collect::<Vec<_>>().join(", ")
        };
        self.shop.connections.get(&self.id).ok_or_else(|| {
            format!(
                "connection {}: is not in the file of shop {}; it names {}",
                self.id,
                self.shop.id,
                known()
            )
            .into()
        })
    }

    async fn put(&self, values: &SecretValues) -> Result<(), Problem> {
        let channel = &self.connection()?.channel;
        self.place.change_secrets(&self.shop.id, &self.id, channel, (&self.stored, values)).await
    }
}

/// The secrets that a connection's channel needs.
fn needed(connection: &Connection) -> &'static [&'static str] {
    channels::registry::find(&connection.channel).map_or(&[], |channel| channel.facts().secrets)
}

/// Every secret that is of any use to a connection's channel.
fn usable(connection: &Connection) -> Vec<&'static str> {
    channels::registry::find(&connection.channel)
        .map_or_else(Vec::new, |channel| channel.facts().known_secrets())
}

/// What people call a connection's channel.
fn title(connection: &Connection) -> &str {
    channels::registry::find(&connection.channel)
        .map_or(connection.channel.as_str(), |channel| channel.facts().title)
}
