//! People of a simulated day who move goods: deliveries, transfers between stores, what buyers bring back, what breaks.
//!
//! What they do is true at once; what they write on papers is told to the book until it is heard, like any other news.

use super::control;
use super::dice::Dice;
use super::fault::Fault;
use super::hooks;
use super::sim::{Sim, lock};
use super::truth::{factor, time};
use commerce::catalogue::Shop;
use commerce::goods::{Goods, Reason, Reference, Refusal, Said, Word, Writer, number_of_return};
use commerce::ids::{ConnectionId, DocumentNumber, LocationId, OrderId};
use commerce::status::Status;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use workflows::write_goods::{WriteGoods, Written};

/// The time that a call has.
const TIME: Duration = Duration::from_secs(10);
/// How long a person waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// After this long nothing that was said in doubt is still on its way, in milliseconds.
const DOUBT_MS: i64 = 300_000;
/// Nothing else happens on a shelf within this time of a move, in milliseconds.
const MOVE_MS: u64 = 2;

/// Everybody who moves goods, and the counter at which they write it down.
pub(super) struct Movers {
    sim: Arc<Sim>,
    goods: WriteGoods,
    shop: Arc<Shop>,
    by: Writer,
    papers: AtomicUsize,
    /// People who have something left to do or to say.
    pub(super) busy: AtomicUsize,
}

/// What is moved: so many units of a product.
#[derive(Clone, Copy)]
struct Load {
    sku: usize,
    units: i64,
}

/// One person with a paper.
struct Mover {
    all: Arc<Movers>,
    dice: Dice,
    number: DocumentNumber,
    reference: Reference,
    words: usize,
}

impl Movers {
    pub(super) fn new(sim: Arc<Sim>, goods: WriteGoods, shop: Arc<Shop>, by: Writer) -> Self {
        Self { sim, goods, shop, by, papers: AtomicUsize::new(0), busy: AtomicUsize::new(0) }
    }
}

/// Somebody begins to move something.
pub(super) fn begin(all: &Arc<Movers>, dice: &mut Dice) {
    let world = &all.sim.world;
    let paper = all.papers.fetch_add(1, Ordering::Relaxed);
    let name = format!("P{paper:03}");
    let (Ok(number), Ok(reference)) = (DocumentNumber::new(&name), Reference::new(&name)) else { return };
    let (sku, store) = (dice.place(world.skus.len()), dice.place(world.locations.len()));
    let other = (store + 1 + dice.place(world.locations.len() - 1)) % world.locations.len();
    let load = Load { sku, units: dice.between(1, 3) };
    let kind = dice.weighted(&[12, 45, 28, 15]);
    let own = Dice::new(world.wish.seed, &format!("paper {paper}"));
    let mut mover = Mover { all: all.clone(), dice: own, number, reference, words: 0 };
    all.busy.fetch_add(1, Ordering::Relaxed);
    tokio::spawn(async move {
        match kind {
            0 => mover.deliver(load, store).await,
            1 => mover.carry(load, store, other).await,
            2 => mover.bring_back(store).await,
            _ => mover.write_off(sku, store).await,
        }
        mover.all.busy.fetch_sub(1, Ordering::Relaxed);
    });
}

impl Mover {
    fn sim(&self) -> &Arc<Sim> {
        &self.all.sim
    }

    fn store(&self, store: usize) -> LocationId {
        self.sim().world.locations[store].clone()
    }

    fn goods(&self, load: Load) -> Goods {
        Goods::from([(self.sim().world.skus[load.sku].clone(), load.units)])
    }

    /// Does something to a shelf while nobody else touches or counts it; tells when it was.
    async fn on_shelf<T>(&self, work: impl FnOnce(&mut super::truth::Truth) -> T) -> (i64, T) {
        let _shelf = self.sim().shelf.lock().await;
        tokio::time::sleep(Duration::from_millis(MOVE_MS)).await;
        let (at_ms, done) = (self.sim().now_ms(), self.sim().change(work));
        tokio::time::sleep(Duration::from_millis(MOVE_MS)).await;
        (at_ms, done)
    }

