//! What is special about one simulated day: webhooks that do not come, long lists cut into pieces, two versions side by side.
//!
//! Each has dice of its own, so that the rest of the day is made up the same with and without it.

use super::blackout::Blackout;
use super::dice::Dice;
use commerce::back_fill::Pieces;

/// In a thousand days, how many have short pieces, and in how many a new version is put in place.
const SHORT_PIECES: u64 = 400;
const ROLL_OUTS: u64 = 300;

/// What is special.
#[derive(Debug, Clone)]
pub(super) struct Special {
    /// A time in which no webhook reaches us.
    pub(super) blackout: Option<Blackout>,
    /// How a long list of orders is cut.
    pub(super) pieces: Pieces,
    /// Two versions of the house work side by side.
    pub(super) rolls_out: bool,
}

impl Special {
    /// What is special about the day of that seed.
    pub(super) fn of(seed: u64, connections: usize) -> Self {
        Self {
            blackout: Blackout::of(seed, connections),
            pieces: pieces(seed),
            rolls_out: Dice::new(seed, "roll-out").chance(ROLL_OUTS),
        }
    }

    /// True when nothing else goes wrong.
    pub(super) fn is_fair(&self) -> bool {
        self.blackout.is_some_and(|blackout| blackout.is_fair)
    }
}

/// On many days lists are cut after very few rows, as they are in shops that sell thousands.
fn pieces(seed: u64) -> Pieces {
    let mut dice = Dice::new(seed, "pieces");
    let rows_max = usize::try_from(dice.between(1, 4)).unwrap_or(1);
    let short = Pieces { rows_max, shortest_ms: dice.between(2_000, 60_000) };
    if dice.chance(SHORT_PIECES) { short } else { Pieces::default() }
}
