//! Where the units of a listing's cover lie: store by store, and for a bundle part by part.

use crate::ids::LocationId;
use crate::stock::StockKey;

/// One product of a listing at one store, as its balance says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The balance.
    pub key: StockKey,
    /// Base units per listing unit, at least 1.
    pub factor: i64,
    /// Base units of this listing's cover in it.
    pub cover: i64,
    /// Base units the channel gave back by itself so far.
    pub given_back: i64,
    /// Free base units.
    pub free: i64,
}

/// One store that serves a listing. A listing unit always comes whole from one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The store.
    pub location: LocationId,
    /// What one listing unit takes there.
    pub parts: Vec<Part>,
    /// Listing units of cover that should lie here.
    pub want: i64,
    /// Listing units that may still be reserved here: its own share, and beyond it only what others do not lack of theirs.
    pub spare: i64,
}

impl Place {
    /// Listing units that the cover here stands for: the scarcest part decides. Below zero after sales beyond it.
    pub fn covered(&self) -> i64 {
        self.parts.iter().map(|part| part.cover.div_euclid(part.factor)).min().unwrap_or(0)
    }

    /// Listing units that are free here.
    pub fn free_units(&self) -> i64 {
        self.parts.iter().map(|part| part.free.max(0) / part.factor).min().unwrap_or(0)
    }

    /// Listing units that would be free here with so many covered; below zero where it would be short.
    fn free_with(&self, covered: i64) -> i64 {
        let left = |part: &Part| (part.free + part.cover - covered * part.factor).div_euclid(part.factor);
        self.parts.iter().map(left).min().unwrap_or(0)
    }

    /// Listing units that could still be reserved here without taking what others lack.
    pub fn room(&self) -> i64 {
        self.free_units().min(self.spare)
    }

    /// True when no part holds more cover than the others call for.
    pub fn is_even(&self) -> bool {
        let covered = self.covered();
        self.parts.iter().all(|part| part.cover == covered * part.factor)
    }
}

/// What must still be true of a balance when its cover is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// So many base units are free: the reserve of a raise.
    FreeAtLeast(i64),
    /// This listing's cover and given-back units are as they were read: the sum was made from them.
    Exactly {
        /// Base units of cover.
        cover: i64,
        /// Base units given back.
        given_back: i64,
    },
}

/// One balance whose cover changes, or must at least be as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoverChange {
    /// The balance.
    pub key: StockKey,
    /// Base units more or less in this listing's cover; zero for a mere check.
    pub delta: i64,
    /// Without which nothing is written.
    pub guard: Guard,
}

/// Listing units covered over all stores.
pub fn total(places: &[Place]) -> i64 {
    places.iter().map(Place::covered).sum()
}

/// Listing units that should be covered over all stores as things are now: what is wanted, as far as it can be had.
pub fn wanted_now(places: &[Place], may_raise: bool) -> i64 {
    let room: i64 = if may_raise { places.iter().map(Place::room).sum() } else { 0 };
    let wanted: i64 = places.iter().map(|place| place.want.max(0)).sum();
    wanted.min(total(places) + room)
}

/// Listing units given back over all stores, since ever.
pub fn given_back(places: &[Place]) -> i64 {
    let first = |place: &Place| place.parts.first().map_or(0, |part| part.given_back / part.factor);
    places.iter().map(first).sum()
}

/// Makes the cover stand for `target` listing units in all, and leaves it where it is wanted as far as it is there.
/// Conditioned on this listing's cover and given-back units alone, so that no other listing's work can disturb it.
/// `left_over` are parts that no longer belong to the listing: their cover ends.
pub fn retarget(places: &[Place], left_over: &[Part], target: i64) -> Vec<CoverChange> {
    let units = spread(places, target);
    let of_place = |(place, units): (&Place, i64)| -> Vec<CoverChange> {
        place.parts.iter().map(|part| change(part, units * part.factor)).collect()
    };
    let mut changes: Vec<CoverChange> = places.iter().zip(units).flat_map(of_place).collect();
    changes.extend(left_over.iter().map(|part| change(part, 0)));
    changes
}

fn change(part: &Part, cover: i64) -> CoverChange {
    let guard = Guard::Exactly { cover: part.cover, given_back: part.given_back };
    CoverChange { key: part.key.clone(), delta: cover - part.cover, guard }
}

/// How many of `target` units lie at each store: first those that are wanted where they are, then those that are there
/// anyway, then, for exposure that was found, where there is room. What is less than nothing stays where it is less than
/// nothing already, for there it was sold; only what is lacking beyond that is the first store's.
///
/// A store that was sold from beyond its cover keeps its lack as long as other stores hold units for it: they are nobody
/// else's, for they must still get there.
fn spread(places: &[Place], target: i64) -> Vec<i64> {
    let held: i64 = places.iter().map(|place| place.covered().max(0)).sum();
    let mut backed = (held - target.max(0)).max(0) + (-target).max(0);
    let lacks: Vec<i64> = places
        .iter()
        .map(|place| {
            let lack = (-place.covered()).clamp(0, backed);
            backed -= lack;
            lack
        })
        .collect();
    let units = spread_whole(places, target + lacks.iter().sum::<i64>());
    let mut units: Vec<i64> = units.into_iter().zip(lacks).map(|(units, lack)| units - lack).collect();
    back_what_is_short(places, &mut units);
    units
}

