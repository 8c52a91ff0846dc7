//! An order on its way to the place that fulfils it, and the news that goes back to where it was bought.

use commerce::ids::{LineId, ListingId, OrderId};
use commerce::money::Money;

/// One line of an order to put into another account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardLine {
    /// The product there.
    pub listing: ListingId,
    /// Units.
    pub quantity: u32,
    /// Price of one unit, in minor units of the order's currency.
    pub unit_price_minor: i64,
}

/// An order to put into another account. It holds no buyer data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderToForward {
    /// Our reference, stored at the target: whoever is not sure looks it up there before a second try.
    pub reference: String,
    /// What people there read of it: where it was bought and under which number.
    pub title: String,
    /// The target's own name of the store that serves it, where it has several.
    pub branch: Option<String>,
    /// What was bought.
    pub lines: Vec<ForwardLine>,
    /// What the buyer pays.
    pub total: Money,
}

/// A kind of news for the channel where an order was bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NewsKind {
    /// The shop takes the order on.
    Accepted,
    /// It is packed and may be fetched.
    ReadyToShip,
    /// It has left.
    Shipped,
    /// The buyer has it.
    Delivered,
    /// The shop cannot serve it.
    Cancelled,
}

/// News for the channel where an order was bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNews {
    /// The order there.
    pub order: OrderId,
    /// What happened.
    pub kind: NewsKind,
    /// With `Shipped`: who carries it, in the channel's own word.
    pub carrier: Option<String>,
    /// With `Shipped`: the parcel's number.
    pub tracking_number: Option<String>,
    /// With `Cancelled`: the channel's own reason code.
    pub reason: Option<String>,
    /// The lines it is about; empty for all.
    pub lines: Vec<LineId>,
}
