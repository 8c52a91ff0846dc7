//! Everything that may happen next in a small world, and what must be true whatever does.

use super::machine::{KINDS, Machine, small};
use super::world::*;
use commerce::cover::{Guard, Kind, Phase};
use commerce::effect::Restores;

/// One thing that may happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    Loads(usize),
    Saves(usize),
    CallArrives(usize),
    CallIsNeverSent(usize),
    CallerGivesUp(usize),
    ChannelIsRead(usize),
    AnswerIsTaken(usize),
    AnswerIsLost(usize),
    PassEnds(usize),
    Buys(usize, usize),
    Cancels(usize),
    IsRecorded(usize, u8),
    TimePasses,
}

impl Machine {
    /// Everything that can happen, with the world after it. An error is a promise broken by the step itself.
    pub(crate) fn steps(&mut self, world: &World) -> Vec<(Act, Result<World, String>)> {
        let mut steps = Vec::new();
        for listing in 0..LISTINGS {
            self.house_steps(world, listing, &mut steps);
            self.channel_steps(world, listing, &mut steps);
        }
        self.buyer_steps(world, &mut steps);
        let waits = |listing: usize| {
            let attempt = self.attempt(world, listing).filter(|attempt| attempt.phase != Phase::Draining);
            attempt.is_some_and(|attempt| attempt.deadline > ticks_from_now(-1))
        };
        let is_due = |listing: usize| world.sent[listing].is_some() || waits(listing);
        // Who is lucky is answered in no time.
        let may_pass = (0..LISTINGS).all(|listing| self.freedom.unlucky[listing] || !is_due(listing));
        if may_pass && (0..LISTINGS).any(is_due) {
            let mut after = *world;
            for listing in 0..LISTINGS {
                after.listed[listing] = self.tick(world.listed[listing]);
                after.sent[listing] = world.sent[listing]
                    .filter(|sent| sent.ticks > 1)
                    .map(|sent| Sent { ticks: sent.ticks - 1, ..sent });
            }
            steps.push((Act::TimePasses, Ok(after)));
        }
        steps
    }

    pub(crate) fn house_steps(
        &mut self,
        world: &World,
        listing: usize,
        steps: &mut Vec<(Act, Result<World, String>)>,
    ) {
        if let Some(planned) = world.loaded[listing] {
            steps.push((Act::Saves(listing), self.save(world, listing, planned)));
            return;
        }
        let ground = self.ground(world, listing);
        let mut load = |act: Act, planned: u16, machine: &Self| {
            let mut after = *world;
            after.loaded[listing] = Some(planned);
            if machine.planned[usize::from(planned)].starts_drain {
                for order in after.orders.iter_mut().filter(|order| usize::from(order.listing) == listing) {
                    order.before_drain = if order.at_channel > order.in_book { order.at_channel } else { 0 };
                }
            }
            // Whoever is not slow saves at once; so does whoever has an answer, for it is planned anew until it fits.
            let is_slow = machine.freedom.slow[listing] && matches!(act, Act::Loads(_));
            steps.push((act, if is_slow { Ok(after) } else { machine.save(&after, listing, planned) }));
        };
        match self.decide(&ground) {
            Decided::Write(planned) => load(Act::Loads(listing), planned, self),
            Decided::Rest | Decided::Wait | Decided::Pass => {}
        }
        if let Some(answer) = world.answer[listing]
            && let Some(planned) = self.answer(&ground, answer)
        {
            load(Act::AnswerIsTaken(listing), planned, self);
        }
        let is_awaited = world.reading[listing]
            || world.sent[listing].is_some_and(|sent| sent.is_awaited)
            || world.answer[listing].is_some();
        if is_awaited
            && self.freedom.unlucky[listing]
            && let Some(planned) = self.answer(&ground, Answer::Doubtful)
        {
            load(Act::CallerGivesUp(listing), planned, self);
        }
        if self.decide(&ground) == Decided::Pass {
            let is_recorded = |order: &Order| order.before_drain <= order.in_book;
            let mut orders = world.orders.iter().filter(|order| usize::from(order.listing) == listing);
            if orders.all(is_recorded) {
                let mut after = *world;
                after.is_drained[listing] = true;
                steps.push((Act::PassEnds(listing), Ok(after)));
            }
        }
    }