    /// Goods come in.
    async fn deliver(&mut self, load: Load, store: usize) {
        let (at_ms, ()) = self.on_shelf(|truth| truth.on_hand[load.sku][store] += load.units).await;
        self.note(load, "delivered to", store);
        let word = Word::Receive { location: self.store(store), goods: self.goods(load) };
        self.must_be_written(word, at_ms, Fault::GoodsReceived).await;
    }

    /// A unit breaks, and whoever sees it says so: a fact like a sale at a till.
    async fn write_off(&mut self, sku: usize, store: usize) {
        let (at_ms, is_broken) = self
            .on_shelf(|truth| {
                let is_there = truth.on_shelf(sku, store) > 0;
                if is_there {
                    truth.on_hand[sku][store] -= 1;
                    truth.taken[sku][store] += 1;
                    truth.untold[sku] += 1;
                }
                is_there
            })
            .await;
        if !is_broken {
            return;
        }
        let broken = Load { sku, units: -1 };
        self.note(broken, "broken in", store);
        let (location, goods) = (self.store(store), self.goods(broken));
        let word = Word::Adjust { location, reason: Reason::Damaged, goods };
        self.must_be_written(word, at_ms, Fault::GoodsBroken).await;
        self.sim().change(|truth| truth.untold[sku] -= 1);
    }

    /// Goods that are free go to another store; sometimes fewer arrive, and two people write the arrival down.
    ///
    /// Nobody does before the listings that were on sale are taken over: until then nobody knows what is free.
    async fn carry(&mut self, load: Load, from: usize, to: usize) {
        if !self.is_taken_over(load.sku) {
            return;
        }
        let draft = Word::Draft { from: self.store(from), to: self.store(to), goods: self.goods(load) };
        let (in_doubt, refused) = self.say(draft).await;
        if let Some(refusal) = refused {
            if !matches!(refusal, Refusal::NotFree { .. }) {
                self.wrong(&format!("a draft was refused: {refusal:?}"));
            }
            lock(&self.sim().weather).count(Fault::GoodsNotFree);
            if in_doubt {
                // An earlier try may still be on its way, and may find its units after all.
                self.sim().pause(DOUBT_MS, DOUBT_MS).await;
                self.say(Word::Cancel).await;
            }
            return;
        }
        let sent = if self.dice.chance(150) { 0 } else { self.leave(load, from, to).await };
        if sent == 0 {
            self.must_be_written(Word::Cancel, self.sim().now_ms(), Fault::TransferCalledOff).await;
            return;
        }
        self.sim().pause(10_000, 150_000).await;
        self.arrive(Load { units: sent, ..load }, to).await;
    }

    fn is_taken_over(&self, sku: usize) -> bool {
        let (truth, book) = (self.sim().truth(), lock(&self.sim().book));
        hooks::is_taken_over(&self.sim().world, &truth, &book, sku)
    }

    /// Loads the van with what is there of it.
    async fn leave(&mut self, load: Load, from: usize, to: usize) -> i64 {
        self.sim().pause(500, 20_000).await;
        let (at_ms, sent) = self
            .on_shelf(|truth| {
                let sent = load.units.min(truth.on_shelf(load.sku, from)).max(0);
                truth.on_hand[load.sku][from] -= sent;
                truth.vans[load.sku][to] += sent;
                sent
            })
            .await;
        if sent > 0 {
            let left = Load { units: sent, ..load };
            self.note(left, "on the way to", to);
            let all = (sent == load.units && self.dice.chance(500)).then_some(None);
            let goods = all.unwrap_or_else(|| Some(self.goods(left)));
            self.must_be_written(Word::Depart(goods), at_ms, Fault::TransferLeft).await;
        }
        sent
    }

