//! What a channel can do and how it behaves, as data: each claim with its source and the day it was read.

use crate::channel::How;
use crate::forward::NewsKind;
use crate::login::{ACCESS_TOKEN, LoginKind, REFRESH_TOKEN};
use commerce::catalogue::Connection;
use commerce::effect::Restores;

/// The account setting that chooses one of [`Facts::write_choices`].
pub const STOCK_WRITE: &str = "stock_write";

/// A verb of the surface that a channel may or may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Sends signed webhooks.
    ReadWebhook,
    /// Answers for single orders.
    LookUpOrders,
    /// Lists orders that changed in a span of time.
    ListOrders,
    /// Keeps events until we pull them (a pull queue, or pushes that were lost).
    PullEvents,
    /// Lets us set what a listing shows.
    SetStock,
    /// Tells what a listing shows, or what a till holds.
    ReadStock,
    /// Lists what is on sale.
    ListListings,
    /// Takes orders of other channels.
    ForwardOrder,
    /// Tells which sales came of an order that it took: what its people made of it in their till.
    TellSales,
    /// Takes news about its own orders.
    CarryStatus,
    /// Gives short logins for long-lived secrets.
    LogIn,
    /// Has a page on which a person grants us the account, and takes the code that comes of it.
    GrantLogin,
    /// Gives new tokens for a refresh token.
    RenewLogin,
    /// Tells about the account: rights, stores, webhooks.
    InspectAccount,
    /// Takes a subscription to webhooks by a call.
    SubscribeWebhooks,
}

impl Verb {
    /// Every verb, for suites that check what a channel cannot do as well.
    pub const ALL: [Verb; 15] = [
        Verb::ReadWebhook,
        Verb::LookUpOrders,
        Verb::ListOrders,
        Verb::PullEvents,
        Verb::SetStock,
        Verb::ReadStock,
        Verb::ListListings,
        Verb::ForwardOrder,
        Verb::TellSales,
        Verb::CarryStatus,
        Verb::LogIn,
        Verb::GrantLogin,
        Verb::RenewLogin,
        Verb::InspectAccount,
        Verb::SubscribeWebhooks,
    ];

    /// What people read, such as "list orders".
    pub fn title(self) -> &'static str {
        match self {
            Verb::ReadWebhook => "read webhook",
            Verb::LookUpOrders => "look up orders",
            Verb::ListOrders => "list orders",
            Verb::PullEvents => "pull events",
            Verb::SetStock => "set stock",
            Verb::ReadStock => "read stock",
            Verb::ListListings => "list listings",
            Verb::ForwardOrder => "forward an order",
            Verb::TellSales => "tell sales of an order",
            Verb::CarryStatus => "carry a status back",
            Verb::LogIn => "log in",
            Verb::GrantLogin => "grant a login",
            Verb::RenewLogin => "renew a login",
            Verb::InspectAccount => "inspect the account",
            Verb::SubscribeWebhooks => "subscribe to webhooks",
        }
    }
}

/// Whether the number a channel takes and shows leaves out its own open orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMeaning {
    /// It does: the number is what buyers can still take.
    Net,
    /// It does not: buyers can take the number less the channel's own open orders.
    Gross,
    /// It is what a store physically holds; reserved units are told apart.
    OnHand,
    /// The documents leave it open; a setting decides.
    Uncertain,
    /// The channel keeps no stock number.
    None,
}

/// How a channel lists its orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListFacts {
    /// Whether it lists up to a time. Where it does not, every list runs to the present, and a part of it is as long as all.
    pub has_end: bool,
    /// The longest span of time of one list, in seconds; none where any will do.
    pub window_max_s: Option<u32>,
    /// The most rows of a page.
    pub page_rows_max: usize,
    /// The most rows that one list reaches by counting; none where it reaches to the end.
    pub rows_max: Option<usize>,
}

/// What the channel's "set stock" means; it decides what one write costs in cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteClass {
    /// K1: set if the shown value is still the one we name.
    CompareAndSet,
    /// K2: add or subtract, atomically.
    Delta,
    /// K3: set the whole share; the channel subtracts its own open orders.
    Gross,
    /// K4: set, whatever is shown now.
    BlindAbsolute,
    /// We never write there.
    None,
}

impl WriteClass {
    /// True when an account of this class may be written to like that. Overwriting is known to every channel that takes
    /// stock at all; the other ways only to one that itself compares, adds, or subtracts its own open orders.
    pub fn takes(self, how: How) -> bool {
        match how {
            How::Blind => true,
            How::IfShown(_) => self == WriteClass::CompareAndSet,
            How::By(_) => self == WriteClass::Delta,
            How::Gross => self == WriteClass::Gross,
        }
    }
}

