//! Plays the day: buyers buy, the shop sends and cancels, news comes late, twice and out of order.

use super::Wishes;
use super::freshness::{Observer, Seen, SentAt};
use super::script::{Fate, Place, Purchase, Script};
use super::world::{BRANCH, PRODUCTS, SHOP, SHOPEE, TILL, WEB, World, listing_id};
use crate::up::Problem;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use one_machine::queue_engine::Requests;
use std::collections::{BTreeMap, HashSet};
use std::sync::PoisonError;
use std::time::Duration;
use table::units::Units;
use twins::{Push, Twin, TwinLine};

/// A tick that does not come to rest within this is a defect, not patience.
const REST_MAX: Duration = Duration::from_secs(120);

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
}

/// A piece of news on its way.
struct Letter {
    due: usize,
    place: Place,
    push: Push,
    order: String,
    action: usize,
    copy: bool,
}

/// Something that happens to an order later.
struct Later {
    place: Place,
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
}

/// Plays the whole day and waits until everything has come to rest.
pub async fn play(world: &mut World, script: &Script, wishes: &Wishes) -> Result<Watched, Problem> {
    let mut records = world.records.take().ok_or("the day can be played once")?;
    let sent_at = SentAt::default();
    let mut observer = Observer::new(world.shops.clone(), sent_at.clone());
    observer.take_in(&mut records);
    let before = (world.machine.table.meter().reading(), world.machine.queue_engine.requests());
    let orders: usize = script.ticks.iter().map(Vec::len).sum();
    let mut stage = Stage::new(world, Bars::new(orders, wishes.watch), sent_at);
    let mut tick = 0;
    while tick < script.ticks.len() || !stage.is_over() {
        let purchases = script.ticks.get(tick).map_or(&[][..], Vec::as_slice);
        stage.tick(tick, purchases).await?;
        observer.take_in(&mut records);
        tick += 1;
    }
    stage.last_echoes(tick).await?;
    observer.take_in(&mut records);
    stage.bars.finish();
    let mut watched = stage.watched;
    watched.seen = observer.finish();
    watched.units = world.machine.table.meter().reading().since(before.0);
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
        };
        let (letters, later, told) = (Vec::new(), BTreeMap::new(), HashSet::new());
        Self { world, bars, letters, later, sent_at, told, actions: 0, watched }
    }

    fn is_over(&self) -> bool {
        self.letters.is_empty() && self.later.is_empty()
    }

    /// One breath of the day: what was planned happens, people buy, news is delivered, all comes to rest.
    async fn tick(&mut self, tick: usize, purchases: &[Purchase]) -> Result<(), Problem> {
        for later in self.later.remove(&tick).unwrap_or_default() {
            self.happen(tick, &later);
        }
        for purchase in purchases {
            self.buy(tick, purchase);
        }
        // Website and till first, then Shopee, so that the same seed always gives the same book.
        self.deliver(tick, |place| place != Place::Shopee).await?;
        self.until_recorded().await?;
        self.deliver(tick, |place| place == Place::Shopee).await?;
        self.until_quiet().await
    }

    fn buy(&mut self, tick: usize, purchase: &Purchase) {
        let placed = self.place(purchase.place, &purchase.lines).or_else(|| {
            self.watched.refused_sold_out += 1;
            self.bars.refused(purchase.place);
            // Who finds the shelf empty takes something else.
            self.place(purchase.place, &[(self.most_plentiful(purchase.place)?, 1)])
        });
        let Some(order) = placed else { return };
        self.bars.bought(purchase.place);
        self.post(tick, purchase.place, &order, &purchase.mail);
        let (when, fate) = match purchase.fate {
            Fate::Open => return,
            Fate::Cancelled(ticks) => (tick + 1 + ticks, purchase.fate),
            Fate::Shipped(ticks) => (tick + 1 + ticks, purchase.fate),
        };
        let mail = purchase.mail.iter().rev().copied().collect();
        self.later.entry(when).or_default().push(Later { place: purchase.place, order, fate, mail });
    }

    /// A channel sells what it shows; a store sells what lies on the shelf, even if it is promised to somebody else.
    fn place(&self, place: Place, lines: &[(usize, u32)]) -> Option<String> {
        let connection = connection(place);
        let line = |(n, quantity): &(usize, u32)| TwinLine {
            listing: listing_id(connection, *n),
            quantity: *quantity,
        };
        let lines: Vec<TwinLine> = lines.iter().map(line).collect();
        if place != Place::Till {
            return self.twin(place).place_order(&lines).ok();
        }
        let on_shelf = |l: &TwinLine| self.world.till.on_hand(BRANCH, &l.listing) >= i64::from(l.quantity);
        lines.iter().all(on_shelf).then(|| self.world.till.sell(BRANCH, &lines))
    }

    /// The product a place has most of.
    fn most_plentiful(&self, place: Place) -> Option<usize> {
        let shown = |n: &usize| self.twin(place).shown(&listing_id(connection(place), *n));
        (0..PRODUCTS.len()).filter(|n| shown(n) > 0).max_by_key(shown)
    }

    fn happen(&mut self, tick: usize, later: &Later) {
        let twin = self.twin(later.place);
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
    fn post(&mut self, tick: usize, place: Place, order: &str, mail: &[(usize, usize)]) {
        self.actions += 1;
        for (n, push) in self.twin(place).take_pushes().into_iter().enumerate() {
            let (late, copies) = mail.get(n % mail.len().max(1)).copied().unwrap_or((0, 0));
            for copy in 0..=copies {
                let letter = Letter {
                    due: tick + late + copy,
                    place,
                    push: push.clone(),
                    order: order.to_owned(),
                    action: self.actions,
                    copy: copy > 0,
                };
                self.letters.push(letter);
            }
            self.watched.late += u32::from(late > 0);
        }
    }

    async fn deliver(&mut self, tick: usize, here: impl Fn(Place) -> bool) -> Result<(), Problem> {
        let (due, rest) = std::mem::take(&mut self.letters)
            .into_iter()
            .partition(|letter| letter.due <= tick && here(letter.place));
        self.letters = rest;
        let due: Vec<Letter> = due;
        for letter in due {
            self.note_sent(&letter);
            self.watched.news += 1;
            self.watched.copies += u32::from(letter.copy);
            let status = self.world.courier.deliver(self.twin(letter.place), &letter.push).await?;
            if status != 200 {
                return Err(format!("a webhook of {} was answered {status}", connection(letter.place)).into());
            }
        }
        Ok(())
    }

    /// An action counts as told when the first news of the order itself leaves the channel.
    fn note_sent(&mut self, letter: &Letter) {
        if letter.copy || !is_about_order(&letter.push) || !self.told.insert(letter.action) {
            return;
        }
        let now_ms = (self.world.clock)().as_millisecond();
        let name = if letter.place == Place::Till {
            format!("invoice:{}", letter.order)
        } else {
            letter.order.clone()
        };
        let key = (SHOP.to_owned(), connection(letter.place).to_owned(), name);
        self.sent_at.lock().unwrap_or_else(PoisonError::into_inner).insert(key, now_ms);
    }

    async fn until_recorded(&self) -> Result<(), Problem> {
        let journal = &self.world.machine.journal;
        let waits = || {
            journal.pending().is_ok_and(|all| all.iter().any(|e| e.queue == "orders" || e.queue == "lookups"))
        };
        let rest = async {
            while waits() {
                tokio::time::sleep(Duration::from_millis(3)).await;
            }
        };
        tokio::time::timeout(REST_MAX, rest)
            .await
            .map_err(|_| "orders were not recorded in two minutes".into())
    }

    async fn until_quiet(&self) -> Result<(), Problem> {
        let quiet = tokio::time::timeout(REST_MAX, self.world.until_quiet()).await;
        quiet.map_err(|_| "the day did not come to rest in two minutes".into())
    }

    /// Our own writes echo back as news; they are delivered too, until nothing is left.
    async fn last_echoes(&mut self, tick: usize) -> Result<(), Problem> {
        for place in [Place::Shopee, Place::Web, Place::Till] {
            self.post(tick, place, "", &[]);
        }
        self.deliver(tick, |_| true).await?;
        self.until_quiet().await
    }

    fn twin(&self, place: Place) -> &'w dyn Twin {
        match place {
            Place::Shopee => &*self.world.shopee,
            Place::Web => &*self.world.web,
            Place::Till => &*self.world.till,
        }
    }
}

