//! Orders that only repeat another: we put them into a till or website ourselves, and it tells of them like of any other.

use super::{Event, RecordOrders, Trouble, key};
use commerce::effect::Origin;
use commerce::ids::{ForwardReference, ShopId};
use commerce::plan::OrderKey;
use std::collections::BTreeMap;

/// The orders of a batch that only repeat another, because we put them in ourselves.
pub(super) type Echoes = BTreeMap<OrderKey, Origin>;

impl RecordOrders {
    /// Which of these orders we put in ourselves: they carry a reference that was written down before it was sent. Anybody may
    /// write a text into an order of a website, but nobody can guess one of ours; and once it is known which order bears
    /// it, any other is a copy that somebody made, a sale like all others.
    pub(super) async fn echoes(&self, shop: &ShopId, events: &[Event]) -> Result<Echoes, Trouble> {
        let references: Vec<ForwardReference> =
            events.iter().filter_map(|event| event.order.reference.clone()).collect();
        if references.is_empty() {
            return Ok(Echoes::new());
        }
        let known =
            self.table.referred(shop, &references).await.map_err(|e| Trouble::Later(e.to_string()))?;
        let echo = |event: &Event| {
            let referred = known.get(event.order.reference.as_ref()?)?;
            let is_it = referred.there.as_ref().is_none_or(|there| *there == event.order.id);
            (is_it && referred.target == event.connection)
                .then(|| (key(shop, event), referred.origin.clone()))
        };
        Ok(events.iter().filter_map(echo).collect())
    }
}
