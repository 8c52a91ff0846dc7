//! Where everything lies in the table. Key text is written here and nowhere else.
//!
//! The shop comes first in every partition key, so that no query can reach into another shop.
//!
//! | question | partition key `p` | sort key `s` | call |
//! |---|---|---|---|
//! | what do we know of this order? | `shop#O#connection#order` | `O` | BatchGetItem, eventually consistent |
//! | how many are there of this SKU, here? | `shop#S#sku` | `L#location` | BatchGetItem, consistent |
//! | was this physical fact counted? | `shop#S#sku` | `D#document` | condition inside the transaction |
//! | how often was a listing of this SKU mended that day? | `shop#S#sku` | `B#yyyy-mm-dd` | BatchGetItem, consistent |
//! | what does this listing show? | `shop#C#connection` | `I#listing` | BatchGetItem, consistent |
//! | how is this account logged in? | `shop#C#connection` | `C` | BatchGetItem |
//! | up to when are its orders recorded? | `shop#C#connection` | `P` | BatchGetItem, consistent |
//! | what must be looked at again, and when? | `shop#D` | `A#connection#listing`, `H#connection#order`, `W#connection#order`, `F#connection#store#order` | Query |
//! | what has the shop been told is wrong? | `shop#A` | `A` | BatchGetItem, consistent |
//! | whose units are asked for with this code? | `shop#H` | `code` | BatchGetItem, consistent; Query for all |
//! | what should be counted, because a store did not find it? | `shop#N` | `location#sku` | Query |
//! | what waits for a person this month? | `shop#X#yyyymm` | `time#id` | Query |
//! | what does this paper about goods say? | `shop#M#number` | `M` | BatchGetItem, consistent |
//! | which papers about goods are not finished? | `shop#M` | `number` | Query |
//! | how far is this order on its way into its store's till? | `shop#O#connection#order` | `F#location` | Query, BatchGetItem, consistent |
//! | which order carries this reference of ours? | `shop#F#reference` | `F` | BatchGetItem, consistent |
//! | all balances of a SKU | `shop#S#sku` | begins with `L#` | Query |
//! | which shops are there? | `operator#R` | `shop` | Query |
//! | everything of a shop, for its export | begins with `shop#` | | Scan, the operator's, the only one |

use crate::due_item::DueWork;
use commerce::Timestamp;
use commerce::hold_terms::HoldCode;
use commerce::ids::{
    ConnectionId, DocumentNumber, ForwardReference, ListingId, LocationId, OrderId, ShopId, Sku,
};
use commerce::plan::OrderKey;
use jiff::civil::Date;

/// The name of the partition key attribute.
pub const PARTITION: &str = "p";
/// The name of the sort key attribute.
pub const SORT: &str = "s";
/// The attribute DynamoDB expires items by, in seconds since 1970.
pub const TTL: &str = "ttl";
/// How the sort key of every STOCK item begins; the stream filter of the template names it too.
pub const STOCK_SORT_PREFIX: &str = "L#";

/// The sort key of every CONNECTION item.
const CONNECTION_SORT: &str = "C";
/// The sort key of every PASS item.
const PASS_SORT: &str = "P";
/// How the sort key of a listing that is due begins.
const DUE_LISTING: &str = "A#";
/// How the sort key of a day's mended listings begins.
const HEALS: &str = "B#";
/// How the sort key of a hold that ends begins.
const DUE_HOLD: &str = "H#";
/// How the sort key of an order on its way into a till or website begins, in what is due and beside the order.
const FORWARD: &str = "F#";
/// How the sort key of a pick-up that no store has confirmed begins.
const DUE_PICK_UP: &str = "W#";

/// The name under which lies what belongs to no shop. No shop may have it.
pub const OPERATOR: &str = "operator";

/// A full key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Partition key.
    pub partition: String,
    /// Sort key.
    pub sort: String,
}

/// An order.
pub fn order(key: &OrderKey) -> Key {
    Key { partition: format!("{}#O#{}#{}", key.shop, key.connection, key.order), sort: ORDER_SORT.to_owned() }
}

