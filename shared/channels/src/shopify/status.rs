//! Where a Shopify order stands: money and parcels are told apart there, and are one word here.

use commerce::order::Departure;
use commerce::status::Status;
use std::collections::BTreeMap;

/// Payment methods that mean cash on delivery, unless the account setting `cod_gateways` names others.
pub(super) const COD_GATEWAYS: &str = "Cash on Delivery (COD)";

/// What an order's two axes and its parcels say, in the small letters of the webhooks.
#[derive(Debug, Default)]
pub(super) struct Standing {
    pub(super) is_cancelled: bool,
    pub(super) financial: String,
    /// None while nothing is fulfilled.
    pub(super) fulfillment: Option<String>,
    pub(super) is_cash_on_delivery: bool,
    pub(super) parcels: Vec<Parcel>,
    /// Units that still belong to the order.
    pub(super) units_left: u64,
}

/// One parcel.
#[derive(Debug, Default)]
pub(super) struct Parcel {
    pub(super) status: String,
    /// What the carrier says.
    pub(super) carrier_status: String,
    /// Units by line.
    pub(super) units: BTreeMap<String, u32>,
}

impl Parcel {
    /// It was handed over and not called back.
    pub(super) fn has_left(&self) -> bool {
        self.status == "success"
    }

    /// It came to nothing. (shopify.dev, FulfillmentStatus, 2026-11-30)
    fn has_stayed(&self) -> bool {
        matches!(self.status.as_str(), "cancelled" | "error" | "failure")
    }
}

/// Whether one of the order's payment methods or tags is among those that mean cash on delivery.
pub(super) fn is_cash_on_delivery(setting: Option<&str>, names: &[String]) -> bool {
    let known = setting.unwrap_or(COD_GATEWAYS);
    let same = |known: &str, name: &str| known.trim().to_lowercase() == name.trim().to_lowercase();
    let known = known.split(',').filter(|known| !known.trim().is_empty());
    known.into_iter().any(|known| names.iter().any(|name| same(known, name)))
}

/// The order's status and whether goods had left.
///
/// Parcels come before money: what has left has left, whoever has paid. An order in Việt Nam that is paid on delivery
/// stays `pending` until then, and is confirmed all the same. (shopify.dev, OrderDisplayFinancialStatus and
/// OrderDisplayFulfillmentStatus, 2026-11-30)
pub(super) fn of(standing: &Standing) -> (Status, Departure) {
    if standing.is_cancelled {
        return (Status::Cancelled, departure(standing));
    }
    let status = match standing.fulfillment.as_deref() {
        Some("fulfilled" | "partial") => out(standing),
        // Everything that was in it is back on the shelf, says Shopify.
        Some("restocked") if departure(standing) == Departure::Left => Status::Returned,
        Some("restocked") => Status::Cancelled,
        // Work on it has begun or waits; nothing has left.
        None
        | Some(
            "unfulfilled"
            | "open"
            | "in_progress"
            | "on_hold"
            | "scheduled"
            | "pending_fulfillment"
            | "request_declined",
        ) => paid(standing),
        Some(other) => Status::Unknown(other.to_owned()),
    };
    let departure = if status.is_out() { Departure::Left } else { departure(standing) };
    (status, departure)
}

fn out(standing: &Standing) -> Status {
    let mut gone = standing.parcels.iter().filter(|parcel| parcel.has_left()).peekable();
    if standing.financial == "refunded" && standing.units_left == 0 {
        return Status::Returned;
    }
    let is_whole = standing.fulfillment.as_deref() == Some("fulfilled");
    if is_whole && gone.peek().is_some() && gone.all(|parcel| parcel.carrier_status == "delivered") {
        return Status::Delivered;
    }
    Status::Shipped
}

fn paid(standing: &Standing) -> Status {
    match standing.financial.as_str() {
        "pending" if standing.is_cash_on_delivery => Status::Confirmed,
        "pending" | "authorized" => Status::Pending,
        "paid" | "partially_paid" | "partially_refunded" => Status::Confirmed,
        // All money is back. If units still belong to it, they are still to be sent.
        "refunded" if standing.units_left > 0 => Status::Confirmed,
        "refunded" | "voided" | "expired" => Status::Cancelled,
        other => Status::Unknown(other.to_owned()),
    }
}

/// One parcel that left is enough; nothing left only where no parcel is in doubt and no status says otherwise.
fn departure(standing: &Standing) -> Departure {
    let says_out = matches!(standing.fulfillment.as_deref(), Some("fulfilled" | "partial"));
    if says_out || standing.parcels.iter().any(Parcel::has_left) {
        return Departure::Left;
    }
    if standing.parcels.iter().all(Parcel::has_stayed) { Departure::Stayed } else { Departure::Unknown }
}
