//! The statuses of Sapo Omni's orders: five words, each about one side of the work in a store.

use super::orders::parcels;
use super::wire::Order;
use crate::json::FieldError;
use commerce::order::Departure;
use commerce::status::Status;

/// The order's own word leads; how far the goods are is told by the others. `finished` means that nothing more will be
/// done, which may be before the goods left: then a person looks. (github.com/HaDuong24/Sapo.vn, orders, 2026-11-30)
pub(super) fn status(order: &Order) -> Result<(Status, Departure), FieldError> {
    let goods = order.fulfillment_status.given();
    let departure = match goods {
        None | Some("unshipped") if parcels(order)?.is_empty() => Departure::Stayed,
        Some("shipped" | "partial" | "fulfilled") => Departure::Left,
        _ => Departure::Unknown,
    };
    let has_left = matches!(goods, Some("shipped" | "fulfilled"));
    let status = match (order.status.given(), goods) {
        (Some("cancelled"), _) => Status::Cancelled,
        (_, Some(other)) if !matches!(other, "unshipped" | "partial" | "shipped" | "fulfilled") => {
            Status::Unknown(other.to_owned())
        }
        (Some("draft" | "finalized" | "completed" | "finished"), _)
            if order.return_status.given() == Some("returned") && has_left =>
        {
            Status::Returned
        }
        (Some("completed"), _) => Status::Completed,
        (Some("finished"), _) if has_left => Status::Completed,
        (Some("draft"), _) => Status::Pending,
        (Some("finalized"), _) => on_the_way(order, has_left),
        (other, _) => Status::Unknown(other.unwrap_or("no status").to_owned()),
    };
    Ok((status, departure))
}

fn on_the_way(order: &Order, has_left: bool) -> Status {
    match (has_left, order.received_status.given(), order.packed_status.given()) {
        (true, Some("received"), _) => Status::Delivered,
        (true, _, _) => Status::Shipped,
        (false, _, Some("packed")) => Status::ReadyToShip,
        (false, _, _) => Status::Confirmed,
    }
}
