//! How an order is kept: small enough that three lines fit in one kilobyte, and without any buyer data.
//!
//! `r` our revision · `k` kind · `st` status · `dp` departure · `t` source time · `ct` created · `rd` read ·
//! `d` digest · `am`,`cu` total · `l` lines · `o` how its units are set aside · `sr` how far the store is with them · `e` effect
//! applied so far · `uh` only while no news of it has come · `ttl` only once the order has ended.

use crate::attributes::{
    Item, check_shape, get_number, get_packed, get_packed_or_default, get_text, get_time, get_time_or_none,
    new_item, number, packed, text, time, to_time,
};
use crate::failure::TableError;
use crate::keys;
use commerce::catalogue::Component;
use commerce::effect::{Decision, Line, OrderState, Origin};
use commerce::hold_terms::{Held, HoldCode, HoldTerms, Purpose};
use commerce::ids::{ConnectionId, LineId, ListingId, LocationId, OrderId, Sku};
use commerce::money::{Currency, Money};
use commerce::order::{Departure, OrderKind};
use commerce::pick_up::AtStore;
use commerce::plan::OrderKey;
use commerce::removed::{Rule, is_removed};
use commerce::status::Status;
use commerce::stock::{Effect, StockDelta, StockKey};
use serde::{Deserialize, Serialize};

/// The attribute that write conditions compare.
pub const REVISION: &str = "r";

/// A line as packed text: id, listing, quantity, cancelled, unit price, out, decision.
#[derive(Serialize, Deserialize)]
struct PackedLine(LineId, ListingId, u32, u32, i64, u32, Option<PackedDecision>);

/// A decision as packed text: location, recipe, flags, parts not counted.
#[derive(Serialize, Deserialize)]
struct PackedDecision(LocationId, Vec<(Sku, u32)>, u8, Vec<Sku>);

/// One balance of the effect as packed text.
#[derive(Serialize, Deserialize)]
struct PackedEffect(Sku, LocationId, StockDelta);

/// A hold as packed text: purpose, until in milliseconds since 1970, code, whether the house ended it.
#[derive(Serialize, Deserialize)]
struct PackedHold(Purpose, Option<i64>, Option<String>, bool);

/// Units of a line that a till's own sales have counted, as packed text.
#[derive(Serialize, Deserialize)]
struct PackedCounted(LineId, u32);

/// The order that another one repeats, as packed text: account, order, store.
#[derive(Serialize, Deserialize)]
struct PackedOrigin(ConnectionId, OrderId, LocationId);

const IN_COVER: u8 = 1;
const TILL_OWNED: u8 = 2;

fn pack_line(line: &Line) -> PackedLine {
    let decision = line.decision.as_ref().map(|d| {
        let flag = |set: bool, bit: u8| if set { bit } else { 0 };
        let flags = flag(d.in_cover, IN_COVER) | flag(d.till_owned, TILL_OWNED);
        let recipe = d.recipe.iter().map(|part| (part.sku.clone(), part.factor)).collect();
        PackedDecision(d.location.clone(), recipe, flags, d.not_counted.clone())
    });
    PackedLine(
        line.id.clone(),
        line.listing.clone(),
        line.quantity,
        line.cancelled,
        line.unit_price_minor,
        line.out,
        decision,
    )
}

fn unpack_line(packed: PackedLine) -> Line {
    let PackedLine(id, listing, quantity, cancelled, unit_price_minor, out, decision) = packed;
    let decision = decision.map(|PackedDecision(location, recipe, flags, not_counted)| Decision {
        location,
        recipe: recipe.into_iter().map(|(sku, factor)| Component { sku, factor }).collect(),
        in_cover: flags & IN_COVER != 0,
        till_owned: flags & TILL_OWNED != 0,
        not_counted,
    });
    Line { id, listing, quantity, cancelled, unit_price_minor, out, counted: 0, decision }
}

fn pack_counted(line: &Line) -> Option<PackedCounted> {
    (line.counted > 0).then(|| PackedCounted(line.id.clone(), line.counted))
}

/// Lines with what a till's own sales have counted of them.
fn unpack_lines(lines: Vec<PackedLine>, counted: &[PackedCounted]) -> Vec<Line> {
    let with_counted = |packed: PackedLine| {
        let line = unpack_line(packed);
        let units = counted.iter().find(|PackedCounted(id, _)| *id == line.id).map_or(0, |found| found.1);
        Line { counted: units, ..line }
    };
    lines.into_iter().map(with_counted).collect()
}

fn pack_effect(effect: &Effect) -> Vec<PackedEffect> {
    effect.iter().map(|(k, d)| PackedEffect(k.sku.clone(), k.location.clone(), d.clone())).collect()
}

fn unpack_effect(packed: Vec<PackedEffect>) -> Effect {
    packed.into_iter().map(|PackedEffect(sku, location, d)| (StockKey { sku, location }, d)).collect()
}

fn pack_hold(held: &Held) -> PackedHold {
    let until = held.terms.until.map(|until| until.as_millisecond());
    PackedHold(held.terms.purpose, until, held.code.map(|code| code.to_string()), held.is_over)
}

