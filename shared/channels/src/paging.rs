//! Lists that come in pages: a span of time, a place in the list, and one page of it.

use crate::channel::Notices;
use commerce::Timestamp;

/// Orders that changed in a span of time: `from` is in it, `to` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub to: Timestamp,
}

/// A place in a list, as the connector wrote it; nobody else reads it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub String);

/// One page of a list: one call's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows. A row that cannot be read does not take the others along.
    pub rows: Vec<T>,
    /// Where the next page begins; none after the last.
    pub next: Option<Cursor>,
}

/// A page of orders: whole ones, or names of orders to be asked for.
pub type OrderPage = Page<crate::channel::NoticeOrReason>;

/// Events that waited at the channel until somebody pulled them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// What they say.
    pub notices: Notices,
    /// Handed to the next pull, it tells the channel that these are safe with us; none when there were none.
    pub receipt: Option<Cursor>,
    /// Whether more wait.
    pub has_more: bool,
}