    async fn arrive(&mut self, load: Load, to: usize) {
        let lost = i64::from(self.dice.chance(200));
        let there = load.units - lost;
        let (at_ms, ()) = self
            .on_shelf(|truth| {
                truth.vans[load.sku][to] -= there;
                truth.on_hand[load.sku][to] += there;
            })
            .await;
        self.note(Load { units: there, ..load }, "arrived in", to);
        if there > 0 {
            let goods = (lost > 0).then(|| self.goods(Load { units: there, ..load }));
            self.confirm_arrival(goods, at_ms).await;
        }
        if lost > 0 {
            let now_ms = self.sim().now_ms();
            self.must_be_written(Word::Lose(None), now_ms, Fault::LostOnTheWay).await;
            self.sim().change(|truth| truth.vans[load.sku][to] -= lost);
        }
    }

    /// One person writes the arrival down, or two at the same moment: then one of them is told that nothing is left.
    async fn confirm_arrival(&mut self, goods: Option<Goods>, at_ms: i64) {
        let word = Word::Arrive(goods);
        if !self.dice.chance(300) || matches!(word, Word::Arrive(Some(_))) {
            return self.must_be_written(word, at_ms, Fault::TransferArrived).await;
        }
        let number = self.number.clone();
        let both = [self.said(word.clone(), at_ms), self.said(word, at_ms)];
        let all = &self.all;
        let told = futures::future::join_all(both.iter().map(|said| all.until_heard(&number, said))).await;
        let written = told.iter().filter(|(_, refused)| refused.is_none()).count();
        let late = told.iter().filter(|(_, refused)| *refused == Some(Refusal::TooLate)).count();
        if (written, late) != (1, 1) {
            self.wrong(&format!("two arrivals were answered {told:?}"));
        }
        lock(&self.sim().weather).count(Fault::ArrivalConfirmedTwice);
    }

    /// A buyer brings something back, to any store; later somebody looks at it.
    async fn bring_back(&mut self, store: usize) {
        let Some((connection, order, sku)) = self.delivered() else { return };
        let load = Load { sku, units: 1 };
        let Ok(number) = number_of_return(&connection, &order) else { return };
        let (at_ms, ()) = self.on_shelf(|truth| truth.waiting[sku][store] += 1).await;
        self.note(load, &format!("brought back of {order} to"), store);
        let goods = self.goods(load);
        let named = Some((connection, order));
        let word = Word::TakeBack { location: self.store(store), order: named, goods, went_out: None };
        self.number = number;
        self.must_be_written(word, at_ms, Fault::GoodsCameBack).await;
        self.sim().pause(5_000, 120_000).await;
        let is_good = self.dice.chance(700);
        let (at_ms, ()) = self
            .on_shelf(|truth| {
                truth.waiting[sku][store] -= 1;
                truth.on_hand[sku][store] += i64::from(is_good);
            })
            .await;
        self.note(load, if is_good { "sellable again in" } else { "thrown away in" }, store);
        let (goods, none) = (self.goods(load), Goods::new());
        let (sellable, scrapped) = if is_good { (goods, none) } else { (none, goods) };
        let word = Word::Inspect { location: self.store(store), sellable, scrapped };
        self.must_be_written(word, at_ms, Fault::GoodsLookedAt).await;
    }

    /// An order that left, and a product of it of which nothing has been brought back yet.
    fn delivered(&mut self) -> Option<(ConnectionId, OrderId, usize)> {
        let sim = self.all.sim.clone();
        let world = &sim.world;
        sim.change(|truth| {
            let orders = truth.orders.iter().enumerate();
            let has_left = |status: &Status| matches!(status, Status::Shipped | Status::Delivered);
            let left = orders.filter(|(_, o)| o.is_of_channel(world) && has_left(&o.status));
            let fitting: Vec<(usize, usize)> = left
                .flat_map(|(place, order)| {
                    let lines = order.lines.iter().filter(|line| line.quantity > line.cancelled);
                    let skus = lines.flat_map(move |line| {
                        (0..world.skus.len()).filter(move |sku| factor(world, line.listing, *sku) > 0)
                    });
                    skus.map(move |sku| (place, sku)).collect::<Vec<_>>()
                })
                .filter(|found| !truth.brought_back.contains(found))
                .collect();
            let (place, sku) = self.dice.pick(&fitting).copied()?;
            truth.brought_back.insert((place, sku));
            let order = &truth.orders[place];
            let connection = world.connections[order.connection?].id.clone();
            Some((connection, order.id.clone(), sku))
        })
    }

