//! Plays the day: buyers buy, the shop sends and cancels, news comes late, twice and out of order.

mod counter;
mod rest;

use super::Wishes;
use super::bars::Bars;
use super::cast::Actor;
use super::faults::blackout::Blackout;
use super::freshness::{Observer, Seen, SentAt};
use super::goods::PRODUCTS;
use super::script::{Fate, Purchase, Script};
use super::world::{SHOP, World};
use crate::up::Problem;
use commerce::ids::{ShopId, Sku};
use commerce::stock::Stock;
use one_machine::queue_engine::Requests;
use std::collections::{BTreeMap, HashSet};
use std::sync::PoisonError;
use table::units::Units;
use twins::{CourierError, Push, TwinLine};

/// What was counted while the day was played.
#[derive(Debug)]
pub struct Watched {
    /// What the stream showed.
    pub seen: Seen,
    /// Orders that a channel refused because it showed too few.
    pub refused_sold_out: u32,
    /// News delivered, copies included.
    pub news: u32,
    /// Of those, copies.
    pub copies: u32,
    /// Of those, late ones.
    pub late: u32,
    /// Table units spent.
    pub units: Units,
    /// Queue requests made.
    pub requests: Requests,
    /// The stretch in which one channel was not heard from, with what it swallowed.
    pub blackout: Option<Blackout>,
}

/// How often news that was answered too late is sent again, and a channel that fails is asked again.
const TRIES_MAX: u32 = 5;

/// A piece of news on its way.
struct Letter {
    due: usize,
    place: usize,
    push: Push,
    order: String,
    action: usize,
    copy: bool,
    tries: u32,
}

/// Something that happens to an order later.
struct Later {
    place: usize,
    order: String,
    fate: Fate,
    mail: Vec<(usize, usize)>,
}

struct Stage<'w> {
    world: &'w World,
    bars: Bars,
    letters: Vec<Letter>,
    later: BTreeMap<usize, Vec<Later>>,
    sent_at: SentAt,
    told: HashSet<usize>,
    actions: usize,
    watched: Watched,
    /// What the book says of the stores with a till, as whoever stands there sees it.
    counters: BTreeMap<(String, String), Stock>,
    /// Table units spent on looking.
    looked: Units,
}

/// Plays the whole day and waits until everything has come to rest.
pub async fn play(
    world: &mut World,
    script: &Script,
    blackout: Option<Blackout>,
    wishes: &Wishes,
) -> Result<Watched, Problem> {
    let mut records = world.records.take().ok_or("the day can be played once")?;
    let sent_at = SentAt::default();
    let mut observer = Observer::new(world.shops.clone(), sent_at.clone());
    observer.take_in_timed(&mut records);
    let before = (world.machine.table.meter().reading(), world.machine.queue_engine.requests());
    let orders: usize = script.ticks.iter().map(Vec::len).sum();
    let mut stage = Stage::new(world, Bars::new(&world.cast, orders, wishes.watch), sent_at);
    stage.watched.blackout = blackout;
    let mut tick = 0;
    while tick < script.ticks.len() || !stage.is_over() {
        let purchases = script.ticks.get(tick).map_or(&[][..], Vec::as_slice);
        stage.tick(tick, purchases).await?;
        observer.take_in_timed(&mut records);
        tick += 1;
    }
    stage.last_echoes(tick).await?;
    observer.take_in_timed(&mut records);
    stage.bars.finish();
    let mut watched = stage.watched;
    watched.seen = observer.finish();
    watched.units = world.machine.table.meter().reading().since(before.0).since(stage.looked);
    let now = world.machine.queue_engine.requests();
    watched.requests = Requests {
        useful: now.useful - before.1.useful,
        empty_receives: now.empty_receives - before.1.empty_receives,
    };
    Ok(watched)
}

impl<'w> Stage<'w> {
    fn new(world: &'w World, bars: Bars, sent_at: SentAt) -> Self {
        let watched = Watched {
            seen: Seen::default(),
            refused_sold_out: 0,
            news: 0,
            copies: 0,
            late: 0,
            units: Units::default(),
            requests: Requests::default(),
            blackout: None,
        };
        let (letters, later, told) = (Vec::new(), BTreeMap::new(), HashSet::new());
        let (counters, looked) = (BTreeMap::new(), Units::default());
        Self { world, bars, letters, later, sent_at, told, actions: 0, watched, counters, looked }
    }

    fn is_over(&self) -> bool {
        self.letters.is_empty() && self.later.is_empty()
    }

