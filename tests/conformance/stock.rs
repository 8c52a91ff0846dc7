//! Stock as it is set and read back, one listing at a time and many at once.

use super::*;

impl Bench {
    pub(super) async fn bare_write(&self, quantity: u32) -> Result<(), ChannelError> {
        let clock = system_clock();
        let http = http();
        let (shop, connection, secrets) = (&self.shop, &self.connection, &self.secrets);
        let session = Session { shop, connection, secrets, http: &http, clock: &clock, token: None };
        let set = StockSet::blind(self.listing(0), quantity);
        let outcomes = self.channel.set_stock(&session, &[set]).await?;
        outcomes.into_iter().next().unwrap().1
    }

    pub(super) fn sets(&self, quantities: &[u32]) -> Vec<StockSet> {
        let set = |(n, quantity): (usize, &u32)| StockSet::blind(self.listing(n), *quantity);
        quantities.iter().enumerate().map(set).collect()
    }

    pub(super) async fn set(&self, sets: &[StockSet]) -> BTreeMap<ListingId, Result<(), ChannelError>> {
        let outcomes = self.gateway().set_stock(&self.shop, &self.connection, &self.secrets, sets).await;
        assert_eq!(outcomes.len(), sets.len(), "every listing is answered once");
        outcomes.into_iter().collect()
    }
}

pub(super) async fn set_is_read(bench: Bench) -> Outcome {
    let gateway = bench.gateway();
    let listings = [bench.listing(0), bench.listing(1)];
    for quantities in [[7, 0], [98_765, 1]] {
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
    let sets = bench.sets(&[9]);
    for _ in 0..2 {
        bench.set(&sets).await.into_values().next().unwrap().map_err(|e| e.to_string())?;
    }
    ensure(bench.twin.shown(&bench.listings[0]) == 9, "set twice is not set once")
}

pub(super) async fn writes_are_split(bench: Bench) -> Outcome {
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
    bench.fault(bench.write_path, FaultKind::RefuseListing(bench.listings[1].clone()));
    let before = bench.twin.shown(&bench.listings[1]);
    let clock = system_clock();
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

/// A till is only read: what it reads is what is there.
pub(super) async fn what_is_there_is_read(bench: Bench) -> Outcome {
    let listing = bench.listing(0);
    let listings = [listing.clone(), bench.listing(1)];
    let gateway = bench.gateway();
    let read = gateway.read_stock(&bench.shop, &bench.connection, &bench.secrets, &listings).await;
    let read = read.map_err(|e| e.to_string())?;
    let sum: i64 = read.iter().filter(|r| r.listing == listing).map(|r| r.quantity).sum();
    ensure(sum == bench.twin.shown(listing.as_str()), format!("{read:?}"))
}

async fn shown(bench: &Bench) -> Result<i64, String> {
    let gateway = bench.gateway();
    let read = gateway.read_stock(&bench.shop, &bench.connection, &bench.secrets, &[bench.listing(0)]).await;
    let read = read.map_err(|e| e.to_string())?;
    Ok(read
        .iter()
        .filter(|reading| reading.listing == bench.listing(0))
        .map(|reading| reading.quantity)
        .sum())
}

/// "Done" is what the channel says; only reading it back tells whether it is.
pub(super) async fn said_but_not_done(bench: Bench) -> Outcome {
    let before = bench.twin.shown(&bench.listings[0]);
    bench.fault(bench.write_path, FaultKind::AcceptedNotApplied);
    let outcome = bench.bare_write(3).await;
    ensure(bench.twin.shown(&bench.listings[0]) == before, "the stand-in did it all the same")?;
    // Some channels repeat the number as stored, and are found out at once.
    let found_out = outcome.is_err();
    ensure(found_out || shown(&bench).await? == before, "what is read back is not what is shown")
}

/// Somebody edits the number by hand: reading it back tells.
pub(super) async fn foreign_edits_are_read(bench: Bench) -> Outcome {
    if !bench.twin.edit_stock(&bench.listings[0], 41) {
        return Ok(());
    }
    let read = shown(&bench).await?;
    ensure(read == bench.twin.shown(&bench.listings[0]), format!("edited to 41, read {read}"))
}

/// Units that a campaign has locked stay on sale, whatever we ask for.
pub(super) async fn campaigns_are_not_undercut(bench: Bench) -> Outcome {
    if !bench.twin.lock_units(&bench.listings[0], 30) {
        return Ok(());
    }
    let before = bench.twin.shown(&bench.listings[0]);
    let requests = bench.twin.requests();
    for outcome in
        [bench.bare_write(3).await, bench.set(&bench.sets(&[3])).await.into_values().next().unwrap()]
    {
        let waits = |next| matches!(next, Next::Wait(wait) if wait >= Duration::from_secs(60));
        failed(&outcome, ErrorKind::Locked, waits).map_err(|e| format!("set below what is locked: {e}"))?;
        ensure(!outcome.unwrap_err().is_ambiguous(), "a refusal leaves no doubt")?;
    }
    ensure(bench.twin.requests() - requests == 2, "asked again while the campaign runs")?;
    ensure(bench.twin.shown(&bench.listings[0]) == before, "units that a campaign has locked are gone")?;
    ensure(shown(&bench).await? == before, "what a campaign has locked is shown, so it is read")?;
    // What leaves the locked units alone is taken, and so is everything once they are free again.
    bench.bare_write(40).await.map_err(|e| format!("set above what is locked: {e}"))?;
    ensure(bench.twin.lock_units(&bench.listings[0], 0), "the campaign is over")?;
    bench.bare_write(3).await.map_err(|e| format!("set after the campaign: {e}"))
}

/// A buyer takes a unit: the number read back leaves it out, whatever number the channel keeps.
pub(super) async fn open_orders_are_left_out(bench: Bench) -> Outcome {
    bench.set(&bench.sets(&[9])).await.into_values().next().unwrap().map_err(|e| e.to_string())?;
    let line = TwinLine { listing: bench.listings[0].clone(), quantity: 2 };
    bench.twin.place_order(&[line]).map_err(|e| e.to_string())?;
    let read = shown(&bench).await?;
    ensure(read == 7, format!("9 shown, 2 sold, {read} read"))?;
    // Told once more, it still sells as many as told.
    bench.set(&bench.sets(&[5])).await.into_values().next().unwrap().map_err(|e| e.to_string())?;
    let now = bench.twin.shown(&bench.listings[0]);
    ensure(now == 5, format!("told 5 while 2 are on order, and {now} can be bought"))
}
