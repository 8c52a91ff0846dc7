//! `demo --faults`: the same day with real faults in it, a night that compares the shop with its channels, and a morning
//! report that must name every one of them.
//!
//! Whoever injects a fault writes it down ([`blackout`] while the day is played, `evening` when it is over). What the
//! report says is read back from the report alone ([`reported`]), so that the comparison of the two lists can really fail.

pub mod blackout;
mod desk;
mod evening;
mod night;
mod pick;
pub mod reported;
mod table;
#[cfg(test)]
mod tests;
pub mod words;

use super::Wishes;
use super::figures::Figures;
use super::world::World;
use crate::up::Problem;
use blackout::Blackout;
use channels::channel::Clock;
use commerce::reconcile::{Day, shop_zone};
use jiff::SignedDuration;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The hour at which a day with faults begins, by the shop's clock: it is over long before midnight.
const OPENS_AT: SignedDuration = SignedDuration::from_hours(9);
/// Keeps the dice of the faults apart from those of the day, so that the day itself is the same with and without them.
const DICE: u64 = 0xFA17;

/// One fault: its kind, where, and what it struck.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Fault {
    /// What kind of fault, such as `edited_up`.
    pub kind: String,
    /// The connection; for goods that are short, the store.
    pub connection: String,
    /// The listing, order, product or message.
    pub what: String,
}

impl Fault {
    /// A fault of that kind.
    pub fn new(kind: &str, connection: &str, what: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), connection: connection.to_owned(), what: what.into() }
    }
}

/// A fault as the report names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reported {
    /// Which fault.
    #[serde(flatten)]
    pub fault: Fault,
    /// The report's own word for it.
    pub found: String,
    /// What was done about it.
    pub done: String,
}

/// What was injected, what was reported, and where the report lies.
#[derive(Debug, Clone)]
pub struct Night {
    /// Every fault, as it was written down when it was injected.
    pub injected: Vec<Fault>,
    /// Every fault that the report names.
    pub reported: Vec<Reported>,
    /// The folder of the report's pages.
    pub pages: PathBuf,
}

impl Night {
    /// Faults that stand on one side only: injected and not reported, or reported and never injected.
    pub fn one_sided(&self) -> (Vec<&Fault>, Vec<&Fault>) {
        let injected: BTreeSet<&Fault> = self.injected.iter().collect();
        let reported: BTreeSet<&Fault> = self.reported.iter().map(|reported| &reported.fault).collect();
        let missing = injected.difference(&reported).copied().collect();
        let made_up = reported.difference(&injected).copied().collect();
        (missing, made_up)
    }

    /// Puts both lists into the figures of the day.
    pub fn enter(self, figures: &mut Figures) {
        let (missing, made_up) = self.one_sided();
        figures.faults_differ = (missing.len() + made_up.len()) as u64;
        figures.faults_injected = Some(self.injected);
        figures.faults_reported = Some(self.reported);
    }
}

/// A clock whose first moment is the morning of today, by the shop's clock: the whole day then lies within one.
pub fn from_the_morning(clock: &Clock) -> Result<Clock, Problem> {
    let now = clock();
    let today = Day::of(now.to_zoned(shop_zone()).date(), &shop_zone()).ok_or("there is no such day")?;
    let ahead = today.from.checked_add(OPENS_AT)?.duration_since(now);
    let clock = clock.clone();
    Ok(std::sync::Arc::new(move || clock().checked_add(ahead).unwrap_or_else(|_| clock())))
}

/// The evening and the night of a day: the rest of the faults, the comparison with its report, and what people then mend.
pub async fn end_day(
    world: &mut World,
    blackout: Option<Blackout>,
    wishes: &Wishes,
) -> Result<Night, Problem> {
    let mut dice = StdRng::seed_from_u64(wishes.seed ^ DICE);
    let mut injected = blackout.map(|blackout| blackout.faults(&world.cast)).unwrap_or_default();
    let evening = evening::play(world, &mut dice, &mut injected).await?;
    let (report, pages) = night::compare(world).await?;
    evening.mend(world).await?;
    injected.sort();
    Ok(Night { injected, reported: reported::read(&report), pages })
}

/// The table of all faults, and what stands on one side only.
pub fn print(night: &Night, language: super::texts::Language) {
    table::print(night, language);
}