    /// One breath of the day: what was planned happens, people buy, news is delivered, all comes to rest.
    async fn tick(&mut self, tick: usize, purchases: &[Purchase]) -> Result<(), Problem> {
        for later in self.later.remove(&tick).unwrap_or_default() {
            self.happen(tick, &later);
        }
        self.look_at_counters().await?;
        for purchase in purchases {
            self.buy(tick, purchase).await?;
        }
        // Whole orders first, then those that are looked up, so that the same seed always gives the same book.
        self.deliver(tick, |actor| !actor.is_thin()).await?;
        self.until_recorded().await?;
        self.deliver(tick, Actor::is_thin).await?;
        self.pull().await?;
        self.until_quiet().await
    }

    /// What the book says of the stores with a till: whoever stands there sells nothing that is promised to others.
    async fn look_at_counters(&mut self) -> Result<(), Problem> {
        if !self.world.cast.iter().any(Actor::is_till) {
            return Ok(());
        }
        let meter = self.world.machine.table.meter();
        let (shop, before) = (ShopId::new(SHOP)?, meter.reading());
        for product in &PRODUCTS {
            for (key, stock) in self.world.machine.table.stock_of_sku(&shop, &Sku::new(product.sku)?).await? {
                self.counters.insert((key.sku.to_string(), key.location.to_string()), stock);
            }
        }
        let spent = meter.reading().since(before);
        self.looked.read_tenths += spent.read_tenths;
        Ok(())
    }

    async fn buy(&mut self, tick: usize, purchase: &Purchase) -> Result<(), Problem> {
        let mut placed = self.ask(tick, purchase.place, &purchase.lines).await?;
        if placed.is_none() {
            self.watched.refused_sold_out += 1;
            self.bars.refused(purchase.place);
            // Who finds the shelf empty takes something else.
            if let Some(other) = self.most_plentiful(purchase.place) {
                placed = self.ask(tick, purchase.place, &[(other, 1)]).await?;
            }
        }
        let Some(order) = placed else { return Ok(()) };
        self.bars.bought(purchase.place);
        self.post(tick, purchase.place, &order, &purchase.mail);
        let (when, fate) = match purchase.fate {
            Fate::Open => return Ok(()),
            Fate::Cancelled(ticks) => (tick + 1 + ticks, purchase.fate),
            Fate::Shipped(ticks) => (tick + 1 + ticks, purchase.fate),
        };
        let mail = purchase.mail.iter().rev().copied().collect();
        self.later.entry(when).or_default().push(Later { place: purchase.place, order, fate, mail });
        Ok(())
    }

    /// At a desk people ask us for the units before they agree; everywhere else they take what is there.
    async fn ask(
        &mut self,
        tick: usize,
        place: usize,
        lines: &[(usize, u32)],
    ) -> Result<Option<String>, Problem> {
        let Some(actor) = self.actor(place) else { return Ok(None) };
        let Some((order, question)) = self.lines(actor, lines).and_then(|l| actor.twin.ask_first(&l)) else {
            return Ok(self.place(place, lines));
        };
        self.note_sent_now(actor, &order);
        let status = self.world.say(actor, &question).await?;
        if status == 200 {
            if let Some(push) = actor.twin.agree(&order) {
                self.world.say(actor, &push).await?;
            }
            return Ok(Some(order));
        }
        actor.twin.cancel_order(&order);
        self.post(tick, place, &order, &[]);
        Ok(None)
    }

    fn lines(&self, actor: &Actor, lines: &[(usize, u32)]) -> Option<Vec<TwinLine>> {
        let line = |(n, quantity): &(usize, u32)| {
            Some(TwinLine { listing: actor.listings.get(*n)?.clone(), quantity: *quantity })
        };
        lines.iter().map(line).collect()
    }

    /// A channel sells what it shows; a store sells what lies on the shelf and is promised to nobody.
    fn place(&self, place: usize, lines: &[(usize, u32)]) -> Option<String> {
        let actor = self.actor(place)?;
        let here = |(n, quantity): &(usize, u32)| self.can_be_had(actor, *n) >= i64::from(*quantity);
        if actor.is_till() && !lines.iter().all(here) {
            return None;
        }
        actor.twin.place_order(&self.lines(actor, lines)?).ok()
    }

