//! Everything a shop's morning report says, as plain data: who fills it decides, the page only draws.

mod counts;
mod money_spent;
mod orders;
mod pick_ups;
mod running;
mod stock;
mod supply;

pub use commerce::reconcile::{Found, Total};
pub use counts::{CountCheck, CountLine, CountedBy};
pub use money_spent::{Cost, CostLine};
pub use orders::{
    Compared, ConnectionDay, Difference, Done, Hour, Proof, Sales, Settlement, Sharing, Verdict,
};
pub use pick_ups::{NotHereLine, PickUps};
pub use running::{Alert, Freshness, Login, ParkedGroup, Remark, Stale, Topic, Webhooks};
pub(crate) use stock::code;
pub use stock::{
    CameRight, Drift, DriftCheck, DriftClass, DriftDone, LedgerCheck, LedgerGap, Short, StockTotals,
    Stranded, StrandedCheck, Whose, WrongFold,
};
pub use supply::{DaysOfCover, LowStock, Move, MoveInputs, Reorder, ReorderInputs};

use crate::history::DayLine;
use commerce::Timestamp;
use commerce::ids::{ConnectionId, LocationId, ShopId, Sku};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The report of one shop and one business day. A list that is `None` was not looked at; an empty one was, and is fine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopReport {
    /// The shop.
    pub shop: ShopId,
    /// What people call it.
    pub name: String,
    /// The business day, by the shop's own calendar.
    pub day: Date,
    /// The IANA name of the shop's time zone, such as `Asia/Ho_Chi_Minh`. An unknown name is drawn as UTC, and says so.
    pub time_zone: String,
    /// When the report was made.
    pub made_at: Timestamp,
    /// What people call the stores; a store without a name here is drawn with its id.
    pub location_names: BTreeMap<LocationId, String>,
    /// What people call the products, as far as this report names them; a product without a name here is drawn with its code.
    #[serde(default)]
    pub product_names: BTreeMap<Sku, String>,
    /// Each connection's day, in the order in which the page shows them.
    pub connections: Vec<ConnectionDay>,
    /// Settlement files that were compared with our orders.
    pub settlements: Option<Vec<Settlement>>,
    /// What a channel sold on this day beyond what was there: each broke the promise "never sold twice", or names the
    /// assumption that was broken.
    pub oversells: Option<Vec<Short>>,
    /// Promises that cannot be kept as it stands, open when the report was made. An oversell that is still short stands as
    /// the same entry in both lists, and is then named once among the things to do.
    pub shortfalls: Option<Vec<Short>>,
    /// What channels show, against what they should.
    pub drift: Option<DriftCheck>,
    /// What counting changed.
    #[serde(default)]
    pub counts: Option<CountCheck>,
    /// What buyers came to stores for.
    #[serde(default)]
    pub pick_ups: Option<PickUps>,
    /// How much there is, and what it is promised to.
    pub stock: Option<StockTotals>,
    /// Balances, against the sum of their ledger lines.
    pub ledger: Option<LedgerCheck>,
    /// Units that could be sold and are shown nowhere.
    pub stranded: Option<StrandedCheck>,
    /// What waits for a person.
    pub parked: Option<Vec<ParkedGroup>>,
    /// Products that will not last.
    pub low_stock: Option<LowStock>,
    /// What to buy.
    pub reorders: Option<Vec<Reorder>>,
    /// What to carry from one store to another.
    pub moves: Option<Vec<Move>>,
    /// What this day cost the operator.
    pub cost: Option<Cost>,
    /// What was alerted on this day, newest first.
    pub alerts: Option<Vec<Alert>>,
    /// Lines about bad input: a channel that did not tell the truth, pages without an end, a file that cannot be read.
    pub remarks: Vec<Remark>,
    /// The days before, oldest first; none where no history is kept.
    pub history: Option<Vec<DayLine>>,
}

impl ShopReport {
    /// What people call a store.
    pub fn location_name<'r>(&'r self, location: &'r LocationId) -> &'r str {
        self.location_names.get(location).map_or(location.as_str(), String::as_str)
    }

    /// What people call a product; its code where nobody has said.
    pub fn product_name<'r>(&'r self, sku: &'r Sku) -> &'r str {
        self.product_names.get(sku).map_or(sku.as_str(), String::as_str)
    }

    /// What people call a connection; its id where the report has no such connection.
    pub fn connection_name<'r>(&'r self, connection: &'r ConnectionId) -> &'r str {
        let day = self.connections.iter().find(|day| day.connection == *connection);
        day.map_or(connection.as_str(), |day| &day.name)
    }
}