fn unpack_hold(PackedHold(purpose, until, code, is_over): PackedHold) -> Result<Held, TableError> {
    let until = until.map(|ms| to_time(ms, "o")).transpose()?;
    let code = code.map(|code| HoldCode::new(&code)).transpose();
    let code = code.map_err(|error| TableError::corrupt("o", error.reason))?;
    Ok(Held { terms: HoldTerms { purpose, until }, code, is_over, at_store: None })
}

/// A hold with what the store said. One that a version of before wrote without it was asked for when it was created.
fn read_hold(item: &Item) -> Result<Option<Held>, TableError> {
    let packed: Option<PackedHold> = get_packed_or_default(item, "o")?;
    let Some(held) = packed.map(unpack_hold).transpose()? else { return Ok(None) };
    let known: Option<AtStore> = get_packed_or_default(item, "sr")?;
    let asked = || Ok::<_, TableError>(AtStore::asked(get_time(item, "ct")?));
    let at_store = match (held.terms.purpose.is_in_store(), known) {
        (false, _) => None,
        (true, Some(known)) => Some(known),
        (true, None) => Some(asked()?),
    };
    Ok(Some(Held { at_store, ..held }))
}

fn kind_code(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Channel => "c",
        OrderKind::TillOrder => "o",
        OrderKind::TillSale => "t",
    }
}

fn departure_code(departure: Departure) -> &'static str {
    match departure {
        Departure::Stayed => "s",
        Departure::Left => "l",
        Departure::Unknown => "u",
    }
}

/// Writes an order. `keep_days` sets when an ended order may expire; an order that is not ended never does.
pub fn to_item(
    key: &OrderKey,
    state: &OrderState,
    revision: &str,
    keep_days: u32,
) -> Result<Item, TableError> {
    let mut item = new_item(&keys::order(key));
    item.insert(REVISION.to_owned(), text(revision));
    item.insert("k".to_owned(), text(kind_code(state.kind)));
    item.insert("st".to_owned(), text(state.status.code()));
    item.insert("dp".to_owned(), text(departure_code(state.departure)));
    item.insert("t".to_owned(), time(state.source_time));
    item.insert("ct".to_owned(), time(state.created_at));
    if let Some(read_at) = state.read_at {
        item.insert("rd".to_owned(), time(read_at));
    }
    item.insert("d".to_owned(), text(&state.digest));
    item.insert("am".to_owned(), number(state.total.amount_minor));
    item.insert("cu".to_owned(), text(state.total.currency.code()));
    item.insert("l".to_owned(), packed(&state.lines.iter().map(pack_line).collect::<Vec<_>>())?);
    if let Some(held) = &state.hold {
        item.insert("o".to_owned(), packed(&pack_hold(held))?);
        if let Some(at_store) = &held.at_store {
            item.insert("sr".to_owned(), packed(at_store)?);
        }
    }
    item.insert("e".to_owned(), packed(&pack_effect(&state.applied))?);
    if state.unheard {
        item.insert("uh".to_owned(), number(1));
    }
    let counted: Vec<PackedCounted> = state.lines.iter().filter_map(pack_counted).collect();
    if !counted.is_empty() {
        item.insert("cn".to_owned(), packed(&counted)?);
    }
    if let Some(origin) = state.echo_of.clone() {
        let Origin { connection, order, location } = origin;
        item.insert("ec".to_owned(), packed(&PackedOrigin(connection, order, location))?);
    }
    let may_expire = state.status.is_ended() && !state.is_in_suspense();
    if may_expire || is_removed(Rule::OpenStays) {
        let expires = state.fact_time().as_second() + i64::from(keep_days) * 86_400;
        item.insert(keys::TTL.to_owned(), number(expires));
    }
    Ok(item)
}

/// Reads an order and our revision of it.
pub fn from_item(item: &Item) -> Result<(OrderState, String), TableError> {
    check_shape(item)?;
    let currency =
        Currency::new(get_text(item, "cu")?).map_err(|e| TableError::corrupt("cu", e.to_string()))?;
    let lines: Vec<PackedLine> = get_packed(item, "l")?;
    let state = OrderState {
        kind: match get_text(item, "k")? {
            "t" => OrderKind::TillSale,
            "o" => OrderKind::TillOrder,
            _ => OrderKind::Channel,
        },
        status: Status::from_code(get_text(item, "st")?),
        departure: match get_text(item, "dp")? {
            "s" => Departure::Stayed,
            "l" => Departure::Left,
            _ => Departure::Unknown,
        },
        source_time: get_time(item, "t")?,
        created_at: get_time(item, "ct")?,
        read_at: get_time_or_none(item, "rd")?,
        digest: get_text(item, "d")?.to_owned(),
        total: Money::from_minor(get_number(item, "am")?, currency),
        lines: unpack_lines(lines, &get_packed_or_default::<Vec<PackedCounted>>(item, "cn")?),
        hold: read_hold(item)?,
        unheard: item.contains_key("uh"),
        echo_of: get_packed_or_default::<Option<PackedOrigin>>(item, "ec")?
            .map(|PackedOrigin(connection, order, location)| Origin { connection, order, location }),
        applied: unpack_effect(get_packed(item, "e")?),
    };
    Ok((state, get_text(item, REVISION)?.to_owned()))
}
