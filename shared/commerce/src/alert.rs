//! What a shop hears of at once and once: something is wrong since then; and later that it is over.
//!
//! Pure: what is wrong now against what was wrong at the last look. A thing that stays wrong is not told again, however its
//! figures change.

use crate::ids::{ConnectionId, LocationId, OrderId, Sku};
use crate::park::ParkReason;
use crate::silence::Subscribed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// From when on something is worth telling at once. A pick-up is told of twice: stores that promise two hours have one left, then
/// half of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlertRule {
    /// So many orders in a row that a channel did not tell of.
    pub untold_orders: u32,
    /// So many minutes in which a channel's list of orders could not be read to its end.
    pub unread_minutes: u32,
    /// So many minutes in which no store has said that goods which a buyer comes for are ready.
    pub pick_up_minutes: u32,
    /// So many minutes after which that is told once more.
    pub pick_up_again_minutes: u32,
}

/// The most of either.
pub const ALERT_MAX: u32 = 1_440;

impl Default for AlertRule {
    /// By chance the list is before the news for one order in ten; five in a row are no chance.
    fn default() -> Self {
        Self { untold_orders: 5, unread_minutes: 30, pick_up_minutes: 60, pick_up_again_minutes: 90 }
    }
}

impl AlertRule {
    /// What is wrong with it, naming the field; nothing when all is well.
    pub fn check(&self) -> Result<(), String> {
        let fields = [
            ("untold_orders", self.untold_orders),
            ("unread_minutes", self.unread_minutes),
            ("pick_up_minutes", self.pick_up_minutes),
            ("pick_up_again_minutes", self.pick_up_again_minutes),
        ];
        match fields.iter().find(|(_, value)| !(1..=ALERT_MAX).contains(value)) {
            Some((name, _)) => Err(format!("report.alerts.{name} must be between 1 and {ALERT_MAX}")),
            None if self.pick_up_again_minutes <= self.pick_up_minutes => {
                Err("report.alerts.pick_up_again_minutes must be more than pick_up_minutes".to_owned())
            }
            None => Ok(()),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trouble {
    /// A channel tells of no order any more; all are found by reading its list.
    NewsSilent {
        /// The connection.
        connection: ConnectionId,
        /// Orders found that way in a row.
        orders: u32,
        /// How its webhooks stood then, after what could be mended was.
        #[serde(default)]
        webhooks: Subscribed,
    },
    /// A channel's list of orders cannot be read to its end.
    OrdersUnread {
        /// The connection.
        connection: ConnectionId,
    },
    /// A channel's list of orders is further behind than was thought.
    OrdersLate {
        /// The connection.
        connection: ConnectionId,
        /// How long is waited for it now, in milliseconds.
        lag_ms: i64,
    },
    /// A login is taken no more.
    LoginLost {
        /// The connection.
        connection: ConnectionId,
    },
    /// A login that cannot be renewed without a person ends soon.
    LoginEnds {
        /// The connection.
        connection: ConnectionId,
        /// When.
        at: Timestamp,
    },
    /// More was promised than is there.
    Shortfall {
        /// The product.
        sku: Sku,
        /// The store.
        location: LocationId,
        /// Units that lack.
        units: u64,
    },
    /// Work waits for a person.
    Parked {
        /// The connection.
        connection: ConnectionId,
        /// The reason's short name.
        code: String,
        /// The reason of the oldest piece; none where an earlier version noted it.
        #[serde(default)]
        reason: Option<ParkReason>,
        /// Pieces of work.
        items: u64,
    },
    /// A buyer comes for goods, and no store has said that they are ready.
    PickUpWaits {
        /// Where the order was taken.
        connection: ConnectionId,
        /// The order.
        order: OrderId,
        /// The store that has them set aside.
        location: LocationId,
        /// So many minutes after they were asked for.
        minutes: u32,
        /// True for the second time that it is told.
        is_again: bool,
    },
}

impl Trouble {
    /// True for goods that a buyer comes for.
    pub fn is_pick_up(&self) -> bool {
        matches!(self, Self::PickUpWaits { .. })
    }

    /// True where the other one says the same of a later moment.
    pub fn is_told_again_by(&self, other: &Self) -> bool {
        let (
            Self::PickUpWaits { connection, order, is_again: false, .. },
            Self::PickUpWaits { is_again: true, .. },
        ) = (self, other)
        else {
            return false;
        };
        other.key() == (8, connection.as_str(), order.as_str())
    }

    /// The same for the same trouble, however large it has grown.
    fn key(&self) -> (u8, &str, &str) {
        match self {
            Self::NewsSilent { connection, .. } => (0, connection.as_str(), ""),
            Self::OrdersUnread { connection } => (1, connection.as_str(), ""),
            Self::LoginLost { connection } => (2, connection.as_str(), ""),
            Self::LoginEnds { connection, .. } => (3, connection.as_str(), ""),
            Self::Shortfall { sku, location, .. } => (4, sku.as_str(), location.as_str()),
            Self::Parked { connection, code, .. } => (5, connection.as_str(), code),
            Self::OrdersLate { connection, .. } => (6, connection.as_str(), ""),
            Self::PickUpWaits { connection, order, is_again, .. } => {
                (7 + u8::from(*is_again), connection.as_str(), order.as_str())
            }
        }
    }
}

/// Something that is wrong since a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What.
    #[serde(flatten)]
    pub trouble: Trouble,
    /// Since when.
    pub since: Timestamp,
}

impl Alert {
    /// True when both are about the same.
    pub fn is_about_the_same(&self, other: &Self) -> bool {
        self.trouble.key() == other.trouble.key()
    }
}

/// What has changed since the last look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crossings {
    /// Wrong now and not before.
    pub begun: Vec<Alert>,
    /// Wrong before and not now.
    pub over: Vec<Alert>,
}

impl Crossings {
    /// True when there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.over.is_empty()
    }
}

