//! What a channel can do and how it behaves, as data: each claim with its source and the day it was read.

use commerce::effect::Restores;

/// A verb of the surface that a channel may or may not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Sends signed webhooks.
    ReadWebhook,
    /// Answers for single orders.
    LookUpOrders,
    /// Lets us set what a listing shows.
    SetStock,
    /// Tells what a listing shows, or what a till holds.
    ReadStock,
    /// Gives short logins for long-lived secrets.
    LogIn,
}

impl Verb {
    /// Every verb, for suites that check what a channel cannot do as well.
    pub const ALL: [Verb; 5] =
        [Verb::ReadWebhook, Verb::LookUpOrders, Verb::SetStock, Verb::ReadStock, Verb::LogIn];
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
    /// At the shop's own domain, so at any public name.
    ShopsOwn,
}

/// How a channel wants its webhooks answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebhookFacts {
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
    /// Where all this comes from.
    pub sources: &'static [Source],
}

impl Facts {
    /// True when the channel has the verb.
    pub fn can(&self, verb: Verb) -> bool {
        self.verbs.contains(&verb)
    }
}
