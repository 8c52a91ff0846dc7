//! Stock as it is set and read back, one listing at a time and many at once.

use super::*;

pub(super) async fn set_is_read(bench: Bench) -> Outcome {
    let gateway = bench.gateway();
    let listings = [bench.listing(0), bench.listing(1)];
    if let Some(said) = without_set_stock(&bench).await {
        said?;
        // A till is only read: what it reads is what is there.
        let read = gateway.read_stock(&bench.shop, &bench.connection, &bench.secrets, &listings).await;
        let read = read.map_err(|e| e.to_string())?;
        let sum: i64 = read.iter().filter(|r| r.listing == listings[0]).map(|r| r.quantity).sum();
        return ensure(sum == bench.twin.shown(&bench.listings[0]), format!("{read:?}"));
    }
    for quantities in [[7, 0], [123_456, 1]] {
        for (listing, outcome) in bench.set(&bench.sets(&quantities)).await {
            outcome.map_err(|e| format!("{listing}: {e}"))?;
        }
        let read = gateway.read_stock(&bench.shop, &bench.connection, &bench.secrets, &listings).await;
        let read: BTreeMap<_, _> =
            read.map_err(|e| e.to_string())?.into_iter().map(|r| (r.listing, r.quantity)).collect();
        for (listing, quantity) in listings.iter().zip(quantities) {
            ensure(
                read.get(listing) == Some(&i64::from(quantity)),
                format!("set {quantity}, read {read:?}"),
            )?;
            ensure(
                bench.twin.shown(listing.as_str()) == i64::from(quantity),
                "the stand-in shows another number",
            )?;
        }
    }
    Ok(())
}

pub(super) async fn set_twice_is_harmless(bench: Bench) -> Outcome {
    if let Some(said) = without_set_stock(&bench).await {
        return said;
    }
    let sets = bench.sets(&[9]);
    for _ in 0..2 {
        bench.set(&sets).await.into_values().next().unwrap().map_err(|e| e.to_string())?;
    }
    ensure(bench.twin.shown(&bench.listings[0]) == 9, "set twice is not set once")
}

pub(super) async fn writes_are_split(bench: Bench) -> Outcome {
    if let Some(said) = without_set_stock(&bench).await {
        return said;
    }
    let many = bench.facts().listings_per_write_max + 2;
    let quantities: Vec<u32> = (1..=u32::try_from(many).unwrap()).collect();
    let outcomes = bench.set(&bench.sets(&quantities)).await;
    let good = outcomes.values().filter(|outcome| outcome.is_ok()).count();
    ensure(good == many && outcomes.len() == many, format!("{good} of {many}"))?;
    let shown =
        (0..many).filter(|n| bench.twin.shown(&bench.listings[*n]) == i64::from(quantities[*n])).count();
    ensure(shown == many, format!("{shown} of {many} are shown"))
}

pub(super) async fn outcomes_align(bench: Bench) -> Outcome {
    if let Some(said) = without_set_stock(&bench).await {
        return said;
    }
    bench.fault(bench.write_path, FaultKind::RefuseListing(bench.listings[1].clone()));
    let before = bench.twin.shown(&bench.listings[1]);
    let clock = lambda_kit::clock::system();
    let http = http();
    let (shop, connection, secrets) = (&bench.shop, &bench.connection, &bench.secrets);
    let session = Session { shop, connection, secrets, http: &http, clock: &clock, token: None };
    let sets = bench.sets(&[4, 5, 6]);
    let outcomes = bench.channel.set_stock(&session, &sets).await.map_err(|e| e.to_string())?;
    ensure(outcomes.len() == 3, format!("{} outcomes of 3", outcomes.len()))?;
    for (listing, outcome) in outcomes {
        let is_refused = listing == bench.listing(1);
        ensure(outcome.is_err() == is_refused, format!("{listing}: {outcome:?}"))?;
    }
    ensure(bench.twin.shown(&bench.listings[0]) == 4, "the first was set")?;
    ensure(bench.twin.shown(&bench.listings[2]) == 6, "the third was set")?;
    ensure(bench.twin.shown(&bench.listings[1]) == before, "the refused one kept its number")
}
