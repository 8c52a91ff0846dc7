//! A channel that does what it is told, at once: one number on a shelf, a list of orders, and news that waits to be taken.

use crate::points::Points;
use async_trait::async_trait;
use channels::account::{AccountReport, Subscription};
use channels::ask::{Ask, Reply, hand_over};
use channels::channel::{
    Channel, Door, How, LookedUp, Notice, NoticeOrReason, Notices, Session, StockOutcome, StockReading,
    StockSet, Verdict, WebhookRequest,
};
use channels::error::ChannelError;
use channels::facts::Facts;
use channels::paging::{Cursor, OrderPage, Pulled, Window};
use commerce::Timestamp;
use commerce::ids::{ListingId, OrderId};
use commerce::order::ChannelOrder;
use std::sync::{Arc, Mutex};

/// What a channel shows of the one product, and what it knows of orders.
#[derive(Clone, Default)]
pub struct Shelf {
    /// What buyers see.
    pub shown: i64,
    /// Its list of orders, each as it is now.
    pub orders: Vec<ChannelOrder>,
    /// How far that list is behind, in milliseconds.
    pub list_lag_ms: i64,
    /// Orders whose news waits until it is taken, with their numbers.
    pub news: Vec<(u64, OrderId)>,
    /// True for a list that only names orders.
    pub is_thin: bool,
    /// The channel's time.
    pub now: Timestamp,
    /// How it behaves.
    pub manner: Manner,
    /// Whether it would call us; none for a channel that does not tell.
    pub subscription: Option<Subscription>,
    /// The addresses that it was asked to call, in turn.
    pub asked_to_call: Vec<String>,
    /// By how much it last told too much.
    pub said: i64,
}

/// How a channel behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Manner {
    /// As its documents say.
    #[default]
    Good,
    /// It says that it has taken a number, and has not.
    Deaf,
    /// A campaign keeps its number.
    Campaign,
    /// It takes no number, because it is called too often.
    Busy,
    /// It says another number each time it is asked.
    Unsteady,
    /// It answers for another listing than it is asked for.
    Elsewhere,
    /// Its list of orders leads back to where it began.
    Round,
    /// It does not answer.
    Silent,
}

/// A channel of that name, with its real facts.
#[derive(Clone)]
pub struct Shop {
    channel: &'static str,
    /// The shelf.
    pub shelf: Arc<Mutex<Shelf>>,
    /// Where callers may die.
    pub points: Points,
}

impl Shop {
    /// A channel that shows so many before anybody has told it anything.
    pub fn new(channel: &'static str, shown: i64) -> Self {
        let shelf = Arc::new(Mutex::new(Shelf { shown, ..Shelf::default() }));
        Self { channel, shelf, points: Points::default() }
    }

    /// Another channel that shows and knows the same.
    pub fn copy(&self, points: &Points) -> Self {
        let shelf = self.shelf.lock().unwrap().clone();
        Self { channel: self.channel, shelf: Arc::new(Mutex::new(shelf)), points: points.clone() }
    }

    /// What buyers see.
    pub fn shown(&self) -> i64 {
        self.shelf.lock().unwrap().shown
    }

    fn set(&self, set: &StockSet) -> Result<(), ChannelError> {
        let mut shelf = self.shelf.lock().unwrap();
        match shelf.manner {
            Manner::Deaf => return Ok(()),
            Manner::Campaign => return Err(ChannelError::locked("a campaign keeps the number")),
            Manner::Busy => return Err(ChannelError::rate_limited(None, "too many calls")),
            _ => {}
        }
        match set.how {
            How::IfShown(base) if i64::from(base) != shelf.shown => {
                Err(ChannelError::changed("another number is shown"))
            }
            How::Blind | How::IfShown(_) => {
                shelf.shown = i64::from(set.quantity);
                Ok(())
            }
            _ => Err(ChannelError::unsupported("this way of writing")),
        }
    }

    fn inspect(&self) -> AccountReport {
        let told = self.shelf.lock().unwrap().subscription.clone();
        let subscription = told.unwrap_or(Subscription::NotTold);
        AccountReport { name: None, missing_scopes: None, locations: None, subscription, answered_at: None }
    }

