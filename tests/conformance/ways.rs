//! The ways in which stock is written: compared, added, gross; and each refused where the channel does not have it.

use super::*;

impl Bench {
    /// Whether the account is written to like that, or would be with another setting.
    pub(super) fn can_be_written_as(&self, class: WriteClass) -> bool {
        let facts = self.facts();
        facts.write_class == class || facts.write_choices.iter().any(|(_, choice)| *choice == class)
    }

    /// The account with the setting that has it written to like that, where it needs one.
    pub(super) fn written_as(mut self, class: WriteClass) -> Self {
        let choice = self.facts().write_choices.iter().find(|(_, choice)| *choice == class);
        if let Some((value, _)) = choice {
            self.connection.account.insert(STOCK_WRITE.to_owned(), (*value).to_owned());
        }
        self
    }
}

/// One write of the first listing, or of another.
fn write(bench: &Bench, n: usize, quantity: u32, how: How) -> StockSet {
    StockSet { listing: bench.listing(n), quantity, how }
}

async fn one(bench: &Bench, quantity: u32, how: How) -> Result<(), ChannelError> {
    bench.set(&[write(bench, 0, quantity, how)]).await.into_values().next().unwrap()
}

async fn done(bench: &Bench, quantity: u32, how: How) -> Outcome {
    one(bench, quantity, how).await.map_err(|e| format!("{how:?}: {e}"))
}

fn shows(bench: &Bench, n: usize, expected: i64) -> Outcome {
    let shown = bench.twin.shown(&bench.listings[n]);
    ensure(shown == expected, format!("listing {n} shows {shown}, expected {expected}"))
}

fn buys(bench: &Bench, quantity: u32) -> Outcome {
    let line = TwinLine { listing: bench.listings[0].clone(), quantity };
    bench.twin.place_order(&[line]).map(drop).map_err(|e| e.to_string())
}

async fn reading(bench: &Bench) -> Result<StockReading, String> {
    let gateway = bench.gateway();
    let read = gateway.read_stock(&bench.shop, &bench.connection, &bench.secrets, &[bench.listing(0)]).await;
    read.map_err(|e| e.to_string())?.pop().ok_or_else(|| "the listing is not told".to_owned())
}

/// Refused because something has changed: certainly not applied, and not tried again by itself.
fn changed(outcome: &Result<(), ChannelError>) -> Outcome {
    failed(outcome, ErrorKind::Changed, |next| next == Next::Retry)?;
    ensure(outcome.as_ref().is_err_and(|e| !e.is_ambiguous()), "a refusal leaves no doubt")
}

/// K1: applied while the number is still shown; another number refuses the write, and only that one of a call.
pub(super) async fn compared(bench: Bench) -> Outcome {
    let at_first = u32::try_from(bench.twin.shown(&bench.listings[0])).unwrap();
    done(&bench, 7, How::IfShown(at_first)).await?;
    shows(&bench, 0, 7)?;
    buys(&bench, 1)?;
    let writes = bench.twin.stock_writes().len();
    changed(&one(&bench, 9, How::IfShown(7)).await)?;
    shows(&bench, 0, 6)?;
    ensure(bench.twin.stock_writes().len() == writes, "a stale write was applied")?;
    let other = u32::try_from(bench.twin.shown(&bench.listings[1])).unwrap();
    let sets = [write(&bench, 0, 9, How::IfShown(7)), write(&bench, 1, 4, How::IfShown(other))];
    let outcomes = bench.set(&sets).await;
    changed(&outcomes[&bench.listing(0)])?;
    ensure(outcomes[&bench.listing(1)].is_ok(), format!("its neighbour: {:?}", outcomes[&bench.listing(1)]))?;
    shows(&bench, 1, 4)?;
    done(&bench, 9, How::IfShown(6)).await?;
    done(&bench, 3, How::Blind).await?;
    shows(&bench, 0, 3)
}

/// K2: added to what is there at that moment; what would end below zero is refused, and only that one of a call.
pub(super) async fn added(bench: Bench) -> Outcome {
    done(&bench, 5, How::Blind).await?;
    buys(&bench, 2)?;
    done(&bench, 8, How::By(3)).await?;
    shows(&bench, 0, 6)?;
    changed(&one(&bench, 0, How::By(-7)).await)?;
    shows(&bench, 0, 6)?;
    done(&bench, 0, How::By(-6)).await?;
    shows(&bench, 0, 0)?;
    let before = bench.twin.shown(&bench.listings[1]);
    let blind = write(&bench, 2, 11, How::Blind);
    let sets = [write(&bench, 0, 0, How::By(-1)), write(&bench, 1, 1, How::By(1)), blind];
    let outcomes = bench.set(&sets).await;
    changed(&outcomes[&bench.listing(0)])?;
    ensure(outcomes.values().filter(|outcome| outcome.is_ok()).count() == 2, format!("{outcomes:?}"))?;
    shows(&bench, 1, before + 1)?;
    shows(&bench, 2, 11)?;
    // A difference in doubt is never sent again: it would be added twice.
    bench.fault("", FaultKind::ApplyThenHang);
    let outcome = one(&bench, 4, How::By(4)).await;
    ensure(outcome.is_err_and(|e| e.is_ambiguous()), "no answer came, so nobody knows")?;
    shows(&bench, 0, 4)?;
    // An account that has not chosen it is overwritten only.
    let mut usual = bench;
    usual.connection.account.remove(STOCK_WRITE);
    if usual.facts().write_class == WriteClass::Delta {
        Ok(())
    } else {
        refuses(&usual, WriteClass::Delta).await
    }
}

/// K3: written as it is, whatever is on order; the channel subtracts that itself, and both numbers are read back.
pub(super) async fn gross(bench: Bench) -> Outcome {
    done(&bench, 9, How::Gross).await?;
    buys(&bench, 2)?;
    let both = |reading: StockReading| (reading.quantity, reading.gross);
    ensure(both(reading(&bench).await?) == (7, Some(9)), "nine are there, two of them on order")?;
    for _ in 0..2 {
        let requests = bench.twin.requests();
        done(&bench, 9, How::Gross).await?;
        ensure(bench.twin.requests() - requests == 1, "something was asked before it was written")?;
        shows(&bench, 0, 7)?;
    }
    done(&bench, 5, How::Blind).await?;
    ensure(
        both(reading(&bench).await?) == (5, Some(7)),
        "five to be bought are seven, two of them on order",
    )?;
    done(&bench, 1, How::Gross).await?;
    ensure(both(reading(&bench).await?) == (-1, Some(1)), "a unit too few is not hidden")
}

/// A way that the channel does not have: refused for each listing, with its name, before anything is sent.
pub(super) async fn refuses(bench: &Bench, class: WriteClass) -> Outcome {
    let how = match class {
        WriteClass::CompareAndSet => How::IfShown(500),
        WriteClass::Delta => How::By(1),
        WriteClass::Gross => How::Gross,
        WriteClass::BlindAbsolute | WriteClass::None => {
            return Err(format!("{class:?} has no way of its own"));
        }
    };
    let requests = bench.twin.requests();
    let outcomes = bench.set(&[write(bench, 0, 5, how), write(bench, 1, 6, how)]).await;
    for outcome in outcomes.values() {
        is_unsupported(outcome, Verb::SetStock)?;
    }
    ensure(bench.twin.requests() == requests, "the channel was called all the same")
}