/// Compares what was wrong and told with what is wrong now.
pub fn crossings(told: &[Alert], now: &[Alert]) -> Crossings {
    let missing = |in_here: &[Alert], one: &Alert| !in_here.iter().any(|other| other.is_about_the_same(one));
    Crossings {
        begun: now.iter().filter(|alert| missing(told, alert)).cloned().collect(),
        over: told.iter().filter(|alert| missing(now, alert)).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(connection: &str, orders: u32) -> Alert {
        let connection = ConnectionId::new(connection).unwrap();
        let webhooks = Subscribed::NotLooked;
        Alert { trouble: Trouble::NewsSilent { connection, orders, webhooks }, since: Timestamp::UNIX_EPOCH }
    }

    #[test]
    fn each_crossing_is_told_once_however_the_figures_grow() {
        let (mall, grown, web) = (alert("mall", 5), alert("mall", 9), alert("web", 5));
        let told = |begun: &[&Alert], over: &[&Alert]| Crossings {
            begun: begun.iter().copied().cloned().collect(),
            over: over.iter().copied().cloned().collect(),
        };
        assert_eq!(crossings(&[], std::slice::from_ref(&mall)), told(&[&mall], &[]));
        assert!(crossings(std::slice::from_ref(&mall), std::slice::from_ref(&grown)).is_empty());
        assert_eq!(crossings(std::slice::from_ref(&mall), &[grown, web.clone()]), told(&[&web], &[]));
        assert_eq!(crossings(std::slice::from_ref(&mall), &[]), told(&[], &[&mall]));
    }

    #[test]
    fn a_rule_names_the_field_that_is_wrong() {
        let rule = AlertRule { untold_orders: 0, ..AlertRule::default() };
        assert!(rule.check().unwrap_err().contains("report.alerts.untold_orders"));
        let rule = AlertRule { pick_up_again_minutes: 60, ..AlertRule::default() };
        assert!(rule.check().unwrap_err().contains("must be more than pick_up_minutes"));
        assert_eq!(AlertRule::default().check(), Ok(()));
    }
}
