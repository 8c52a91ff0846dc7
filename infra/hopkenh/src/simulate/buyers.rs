//! Buyers who ask in a chat, in a simulated day: they pay, come to the store, come too late, change their mind, or are not heard of again.

use super::desk::{Desk, Slip, Word};
use super::dice::Dice;
use super::fault::Fault;
use super::hooks;
use super::people::COUNT_QUIET_MS;
use super::sim::lock;
use super::trade;
use super::truth::TwinLine;
use commerce::hold_terms::Purpose;
use commerce::hold_word::HoldWord;
use commerce::ids::OrderId;
use commerce::status::Status;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long units are set aside, in milliseconds: a day is short.
const HELD_MS: (i64, i64) = (45_000, 420_000);

/// A buyer asks for something.
pub(super) fn ask(desk: &Arc<Desk>, dice: &mut Dice) {
    let world = &desk.sim.world;
    let Some(chat) = world.chat else { return };
    let own = |listing: &usize| world.listings[*listing].connection == chat;
    let listings: Vec<usize> = (0..world.listings.len()).filter(own).collect();
    let number = desk.slips.fetch_add(1, Ordering::Relaxed);
    let (Some(listing), Ok(id)) = (dice.pick(&listings).copied(), OrderId::new(format!("ask{number:03}")))
    else {
        return;
    };
    if !is_ready(desk, listing) {
        return;
    }
    let purpose = dice.pick(&[Purpose::Unpaid, Purpose::PickUp, Purpose::TryInStore]).copied();
    let purpose = purpose.unwrap_or(Purpose::Unpaid);
    let store = purpose.is_in_store().then(|| dice.place(world.locations.len()));
    let quantity = if dice.chance(250) { 2 } else { 1 };
    let line = TwinLine { listing, quantity, cancelled: 0 };
    let slip = Slip { id, line, purpose, store, at_ms: desk.sim.now_ms(), place: None, code: None };
    let (desk, own) = (desk.clone(), Dice::new(world.wish.seed, &format!("buyer {number}")));
    desk.waiting.fetch_add(1, Ordering::Relaxed);
    tokio::spawn(async move {
        Buyer { desk: desk.clone(), dice: own, slip, until_ms: 0 }.live().await;
        desk.waiting.fetch_sub(1, Ordering::Relaxed);
    });
}

/// A desk opens once the listings that were on sale before have been taken over: until then nobody knows what they hold.
fn is_ready(desk: &Desk, listing: usize) -> bool {
    let (world, truth) = (&desk.sim.world, desk.sim.truth());
    let book = lock(&desk.sim.book);
    world.listings[listing].recipe.iter().all(|(sku, _)| hooks::is_taken_over(world, &truth, &book, *sku))
}

/// One buyer and the desk's slip about the order.
struct Buyer {
    desk: Arc<Desk>,
    dice: Dice,
    slip: Slip,
    until_ms: i64,
}

impl Buyer {
    async fn live(mut self) {
        if !self.hold().await {
            return;
        }
        if self.dice.chance(200) {
            self.wait().await;
            // Whoever asks for more time may ask too late.
            if self.is_day_over() || !self.hold().await {
                return;
            }
        }
        match self.dice.weighted(&[50, 25, 15]) {
            0 => self.go_through().await,
            1 => {}
            _ => {
                self.wait().await;
                self.desk.call_off(&mut self.slip).await;
            }
        }
    }

    /// Units are set aside for a while, or for a while longer.
    async fn hold(&mut self) -> bool {
        self.until_ms = self.desk.sim.now_ms() + self.dice.between(HELD_MS.0, HELD_MS.1);
        self.desk.say(&mut self.slip, Word::Hold { until_ms: self.until_ms }).await
    }

    /// Until some moment of the hold, and often until just before or after its end.
    async fn wait(&mut self) {
        let left_ms = self.until_ms - self.desk.sim.now_ms();
        let wait_ms = match self.dice.chance(500) {
            true => self.dice.between(0, left_ms),
            false => left_ms + self.dice.between(-4_000, 62_000),
        };
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
    }

