//! The faults that are put in when the day's trade is over: each by the stand-in itself, and written down at once.

mod promised;

use super::super::cast::Actor;
use super::super::goods::PRODUCTS;
use super::super::world::World;
use super::desk::{before_last_push, believed, deliver, goods_arrive, settle};
use super::pick::{Deck, sellers, shown};
use super::{Fault, words};
use crate::up::Problem;
use channels::facts::Verb;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use sha2::{Digest, Sha256};
use std::time::{Duration, Instant};
use twins::{FaultKind, Twin};
use workflows::refused_login::is_granted;

/// Units that arrive so that a channel is told a new number.
const ARRIVE: i64 = 12;
/// So many numbers are tried before a listing is left alone.
const STEPS: i64 = 8;
/// So many products are lied about until one lie lasts.
const LIES_MAX: usize = 4;
/// A blind channel is told 0 within this, or nothing is told at all.
const ZERO_MAX: Duration = Duration::from_secs(60);

/// What people mend by hand once the report has told them.
#[derive(Debug, Default)]
pub(super) struct Evening {
    /// Campaigns that end: place and listing.
    campaigns: Vec<(usize, String)>,
    /// Orders that the shop calls off, because the goods are gone: place and order.
    to_call_off: Vec<(usize, String)>,
}

/// Plays the evening. The edits come last, because the next number we send would hide them.
pub(super) async fn play(
    world: &mut World,
    dice: &mut StdRng,
    injected: &mut Vec<Fault>,
) -> Result<Evening, Problem> {
    let (mut deck, mut evening) = (Deck::shuffled(dice), Evening::default());
    injected.extend(ended_login(world, dice).await?);
    injected.extend(broken_message(world, dice).await?);
    injected.extend(unknown_product(world));
    injected.extend(evening.promised_goods_are_sold(world, &mut deck).await?);
    settle(world).await?;
    injected.extend(evening.campaign(world, &mut deck, dice).await?);
    injected.extend(ignored_push(world, &mut deck, dice).await?);
    injected.extend(edit(world, &mut deck, dice, words::EDITED_DOWN).await?);
    injected.extend(edit(world, &mut deck, dice, words::EDITED_UP).await?);
    settle(world).await?;
    Ok(evening)
}

/// A channel refuses the login before its end, and then somebody buys there: the news meets a login that is not taken. Only
/// where a next one is given without a person; a channel whose login is lost for good hides everything else from the night.
async fn ended_login(world: &World, dice: &mut StdRng) -> Result<Option<Fault>, Problem> {
    let is_renewed = |actor: &Actor| {
        let found = channels::registry::find(actor.channel());
        let facts = found.as_ref().map(|channel| channel.facts());
        facts.is_some_and(|facts| is_granted(facts) && facts.can(Verb::RenewLogin))
    };
    let mut places = sellers(world, dice);
    places.retain(|place| world.cast.get(*place).is_some_and(is_renewed));
    let Some(place) = places.into_iter().find(|p| world.cast.get(*p).is_some_and(|a| a.twin.end_login()))
    else {
        return Ok(None);
    };
    if let Some((actor, n)) = world.cast.get(place).zip(most_shown(world, place))
        && let Some(listing) = actor.listings.get(n).cloned()
    {
        let _sold_out = actor.twin.place_order(&[twins::TwinLine { listing, quantity: 1 }]);
    }
    settle(world).await?;
    Ok(Some(Fault::new(words::LOGIN_ENDED, name(world, place), "login")))
}

/// The product of which a place shows most.
fn most_shown(world: &World, place: usize) -> Option<usize> {
    let units = |product: &usize| shown(world, place, *product).map_or(0, |(_, units)| units);
    (0..PRODUCTS.len()).max_by_key(units)
}

/// A signed message whose body breaks off. It is known by the digest under which its body is kept.
async fn broken_message(world: &World, dice: &mut StdRng) -> Result<Option<Fault>, Problem> {
    let mut actors: Vec<&Actor> = world.cast.iter().collect();
    actors.shuffle(dice);
    let Some((actor, push)) = actors.into_iter().find_map(|actor| Some((actor, actor.twin.broken_push()?)))
    else {
        return Ok(None);
    };
    deliver(world, actor, &push).await?;
    let digest = hex::encode(&Sha256::digest(&push.body)[..8]);
    Ok(Some(Fault::new(words::UNREADABLE, actor.connection(), digest)))
}

/// A till sells something that the shop's file does not know.
fn unknown_product(world: &World) -> Option<Fault> {
    let (actor, stranger) = world.cast.iter().find_map(|actor| Some((actor, actor.stranger.clone()?)))?;
    let sold = actor.twin.place_order(&[twins::TwinLine { listing: stranger, quantity: 1 }]).ok()?;
    Some(Fault::new(words::UNKNOWN_PRODUCT, actor.connection(), actor.order_name(&sold)))
}

