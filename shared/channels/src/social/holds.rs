//! How units are set aside: why, until when and in which store. Read with `hold` alone, because any other word on an order
//! leaves what was agreed as it is.

use super::wire::Order;
use crate::channel::Door;
use crate::json::{FieldError, Loose};
use crate::moment::{self, Zone};
use commerce::Timestamp;
use commerce::hold_terms::{HOLD_DAYS_MAX, HoldTerms, Purpose};
use commerce::ids::LocationId;
use jiff::SignedDuration;

/// What was agreed, and the store that must have the units. Nothing where the desk says no more than `hold`.
pub(super) fn read(
    door: &Door<'_>,
    order: &Order,
    at: Timestamp,
) -> Result<(Option<HoldTerms>, Option<LocationId>), FieldError> {
    let purpose = purpose(&order.purpose)?;
    let until = is_said(&order.hold_until).then(|| until(&order.hold_until, at)).transpose()?;
    let location = is_said(&order.location).then(|| location(door, &order.location)).transpose()?;
    if purpose.is_in_store() && location.is_none() {
        let problem = format!("must name the store where the buyer comes, with purpose {}", purpose.code());
        return Err(FieldError::new("location", problem));
    }
    let says_more = purpose != Purpose::Unpaid || until.is_some();
    Ok((says_more.then_some(HoldTerms { purpose, until }), location))
}

/// A field that is left out or empty says nothing; one that cannot be read must not pass for that.
fn is_said(value: &Loose) -> bool {
    value.given().is_some() || *value == Loose::Strange
}

fn purpose(value: &Loose) -> Result<Purpose, FieldError> {
    if !is_said(value) {
        return Ok(Purpose::Unpaid);
    }
    let words = Purpose::ALL.map(Purpose::code).join(", ");
    let known = Purpose::from_code(value.text("purpose")?);
    known.ok_or_else(|| FieldError::new("purpose", format!("must be one of {words}")))
}

fn until(value: &Loose, at: Timestamp) -> Result<Timestamp, FieldError> {
    let until = moment::date("hold_until", value, Zone::Vietnam)?;
    let most = at.checked_add(SignedDuration::from_hours(24 * HOLD_DAYS_MAX)).unwrap_or(at);
    if until <= at {
        return Err(FieldError::new("hold_until", "must be later than at"));
    }
    if until > most {
        let problem = format!("must be at most {HOLD_DAYS_MAX} days later than at");
        return Err(FieldError::new("hold_until", problem));
    }
    Ok(until)
}

fn location(door: &Door<'_>, value: &Loose) -> Result<LocationId, FieldError> {
    let name = value.text("location")?;
    let stores = &door.connection.serves_from;
    let named = stores.iter().find(|store| store.as_str() == name).cloned();
    let known: Vec<&str> = stores.iter().map(LocationId::as_str).collect();
    let problem = || format!("must be a store that serves this connection: {}", known.join(", "));
    named.ok_or_else(|| FieldError::new("location", problem()))
}
