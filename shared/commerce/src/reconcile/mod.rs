//! Is anything missing, and is anything wrong that nobody explains? The rules by which a shop's book is compared with its
//! channels and with its own ledger.
//!
//! [`compare`] holds a channel's list of orders of one business [`Day`] against ours (P3). [`classify`] says why a listing
//! shows another number than it should (P6), and [`decide`] what may be done about it. [`stranded`] finds goods that could
//! be sold and are shown nowhere, [`fold`] what the ledger's lines come to. Everything is pure: two sides and a time go in,
//! words come out. Nothing here changes a cover or a number shown: a wrong number is mended by having its listing doubted,
//! and then [`crate::cover`] does what keeps every promise.

mod completeness;
mod day;
mod drift;
mod fold;
mod heal;
mod stranded;

pub use completeness::{Comparison, Difference, Found, HourLine, Side, ToDo, Told, Total, Why, compare};
pub use day::{Day, SHOP_ZONE, shop_zone};
pub use drift::{Class, Finding, NotRead, Sight, Way, classify};
pub use fold::{Folded, Folding, Gap, LedgerStep, WrongFold, digest, fold, unlike};
pub use heal::{Decision, HEALS_PER_DAY, Heal, Left, decide};
pub use stranded::{Shelf, Stranded, stranded};
