//! What a counter of the day may still sell, and what each place has most of.

use super::super::cast::Actor;
use super::super::goods::PRODUCTS;
use super::super::shop_file::WALK_IN_RESERVE;
use super::Stage;

impl<'w> Stage<'w> {
    /// Units that somebody at a counter may still sell: what is neither sold nor on sale elsewhere, and no more than is
    /// kept for buyers at the counter before the book has heard of them.
    pub(super) fn can_be_had(&self, actor: &Actor, n: usize) -> i64 {
        let on_shelf = actor.listings.get(n).map_or(0, |listing| actor.twin.shown(listing));
        let found = PRODUCTS
            .get(n)
            .zip(actor.store())
            .and_then(|(product, store)| self.counters.get(&(product.sku.to_owned(), store.id().to_owned())));
        let Some(stock) = found else { return 0 };
        let promised = stock.on_hand - stock.free;
        let unheard = stock.on_hand - on_shelf;
        (on_shelf - promised).min(i64::from(WALK_IN_RESERVE) - unheard)
    }

    /// The product a place has most of.
    pub(super) fn most_plentiful(&self, place: usize) -> Option<usize> {
        let actor = self.actor(place)?;
        let listed = |n: &usize| actor.listings.get(*n).map_or(0, |listing| actor.twin.shown(listing));
        let shown = |n: &usize| if actor.is_till() { self.can_be_had(actor, *n) } else { listed(n) };
        (0..PRODUCTS.len()).filter(|n| shown(n) > 0).max_by_key(shown)
    }
}
