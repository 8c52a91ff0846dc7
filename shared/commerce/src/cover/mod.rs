//! How a unit is never sold twice: every unit that a channel could sell without our knowing is covered beforehand.
//!
//! **The argument, from the promise to the code.** For each product at each store the book keeps
//! `free = on hand − committed − holds − cover of all listings`, by the same update that changes any of its terms
//! ([`crate::stock::StockDelta::free`]). If every listing's cover is at least what its channel still shows, and `free` is
//! not negative, then what all channels show together is on hand and promised to nobody: no two buyers can get the same
//! unit. Both halves are kept by construction:
//!
//! 1. *Free is not negative.* Cover is raised out of `free`, with the condition that it is there, in the transaction that
//!    notes the attempt, before the channel is told ([`reserve`], [`next()`]). An order moves its units from cover to
//!    committed ([`crate::effect`]): that leaves `free` as it is, so it needs no condition and cannot fail.
//! 2. *Cover is at least what is shown.* Each [`Class`] of channel has its own price for one write, so that the sentence is
//!    true whether the call arrives, arrives late, or never ([`next()`]). Cover is lowered only to what the channel itself
//!    said, once every order from before that moment is recorded ([`Step::AwaitPass`], `settle`), plus what it gave back
//!    since. After a call without an answer the next one waits until the first can no longer be applied, and then the
//!    channel is asked ([`answered`]).
//!
//! What a store has promised beyond what it has (found when a listing is taken over, or by a till's sale) is kept back at the others
//! ([`owed`]), so that all stores together never promise more than there is.
//!
//! It holds while assumptions A1 to A6 do; ARCHITECTURE names them beside the promise.
//!
//! Who may sell how much is decided by [`shares`], which knows no channel. Everything here is pure: a table row and a time
//! go in, a write and a call come out.

mod answer;
mod attempt;
mod next;
mod owed;
mod place;
mod shares;
mod timed;
mod view;

pub use answer::{Told, answered};
pub use attempt::{Attempt, Gate, Ground, Kind, Listed, Pace, Phase, SALES_REMEMBERED};
pub use next::{Call, Class, Step, View, Write, next};
pub use owed::{owed, promised_and_lacking};
pub use place::{CoverChange, Guard, Part, Place, given_back, reserve, retarget, swap, total, wanted_now};
pub use shares::{Claim, RingFence, ShareRule, Standing, own_units, shares, standing, wanted};
pub use timed::{Afterwards, after_answer, after_step};
pub use view::{Dealt, Scene, Supply, balances_of, sellers_of, stores_of};
