//! Reading the table: whole batches at once, and only the keys that are asked for.

use crate::alert_item::{self, Told};
use crate::attributes::{Item, get_text, key_item};
use crate::connection_item::{self, Account, ConnectionState};
use crate::due_item::{self, Due, DueWork};
use crate::failure::{TableError, translate};
use crate::goods_item;
use crate::heal_item;
use crate::hold_item;
use crate::in_process::{InProcess, Post};
use crate::keys::{self, Key};
use crate::listing_item::{self, ListingState};
use crate::order_item;
use crate::parked_item::{self, Parked};
use crate::pass_item::{self, PassState};
use crate::shop_item::{self, Registered};
use crate::stock_item;
use crate::units::UnitMeter;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity};
use commerce::effect::OrderState;
use commerce::goods::Document;
use commerce::hold_terms::HoldCode;
use commerce::ids::{ConnectionId, DocumentNumber, ListingId, ShopId, Sku};
use commerce::plan::OrderKey;
use commerce::stock::{ListingKey, Stock, StockKey};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// The most keys one BatchGetItem asks for (DynamoDB API reference, read 2026-11-21).
const READ_KEYS_MAX: usize = 100;
/// The most rounds spent on keys that DynamoDB left unprocessed.
const READ_ROUNDS_MAX: usize = 5;
/// The most items one question is answered with.
const QUERY_ITEMS_MAX: usize = 20_000;

/// The one table. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    post: Post,
    name: String,
    meter: Arc<UnitMeter>,
}

/// What decisions about a few listings are made from.
#[derive(Debug, Default)]
pub struct DeskItems {
    /// What is known of listings.
    pub listed: BTreeMap<ListingKey, ListingState>,
    /// How far orders are recorded.
    pub passes: BTreeMap<ConnectionId, PassState>,
    /// Balances.
    pub stock: BTreeMap<StockKey, Stock>,
}

