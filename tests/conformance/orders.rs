//! Orders as they are read: units, money, status, and look-ups larger than one call.

use super::*;

pub(super) async fn sums_agree(bench: Bench) -> Outcome {
    let id = bench.order();
    let truth = bench.twin.order(&id).unwrap();
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    let mut units: BTreeMap<String, u32> = BTreeMap::new();
    for line in &order.lines {
        *units.entry(line.listing.to_string()).or_default() += line.quantity;
    }
    let expected: BTreeMap<String, u32> =
        truth.lines.iter().map(|l| (l.listing.clone(), l.quantity)).collect();
    ensure(units == expected, format!("{units:?}, expected {expected:?}"))?;
    let sum: i64 = order.lines.iter().map(|l| l.unit_price_minor * i64::from(l.quantity)).sum();
    ensure(sum == truth.total_minor, format!("the lines sum to {sum}, expected {}", truth.total_minor))?;
    let lines: BTreeSet<_> = order.lines.iter().map(|line| &line.id).collect();
    ensure(lines.len() == order.lines.len(), "two lines of one name")?;
    ensure(order.total.amount_minor == truth.total_minor, format!("{:?}", order.total))
}

pub(super) async fn unknown_status_stays(mut bench: Bench) -> Outcome {
    let id = bench.order();
    let (from, to) = bench.new_status;
    if !bench.can(Verb::LookUpOrders) {
        let mut push = bench.order_push(&id);
        let text = String::from_utf8(push.body).unwrap();
        ensure(text.contains(from), format!("no {from} in the push"))?;
        push.body = text.replace(from, to).into_bytes();
        let notices = bench.channel.read_webhook(&bench.door(), &request(&push));
        let guessed = notices.iter().any(|notice| match notice {
            Ok(Notice::Order(order)) => !matches!(order.status, Status::Unknown(_)),
            Ok(_) => true,
            Err(_) => false,
        });
        return ensure(!notices.is_empty() && !guessed, format!("guessed: {notices:?}"));
    }
    let meddler = meddler(&bench.twin.base_url(), from, to);
    bench.connection.base_url = Some(meddler.url.clone());
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    ensure(!meddler.calls().is_empty(), "the meddler was not asked")?;
    ensure(matches!(order.status, Status::Unknown(_)), format!("guessed {:?}", order.status))?;
    ensure(order.status.is_open() && !order.lines.is_empty(), "it must keep its units")
}

pub(super) async fn cancel_is_seen(bench: Bench) -> Outcome {
    let id = bench.order();
    ensure(bench.twin.cancel_order(&id), "the stand-in does not cancel")?;
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    ensure(order.status == Status::Cancelled, format!("{:?}", order.status))?;
    let truth = bench.twin.order(&id).unwrap();
    let seconds = (order.source_time.as_second() - truth.updated_at.as_second()).abs();
    ensure(seconds <= 1, format!("its time is {seconds} s off"))
}

pub(super) async fn shipped_is_out(bench: Bench) -> Outcome {
    let id = bench.order();
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    if order.kind == commerce::order::OrderKind::TillSale {
        // The goods are in the buyer's hand from the beginning.
        return ensure(order.status.is_out(), format!("a till sale that is {:?}", order.status));
    }
    ensure(order.status.is_open(), format!("paid, not sent, and {:?}", order.status))?;
    ensure(bench.twin.ship_order(&id), "the stand-in does not ship")?;
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    ensure(order.status.is_out(), format!("shipped, and {:?}", order.status))?;
    let is_sent_back = bench.twin.return_order(&id);
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    let called_so = matches!(order.status, Status::ReturnRequested | Status::Returned);
    ensure(called_so == is_sent_back, format!("sent back: {is_sent_back}, and {:?}", order.status))?;
    // Goods come back when a person says so.
    ensure(order.status.is_out(), format!("a return frees units: {:?}", order.status))
}

/// Channels write times with a zone, without one, or as seconds: all mean the same moment.
pub(super) async fn zones_are_kept(bench: Bench) -> Outcome {
    let id = bench.order();
    let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    let truth = bench.twin.order(&id).unwrap();
    let off = |a: commerce::Timestamp, b: commerce::Timestamp| (a.as_second() - b.as_second()).abs();
    let (created, changed) =
        (off(order.created_at, truth.placed_at), off(order.source_time, truth.updated_at));
    ensure(created <= 1, format!("placed {created} s off"))?;
    ensure(changed <= 1, format!("changed {changed} s off"))
}

pub(super) async fn reads_are_equal(bench: Bench) -> Outcome {
    let id = bench.order();
    let first = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    let second = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    let reads = bench.can(Verb::LookUpOrders);
    ensure(first.read_at.is_some() == reads, "a read says when it was made, a push does not")?;
    ensure(first.read_at <= second.read_at, "reads go back in time")?;
    ensure(first.digest() == second.digest(), format!("{first:?} {second:?}"))
}

pub(super) async fn unknown_order_is_not_found(bench: Bench) -> Outcome {
    let result = bench.look_up(bench.unknown_order).await;
    let kind = result.as_ref().map_err(|error| (error.kind, error.next)).err();
    ensure(kind == Some((ErrorKind::NotFound, Next::Park)), format!("{result:?}"))
}

pub(super) async fn look_ups_are_split(bench: Bench) -> Outcome {
    let line = TwinLine { listing: bench.listings[0].clone(), quantity: 1 };
    let many = bench.facts().orders_per_look_up_max + 3;
    let ids: Vec<OrderId> = (0..many)
        .map(|_| bench.our_id(&bench.twin.place_order(std::slice::from_ref(&line)).unwrap()))
        .collect();
    let gateway = bench.gateway();
    let found = gateway.look_up_orders(&bench.shop, &bench.connection, &bench.secrets, &ids).await;
    let good = found.iter().filter(|(id, order)| order.as_ref().is_ok_and(|order| order.id == *id)).count();
    let distinct: BTreeSet<_> = found.iter().map(|(id, _)| id).collect();
    ensure(
        good == many && found.len() == many && distinct.len() == many,
        format!("{good} of {many} answered"),
    )
}

pub(super) async fn amounts_are_whole(bench: Bench) -> Outcome {
    for _ in 0..2 {
        let id = bench.order();
        let order = bench.look_up(&id).await.map_err(|e| e.to_string())?;
        ensure(
            order.total.currency.code() == "VND" && order.total.currency.decimals() == 0,
            "VND has no decimals",
        )?;
        ensure(order.total.amount_minor == 3 * benches::PRICE, format!("{:?}", order.total))?;
        let prices: BTreeSet<i64> = order.lines.iter().map(|line| line.unit_price_minor).collect();
        ensure(prices == BTreeSet::from([benches::PRICE]), format!("{prices:?}"))?;
    }
    Ok(())
}
