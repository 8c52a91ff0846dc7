//! Orders that only repeat another: we put them into a till or website ourselves, and it tells of them like of any other.

use commerce::effect::Origin;
use commerce::ids::{ForwardReference, ShopId};
use commerce::order::ChannelOrder;
use commerce::plan::OrderKey;
use std::collections::BTreeMap;
use table::{Table, TableError};

/// The orders of a batch that only repeat another, because we put them in ourselves.
pub(crate) type Echoes = BTreeMap<OrderKey, Origin>;

/// Which of these orders we put in ourselves: they carry a reference that was written down before it was sent. Anybody may
/// write a text into an order of a website, but nobody can guess one of ours; and once it is known which order bears
/// it, any other is a copy that somebody made, a sale like all others.
pub(crate) async fn echoes(
    table: &Table,
    shop: &ShopId,
    orders: &[(OrderKey, &ChannelOrder)],
) -> Result<Echoes, TableError> {
    let references: Vec<ForwardReference> =
        orders.iter().filter_map(|(_, order)| order.reference.clone()).collect();
    if references.is_empty() {
        return Ok(Echoes::new());
    }
    let known = table.referred(shop, &references).await?;
    let echo = |(key, order): &(OrderKey, &ChannelOrder)| {
        let referred = known.get(order.reference.as_ref()?)?;
        let is_it = referred.there.as_ref().is_none_or(|there| *there == key.order);
        (is_it && referred.target == key.connection).then(|| (key.clone(), referred.origin.clone()))
    };
    Ok(orders.iter().filter_map(echo).collect())
}