impl Evening {
    /// A campaign locks what a listing shows; then goods arrive, and no new number is taken there.
    async fn campaign(
        &mut self,
        world: &mut World,
        deck: &mut Deck,
        dice: &mut StdRng,
    ) -> Result<Option<Fault>, Problem> {
        for place in sellers(world, dice) {
            let locks = |product: usize| {
                let Some((listing, units)) = shown(world, place, product) else { return false };
                units > 0 && world.cast.get(place).is_some_and(|actor| actor.twin.lock_units(&listing, units))
            };
            let Some(product) = deck.deal(locks) else { continue };
            let Some((listing, _)) = shown(world, place, product) else { continue };
            goods_arrive(world, product, ARRIVE).await?;
            settle(world).await?;
            self.campaigns.push((place, listing.clone()));
            return Ok(Some(Fault::new(words::CAMPAIGN, name(world, place), listing)));
        }
        Ok(None)
    }

    /// What people do once they have read the report: the campaign ends, and orders without goods are called off.
    pub(super) async fn mend(&self, world: &World) -> Result<(), Problem> {
        for (place, listing) in &self.campaigns {
            world.cast.get(*place).map(|actor| actor.twin.lock_units(listing, 0));
        }
        for (place, order) in &self.to_call_off {
            world.cast.get(*place).map(|actor| actor.twin.cancel_order(order));
        }
        settle(world).await
    }
}

/// A channel answers that it has taken our number, and shows what it showed before. Where units come free a moment later, its
/// share grows and the next number mends it before anybody could see it: then it is another product's turn.
async fn ignored_push(
    world: &mut World,
    deck: &mut Deck,
    dice: &mut StdRng,
) -> Result<Option<Fault>, Problem> {
    let found = sellers(world, dice).into_iter().find_map(|place| {
        let path = stock_path(world.cast.get(place)?.channel())?;
        Some((place, path))
    });
    let Some((place, path)) = found else { return Ok(None) };
    for _ in 0..LIES_MAX {
        let Some(product) = deck.deal(|product| shown(world, place, product).is_some()) else { break };
        let Some((listing, before)) = shown(world, place, product) else { break };
        lie_about(world, (place, path), product, (&listing, before)).await?;
        let Some((_, shows)) = shown(world, place, product) else { break };
        if believed(world, name(world, place), &listing).await?.is_some_and(|believed| believed != shows) {
            return Ok(Some(Fault::new(words::IGNORED_PUSH, name(world, place), listing)));
        }
    }
    Ok(None)
}

/// Goods arrive, and the channel takes the number that follows without showing it.
async fn lie_about(
    world: &mut World,
    (place, path): (usize, &str),
    product: usize,
    (listing, before): (&str, i64),
) -> Result<(), Problem> {
    let Some(twin) = world.cast.get(place).map(|actor| actor.twin.clone()) else { return Ok(()) };
    let seen = twin.stock_writes().len();
    goods_arrive(world, product, ARRIVE).await?;
    // A blind channel is told 0 before it is told more; the lie is about the number that follows.
    if before > 0 {
        until_zero(&*twin, listing, seen).await?;
    }
    let lie = twins::Fault { path_contains: path.to_owned(), kind: FaultKind::AcceptedNotApplied, times: 1 };
    twin.inject(lie);
    settle(world).await
}

/// Where blind channels take stock; nobody else is lied for.
fn stock_path(channel: &str) -> Option<&'static str> {
    match channel {
        "shopee" => Some("/product/update_stock"),
        "woocommerce" => Some("/batch"),
        _ => None,
    }
}

async fn until_zero(twin: &dyn Twin, listing: &str, seen: usize) -> Result<(), Problem> {
    let begun = Instant::now();
    while begun.elapsed() < ZERO_MAX {
        let writes = twin.stock_writes();
        if writes.iter().skip(seen).any(|write| write.listing == listing && write.value == 0) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Err(format!("{listing} was never told 0").into())
}

/// Somebody types another number at the channel.
async fn edit(
    world: &World,
    deck: &mut Deck,
    dice: &mut StdRng,
    kind: &str,
) -> Result<Option<Fault>, Problem> {
    let is_up = kind == words::EDITED_UP;
    let by = dice.random_range(1..4);
    for place in sellers(world, dice) {
        for product in deck.left() {
            let Some((listing, units)) = shown(world, place, product) else { continue };
            let before = before_last_push(world, name(world, place), &listing, units).await?;
            let Some(value) = edited(units, by, is_up, before) else { continue };
            if world.cast.get(place).is_some_and(|actor| actor.twin.edit_stock(&listing, value)) {
                deck.take(product);
                return Ok(Some(Fault::new(kind, name(world, place), listing)));
            }
        }
    }
    Ok(None)
}

/// Another number than now, and not the one from before our last push: that is what a push looks like that was never
/// applied, and nobody could tell the two apart.
fn edited(units: i64, by: i64, is_up: bool, before: Option<i64>) -> Option<i64> {
    let steps = (by..by + STEPS).chain(1..by);
    let values = steps.map(|step| if is_up { units + step } else { units - step });
    values.into_iter().find(|value| *value >= 0 && Some(*value) != before)
}

fn name(world: &World, place: usize) -> &'static str {
    world.cast.get(place).map_or("", Actor::connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_never_what_a_lost_push_would_look_like() {
        assert_eq!(edited(5, 2, true, None), Some(7));
        assert_eq!(edited(5, 2, true, Some(7)), Some(8));
        assert_eq!(edited(5, 2, false, Some(3)), Some(2));
        assert_eq!(edited(1, 3, false, None), Some(0));
        assert_eq!(edited(1, 3, false, Some(0)), None);
        assert_eq!(edited(0, 1, false, None), None);
    }
}