/// The sort key of every ORDER item; the stream filter of the template names it too.
pub const ORDER_SORT: &str = "O";

/// Whether changes of an item with that sort key are told onwards: of balances and of orders. The stream filter of the template
/// says the same.
pub fn is_announced(sort: &str) -> bool {
    sort.starts_with(STOCK_SORT_PREFIX) || sort == ORDER_SORT
}

/// How far an order is on its way into the till or website of a store that serves it.
pub fn forwarding(key: &OrderKey, location: &LocationId) -> Key {
    Key { partition: order(key).partition, sort: format!("{FORWARD}{location}") }
}

/// How the sort keys of all that is on its way of an order begin.
pub fn forwardings() -> &'static str {
    FORWARD
}

/// Reads the store of [`forwarding`] back.
pub fn parse_forwarding(sort: &str) -> Option<LocationId> {
    LocationId::new(sort.strip_prefix(FORWARD)?).ok()
}

/// Which order carries a reference of ours.
pub fn forward_reference(shop: &ShopId, reference: &ForwardReference) -> Key {
    Key { partition: format!("{shop}#F#{reference}"), sort: "F".to_owned() }
}

/// The partition of everything about a SKU.
pub fn sku_partition(shop: &ShopId, sku: &Sku) -> String {
    format!("{shop}#S#{sku}")
}

/// The balance of a SKU at a location.
pub fn stock(shop: &ShopId, sku: &Sku, location: &LocationId) -> Key {
    Key { partition: sku_partition(shop, sku), sort: format!("{STOCK_SORT_PREFIX}{location}") }
}

/// A physical fact about a SKU, applied once.
pub fn document(shop: &ShopId, sku: &Sku, document: &str) -> Key {
    Key { partition: sku_partition(shop, sku), sort: format!("D#{document}") }
}

/// How often listings of a SKU were mended on one day.
pub fn heals(shop: &ShopId, sku: &Sku, day: Date) -> Key {
    Key { partition: sku_partition(shop, sku), sort: format!("{HEALS}{day}") }
}

/// What a listing shows.
pub fn listing(shop: &ShopId, connection: &ConnectionId, listing: &ListingId) -> Key {
    Key { partition: format!("{shop}#C#{connection}"), sort: format!("I#{listing}") }
}

/// How an account is logged in.
pub fn connection(shop: &ShopId, connection: &ConnectionId) -> Key {
    Key { partition: format!("{shop}#C#{connection}"), sort: CONNECTION_SORT.to_owned() }
}

/// How far an account's orders are recorded.
pub fn pass(shop: &ShopId, connection: &ConnectionId) -> Key {
    Key { partition: format!("{shop}#C#{connection}"), sort: PASS_SORT.to_owned() }
}

/// What a shop has been told is wrong.
pub fn alerts(shop: &ShopId) -> Key {
    Key { partition: format!("{shop}#A"), sort: "A".to_owned() }
}

/// The partition of everything that is due in a shop.
pub fn due_partition(shop: &ShopId) -> String {
    format!("{shop}#D")
}

/// How the sort keys of one connection's listings that are due begin.
pub fn due_listings_of(connection: &ConnectionId) -> String {
    format!("{DUE_LISTING}{connection}#")
}

/// How the sort keys of holds that end begin.
pub fn due_holds() -> &'static str {
    DUE_HOLD
}

/// The partition of all codes of a shop that are in force.
pub fn hold_codes_partition(shop: &ShopId) -> String {
    format!("{shop}#H")
}

/// A buyer's code: one order of the shop at a time has it, whichever store it is for.
pub fn hold_code(shop: &ShopId, code: HoldCode) -> Key {
    Key { partition: hold_codes_partition(shop), sort: code.to_string() }
}

/// The partition of all products that somebody should count.
pub fn counts_wanted_partition(shop: &ShopId) -> String {
    format!("{shop}#N")
}

/// A product that a store did not find and should count.
pub fn count_wanted(shop: &ShopId, sku: &Sku, location: &LocationId) -> Key {
    Key { partition: counts_wanted_partition(shop), sort: format!("{location}#{sku}") }
}

