//! The entrance of the counter: who has a good link or a good session is let in, everybody else hears the same one sentence.

use super::answer::Away;
use super::request::{LINK_FIELD, Request};
use super::ticket::{self, CounterKey, Purpose};
use super::{Counter, Desk};
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use lambda_kit::secret_store::StoreError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A key that was read serves for this long, in milliseconds; a key that was replaced is forgotten within that time.
pub const KEY_KEPT_MS: i64 = 30 * 1_000;
/// The most shops whose keys are kept; beyond it the shelf is emptied.
const SHELF_MAX: usize = 1_000;

/// The keys that were read a moment ago, so that a store's evening does not ask the secrets' store for each page.
#[derive(Clone, Default)]
pub struct KeyShelf(Arc<Mutex<BTreeMap<ShopId, Kept>>>);

/// A key, or that there is none, and when that was read in milliseconds since 1970.
type Kept = (Option<CounterKey>, i64);

impl KeyShelf {
    fn find(&self, shop: &ShopId, now: Timestamp) -> Option<Option<CounterKey>> {
        let shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (key, read_at_ms) = shelf.get(shop)?;
        (now.as_millisecond() - read_at_ms < KEY_KEPT_MS).then(|| key.clone())
    }

    fn keep(&self, shop: &ShopId, key: Option<CounterKey>, now: Timestamp) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.len() >= SHELF_MAX {
            shelf.clear();
        }
        shelf.insert(shop.clone(), (key, now.as_millisecond()));
    }
}

impl Counter {
    /// The person who asks, and a new session where a link was opened.
    pub(super) async fn enter(&self, request: &Request) -> Result<(Desk, Option<String>), Away> {
        let link = request.query.get(LINK_FIELD);
        let (sealed, purpose) = match link {
            "" => (request.session(), Purpose::Session),
            link => (link, Purpose::Link),
        };
        let shop = ShopId::new(&request.shop).ok().filter(|_| ticket::may_be_one(sealed));
        let shop = self.shop(&shop.ok_or(Away::NotLetIn)?).await?;
        let now = (self.clock)();
        let key = self.key(&shop.id, now).await?;
        let opened = ticket::open(sealed, purpose, &key, (&shop.id, now)).ok_or(Away::NotLetIn)?;
        if shop.location(&opened.location).is_none() {
            return Err(Away::NotLetIn);
        }
        let language = request.language();
        if purpose == Purpose::Session {
            let session = sealed.to_owned();
            return Ok((Desk { shop, key, ticket: opened, session, language, now }, None));
        }
        let (opened, session) = ticket::begin_session(&opened, &key).ok_or(Away::NotNow)?;
        let cookie = Some(session.clone());
        Ok((Desk { shop, key, ticket: opened, session, language, now }, cookie))
    }

    async fn shop(&self, id: &ShopId) -> Result<Arc<Shop>, Away> {
        let shops = self.shops.load_one(id, None).await;
        if shops.out_of_reach(id).is_some() {
            return Err(Away::NotNow);
        }
        shops.catalogue().shops.get(id).cloned().ok_or(Away::NotLetIn)
    }

    async fn key(&self, shop: &ShopId, now: Timestamp) -> Result<CounterKey, Away> {
        let key = match self.keys.find(shop, now) {
            Some(kept) => kept,
            None => self.read_key(shop, now).await.map_err(|error| {
                tracing::error!(%shop, %error, "the counter's key was not read");
                Away::NotNow
            })?,
        };
        key.ok_or_else(|| {
            tracing::warn!(%shop, "the shop has no counter key: run `hopkenh counter key`");
            Away::NotLetIn
        })
    }

    async fn read_key(&self, shop: &ShopId, now: Timestamp) -> Result<Option<CounterKey>, StoreError> {
        let key = self.store.load_counter_key(shop).await?.and_then(CounterKey::new);
        self.keys.keep(shop, key.clone(), now);
        Ok(key)
    }
}