    fn is_day_over(&self) -> bool {
        lock(&self.desk.sim.weather).is_calm()
    }

    async fn go_through(&mut self) {
        self.wait().await;
        if self.is_day_over() {
            return;
        }
        let pays = self.slip.purpose == Purpose::Unpaid || self.dice.chance(250);
        if pays && !self.desk.say(&mut self.slip, Word::Confirm).await {
            return;
        }
        if self.slip.purpose == Purpose::Unpaid {
            self.send().await;
        } else {
            self.come(pays).await;
        }
    }

    /// The parcel of a sold order leaves, if its goods are there.
    async fn send(&mut self) {
        let pause_ms = self.dice.between(1_000, 120_000);
        tokio::time::sleep(Duration::from_millis(u64::try_from(pause_ms).unwrap_or(0))).await;
        let (desk, Some(place)) = (self.desk.clone(), self.slip.place) else { return };
        let shelf = desk.sim.shelf.lock().await;
        let left = trade::take_along(&desk.sim, place);
        // Said as of when it left; nobody counts in between.
        if left {
            desk.say(&mut self.slip, Word::Ship).await;
        }
        quiet().await;
        drop(shelf);
    }

    /// The buyer stands in the store with the code. Nobody counts the shelf while goods are handed over.
    async fn come(&mut self, is_paid: bool) {
        let (desk, Some(code)) = (self.desk.clone(), self.slip.code) else { return };
        let shelf = desk.sim.shelf.lock().await;
        let wants = is_paid || self.dice.chance(750);
        if wants && self.take_in_hand() {
            let is_mine = desk.settle(&self.slip, code, HoldWord::Collected).await;
            self.hand_over(is_mine);
        } else if !is_paid {
            let sim = &desk.sim;
            sim.change(|truth| {
                if let Some(place) = self.slip.place {
                    truth.orders[place].status = Status::Cancelled;
                }
            });
            desk.settle(&self.slip, code, HoldWord::Released).await;
        }
        quiet().await;
        drop(shelf);
    }

    /// Product and units that the order takes, and the store where they lie.
    fn goods(&self) -> (usize, Vec<(usize, i64)>) {
        let units = i64::from(self.slip.line.quantity);
        let recipe = &self.desk.sim.world.listings[self.slip.line.listing].recipe;
        let goods = recipe.iter().map(|(sku, factor)| (*sku, units * factor)).collect();
        (self.slip.store.unwrap_or(0), goods)
    }

    /// Fetches the goods, if they are there.
    fn take_in_hand(&self) -> bool {
        let (store, goods) = self.goods();
        self.desk.sim.change(|truth| {
            let is_there = goods.iter().all(|(sku, units)| truth.on_shelf(*sku, store) >= *units);
            if is_there {
                goods.iter().for_each(|(sku, units)| truth.in_hand[*sku][store] += units);
            }
            is_there
        })
    }

    /// Gives the buyer the goods, or puts them back where the code is good for nothing any more.
    fn hand_over(&self, is_mine: bool) {
        let ((store, goods), Some(place)) = (self.goods(), self.slip.place) else { return };
        let sim = &self.desk.sim;
        let was_over = sim.change(|truth| {
            goods.iter().for_each(|(sku, units)| truth.in_hand[*sku][store] -= units);
            let order = &mut truth.orders[place];
            let was_over = order.status == Status::Cancelled;
            if is_mine {
                order.status = Status::Shipped;
                order.left_from = goods.iter().map(|(sku, units)| (*sku, store, *units)).collect();
                goods.iter().for_each(|(sku, units)| truth.on_hand[*sku][store] -= units);
            }
            was_over
        });
        let mut weather = lock(&sim.weather);
        match (is_mine, was_over) {
            (false, _) => weather.count(Fault::CameTooLate),
            (true, true) => weather.count(Fault::CollectedLate),
            (true, false) => weather.count(Fault::HoldCollected),
        }
    }
}

/// Nobody counts a shelf within this time of goods leaving it: clocks differ.
async fn quiet() {
    tokio::time::sleep(Duration::from_millis(u64::try_from(COUNT_QUIET_MS).unwrap_or(0))).await;
}
