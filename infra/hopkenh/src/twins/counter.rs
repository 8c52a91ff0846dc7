//! The page of the stand-ins: what each shows, and a counter where buyers buy, cancel, and the shop sends.

use super::Cast;
use crate::terminal;
use ::twins::stage::{Actor, Good};
use ::twins::{TwinLine, TwinOrder};
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Clone)]
struct Counter {
    cast: Cast,
    goods: Arc<Vec<Good>>,
}

type Said = Result<String, (StatusCode, String)>;
type Words = Query<BTreeMap<String, String>>;

/// The page's routes.
pub(super) fn router(cast: Cast, goods: Vec<Good>) -> Router {
    Router::new()
        .route("/", get(overview))
        .route("/{channel}", get(orders))
        .route("/{channel}/buy", post(buy))
        .route("/{channel}/cancel", post(cancel))
        .route("/{channel}/ship", post(ship))
        .with_state(Counter { cast, goods: Arc::new(goods) })
}

impl Counter {
    fn actor(&self, channel: &str) -> Result<&Actor, (StatusCode, String)> {
        let found = self.cast.iter().find(|(name, _)| name == channel).map(|(_, actor)| actor);
        found.ok_or_else(|| (StatusCode::NOT_FOUND, format!("there is no stand-in of {channel:?} here\n")))
    }
}

/// What each shows of each product.
async fn overview(State(counter): State<Counter>) -> String {
    let mut head = vec!["Channel".to_owned()];
    head.extend(counter.goods.iter().map(|good| good.sku.clone()));
    head.extend(["Orders".to_owned(), "Writes".to_owned()]);
    let mut table = vec![head];
    for (channel, actor) in counter.cast.iter() {
        let mut row = vec![channel.clone()];
        row.extend(actor.listings.iter().map(|listing| actor.twin.shown(listing).to_string()));
        row.push(actor.twin.orders().len().to_string());
        row.push(actor.twin.stock_writes().len().to_string());
        table.push(row);
    }
    terminal::table(&table)
}

/// The orders of one.
async fn orders(State(counter): State<Counter>, Path(channel): Path<String>) -> Said {
    let actor = counter.actor(&channel)?;
    let row = |order: &TwinOrder| {
        let lines: Vec<String> =
            order.lines.iter().map(|line| format!("{} × {}", line.quantity, line.listing)).collect();
        vec![
            order.id.clone(),
            format!("{:?}", order.state),
            lines.join(", "),
            format!("{} đ", order.total_minor),
        ]
    };
    let head = ["Order", "State", "Lines", "Total"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = std::iter::once(head).chain(actor.twin.orders().iter().map(row)).collect();
    Ok(terminal::table(&rows))
}

/// `?sku=AO-M&quantity=2`; without them, one of the first product.
async fn buy(State(counter): State<Counter>, Path(channel): Path<String>, Query(words): Words) -> Said {
    let actor = counter.actor(&channel)?;
    let sku = words.get("sku").cloned().or_else(|| counter.goods.first().map(|good| good.sku.clone()));
    let place = counter.goods.iter().position(|good| Some(&good.sku) == sku.as_ref());
    let listing = place.and_then(|n| actor.listings.get(n));
    let known = || counter.goods.iter().map(|good| good.sku.as_str()).collect::<Vec<_>>().join(", ");
    let listing = listing.ok_or_else(|| (StatusCode::NOT_FOUND, format!("sold here: {}\n", known())))?;
    let quantity = words.get("quantity").map_or(Ok(1), |text| text.parse());
    let quantity =
        quantity.map_err(|_| (StatusCode::BAD_REQUEST, "quantity: must be a number\n".to_owned()))?;
    let line = TwinLine { listing: listing.clone(), quantity };
    let placed = actor.twin.place_order(&[line]);
    placed.map(|id| format!("{id}\n")).map_err(|sold_out| (StatusCode::CONFLICT, format!("{sold_out}\n")))
}

async fn cancel(State(counter): State<Counter>, Path(channel): Path<String>, Query(words): Words) -> Said {
    let id = words.get("order").cloned().unwrap_or_default();
    done(counter.actor(&channel)?.twin.cancel_order(&id), &id)
}

async fn ship(State(counter): State<Counter>, Path(channel): Path<String>, Query(words): Words) -> Said {
    let id = words.get("order").cloned().unwrap_or_default();
    done(counter.actor(&channel)?.twin.ship_order(&id), &id)
}

fn done(is_done: bool, id: &str) -> Said {
    if is_done {
        Ok("done\n".to_owned())
    } else {
        Err((StatusCode::CONFLICT, format!("order {id}: not now\n")))
    }
}
