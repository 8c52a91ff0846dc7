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

pub(super) async fn reads_are_equal(bench: Bench) -> Outcome {
    let id = bench.order();
    let first = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    let second = bench.look_up(&id).await.map_err(|e| e.to_string())?;
    ensure(first.read_at.is_some() && second.read_at.is_some(), "a read says when it was made")?;
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
