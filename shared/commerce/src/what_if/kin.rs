//! Products that are sold together are played together; all others know nothing of each other, however large the shop is.

use super::demand::{Event, What};
use crate::catalogue::Shop;
use crate::ids::Sku;
use std::collections::BTreeMap;

/// A part of a shop: some of its products with all their listings, and what happened to them.
pub(super) struct Part<'e> {
    /// The shop with these listings alone.
    pub(super) shop: Shop,
    /// What happened, in the order of time.
    pub(super) events: Vec<&'e Event>,
}

/// Cuts a shop into parts that share no product. Parts to which nothing happened are left out.
pub(super) fn parts<'e>(shop: &Shop, events: &'e [Event]) -> Vec<Part<'e>> {
    let mut kin = Kin::default();
    for listing in shop.connections.values().flat_map(|connection| connection.listings.values()) {
        kin.join(listing.recipe.iter().map(|part| &part.sku));
    }
    events.iter().for_each(|event| kin.join(skus(event)));
    let mut bare = shop.clone();
    bare.connections.values_mut().for_each(|connection| connection.listings.clear());
    let mut parts: BTreeMap<usize, Part<'e>> = BTreeMap::new();
    for event in events {
        let Some(group) = skus(event).next().and_then(|sku| kin.group(sku)) else { continue };
        let new = || Part { shop: bare.clone(), events: Vec::new() };
        parts.entry(group).or_insert_with(new).events.push(event);
    }
    for (id, connection) in &shop.connections {
        for listing in connection.listings.values() {
            let group = listing.recipe.first().and_then(|part| kin.group(&part.sku));
            let part = group.and_then(|group| parts.get_mut(&group));
            if let Some(own) = part.and_then(|part| part.shop.connections.get_mut(id)) {
                own.listings.insert(listing.id.clone(), listing.clone());
            }
        }
    }
    parts.into_values().collect()
}

/// The products that an event is about.
fn skus(event: &Event) -> Box<dyn Iterator<Item = &Sku> + '_> {
    match &event.what {
        What::Wanted { parts, .. } => Box::new(parts.keys().map(|balance| &balance.sku)),
        What::Took { balance, .. } | What::Goods { balance, .. } => Box::new(std::iter::once(&balance.sku)),
        What::CalledOff { sku, .. } | What::Left { sku, .. } => Box::new(std::iter::once(sku)),
    }
}

/// Groups of products, each with its number.
#[derive(Default)]
struct Kin {
    groups: BTreeMap<Sku, usize>,
    members: BTreeMap<usize, Vec<Sku>>,
}

impl Kin {
    fn group(&self, sku: &Sku) -> Option<usize> {
        self.groups.get(sku).copied()
    }

    /// From now on these products belong together, with all that belonged to any of them.
    fn join<'s>(&mut self, skus: impl Iterator<Item = &'s Sku>) {
        let mut first = None;
        for sku in skus {
            let new = self.groups.len();
            let group = *self.groups.entry(sku.clone()).or_insert_with(|| {
                self.members.insert(new, vec![sku.clone()]);
                new
            });
            let first = *first.get_or_insert(group);
            if group != first {
                let moved = self.members.remove(&group).unwrap_or_default();
                self.groups.extend(moved.iter().map(|sku| (sku.clone(), first)));
                self.members.entry(first).or_default().extend(moved);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_together_by_any_way_is_one_group() {
        let skus = ["A", "B", "C", "D", "E", "F"].map(|sku| Sku::new(sku).unwrap());
        let [a, b, c, d, e, f] = &skus;
        let mut kin = Kin::default();
        for together in [vec![a], vec![b, c], vec![d], vec![e, f], vec![c, d], vec![a], vec![f, b]] {
            kin.join(together.into_iter());
        }
        let group = |sku: &Sku| kin.group(sku).unwrap();
        assert!([c, d, e, f].iter().all(|sku| group(sku) == group(b)));
        assert_ne!(group(a), group(b));
        assert_eq!(kin.members.values().map(Vec::len).sum::<usize>(), 6);
    }
}
