//! Lists: each order and each listing once, to the end, within the span that was asked for; events until they are taken.

use super::*;
use channels::paging::Window;
use channels::walk;
use jiff::SignedDuration;

fn around_now(hours_back: i64) -> Window {
    let now = (system_clock())();
    Window { from: now - SignedDuration::from_hours(hours_back), to: now + SignedDuration::from_mins(1) }
}

/// The orders a list names, and how often each.
fn named(notices: &channels::channel::Notices) -> Result<BTreeMap<OrderId, usize>, String> {
    let mut ids = BTreeMap::new();
    for notice in notices {
        match notice.as_ref().map_err(|e| format!("{e:?}"))? {
            Notice::Order(order) => *ids.entry(order.id.clone()).or_default() += 1,
            Notice::OrderChanged { order } => *ids.entry(order.clone()).or_default() += 1,
            Notice::StockLevel { .. } | Notice::Nothing { .. } => {}
        }
    }
    Ok(ids)
}

async fn listed(bench: &Bench, window: Window) -> Result<BTreeMap<OrderId, usize>, String> {
    let gateway = bench.gateway();
    let notices = walk::all_orders(&gateway, &bench.account(), bench.facts(), window).await;
    named(&notices.map_err(|e| e.to_string())?)
}

/// More orders than two pages hold.
pub(super) async fn orders_to_the_end(bench: Bench) -> Outcome {
    let list = bench.facts().list.unwrap();
    let line = TwinLine { listing: bench.listings[0].clone(), quantity: 1 };
    let many = 2 * list.page_rows_max + 1;
    let mut expected = BTreeSet::new();
    for _ in 0..many {
        expected.insert(bench.our_id(&bench.twin.place_order(std::slice::from_ref(&line)).unwrap()));
    }
    let ids = listed(&bench, around_now(1)).await?;
    let missing: Vec<_> = expected.iter().filter(|id| !ids.contains_key(*id)).collect();
    ensure(missing.is_empty(), format!("{} of {many} are missing", missing.len()))?;
    let known: BTreeSet<_> = ids.keys().cloned().collect();
    ensure(known == expected, "it names orders that there are not")
}

pub(super) async fn spans_are_kept(bench: Bench) -> Outcome {
    let list = bench.facts().list.unwrap();
    let id = bench.our_id(&bench.order());
    let now = (system_clock())();
    let hours = |n: i64| SignedDuration::from_hours(n);
    let before = Window { from: now - hours(48), to: now - hours(24) };
    ensure(listed(&bench, before).await?.is_empty(), "an order of today in the list of yesterday")?;
    // Longer than any channel lists at once: it is cut, and every piece is asked for.
    let long = 24 * 40 + i64::from(list.window_max_s.unwrap_or(0)) / 3_600;
    ensure(listed(&bench, around_now(long)).await?.contains_key(&id), "lost in a long span")?;
    if let Some(most) = list.window_max_s {
        let pieces = walk::pieces(around_now(long), bench.facts());
        let longest = pieces.iter().map(|w| w.to.as_second() - w.from.as_second()).max().unwrap_or(0);
        ensure(pieces.len() > 1 && longest <= i64::from(most), "a piece is longer than the channel allows")?;
    }
    Ok(())
}

/// A change makes an old order new again.
pub(super) async fn changes_are_listed(bench: Bench) -> Outcome {
    let id = bench.order();
    ensure(bench.twin.cancel_order(&id), "the stand-in does not cancel")?;
    let gateway = bench.gateway();
    let rows = walk::all_orders(&gateway, &bench.account(), bench.facts(), around_now(1)).await;
    let rows = rows.map_err(|e| e.to_string())?;
    let ours = bench.our_id(&id);
    let told = rows.iter().flatten().any(|notice| match notice {
        Notice::Order(order) => order.id == ours && order.status == Status::Cancelled,
        Notice::OrderChanged { order } => *order == ours,
        _ => false,
    });
    ensure(told, "the cancel is not in the list")
}

pub(super) async fn events_until_taken(bench: Bench) -> Outcome {
    let (gateway, account) = (bench.gateway(), bench.account());
    let id = bench.our_id(&bench.order());
    bench.twin.lose_pushes();
    let first = gateway.pull_events(&account, None).await.map_err(|e| e.to_string())?;
    ensure(named(&first.notices)?.contains_key(&id), "the event did not wait for us")?;
    let again = gateway.pull_events(&account, None).await.map_err(|e| e.to_string())?;
    ensure(named(&again.notices)?.contains_key(&id), "gone before we said that we have it")?;
    let mut receipt = again.receipt;
    ensure(receipt.is_some(), "events without a receipt")?;
    for _ in 0..20 {
        let next = gateway.pull_events(&account, receipt.as_ref()).await.map_err(|e| e.to_string())?;
        if next.notices.is_empty() {
            return Ok(());
        }
        ensure(!named(&next.notices)?.contains_key(&id), "told again after we took it")?;
        receipt = next.receipt;
    }
    Err("it never comes to an end".to_owned())
}

pub(super) async fn listings_to_the_end(bench: Bench) -> Outcome {
    let gateway = bench.gateway();
    let rows = walk::all_listings(&gateway, &bench.account()).await.map_err(|e| e.to_string())?;
    let mut found = BTreeMap::new();
    for row in rows {
        let row = row.map_err(|e| format!("{e:?}"))?;
        ensure(row.is_active, format!("{} is on sale", row.id))?;
        let twice = found.insert(row.id.to_string(), row);
        ensure(twice.is_none(), format!("{twice:?} twice"))?;
    }
    let expected: BTreeSet<String> = bench.listings.iter().cloned().collect();
    let listed: BTreeSet<String> = found.keys().cloned().collect();
    ensure(listed == expected, format!("{} listed of {}", listed.len(), expected.len()))?;
    for (id, row) in &found {
        ensure(row.sku.as_deref() == Some(benches::sku(id).as_str()), format!("{id}: {:?}", row.sku))?;
        ensure(!row.title.is_empty(), format!("{id} has no title"))?;
        let shown = bench.twin.shown(id);
        ensure(
            row.shown.is_none_or(|units| units == shown),
            format!("{id}: {:?}, shows {shown}", row.shown),
        )?;
    }
    Ok(())
}