/// The same for a store that would be left short of what was sold from it beyond its cover, while another one has free
/// units: those are set aside for it, and it keeps its lack until they get there.
fn back_what_is_short(places: &[Place], units: &mut [i64]) {
    for short in (0..places.len()).filter(|short| places[*short].covered() < 0) {
        for other in (0..places.len()).filter(|other| *other != short) {
            let given_up = units[short] - places[short].covered();
            let lack = given_up.min(-places[short].free_with(units[short]));
            let set_aside = lack.min(places[other].free_with(units[other])).max(0);
            units[short] -= set_aside;
            units[other] += set_aside;
        }
    }
}

fn spread_whole(places: &[Place], target: i64) -> Vec<i64> {
    let here = |place: &Place| place.covered().max(0);
    let mut units: Vec<i64> = places.iter().map(|place| here(place).min(place.want.max(0))).collect();
    let mut left = target - units.iter().sum::<i64>();
    for (units, place) in units.iter_mut().zip(places) {
        give(units, &mut left, here(place) - *units);
    }
    for (units, place) in units.iter_mut().zip(places) {
        give(units, &mut left, place.free_units());
    }
    for units in units.iter_mut().rev() {
        let taken = (-left).clamp(0, *units);
        *units -= taken;
        left += taken;
    }
    if let Some(first) = units.first_mut() {
        *first += left;
    }
    units
}

fn give(units: &mut i64, left: &mut i64, most: i64) {
    let given = (*left).clamp(0, most.max(0));
    *units += given;
    *left -= given;
}

/// Reserves `many` listing units out of what is free: where cover is wanted first, then wherever there is room.
/// None when they are not there.
pub fn reserve(places: &[Place], many: i64) -> Option<Vec<CoverChange>> {
    let mut left = many;
    let mut units = vec![0; places.len()];
    for (units, place) in units.iter_mut().zip(places) {
        give(units, &mut left, place.room().min(place.want - place.covered()));
    }
    for (units, place) in units.iter_mut().zip(places) {
        give(units, &mut left, place.room() - *units);
    }
    if left > 0 {
        return None;
    }
    let of_place = |(place, units): (&Place, i64)| -> Vec<CoverChange> {
        let take = |part: &Part| {
            let delta = units * part.factor;
            CoverChange { key: part.key.clone(), delta, guard: Guard::FreeAtLeast(delta) }
        };
        place.parts.iter().filter(|_| units > 0).map(take).collect()
    };
    Some(places.iter().zip(units).flat_map(of_place).collect())
}

/// Units that lie where they are not wanted, moved to where they are and fit: the channel shows the same before and
/// after. None when nothing is to be moved.
pub fn swap(places: &[Place]) -> Option<Vec<CoverChange>> {
    let from = places.iter().position(|place| place.covered() > place.want.max(0))?;
    let lacks = |place: &Place| (place.want - place.covered()).min(place.room());
    let to = places.iter().position(|place| lacks(place) > 0)?;
    let many = lacks(&places[to]).min(places[from].covered() - places[from].want.max(0));
    let give_up = places[from].parts.iter().map(|part| change(part, part.cover - many * part.factor));
    let take_up = places[to].parts.iter().map(|part| {
        let delta = many * part.factor;
        CoverChange { key: part.key.clone(), delta, guard: Guard::FreeAtLeast(delta) }
    });
    Some(give_up.chain(take_up).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Sku;

    /// A store with so many free base units and so much cover of a listing of single pieces.
    fn place(store: &str, free: i64, cover: i64, want: i64) -> Place {
        let location = LocationId::new(store).unwrap();
        let key = StockKey { sku: Sku::new("SKU-1").unwrap(), location: location.clone() };
        let part = Part { key, factor: 1, cover, given_back: 0, free };
        Place { location, parts: vec![part], want, spare: 99 }
    }

    #[test]
    fn what_is_less_than_nothing_stays_at_the_store_that_was_sold_from() {
        // The first store is short because its till sold more than it had: that is its own shortfall, and hides no other.
        assert_eq!(spread(&[place("dn", -1, 0, 0), place("hcm", 0, -1, 0)], -1), [0, -1]);
        // The other store's units are nobody else's as long as they must get there.
        assert_eq!(spread(&[place("dn", 0, 1, 0), place("hcm", 0, -2, 0)], -1), [1, -2]);
        // Sales that are found later are the first store's.
        assert_eq!(spread(&[place("dn", 0, 0, 0), place("hcm", 0, -1, 0)], -3), [-2, -1]);
    }

    #[test]
    fn a_store_left_short_by_sales_beyond_its_cover_is_backed_by_free_units_of_another() {
        // Four sold of three in the first store, three of four in the other, and nothing shown any more.
        let units = |places: &[Place], target| spread(places, target);
        assert_eq!(units(&[place("hn", 3, -4, 0), place("hcm", 5, -4, 1)], 0), [-1, 1]);
        // Both have enough: nothing is set aside.
        assert_eq!(units(&[place("hn", 4, -4, 0), place("hcm", 5, -4, 1)], 0), [0, 0]);
        // Nobody has anything: it stays short.
        assert_eq!(units(&[place("hn", 3, -4, 0), place("hcm", 4, -4, 0)], 0), [0, 0]);
        // Short for another reason than sales of this listing: not its business.
        assert_eq!(units(&[place("hn", -2, 0, 0), place("hcm", 5, 0, 1)], 0), [0, 0]);
        assert_eq!(units(&[place("hn", -1, 1, 1), place("hcm", 5, 3, 3)], 4), [1, 3]);
    }
}
