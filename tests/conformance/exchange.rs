//! Orders that go into an account, and news that goes back to where an order was bought.

use super::*;
use channels::channel::Notice;
use channels::forward::{ForwardLine, NewsKind, OrderNews, OrderToForward};
use commerce::ids::ForwardReference;
use commerce::money::{Currency, Money};
use twins::TwinOrderState;

fn to_forward(bench: &Bench, reference: &str) -> OrderToForward {
    let line = |n: usize, quantity: u32| ForwardLine {
        listing: bench.listing(n),
        quantity,
        unit_price_minor: benches::PRICE,
    };
    OrderToForward {
        reference: reference.to_owned(),
        title: "shopee-main 2404098R48U37H".to_owned(),
        branch: bench.extras.branch.map(str::to_owned),
        lines: vec![line(0, 2), line(1, 1)],
        total: Money::from_minor(3 * benches::PRICE, Currency::VND),
    }
}

pub(super) async fn forwarded_once(bench: Bench) -> Outcome {
    let (gateway, account) = (bench.gateway(), bench.account());
    let reference = ForwardReference::of(2_611_300_001);
    let order = to_forward(&bench, reference.as_str());
    let nothing = gateway.find_forwarded(&account, &order.reference).await.map_err(|e| e.to_string())?;
    ensure(nothing.is_none(), "found before it was put in")?;
    let id = gateway.forward_order(&account, &order).await.map_err(|e| e.to_string())?;
    let taken = bench.twin.taken_orders();
    ensure(taken.len() == 1, format!("{} orders arrived", taken.len()))?;
    let (noted, arrived) = &taken[0];
    ensure(noted.contains(&order.reference), format!("arrived without our reference: {noted:?}"))?;
    let units: BTreeMap<&str, u32> =
        arrived.lines.iter().map(|line| (line.listing.as_str(), line.quantity)).collect();
    let expected = BTreeMap::from([(bench.listings[0].as_str(), 2), (bench.listings[1].as_str(), 1)]);
    ensure(units == expected, format!("{units:?} arrived"))?;
    ensure(arrived.total_minor == 3 * benches::PRICE, format!("for {} đồng", arrived.total_minor))?;
    let found = gateway.find_forwarded(&account, &order.reference).await.map_err(|e| e.to_string())?;
    ensure(found.as_ref() == Some(&id), format!("found {found:?}, put in as {id}"))?;
    let other = gateway
        .find_forwarded(&account, ForwardReference::of(2_611_300_002).as_str())
        .await
        .map_err(|e| e.to_string())?;
    ensure(other.is_none(), "found by another reference")?;
    known_as_ours(&bench, &id, &reference).await
}

/// What the channel tells of it later, over its API and in its webhooks, carries our reference: so it is known as an echo.
async fn known_as_ours(bench: &Bench, id: &OrderId, reference: &ForwardReference) -> Outcome {
    let (gateway, account) = (bench.gateway(), bench.account());
    let looked = gateway
        .look_up_orders(account.shop, account.connection, account.secrets, std::slice::from_ref(id))
        .await;
    let [(_, Ok(read))] = looked.as_slice() else { return Err(format!("not looked up: {looked:?}")) };
    ensure(read.reference.as_ref() == Some(reference), format!("looked up with {:?}", read.reference))?;
    let told = bench
        .twin
        .take_pushes()
        .into_iter()
        .flat_map(|push| bench.channel.read_webhook(&bench.door(), &request(&push)));
    for notice in told.flatten() {
        let Notice::Order(order) = notice else { continue };
        let carries = order.id != *id || order.reference.as_ref() == Some(reference);
        ensure(carries, format!("a webhook tells of it with {:?}", order.reference))?;
    }
    Ok(())
}

/// The answer is lost: the call is not repeated, and the order is found by its reference.
pub(super) async fn forwarded_in_doubt(bench: Bench) -> Outcome {
    let (gateway, account) = (bench.gateway(), bench.account());
    let order = to_forward(&bench, ForwardReference::of(2_611_300_003).as_str());
    bench.fault(bench.extras.forward_path, FaultKind::ApplyThenHang);
    let result = gateway.forward_order(&account, &order).await.map(drop);
    ensure(result.as_ref().is_err_and(ChannelError::is_ambiguous), format!("{result:?}"))?;
    ensure(bench.twin.taken_orders().len() == 1, "put in again, or not at all")?;
    let found = gateway.find_forwarded(&account, &order.reference).await.map_err(|e| e.to_string())?;
    ensure(found.is_some(), "not found by its reference")
}

const KINDS: [NewsKind; 5] =
    [NewsKind::Accepted, NewsKind::ReadyToShip, NewsKind::Shipped, NewsKind::Delivered, NewsKind::Cancelled];

pub(super) async fn news_arrives(bench: Bench) -> Outcome {
    let (gateway, account) = (bench.gateway(), bench.account());
    for kind in KINDS {
        let id = bench.order();
        let result = gateway.carry_status(&account, &bench.news(&id, kind)).await;
        if !bench.facts().carries.contains(&kind) {
            is_unsupported(&result, Verb::CarryStatus).map_err(|e| format!("{kind:?}: {e}"))?;
            continue;
        }
        result.map_err(|e| format!("{kind:?}: {e}"))?;
        let state = bench.twin.order(&id).unwrap().state;
        let expected = match kind {
            NewsKind::Shipped => TwinOrderState::Shipped,
            NewsKind::Delivered => TwinOrderState::Completed,
            NewsKind::Cancelled => TwinOrderState::Cancelled,
            NewsKind::Accepted | NewsKind::ReadyToShip => TwinOrderState::Paid,
        };
        ensure(state == expected, format!("{kind:?}: the channel has {state:?}"))?;
    }
    Ok(())
}

/// An order that ended is not shipped: the channel refuses, and we do not call it done.
pub(super) async fn late_news_is_refused(bench: Bench) -> Outcome {
    if !bench.facts().carries.contains(&NewsKind::Shipped) {
        return Ok(());
    }
    let id = bench.order();
    ensure(bench.twin.cancel_order(&id), "the stand-in does not cancel")?;
    let (gateway, account) = (bench.gateway(), bench.account());
    let result = gateway.carry_status(&account, &bench.news(&id, NewsKind::Shipped)).await;
    ensure(result.as_ref().is_err_and(|e| e.next == Next::Park), format!("{result:?}"))?;
    ensure(bench.twin.order(&id).unwrap().state == TwinOrderState::Cancelled, "it was shipped all the same")
}

impl Bench {
    fn news(&self, id: &str, kind: NewsKind) -> OrderNews {
        let shipped = kind == NewsKind::Shipped;
        OrderNews {
            order: self.our_id(id),
            kind,
            carrier: shipped.then(|| self.extras.carrier.to_owned()),
            tracking_number: shipped.then(|| "SPXVN0123456789".to_owned()),
            reason: (kind == NewsKind::Cancelled).then(|| self.extras.cancel_reason.to_owned()),
            lines: Vec::new(),
        }
    }
}