impl Table {
    /// Speaks to the table of that name.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, post: Post::default(), name: name.into(), meter: Arc::new(UnitMeter::default()) }
    }

    /// The same table, its calls answered in this process; those that no shop's day is made of still go through the client.
    #[must_use]
    pub fn answered_by(self, engine: Arc<dyn InProcess>) -> Self {
        Self { post: Post(Some(engine)), ..self }
    }

    /// The meter of what this handle has spent.
    pub fn meter(&self) -> &UnitMeter {
        &self.meter
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn post(&self) -> &Post {
        &self.post
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Orders with our revision of each; eventually consistent (half a unit each), because every write checks the
    /// revision anyway. `consistent` is for planning again after a doubtful write.
    pub async fn load_orders(
        &self,
        orders: &[OrderKey],
        consistent: bool,
    ) -> Result<BTreeMap<OrderKey, (OrderState, String)>, TableError> {
        self.load_each(orders, keys::order, order_item::from_item, consistent).await
    }

    /// Balances, consistent: what a channel shows must not be computed from an old one.
    pub async fn load_stock(
        &self,
        shop: &ShopId,
        balances: &[StockKey],
    ) -> Result<BTreeMap<StockKey, Stock>, TableError> {
        let key_of = |balance: &StockKey| keys::stock(shop, &balance.sku, &balance.location);
        self.load_each(balances, key_of, stock_item::from_item, true).await
    }

    /// What listings of one connection show.
    pub async fn load_listings(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        listings: &[ListingId],
    ) -> Result<BTreeMap<ListingId, ListingState>, TableError> {
        let key_of = |id: &ListingId| keys::listing(shop, connection, id);
        self.load_each(listings, key_of, listing_item::from_item, true).await
    }

    /// What is known of these listings, on whichever connection of the shop; consistent.
    pub async fn load_listed(
        &self,
        shop: &ShopId,
        listings: &[ListingKey],
    ) -> Result<BTreeMap<ListingKey, ListingState>, TableError> {
        self.load_each(listings, |key| listed_key(shop, key), listing_item::from_item, true).await
    }

    /// What is known of these listings, how far the orders of these connections are recorded, and these balances, in one
    /// request; consistent, each as of some moment during the call: whoever writes checks what it was made from.
    pub async fn load_desk(
        &self,
        shop: &ShopId,
        listings: &[ListingKey],
        connections: &[ConnectionId],
        balances: &[StockKey],
    ) -> Result<DeskItems, TableError> {
        let listing_of = |key: &ListingKey| listed_key(shop, key);
        let pass_of = |id: &ConnectionId| keys::pass(shop, id);
        let stock_of = |balance: &StockKey| keys::stock(shop, &balance.sku, &balance.location);
        let listed = listings.iter().map(listing_of);
        let wanted = listed.chain(connections.iter().map(pass_of)).chain(balances.iter().map(stock_of));
        let items = self.load(&wanted.collect::<Vec<Key>>(), true).await?;
        Ok(DeskItems {
            listed: pick(&items, listings, listing_of, listing_item::from_item)?,
            passes: pick(&items, connections, pass_of, pass_item::from_item)?,
            stock: pick(&items, balances, stock_of, stock_item::from_item)?,
        })
    }

    /// How far the orders of these connections are recorded; consistent.
    pub async fn load_passes(
        &self,
        shop: &ShopId,
        connections: &[ConnectionId],
    ) -> Result<BTreeMap<ConnectionId, PassState>, TableError> {
        self.load_each(connections, |id| keys::pass(shop, id), pass_item::from_item, true).await
    }

    /// What a shop has been told is wrong; consistent.
    pub async fn load_told(&self, shop: &ShopId) -> Result<Told, TableError> {
        let key = keys::alerts(shop);
        let items = self.load(std::slice::from_ref(&key), true).await?;
        items.get(&key).map_or(Ok(Told::default()), alert_item::from_item)
    }

    /// How often listings of these products were mended on that day; consistent. A product that is not there: never.
    pub async fn heals(
        &self,
        shop: &ShopId,
        skus: &[Sku],
        day: Date,
    ) -> Result<BTreeMap<Sku, u32>, TableError> {
        self.load_each(skus, |sku| keys::heals(shop, sku, day), heal_item::from_item, true).await
    }

    /// Everything that is due in a shop at some time, or the listings of one of its connections alone.
    pub async fn due(&self, shop: &ShopId, of: Option<&ConnectionId>) -> Result<Vec<Due>, TableError> {
        let prefix = of.map(keys::due_listings_of);
        let items = self.query(keys::due_partition(shop), prefix.as_deref()).await?;
        let mut result = Vec::new();
        for item in &items {
            result.extend(due_item::from_item(item)?);
        }
        Ok(result)
    }

    /// The order whose buyer has this code, consistent; none when the code is not in force.
    pub async fn order_of_code(&self, shop: &ShopId, code: HoldCode) -> Result<Option<OrderKey>, TableError> {
        let key = keys::hold_code(shop, code);
        let items = self.load(std::slice::from_ref(&key), true).await?;
        items.get(&key).map(|item| hold_item::from_item(shop, item)).transpose()
    }

    /// Orders of a shop whose hold has an end or whose buyer has a code, for people.
    pub async fn held_orders(&self, shop: &ShopId) -> Result<BTreeSet<OrderKey>, TableError> {
        let mut held = BTreeSet::new();
        for item in self.query(keys::due_partition(shop), Some(keys::due_holds())).await? {
            if let Some(DueWork::Hold(connection, order)) = due_item::from_item(&item)?.map(|due| due.work) {
                held.insert(OrderKey { shop: shop.clone(), connection, order });
            }
        }
        for item in self.query(keys::hold_codes_partition(shop), None).await? {
            held.insert(hold_item::from_item(shop, &item)?);
        }
        Ok(held)
    }

    /// A paper about goods with the number of its state, consistent; none where no such paper was written.
    pub async fn load_goods(
        &self,
        shop: &ShopId,
        number: &DocumentNumber,
    ) -> Result<Option<(Document, u64)>, TableError> {
        let key = keys::goods(shop, number);
        let items = self.load(std::slice::from_ref(&key), true).await?;
        items.get(&key).map(goods_item::from_item).transpose()
    }

    /// The papers about goods that are not finished, by number.
    pub async fn open_goods(&self, shop: &ShopId) -> Result<BTreeMap<DocumentNumber, Document>, TableError> {
        let mut numbers = Vec::new();
        for item in self.query(keys::open_goods_partition(shop), None).await? {
            let number = DocumentNumber::new(get_text(&item, keys::SORT)?);
            numbers.push(number.map_err(|error| TableError::corrupt(keys::SORT, error.to_string()))?);
        }
        let found = self.load_each(&numbers, |number| keys::goods(shop, number), goods_item::from_item, true);
        Ok(found.await?.into_iter().map(|(number, (document, _))| (number, document)).collect())
    }

    /// How these accounts are logged in. `consistent` is for whoever will write; a first look may be a moment old.
    pub async fn load_connections(
        &self,
        accounts: &[Account],
        consistent: bool,
    ) -> Result<BTreeMap<Account, ConnectionState>, TableError> {
        let key_of = |(shop, connection): &Account| keys::connection(shop, connection);
        self.load_each(accounts, key_of, connection_item::from_item, consistent).await
    }

    /// All balances of a SKU, for people.
    pub async fn stock_of_sku(&self, shop: &ShopId, sku: &Sku) -> Result<Vec<(StockKey, Stock)>, TableError> {
        let partition = keys::sku_partition(shop, sku);
        let items = self.query(partition, Some(keys::STOCK_SORT_PREFIX)).await?;
        let mut result = Vec::new();
        for item in &items {
            let place = keys::parse_stock(get_text(item, keys::PARTITION)?, get_text(item, keys::SORT)?);
            let Some((_, sku, location)) = place else { continue };
            result.push((StockKey { sku, location }, stock_item::from_item(item)?));
        }
        Ok(result)
    }

    /// Parked work of one month (see [`keys::parked_months`]), oldest first.
    pub async fn parked_in(&self, shop: &ShopId, month: String) -> Result<Vec<Parked>, TableError> {
        let items = self.query(month, None).await?;
        items.iter().map(|item| parked_item::from_item(shop, item)).collect()
    }

    /// The shops of this deployment.
    pub async fn registered(&self) -> Result<Vec<Registered>, TableError> {
        let items = self.query(keys::registry_partition(), None).await?;
        items.iter().map(shop_item::from_item).collect()
    }

    /// All items of a partition, page after page; what was written a moment ago may be missing.
    pub(crate) async fn query(
        &self,
        partition: String,
        sort_prefix: Option<&str>,
    ) -> Result<Vec<Item>, TableError> {
        self.query_all(partition, sort_prefix, false).await
    }

    /// The same for items whose sort key begins like that, with everything that was written before.
    pub(crate) async fn query_consistently(
        &self,
        partition: String,
        sort_prefix: &str,
    ) -> Result<Vec<Item>, TableError> {
        self.query_all(partition, Some(sort_prefix), true).await
    }

    async fn query_all(
        &self,
        partition: String,
        sort_prefix: Option<&str>,
        consistent: bool,
    ) -> Result<Vec<Item>, TableError> {
        let mut items = Vec::new();
        let mut start = None;
        loop {
            let answer = self.query_page(&partition, sort_prefix, consistent, start).await?;
            self.meter.count_read(answer.consumed_capacity());
            items.extend(answer.items.unwrap_or_default());
            start = answer.last_evaluated_key;
            if start.is_none() || items.len() >= QUERY_ITEMS_MAX {
                return Ok(items);
            }
        }
    }

    async fn query_page(
        &self,
        partition: &str,
        sort_prefix: Option<&str>,
        consistent: bool,
        start: Option<Item>,
    ) -> Result<QueryOutput, TableError> {
        let condition = if sort_prefix.is_some() { "p = :p AND begins_with(s, :s)" } else { "p = :p" };
        let request = self
            .client
            .query()
            .table_name(&self.name)
            .key_condition_expression(condition)
            .expression_attribute_values(":p", AttributeValue::S(partition.to_owned()))
            .set_exclusive_start_key(start)
            .consistent_read(consistent)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let request = match sort_prefix {
            Some(prefix) => request.expression_attribute_values(":s", AttributeValue::S(prefix.to_owned())),
            None => request,
        };
        self.post.query(request).await.map_err(|e| translate(&e))
    }

    /// Reads what is there of these, each under its key.
    pub(crate) async fn load_each<K: Ord + Clone, V>(
        &self,
        wanted: &[K],
        key_of: impl Fn(&K) -> Key,
        read: impl Fn(&Item) -> Result<V, TableError>,
        consistent: bool,
    ) -> Result<BTreeMap<K, V>, TableError> {
        let keys: Vec<Key> = wanted.iter().map(&key_of).collect();
        pick(&self.load(&keys, consistent).await?, wanted, key_of, read)
    }

    /// Reads items by key, in requests of at most [`READ_KEYS_MAX`].
    async fn load(&self, wanted: &[Key], consistent: bool) -> Result<HashMap<Key, Item>, TableError> {
        let mut result = HashMap::new();
        let mut distinct: Vec<Key> = wanted.to_vec();
        distinct.sort();
        distinct.dedup();
        for chunk in distinct.chunks(READ_KEYS_MAX) {
            let mut pending: Vec<Item> = chunk.iter().map(key_item).collect();
            for _ in 0..READ_ROUNDS_MAX {
                pending = self.load_some(pending, consistent, &mut result).await?;
                if pending.is_empty() {
                    break;
                }
            }
            if !pending.is_empty() {
                return Err(TableError::Busy("keys left unprocessed".to_owned()));
            }
        }
        Ok(result)
    }

    async fn load_some(
        &self,
        pending: Vec<Item>,
        consistent: bool,
        result: &mut HashMap<Key, Item>,
    ) -> Result<Vec<Item>, TableError> {
        if pending.is_empty() {
            return Ok(pending);
        }
        let request = KeysAndAttributes::builder().set_keys(Some(pending)).consistent_read(consistent);
        let request = self
            .client
            .batch_get_item()
            .request_items(&self.name, request.build().map_err(|e| TableError::Broken(e.to_string()))?)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let answer = self.post.get(request).await.map_err(|e| translate(&e))?;
        self.meter.count_read(answer.consumed_capacity());
        for item in answer.responses.unwrap_or_default().into_values().flatten() {
            let partition = get_text(&item, keys::PARTITION)?.to_owned();
            let sort = get_text(&item, keys::SORT)?.to_owned();
            result.insert(Key { partition, sort }, item);
        }
        let left = answer.unprocessed_keys.unwrap_or_default().into_values();
        Ok(left.flat_map(|keys| keys.keys).collect())
    }
}

fn listed_key(shop: &ShopId, key: &ListingKey) -> Key {
    keys::listing(shop, &key.connection, &key.listing)
}

/// Those of `wanted` that were found, read.
fn pick<K: Ord + Clone, V>(
    items: &HashMap<Key, Item>,
    wanted: &[K],
    key_of: impl Fn(&K) -> Key,
    read: impl Fn(&Item) -> Result<V, TableError>,
) -> Result<BTreeMap<K, V>, TableError> {
    let found = wanted.iter().filter_map(|one| Some((one, items.get(&key_of(one))?)));
    found.map(|(one, item)| Ok((one.clone(), read(item)?))).collect()
}