/// Reads the sort key of a product that should be counted back.
pub fn parse_count_wanted(sort: &str) -> Option<(LocationId, Sku)> {
    let (location, sku) = sort.split_once('#')?;
    Some((LocationId::new(location).ok()?, Sku::new(sku).ok()?))
}

/// The sort key prefix of pick-ups that no store has confirmed.
pub fn due_pick_ups() -> &'static str {
    DUE_PICK_UP
}

/// A paper about goods.
pub fn goods(shop: &ShopId, number: &DocumentNumber) -> Key {
    Key { partition: format!("{shop}#M#{number}"), sort: "M".to_owned() }
}

/// The partition of all papers about goods that are not finished.
pub fn open_goods_partition(shop: &ShopId) -> String {
    format!("{shop}#M")
}

/// Says that a paper about goods is not finished; it lies there only so long.
pub fn open_goods(shop: &ShopId, number: &DocumentNumber) -> Key {
    Key { partition: open_goods_partition(shop), sort: number.to_string() }
}

/// One piece of work that is due.
pub fn due(shop: &ShopId, work: &DueWork) -> Key {
    let sort = match work {
        DueWork::Listing(connection, listing) => format!("{DUE_LISTING}{connection}#{listing}"),
        DueWork::Hold(connection, order) => format!("{DUE_HOLD}{connection}#{order}"),
        DueWork::Forward(connection, location, order) => {
            format!("{FORWARD}{connection}#{location}#{order}")
        }
        DueWork::PickUp(connection, order) => format!("{DUE_PICK_UP}{connection}#{order}"),
    };
    Key { partition: due_partition(shop), sort }
}

/// Reads the sort key of what is due back. None for a kind that this version does not know.
pub fn parse_due(sort: &str) -> Option<DueWork> {
    if let Some((connection, listing)) = sort.strip_prefix(DUE_LISTING).and_then(|rest| rest.split_once('#'))
    {
        return Some(DueWork::Listing(ConnectionId::new(connection).ok()?, ListingId::new(listing).ok()?));
    }
    let of_order = |rest: &str| {
        let (connection, order) = rest.split_once('#')?;
        Some((ConnectionId::new(connection).ok()?, OrderId::new(order).ok()?))
    };
    if let Some(rest) = sort.strip_prefix(DUE_PICK_UP) {
        return of_order(rest).map(|(connection, order)| DueWork::PickUp(connection, order));
    }
    if let Some(rest) = sort.strip_prefix(DUE_HOLD) {
        return of_order(rest).map(|(connection, order)| DueWork::Hold(connection, order));
    }
    let (connection, rest) = sort.strip_prefix(FORWARD)?.split_once('#')?;
    let (location, order) = rest.split_once('#')?;
    let (connection, location) = (ConnectionId::new(connection).ok()?, LocationId::new(location).ok()?);
    Some(DueWork::Forward(connection, location, OrderId::new(order).ok()?))
}

/// The month's partition of parked work.
pub fn parked_month(shop: &ShopId, at: Timestamp) -> String {
    parked_partition(shop, months_since_year_zero(at))
}

/// The partitions of this month and the `back` months before it, oldest first.
pub fn parked_months(shop: &ShopId, now: Timestamp, back: u16) -> Vec<String> {
    let this_month = months_since_year_zero(now);
    (0..=i32::from(back)).rev().map(|n| parked_partition(shop, this_month - n)).collect()
}

fn months_since_year_zero(at: Timestamp) -> i32 {
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    i32::from(day.year()) * 12 + i32::from(day.month()) - 1
}

fn parked_partition(shop: &ShopId, months: i32) -> String {
    format!("{shop}#X#{:04}{:02}", months.div_euclid(12), months.rem_euclid(12) + 1)
}

/// One parked note. `id` is derived from what is parked, so that the same work is not listed twice.
pub fn parked(shop: &ShopId, at: Timestamp, id: &str) -> Key {
    Key { partition: parked_month(shop, at), sort: format!("{at:.3}#{id}") }
}

/// How every partition key of a shop begins, for the operator's one scan.
pub fn shop_prefix(shop: &ShopId) -> String {
    format!("{shop}#")
}

