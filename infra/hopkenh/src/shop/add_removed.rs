//! Listings that a changed file takes out: what their channels still offer, and how they are set to 0.

use super::pause;
use super::remove::leave::{Leave, Left, Mode, States, states};
use crate::demo::texts::Language;
use crate::place::Place;
use crate::up::Problem;
use channels::channel::Clock;
use channels::outside::Outside;
use commerce::catalogue::Shop;
use commerce::ids::{ListingId, ShopId};
use commerce::stock::ListingKey;
use lambda_kit::{shop_source, way_out};
use std::collections::BTreeMap;
use table::listing_item::ListingState;

/// Published listings of the file before that the new file does not name any more.
pub(super) struct Removed {
    /// The shop as it was, with those listings alone.
    shop: Shop,
    /// What their channels were last told, where it is more than nothing.
    pub(super) shown: BTreeMap<ListingKey, u32>,
}

impl Removed {
    /// Compares the file before with the shop as it will be. A file that cannot be read any more names nothing.
    pub(super) async fn find(
        place: &Place,
        before: Option<&[u8]>,
        now: &Shop,
        clock: &Clock,
    ) -> Result<Self, Problem> {
        let mut shop = before.and_then(|text| published(&now.id, text, clock)).unwrap_or_else(|| now.clone());
        for (id, connection) in &mut shop.connections {
            let stays = now.connections.get(id).map(|connection| &connection.listings);
            let is_gone = |listing: &ListingId| stays.is_none_or(|listings| !listings.contains_key(listing));
            connection.listings.retain(|id, listing| listing.publish && is_gone(id));
        }
        shop.connections.retain(|_, connection| !connection.listings.is_empty());
        let shown = shown(&states(place, &shop).await?);
        for (id, connection) in &mut shop.connections {
            let key = |listing: &ListingId| ListingKey { connection: id.clone(), listing: listing.clone() };
            connection.listings.retain(|listing, _| shown.contains_key(&key(listing)));
        }
        Ok(Self { shop, shown })
    }

    /// Sets them to 0 at their channels, with the secrets that are stored.
    pub(super) async fn zero(
        &self,
        place: &Place,
        outside: Outside,
        clock: &Clock,
        lang: Language,
    ) -> Result<Left, Problem> {
        let connections: Vec<_> = self.shop.connections.keys().cloned().collect();
        let secrets = place.secrets.load(&self.shop.id, &connections).await?;
        let gateway = way_out::gateway(outside, clock.clone())?;
        let (shop, mode, clock) = (&self.shop, Mode::Zero, clock.clone());
        Leave { place, shop, secrets, gateway, clock, mode, lang }.all().await
    }

    /// What to know and do where they were not set to 0.
    pub(super) fn lines(&self, l: Language) -> Vec<String> {
        let line = |(key, units): (&ListingKey, &u32)| {
            let (connection, listing) = (&key.connection, &key.listing);
            l.pick(
                format!("{connection} {listing}: kênh còn chào bán {units}, không ai cập nhật nữa."),
                format!("{connection} {listing}: the channel still offers {units}, and nobody keeps it in step any more."),
            )
        };
        let mut lines: Vec<String> = self.shown.iter().map(line).collect();
        if !lines.is_empty() {
            let (vi, en) = (
                "Hãy đặt các số đó về 0 ở kênh; hoặc thêm lại tệp trước đó, rồi bỏ chúng bằng `hopkenh shop add TỆP --zero-removed`.",
                "Set those to 0 at the channel; or add the file from before again and take them out with `hopkenh shop add FILE --zero-removed`.",
            );
            lines.push(l.say(vi, en).to_owned());
        }
        lines
    }
}

/// The shop as its file says when it is not paused: those are the listings that channels were told of.
fn published(id: &ShopId, text: &[u8], clock: &Clock) -> Option<Shop> {
    let text = std::str::from_utf8(text).ok()?;
    let going_on = pause::set(text, false, clock).unwrap_or_else(|_| text.to_owned());
    Some(shop_source::parse(id, going_on.as_bytes()).ok()?.0)
}

/// The most that each may be offering: an unanswered call may have been heard.
fn shown(states: &States) -> BTreeMap<ListingKey, u32> {
    let units = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    let most = |state: &ListingState| {
        let being_sent = state.listed.attempt.as_ref().map(|attempt| attempt.value);
        being_sent.max(state.listed.shown).map(units)
    };
    let each = states.iter().filter_map(|(key, state)| Some((key.clone(), most(state)?)));
    each.filter(|(_, units)| *units > 0).collect()
}
