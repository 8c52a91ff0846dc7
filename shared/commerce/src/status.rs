//! Where an order stands, in the words every channel's status is translated to.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The canonical status of an order. A word we do not know stays [`Status::Unknown`]: it is never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Status {
    /// Placed, perhaps not paid; the channel may still let it lapse.
    Pending,
    /// Paid, or cash on delivery.
    Confirmed,
    /// Packed or handed to be packed.
    ReadyToShip,
    /// Left the house.
    Shipped,
    /// The buyer has it.
    Delivered,
    /// Ended well.
    Completed,
    /// Ended without a sale.
    Cancelled,
    /// The buyer wants to send it back; nothing has come back yet.
    ReturnRequested,
    /// The channel calls it returned; goods count only when a person says so.
    Returned,
    /// The channel's own word, unknown to us: counts as open until a person decides.
    Unknown(String),
}

impl Status {
    /// The place in the lattice; a tie in source time is decided by it.
    pub fn rank(&self) -> u8 {
        match self {
            Status::Pending => 0,
            Status::Confirmed | Status::Unknown(_) => 1,
            Status::ReadyToShip => 2,
            Status::Shipped => 3,
            Status::Delivered => 4,
            Status::Completed => 5,
            Status::Cancelled => 6,
            Status::ReturnRequested => 7,
            Status::Returned => 8,
        }
    }

    /// True when goods have left the house at this status.
    pub fn is_out(&self) -> bool {
        matches!(
            self,
            Status::Shipped
                | Status::Delivered
                | Status::Completed
                | Status::ReturnRequested
                | Status::Returned
        )
    }

    /// True when the order holds units and nothing has left: an unknown status counts as open.
    pub fn is_open(&self) -> bool {
        !self.is_out() && *self != Status::Cancelled
    }

    /// True when no further change is expected; only such orders may expire from the table.
    pub fn is_ended(&self) -> bool {
        matches!(self, Status::Completed | Status::Cancelled | Status::Returned)
    }

    /// The short code kept in the table and in messages; `?` introduces the channel's own word.
    pub fn code(&self) -> String {
        let code = match self {
            Status::Pending => "pending",
            Status::Confirmed => "confirmed",
            Status::ReadyToShip => "ready_to_ship",
            Status::Shipped => "shipped",
            Status::Delivered => "delivered",
            Status::Completed => "completed",
            Status::Cancelled => "cancelled",
            Status::ReturnRequested => "return_requested",
            Status::Returned => "returned",
            Status::Unknown(raw) => return format!("?{raw}"),
        };
        code.to_owned()
    }

    /// Reads [`Status::code`] back; a code we never wrote is an unknown status.
    pub fn from_code(code: &str) -> Self {
        match code {
            "pending" => Status::Pending,
            "confirmed" => Status::Confirmed,
            "ready_to_ship" => Status::ReadyToShip,
            "shipped" => Status::Shipped,
            "delivered" => Status::Delivered,
            "completed" => Status::Completed,
            "cancelled" => Status::Cancelled,
            "return_requested" => Status::ReturnRequested,
            "returned" => Status::Returned,
            other => Status::Unknown(other.strip_prefix('?').unwrap_or(other).to_owned()),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

impl Serialize for Status {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.code())
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from_code(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_unknown_counts_as_open() {
        let unknown = Status::Unknown("IN_LIMBO".into());
        for status in [Status::Pending, Status::Shipped, Status::Cancelled, Status::Returned, unknown.clone()]
        {
            assert_eq!(Status::from_code(&status.code()), status);
        }
        assert!(unknown.is_open());
        assert!(!unknown.is_ended());
    }
}