/// What kind of item a key is of, for people who look at a shop as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An order.
    Order,
    /// A balance.
    Stock,
    /// A physical fact that was counted.
    Document,
    /// How often listings were mended on a day.
    Heals,
    /// What a listing shows.
    Listing,
    /// How an account is logged in.
    Connection,
    /// How far an account's orders are recorded.
    Pass,
    /// Work that is due.
    Due,
    /// What the shop has been told is wrong.
    Alerts,
    /// A buyer's code.
    HoldCode,
    /// A paper about goods, or the note that it is not finished.
    Goods,
    /// An order on its way into a till or website, or the reference it carries there.
    Forwarding,
    /// A product that somebody should count.
    CountWanted,
    /// Parked work.
    Parked,
    /// Nothing this version knows.
    Other,
}

/// The kind of item that lies there.
pub fn kind(shop: &ShopId, key: &Key) -> Kind {
    let rest = key.partition.strip_prefix(&shop_prefix(shop)).unwrap_or_default();
    match rest.split('#').next().unwrap_or_default() {
        "O" if key.sort.starts_with(FORWARD) => Kind::Forwarding,
        "O" => Kind::Order,
        "F" => Kind::Forwarding,
        "S" if key.sort.starts_with(STOCK_SORT_PREFIX) => Kind::Stock,
        "S" if key.sort.starts_with("D#") => Kind::Document,
        "S" if key.sort.starts_with(HEALS) => Kind::Heals,
        "C" if key.sort == CONNECTION_SORT => Kind::Connection,
        "C" if key.sort == PASS_SORT => Kind::Pass,
        "D" => Kind::Due,
        "A" => Kind::Alerts,
        "H" => Kind::HoldCode,
        "M" => Kind::Goods,
        "N" => Kind::CountWanted,
        "C" => Kind::Listing,
        "X" => Kind::Parked,
        _ => Kind::Other,
    }
}

/// The partition of all shops of this deployment: the operator's, because no shop may see another.
pub fn registry_partition() -> String {
    format!("{OPERATOR}#R")
}

/// One shop of this deployment.
pub fn registered(shop: &ShopId) -> Key {
    Key { partition: registry_partition(), sort: shop.to_string() }
}

/// Reads a STOCK key back, as the stream hands it over. None when it is another kind of item.
pub fn parse_stock(partition: &str, sort: &str) -> Option<(ShopId, Sku, LocationId)> {
    let (shop, sku) = partition.split_once("#S#")?;
    let location = sort.strip_prefix(STOCK_SORT_PREFIX)?;
    Some((ShopId::new(shop).ok()?, Sku::new(sku).ok()?, LocationId::new(location).ok()?))
}

/// Reads an ORDER key back. None when it is another kind of item.
pub fn parse_order(partition: &str, sort: &str) -> Option<OrderKey> {
    let (shop, rest) = partition.split_once("#O#").filter(|_| sort == "O")?;
    let (connection, order) = rest.split_once('#')?;
    let (shop, connection) = (ShopId::new(shop).ok()?, ConnectionId::new(connection).ok()?);
    Some(OrderKey { shop, connection, order: OrderId::new(order).ok()? })
}

/// Reads a LISTING key back, as the stream hands it over. None when it is another kind of item.
pub fn parse_listing(partition: &str, sort: &str) -> Option<(ShopId, ConnectionId, ListingId)> {
    let (shop, connection) = partition.split_once("#C#")?;
    let listing = sort.strip_prefix("I#")?;
    Some((ShopId::new(shop).ok()?, ConnectionId::new(connection).ok()?, ListingId::new(listing).ok()?))
}

/// Reads a PASS key back, as the stream hands it over. None when it is another kind of item.
pub fn parse_pass(partition: &str, sort: &str) -> Option<(ShopId, ConnectionId)> {
    let (shop, connection) = partition.split_once("#C#").filter(|_| sort == PASS_SORT)?;
    Some((ShopId::new(shop).ok()?, ConnectionId::new(connection).ok()?))
}

#[cfg(test)]
mod tests;
