//! The rules that keep a unit from being sold twice, each by name, so that the simulation can take one away and watch it being missed.
//!
//! Outside the simulation no rule can be removed: without the feature `removable-rules` [`is_removed`] is always false,
//! and the functions that run for shops are built without it.

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// A rule of the cover protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Rule {
            $($(#[$doc])* $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$name,)*];

            /// What goes wrong without it, in a few words: the name of the mutant.
            pub fn title(self) -> &'static str {
                match self { $(Rule::$name => $text,)* }
            }
        }
    };
}

rules! {
    /// A pass counts only once each of its orders is recorded.
    RecordBeforeCursor => "cursor advanced at enqueue",
    /// A piece of a long list proves nothing: only its end does.
    PieceIsNoProof => "piece taken for the whole list",
    /// A pass proves nothing about orders younger than the channel's list lag.
    ListLag => "list lag ignored",
    /// Cover is settled only when all earlier orders are recorded.
    Drain => "no drain",
    /// After a doubtful call, its successor waits until the call can no longer be applied.
    AppliedWithin => "no T_max wait",
    /// After a doubtful call, the channel is asked what it shows.
    Confirm => "no confirm after a time-out",
    /// Units that the channel gave back since the value was sent are added to it.
    GivenBack => "no y",
    /// A blind set is covered in full beside what is covered already.
    BlindInFull => "K4 raised in place",
    /// A compare-and-set compares with the cover, never with what was read back.
    CompareWithCover => "K1 retried with the read-back value",
    /// A delta that would end below zero is refused, and the refusal is believed.
    DeltaRefused => "K2 clamped at 0",
    /// A gross lower is given back only after a drain.
    GrossAfterDrain => "K3 given back at ACK",
    /// The gross number is lowered before a ship is reported.
    ShipGate => "K3 ungated at ship",
    /// No settle while a ship is let through and not yet recorded.
    NoSettleInGate => "settle inside the gate",
    /// An order of unknown status counts as open.
    UnknownIsOpen => "parked order frees its unit",
    /// The stored effect makes a second cancel change nothing.
    OnceOnly => "give-back applied twice",
    /// A listing already on sale is set to 0 and settled before it is believed.
    Adopt => "adoption trusted",
    /// Cover is kept for each listing.
    CoverPerListing => "cover per connection",
    /// Goods on the road are not back when their order is cancelled.
    StaysOut => "restock of a parcel on the road",
    /// The store that serves a line is chosen once.
    ChooseOnce => "location re-chosen at cancel",
    /// An order is written only over the revision it was planned from.
    Revision => "no revision condition on the order",
    /// The quantity is decided when it is sent, from the table.
    LevelTriggered => "edge-triggered push",
    /// What a listing should hold does not depend on what others hold at the moment.
    OrdersMoveCover => "move triggered by a move",
    /// A balance below zero stays below zero.
    NoClamp => "clamp to zero",
    /// Only ended orders expire from the table.
    OpenStays => "TTL on open orders",
    /// A sale from before a count does not lower the count.
    CountKnowsEarlierSales => "count ignored by late sales",
    /// Raising cover takes the units out of free first.
    ReserveFirst => "raise without a reserve",
}

#[cfg(feature = "removable-rules")]
thread_local! {
    static REMOVED: std::cell::Cell<Option<Rule>> = const { std::cell::Cell::new(None) };
}

/// Takes a rule away on this thread, or puts all back.
#[cfg(feature = "removable-rules")]
pub fn remove(rule: Option<Rule>) {
    REMOVED.with(|removed| removed.set(rule));
}

/// True when this rule is taken away on this thread; always false in what runs for shops.
#[cfg(feature = "removable-rules")]
pub fn is_removed(rule: Rule) -> bool {
    REMOVED.with(|removed| removed.get() == Some(rule))
}

/// True when this rule is taken away on this thread; always false in what runs for shops.
#[cfg(not(feature = "removable-rules"))]
pub const fn is_removed(_rule: Rule) -> bool {
    false
}