    fn happen(&mut self, tick: usize, later: &Later) {
        let Some(twin) = self.actor(later.place).map(|actor| &actor.twin) else { return };
        let happened = match later.fate {
            Fate::Cancelled(_) => twin.cancel_order(&later.order),
            _ => twin.ship_order(&later.order),
        };
        if happened {
            self.bars.changed(later.place, later.fate);
            self.post(tick, later.place, &later.order, &later.mail);
        }
    }

    /// Puts the news of one action in the post: some late, some with copies.
    fn post(&mut self, tick: usize, place: usize, order: &str, mail: &[(usize, usize)]) {
        let Some(actor) = self.actor(place) else { return };
        self.actions += 1;
        if actor.is_pulled() {
            self.note_sent_now(actor, order);
        }
        for (n, push) in actor.twin.take_pushes().into_iter().enumerate() {
            let (late, copies) = mail.get(n % mail.len().max(1)).copied().unwrap_or((0, 0));
            for copy in 0..=copies {
                let letter = Letter {
                    due: tick + late + copy,
                    place,
                    push: push.clone(),
                    order: order.to_owned(),
                    action: self.actions,
                    copy: copy > 0,
                    tries: 0,
                };
                self.letters.push(letter);
            }
            self.watched.late += u32::from(late > 0);
        }
    }

    async fn deliver(&mut self, tick: usize, here: impl Fn(&Actor) -> bool) -> Result<(), Problem> {
        let world = self.world;
        let is_due = |letter: &Letter| letter.due <= tick && world.cast.get(letter.place).is_some_and(&here);
        let (due, rest): (Vec<Letter>, _) = std::mem::take(&mut self.letters).into_iter().partition(is_due);
        self.letters = rest;
        for letter in due {
            let Some(actor) = world.cast.get(letter.place) else { continue };
            if self.is_swallowed(tick, &letter) {
                continue;
            }
            self.note_sent(actor, &letter);
            self.watched.news += 1;
            self.watched.copies += u32::from(letter.copy);
            self.hand_over(actor, letter).await?;
        }
        Ok(())
    }

    /// Letters of a channel that is not heard from are lost on their way, and the channel does not know.
    fn is_swallowed(&mut self, tick: usize, letter: &Letter) -> bool {
        let Some(blackout) = &mut self.watched.blackout else { return false };
        let names_one = !letter.order.is_empty() && is_about_order(letter);
        blackout.swallows(letter.place, tick, names_one.then_some(letter.order.as_str()))
    }

    /// What is answered too late for the channel comes again in the next tick.
    async fn hand_over(&mut self, actor: &Actor, letter: Letter) -> Result<(), Problem> {
        match self.world.courier.deliver(&*actor.twin, &letter.push).await {
            Ok(200) => Ok(()),
            Ok(status) => Err(format!("a webhook of {} was answered {status}", actor.connection()).into()),
            Err(CourierError::Unanswered(_)) if letter.tries < TRIES_MAX => {
                self.letters.push(Letter { due: letter.due + 1, tries: letter.tries + 1, ..letter });
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Channels that call nobody are asked for their news.
    async fn pull(&self) -> Result<(), Problem> {
        if !self.world.cast.iter().any(Actor::is_pulled) {
            return Ok(());
        }
        let shop = ShopId::new(SHOP)?;
        for _ in 0..TRIES_MAX {
            if self.world.machine.fetch.fetch_shop(&shop).await.failed == 0 {
                return Ok(());
            }
        }
        Err("what waits at a channel could not be fetched".into())
    }

    /// An action counts as told when the first news of the order itself leaves the channel.
    fn note_sent(&mut self, actor: &Actor, letter: &Letter) {
        if letter.copy || !is_about_order(letter) || !self.told.insert(letter.action) {
            return;
        }
        self.note_sent_now(actor, &letter.order);
    }

    fn note_sent_now(&self, actor: &Actor, order: &str) {
        let now_ms = (self.world.clock)().as_millisecond();
        let key = (SHOP.to_owned(), actor.connection().to_owned(), actor.order_name(order));
        self.sent_at.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now_ms);
    }

    fn actor(&self, place: usize) -> Option<&'w Actor> {
        self.world.cast.get(place)
    }
}

/// News of products and levels travels beside the news of orders.
fn is_about_order(letter: &Letter) -> bool {
    let is_topic = |name: &str| name.to_ascii_lowercase().ends_with("-topic");
    match letter.push.headers.iter().find(|(name, _)| is_topic(name)) {
        Some((_, topic)) => topic.starts_with("order"),
        None => String::from_utf8_lossy(&letter.push.body).contains(&letter.order),
    }
}
