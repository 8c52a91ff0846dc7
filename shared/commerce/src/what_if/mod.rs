//! What a shop's own sales would have come to under another share rule: its ledger is played again, buyer by buyer.
//!
//! [`demand`] reads from ledger movements who wanted what, where and when; [`play`] lets those buyers come again to a shop
//! with given rules, which are the rules that `publish-stock` follows; [`velocity`] measures how quickly a product sells, for
//! the buffer of a shared pool.
//!
//! The model knows less than the day did. Buyers whom a channel turned away left no line in any ledger. A covered listing
//! has its share at once, where a real one waits up to a minute; a pooled listing hears of other channels' sales a given
//! time later. A buyer who finds nothing does not come back, and buys nowhere else.

mod demand;
mod kin;
mod play;
mod velocity;
mod world;

pub use demand::{Event, OrderName, What, demand, oversold};
pub use play::{Figures, Played, play};
pub use velocity::{Velocity, WINDOW_MS, velocity};