    fn note(&self, load: Load, what: &str, store: usize) {
        let world = &self.sim().world;
        let (sku, store) = (&world.skus[load.sku], &world.locations[store]);
        self.sim().note(|| format!("{}: {} of {sku} {what} {store}", self.number, load.units));
    }

    fn wrong(&self, what: &str) {
        self.sim().fail(&format!("{}: {what}", self.number));
    }

    /// The next word of this person; each has a reference of its own.
    fn said(&mut self, word: Word, at_ms: i64) -> Said {
        self.words += 1;
        let (reference, by) = (self.reference.clone(), self.all.by.clone());
        let reference = reference.numbered(self.words);
        Said { word, reference, by, at: time(at_ms), why: String::new() }
    }

    /// Says it now, until it is heard: whether some try was not answered, and why it was refused.
    async fn say(&mut self, word: Word) -> (bool, Option<Refusal>) {
        let at_ms = self.sim().now_ms();
        let (number, said) = (self.number.clone(), self.said(word, at_ms));
        self.all.until_heard(&number, &said).await
    }

    /// Says what has happened until it is written. The book may not know yet that an order's goods have left.
    async fn must_be_written(&mut self, word: Word, at_ms: i64, fault: Fault) {
        let (number, said) = (self.number.clone(), self.said(word, at_ms));
        loop {
            match self.all.until_heard(&number, &said).await.1 {
                None => return lock(&self.sim().weather).count(fault),
                Some(Refusal::MoreThan { .. } | Refusal::NoSuchOrder) if fault == Fault::GoodsCameBack => {
                    lock(&self.sim().weather).count(Fault::CameBackTooSoon);
                    self.sim().pause(20_000, 60_000).await;
                }
                Some(refusal) => {
                    return self.wrong(&format!("{} was refused: {refusal:?}", said.word.name()));
                }
            }
        }
    }
}

impl Movers {
    /// Says the same word until the house says what came of it: whether some try was not answered, and why it was refused.
    async fn until_heard(&self, number: &DocumentNumber, said: &Said) -> (bool, Option<Refusal>) {
        let mut in_doubt = false;
        loop {
            match self.call(number, said).await {
                Some(Written::Done(_) | Written::Known(_)) => return (in_doubt, None),
                Some(Written::Refused(refusal)) => return (in_doubt, Some(refusal)),
                Some(Written::Busy(_)) | None => {}
            }
            in_doubt = true;
            lock(&self.sim.weather).count(Fault::GoodsSaidAgain);
            self.sim.pause(1_000, 15_000).await;
        }
    }

    /// One call, which may be lost on either way, and go on when nobody waits for it any more.
    async fn call(&self, number: &DocumentNumber, said: &Said) -> Option<Written> {
        if lock(&self.sim.weather).strikes(Fault::GoodsCallLost) {
            tokio::time::sleep(PATIENCE).await;
            return None;
        }
        let (goods, shop, number, said) =
            (self.goods.clone(), self.shop.clone(), number.clone(), said.clone());
        let work = async move { goods.write(&shop, &number, &said).await };
        let called = tokio::spawn(control::run(work, TIME));
        let heard = tokio::time::timeout(PATIENCE, called).await.ok()?.ok()?.ok()?;
        if lock(&self.sim.weather).strikes(Fault::GoodsAnswerLost) {
            tokio::time::sleep(PATIENCE).await;
            return None;
        }
        match heard {
            Ok(written) => Some(written),
            Err(error) => {
                self.sim.note(|| format!("goods: {error}"));
                None
            }
        }
    }
}