    /// What waits; whatever has been told to be safe waits no longer.
    fn pull(&self, taken: Option<&Cursor>) -> Pulled {
        let mut shelf = self.shelf.lock().unwrap();
        if let Some(taken) = taken.and_then(|cursor| cursor.0.parse::<u64>().ok()) {
            shelf.news.retain(|(number, _)| *number > taken);
        }
        let notice = |(_, order): &(u64, OrderId)| Ok(Notice::OrderChanged { order: order.clone() });
        let receipt = shelf.news.last().map(|(number, _)| Cursor(number.to_string()));
        Pulled { notices: shelf.news.iter().map(notice).collect(), receipt, has_more: false }
    }
}

#[async_trait]
impl Channel for Shop {
    fn facts(&self) -> &'static Facts {
        channels::registry::find(self.channel).unwrap().facts()
    }

    async fn list_orders(
        &self,
        _: &Session<'_>,
        _: Window,
        _: Option<&Cursor>,
    ) -> Result<OrderPage, ChannelError> {
        let shelf = self.shelf.lock().unwrap();
        let row = |order: &ChannelOrder| -> NoticeOrReason {
            Ok(match shelf.is_thin {
                true => Notice::OrderChanged { order: order.id.clone() },
                false => Notice::Order(Box::new(order.clone())),
            })
        };
        if shelf.manner == Manner::Silent {
            return Err(ChannelError::timed_out("no answer"));
        }
        let is_listed = |order: &&ChannelOrder| {
            shelf.now.as_millisecond() - order.source_time.as_millisecond() >= shelf.list_lag_ms
        };
        let next = (shelf.manner == Manner::Round).then(|| Cursor("the first page".to_owned()));
        Ok(OrderPage { rows: shelf.orders.iter().filter(is_listed).map(row).collect(), next })
    }

    async fn pull_events(&self, _: &Session<'_>, taken: Option<&Cursor>) -> Result<Pulled, ChannelError> {
        if taken.is_none() {
            return Ok(self.pull(None));
        }
        Ok(self.points.around(async { self.pull(taken) }).await)
    }

    async fn ask(&self, session: &Session<'_>, ask: &Ask<'_>) -> Result<Reply, ChannelError> {
        match *ask {
            Ask::Inspect => Ok(Reply::Account(self.inspect())),
            Ask::Subscribe(address) => {
                let mut shelf = self.shelf.lock().unwrap();
                shelf.asked_to_call.push(address.to_owned());
                shelf.subscription = Some(Subscription::Active);
                Ok(Reply::Done)
            }
            _ => hand_over(self, session, ask).await,
        }
    }

    fn verify_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Verdict {
        Verdict::Refused { why: "it calls nobody" }
    }

    fn read_webhook(&self, _: &Door<'_>, _: &WebhookRequest) -> Notices {
        Vec::new()
    }

    async fn look_up_orders(&self, _: &Session<'_>, ids: &[OrderId]) -> Result<Vec<LookedUp>, ChannelError> {
        let shelf = self.shelf.lock().unwrap();
        let find = |id: &OrderId| {
            let found = shelf.orders.iter().find(|order| order.id == *id);
            let found = found.map(|order| ChannelOrder { read_at: Some(shelf.now), ..order.clone() });
            (id.clone(), found.ok_or_else(|| ChannelError::not_found("no such order")))
        };
        Ok(ids.iter().map(find).collect())
    }

    async fn set_stock(&self, _: &Session<'_>, sets: &[StockSet]) -> Result<Vec<StockOutcome>, ChannelError> {
        let all = async { sets.iter().map(|one| (one.listing.clone(), self.set(one))).collect() };
        Ok(self.points.around(all).await)
    }

    async fn read_stock(
        &self,
        _: &Session<'_>,
        ids: &[ListingId],
    ) -> Result<Vec<StockReading>, ChannelError> {
        let mut shelf = self.shelf.lock().unwrap();
        if shelf.manner == Manner::Silent {
            return Err(ChannelError::timed_out("no answer"));
        }
        let is_elsewhere = shelf.manner == Manner::Elsewhere;
        shelf.said += i64::from(shelf.manner == Manner::Unsteady);
        let quantity = shelf.shown + shelf.said;
        let reading = |id: &ListingId| StockReading {
            listing: if is_elsewhere { ListingId::new("another").unwrap() } else { id.clone() },
            branch: None,
            quantity,
            gross: None,
            as_of: shelf.now,
        };
        Ok(ids.iter().map(reading).collect())
    }
}