fn connection(place: Place) -> &'static str {
    match place {
        Place::Shopee => SHOPEE,
        Place::Web => WEB,
        Place::Till => TILL,
    }
}

/// News of products and levels travels beside the news of orders.
fn is_about_order(push: &Push) -> bool {
    let topic = push.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-wc-webhook-topic"));
    match topic {
        Some((_, topic)) => topic.starts_with("order."),
        None => !String::from_utf8_lossy(&push.body).contains("stock.update"),
    }
}

/// A progress bar for the day and a live line per channel.
struct Bars {
    all: ProgressBar,
    lines: BTreeMap<Place, (ProgressBar, [u32; 4])>,
}

impl Bars {
    fn new(orders: usize, watch: bool) -> Self {
        let target = if watch {
            indicatif::ProgressDrawTarget::stderr_with_hz(10)
        } else {
            indicatif::ProgressDrawTarget::hidden()
        };
        let all = MultiProgress::with_draw_target(target);
        let bar = all.add(ProgressBar::new(orders as u64));
        let style = ProgressStyle::with_template("{bar:40.green} {pos:>4}/{len} {elapsed_precise}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let mut lines = BTreeMap::new();
        for place in [Place::Shopee, Place::Web, Place::Till] {
            let line = all.add(ProgressBar::new_spinner());
            let style = ProgressStyle::with_template("  {prefix:<12} {msg}");
            line.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            line.set_prefix(connection(place));
            lines.insert(place, (line, [0; 4]));
        }
        Self { all: bar, lines }
    }

    fn bought(&mut self, place: Place) {
        self.all.inc(1);
        self.count(place, 0);
    }

    fn refused(&mut self, place: Place) {
        self.count(place, 1);
    }

    fn changed(&mut self, place: Place, fate: Fate) {
        self.count(place, if matches!(fate, Fate::Cancelled(_)) { 2 } else { 3 });
    }

    fn count(&mut self, place: Place, what: usize) {
        let Some((line, counts)) = self.lines.get_mut(&place) else { return };
        counts[what] += 1;
        let [orders, sold_out, cancelled, shipped] = counts;
        line.set_message(format!(
            "{orders:>4} đơn/orders  {sold_out:>3} hết hàng/sold out  {cancelled:>3} huỷ/cancelled  {shipped:>3} gửi/shipped"
        ));
    }

    fn finish(&self) {
        self.all.finish();
        self.lines.values().for_each(|(line, _)| line.finish());
    }
}