/// Where a claim comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// What is claimed.
    pub claim: &'static str,
    /// The public document.
    pub link: &'static str,
    /// The day it was read, `yyyy-mm-dd`.
    pub read_on: &'static str,
}

/// A host that a channel answers at, in small letters and without a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Its name, such as `partner.shopeemobile.com`.
    pub name: &'static str,
    /// Where the channel says so.
    pub source: Source,
}

/// Where a channel may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// At hosts of the channel, and nowhere else.
    Fixed(&'static [Host]),
    /// At names directly below these, one for each shop (`lan.myshopify.com`), and nowhere else.
    Below(&'static [Host]),
    /// At the shop's own domain, so at any public name.
    ShopsOwn,
}

/// Whose the address is that a channel sends webhooks to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookAddress {
    /// Each account's own: it can be registered anew without touching another account.
    PerAccount,
    /// The app's, for all accounts that granted it: only a person changes it.
    OfTheApp,
}

/// How a channel wants its webhooks answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookFacts {
    /// Whose the address is that webhooks go to.
    pub address: WebhookAddress,
    /// How soon it must be answered, in milliseconds.
    pub answer_within_ms: u32,
    /// What to answer a forged or unsigned request: 401, or 200 where any 4xx makes the channel stop for
    /// good.
    pub refused_status: u16,
    /// What to answer a signed request that cannot be read (it is parked, so 200 as a rule).
    pub unreadable_status: u16,
    /// How the channel tries again, in words.
    pub retries: &'static str,
}

/// How fast we may call, per connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Calls per minute in the long run.
    pub calls_per_minute: u32,
    /// Calls that may follow each other at once.
    pub burst: u32,
}

/// Everything the house must know about a channel.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The name used in settings, keys and logs.
    pub channel: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The verbs it has.
    pub verbs: &'static [Verb],
    /// How it wants its webhooks answered.
    pub webhook: WebhookFacts,
    /// The most orders one look-up asks for.
    pub orders_per_look_up_max: usize,
    /// The most listings one stock write sets.
    pub listings_per_write_max: usize,
    /// What its "set stock" means.
    pub write_class: WriteClass,
    /// What an account may choose instead with the setting [`STOCK_WRITE`]: the value to write, and the class it stands
    /// for. Empty where there is no choice.
    pub write_choices: &'static [(&'static str, WriteClass)],
    /// Whether it puts a cancelled order's units back on sale by itself.
    pub restores_on_cancel: Restores,
    /// How fast we may call.
    pub pace: Pace,
    /// A call is applied within this of being sent, or never (A6), in milliseconds.
    pub applied_within_ms: u32,
    /// The order list may lag by this (A3), in milliseconds.
    pub order_list_lag_ms: u32,
    /// Where it may be called.
    pub hosts: Hosts,
    /// Account settings that are addresses we call, beside `base_url`.
    pub address_settings: &'static [&'static str],
    /// Settings of the connection itself that must be given: `base_url`, `webhook_url`.
    pub connection_settings: &'static [&'static str],
    /// Account settings a connection must name.
    pub account_settings: &'static [&'static str],
    /// Secrets a connection must name.
    pub secrets: &'static [&'static str],
    /// Secrets that are used where they are given.
    pub optional_secrets: &'static [&'static str],
    /// Whether its stock number leaves out its own open orders.
    pub stock_meaning: StockMeaning,
    /// How it lists orders; none where it does not.
    pub list: Option<ListFacts>,
    /// How an account proves who it is.
    pub login: LoginKind,
    /// Which news about an order it takes; empty where [`Verb::CarryStatus`] is not claimed.
    pub carries: &'static [NewsKind],
    /// What a person should know and no field above says; shown in the channel table.
    pub remark: &'static str,
    /// Where all this comes from.
    pub sources: &'static [Source],
}

impl Facts {
    /// Every secret that is of any use to it, those of a granted login included.
    pub fn known_secrets(&self) -> Vec<&'static str> {
        let granted: &[&str] = match self.login {
            LoginKind::Granted { .. } => &[ACCESS_TOKEN, REFRESH_TOKEN],
            LoginKind::Keys | LoginKind::ClientCredentials => &[],
        };
        [self.secrets, self.optional_secrets, granted].concat()
    }

    /// The write class in force for one account: what its setting chooses, or else the channel's own.
    pub fn write_class_of(&self, connection: &Connection) -> WriteClass {
        let value = connection.account.get(STOCK_WRITE).map(|value| value.trim());
        let chosen = self.write_choices.iter().find(|(name, _)| Some(*name) == value);
        chosen.map_or(self.write_class, |(_, class)| *class)
    }

    /// True when the channel has the verb.
    pub fn can(&self, verb: Verb) -> bool {
        self.verbs.contains(&verb)
    }
}
