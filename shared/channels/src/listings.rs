//! A product as a channel lists it, with what is needed to find the same product in the shop's own books.

use crate::paging::Page;
use commerce::ids::ListingId;
use commerce::park::ParkReason;

/// A product on sale at one account. Its id is the channel's own and never changes; its code is only what
/// somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelListing {
    /// The channel's immutable id.
    pub id: ListingId,
    /// The seller's code as typed at the channel, if any.
    pub sku: Option<String>,
    /// The barcode, if the channel keeps one.
    pub barcode: Option<String>,
    /// What buyers read, shortened by nobody.
    pub title: String,
    /// Units it shows, where the list tells.
    pub shown: Option<i64>,
    /// Units that a campaign has locked: stock cannot be set below them. Zero where none or not told.
    pub locked: u32,
    /// False for a listing that is hidden or ended.
    pub is_active: bool,
}

/// A page of listings.
pub type ListingPage = Page<Result<ChannelListing, ParkReason>>;
