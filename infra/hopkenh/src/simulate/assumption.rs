//! The assumptions the promise stands on, each of which can be made false on purpose.

use clap::ValueEnum;

/// One assumption of "never sold twice".
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Assumption {
    /// A channel never sells more than it shows.
    #[value(name = "A1", alias = "a1")]
    A1,
    /// What a read-back says is true at the moment it is answered.
    #[value(name = "A2", alias = "a2")]
    A2,
    /// The channel's order list lags by at most a stated time.
    #[value(name = "A3", alias = "a3")]
    A3,
    /// Nobody else edits the channel's stock.
    #[value(name = "A4", alias = "a4")]
    A4,
    /// On hand is true, apart from recorded shortfalls.
    #[value(name = "A5", alias = "a5")]
    A5,
    /// A call is applied within its time of being sent, or never.
    #[value(name = "A6", alias = "a6")]
    A6,
}

impl Assumption {
    /// Every one of them.
    pub const ALL: [Assumption; 6] = [Self::A1, Self::A2, Self::A3, Self::A4, Self::A5, Self::A6];

    /// What it says.
    pub fn text(self) -> &'static str {
        match self {
            Self::A1 => "A1: a channel never sells more than it shows",
            Self::A2 => "A2: what a read-back says is true at the moment it is answered",
            Self::A3 => "A3: the channel's order list lags by at most a stated time",
            Self::A4 => "A4: nobody else edits the channel's stock",
            Self::A5 => "A5: on hand is true, apart from recorded shortfalls",
            Self::A6 => "A6: a call is applied within its time of being sent, or never",
        }
    }
}