    /// One transaction: every condition against the balances as they are now, or nothing.
    pub(crate) fn save(&self, world: &World, listing: usize, number: u16) -> Result<World, String> {
        let planned = &self.planned[usize::from(number)];
        let mut after = *world;
        after.loaded[listing] = None;
        for (sku, _, guard) in &planned.cover {
            let holds = match guard {
                Guard::FreeAtLeast(units) => i64::from(world.free(self.freedom.on_hand, *sku)) >= *units,
                Guard::Exactly { cover, given_back } => {
                    i64::from(world.cover[listing][*sku]) == *cover
                        && i64::from(world.given_back[listing][*sku]) == *given_back
                }
            };
            if !holds {
                return Ok(after);
            }
        }
        for (sku, delta, _) in &planned.cover {
            after.cover[listing][*sku] += delta;
        }
        after.listed[listing] = planned.listed;
        if planned.is_other || planned.starts_drain || planned.gives_up {
            after.answer[listing] = None;
            after.reading[listing] = false;
            if let Some(sent) = &mut after.sent[listing] {
                sent.is_awaited = false;
                if planned.gives_up {
                    sent.ticks = sent.ticks.min(1);
                }
            }
        }
        after.is_drained[listing] = false;
        if let Some(sent) = planned.call {
            if after.sent[listing].is_some() {
                return Err("a call is sent while an older one may still be applied".to_owned());
            }
            after.sent[listing] = Some(sent);
        }
        after.reading[listing] |= planned.reads;
        Ok(after)
    }

    pub(crate) fn channel_steps(
        &self,
        world: &World,
        listing: usize,
        steps: &mut Vec<(Act, Result<World, String>)>,
    ) {
        if let Some(sent) = world.sent[listing] {
            let mut after = *world;
            after.sent[listing] = None;
            if sent.is_awaited && self.freedom.unlucky[listing] {
                let mut unsent = after;
                unsent.answer[listing] = Some(Answer::NotSent);
                steps.push((Act::CallIsNeverSent(listing), Ok(unsent)));
            }
            let shown = &mut after.shown[listing];
            let mut answer = Answer::Applied;
            match KINDS[usize::from(sent.kind)] {
                Kind::Set | Kind::Zero => *shown = sent.value,
                Kind::Compare if *shown == sent.base => *shown = sent.value,
                Kind::Add if *shown + sent.value >= 0 => *shown += sent.value,
                Kind::Compare | Kind::Add => answer = Answer::Changed,
                Kind::Gross => {
                    *shown += sent.value - after.gross[listing];
                    after.gross[listing] = sent.value;
                }
                Kind::Read => {}
            }
            if sent.is_awaited {
                after.answer[listing] = Some(answer);
            }
            steps.push((Act::CallArrives(listing), Ok(after)));
        }
        if world.reading[listing] {
            let mut after = *world;
            after.reading[listing] = false;
            after.answer[listing] = Some(Answer::Shown(world.shown[listing], world.gross[listing]));
            steps.push((Act::ChannelIsRead(listing), Ok(after)));
        }
        if world.answer[listing].is_some() && self.freedom.unlucky[listing] {
            let mut after = *world;
            after.answer[listing] = None;
            steps.push((Act::AnswerIsLost(listing), Ok(after)));
        }
    }

