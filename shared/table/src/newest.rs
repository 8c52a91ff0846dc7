//! What the version before this one did not know: the newest attributes of each kind of item, all of which may be missing.
//!
//! While a new version is put in place, functions of both versions run side by side for minutes. One of before reads an
//! item without these attributes and writes it back without them. So nothing may rest on them, and the shape version stays
//! what it is; what could not be lost would need a new one, which a version of before refuses to read. The simulation
//! plays days in which both versions work (`simulate/former.rs`).

use crate::keys::Kind;

/// The attributes of that kind of item that the version before this one does not know.
pub fn newest(kind: Kind) -> &'static [&'static str] {
    match kind {
        // Since when it waits for its number, how long changes took; what it showed before, whether a campaign keeps it.
        Kind::Listing => &["ws", "ft", "sb", "cl"],
        // Where a long reading goes on; orders that nobody told of; how late the list was seen to be.
        Kind::Pass => &["lu", "lp", "ss", "so", "ll", "la"],
        // No news of it has come; how far the store is with what a buyer comes for.
        Kind::Order => &["uh", "sr"],
        _ => &[],
    }
}