    pub(crate) fn buyer_steps(&self, world: &World, steps: &mut Vec<(Act, Result<World, String>)>) {
        let is_new = |order: &Order| order.at_channel == NOWHERE;
        if let Some(number) = world.orders.iter().take(self.freedom.orders).position(is_new) {
            for listing in (0..LISTINGS).filter(|listing| world.shown[*listing] > 0) {
                let mut after = *world;
                after.shown[listing] -= 1;
                let order = &mut after.orders[number];
                order.listing = u8::try_from(listing).unwrap();
                order.at_channel = OPEN;
                steps.push((Act::Buys(number, listing), Ok(after)));
            }
        }
        for (number, order) in world.orders.iter().enumerate() {
            let listing = usize::from(order.listing);
            if order.at_channel == OPEN && self.freedom.cancels {
                let mut after = *world;
                after.orders[number].at_channel = CANCELLED;
                after.shown[listing] += i8::from(self.restores == Restores::Yes);
                steps.push((Act::Cancels(number), Ok(after)));
            }
            for status in order.in_book + 1..=order.at_channel {
                let mut after = *world;
                self.record(&mut after, number, status);
                steps.push((Act::IsRecorded(number, status), Ok(after)));
            }
        }
    }

    /// The order's new effect less its old one.
    pub(crate) fn record(&self, world: &mut World, number: usize, status: u8) {
        let order = &mut world.orders[number];
        let effects = &self.effects[usize::from(order.listing)];
        for (status, times) in [(status, 1), (order.in_book, -1)] {
            for (key, delta) in &effects[usize::from(status)] {
                let sku = (0..SKUS).find(|number| balance(*number) == *key).unwrap();
                world.committed[sku] += small(delta.committed) * times;
                for (listing, units) in &delta.cover {
                    let listing = (0..LISTINGS).find(|number| listing_key(*number) == *listing).unwrap();
                    world.cover[listing][sku] += small(*units) * times;
                }
                for (listing, units) in &delta.given_back {
                    let listing = (0..LISTINGS).find(|number| listing_key(*number) == *listing).unwrap();
                    world.given_back[listing][sku] += small(*units) * times;
                }
            }
        }
        order.in_book = status;
        if order.before_drain <= status {
            order.before_drain = 0;
        }
    }

    /// What must be true at every moment.
    pub(crate) fn check(&self, world: &World) -> Result<(), String> {
        for sku in 0..SKUS {
            let (mut open, mut recorded, mut shown) = (0, 0, 0);
            for listing in 0..LISTINGS {
                let factor = FACTORS[listing][sku];
                let of = world.orders.iter().filter(|order| usize::from(order.listing) == listing);
                let count = |is: fn(&Order) -> bool| {
                    factor * i8::try_from(of.clone().filter(|order| is(order)).count()).unwrap()
                };
                let truly_open = count(|order| order.at_channel == OPEN);
                let known_open = count(|order| order.in_book == OPEN);
                let on_sale = world.shown[listing].max(0) * factor;
                if world.cover[listing][sku] + known_open < on_sale + truly_open {
                    return Err(format!(
                        "listing {listing} covers less of product {sku} than its channel shows and has sold"
                    ));
                }
                open += truly_open;
                recorded += known_open;
                shown += on_sale;
            }
            if world.committed[sku] != recorded {
                return Err(format!("committed of product {sku} is not its recorded open orders"));
            }
            if world.free(self.freedom.on_hand, sku) < 0 {
                return Err(format!("product {sku} is promised more often than it is there"));
            }
            if world.free(self.freedom.on_hand, sku) > self.freedom.on_hand[sku] - open - shown {
                return Err(format!("product {sku} seems free and is not"));
            }
        }
        Ok(())
    }

    /// True when nobody has anything left to do.
    pub(crate) fn is_at_rest(&mut self, world: &World) -> bool {
        let is_recorded = world.orders.iter().all(|order| order.in_book == order.at_channel);
        is_recorded
            && (0..LISTINGS).all(|listing| {
                let ground = self.ground(world, listing);
                world.loaded[listing].is_none()
                    && world.sent[listing].is_none()
                    && !world.reading[listing]
                    && self.decide(&ground) == Decided::Rest
            })
    }

    pub(crate) fn check_rest(&self, world: &World) -> Result<(), String> {
        for listing in 0..LISTINGS {
            for sku in 0..SKUS {
                if world.cover[listing][sku] != world.shown[listing].max(0) * FACTORS[listing][sku] {
                    return Err(format!(
                        "listing {listing} comes to rest with cover that is not what is shown"
                    ));
                }
            }
        }
        Ok(())
    }
}
