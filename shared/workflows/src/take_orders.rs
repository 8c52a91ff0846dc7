//! An order taken in a chat, answered while the buyer waits: all its units are set aside in this very call, or none.
//!
//! Load the order and every balance it may take from, decide (pure, in `commerce::hold`), save order and stock in one
//! transaction that checks once more, tell. A hold with an end is ended by [`crate::end_holds`], one without stays until the
//! desk confirms or cancels.

mod answers;

use crate::counters::Counters;
use crate::free_units::{read_balances, touched};
use crate::hold_codes::Draw;
use crate::jitter::pause;
use crate::receive_webhook::{BODY_BYTES_MAX, check_against_nothing, find, out_of_reach, read_request};
use answers::{
    answer, changed_since, elsewhere, error, known_as, not_now, not_there, over, refused, short, wrong,
};
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use channels::channel::{Clock, Door, Notice, Verdict, WebhookRequest};
use channels::social;
use commerce::allocate::Learned;
use commerce::catalogue::{Connection, Shop};
use commerce::hold::{Hold, plan_hold};
use commerce::ids::{ConnectionId, ShopId};
use commerce::order::ChannelOrder;
use commerce::park::ParkReason;
use commerce::plan::{OrderChange, OrderEvents, OrderKey};
use commerce::record::Account;
use commerce::steps::pack;
use commerce::stock::StockKey;
use lambda_kit::shop_source::ShopSource;
use lambda_kit::shops::Shops;
use std::collections::BTreeSet;
use table::{Table, TableError};

pub use answers::Said;

/// How often an order is planned anew inside one call before the desk is asked to try again.
const ROUNDS_MAX: u32 = 10;
/// The most lines of one order: whatever they sell, the order is still one transaction.
const LINES_MAX: usize = 40;
/// The most balances that one order may take from.
const BALANCES_MAX: usize = 400;

/// What this function needs.
#[derive(Clone)]
pub struct TakeOrders {
    /// Shops and their secrets.
    pub shops: ShopSource,
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
    /// What was held and refused.
    pub counters: Counters,
    /// Where buyers' codes come from.
    pub draw: Draw,
}

/// What one try came to.
enum Try {
    Said(Said),
    /// Somebody else wrote meanwhile: plan again at once.
    Again,
    /// The table is busy, or did not answer: wait a little first.
    Busy(String),
}

impl TakeOrders {
    /// Handles one HTTP request as the gateway hands it over.
    pub async fn handle(&self, event: ApiGatewayV2httpRequest) -> ApiGatewayV2httpResponse {
        let parameter = |name: &str| event.path_parameters.get(name).cloned().unwrap_or_default();
        let (shop, connection) = (parameter("shop"), parameter("connection"));
        let said = match read_request(&event) {
            Ok(request) => self.take(&shop, &connection, &request).await,
            Err(_) => wrong("body: is not what its encoding says"),
        };
        answer(&said)
    }

    /// Verify, read, hold.
    pub async fn take(&self, shop: &str, connection: &str, request: &WebhookRequest) -> Said {
        if request.body.len() > BODY_BYTES_MAX {
            return Said { status: 413, body: error("the body is larger than 1 MB") };
        }
        let shops = self.load(shop, connection).await;
        if let Some(why) = out_of_reach(&shops, shop) {
            self.counters.add("hold_shop_out_of_reach");
            tracing::error!(shop, connection, %why, "order not taken");
            return not_now();
        }
        let known = find(&shops, shop, connection).filter(|(_, c)| c.channel == social::FACTS.channel);
        let Some((shop, connection)) = known else {
            // Unknown names get the same answer as a forged signature, after as much work.
            check_against_nothing(&request.body);
            self.counters.add("hold_unknown_connection");
            return refused();
        };
        let door = Door { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
        match self.read(&door, request) {
            Ok(order) => self.hold(shop, connection, &order).await,
            Err(said) => said,
        }
    }

    async fn load(&self, shop: &str, connection: &str) -> Shops {
        match (ShopId::new(shop), ConnectionId::new(connection)) {
            (Ok(shop), Ok(connection)) => self.shops.load_one(&shop, Some(&connection)).await,
            _ => Shops::default(),
        }
    }

    /// The order in the body, once its signature is known.
    fn read(&self, door: &Door<'_>, request: &WebhookRequest) -> Result<ChannelOrder, Said> {
        let Some(channel) = channels::registry::find(&door.connection.channel) else { return Err(refused()) };
        if let Verdict::Refused { why } = channel.verify_webhook(door, request) {
            self.counters.add("hold_refused_signature");
            tracing::warn!(shop = %door.shop.id, connection = %door.connection.id, why, "order refused");
            return Err(refused());
        }
        let order = match channel.read_webhook(door, request).pop() {
            Some(Ok(Notice::Order(order))) => *order,
            Some(Err(ParkReason::Unreadable { detail })) => return Err(wrong(&detail)),
            _ => return Err(wrong("body: is no order")),
        };
        check(door.connection, &order).map_err(|problem| wrong(&problem))?;
        Ok(order)
    }

    /// Load, decide, save; again when somebody else was faster, until it is written or short.
    async fn hold(&self, shop: &Shop, connection: &Connection, order: &ChannelOrder) -> Said {
        for round in 1..=ROUNDS_MAX {
            match self.try_once(shop, connection, order).await {
                Ok(Try::Said(said)) => {
                    self.counters.add(if said.status == 200 { "hold_taken" } else { "hold_not_taken" });
                    tracing::info!(shop = %shop.id, connection = %connection.id, order = %order.id, said.status, "order asked for");
                    return said;
                }
                Ok(Try::Again) => {}
                Ok(Try::Busy(why)) => {
                    tracing::debug!(shop = %shop.id, why, round, "table busy");
                    pause(round).await;
                }
                Err(error) => {
                    tracing::error!(shop = %shop.id, connection = %connection.id, %error, "order not taken");
                    return not_now();
                }
            }
        }
        self.counters.add("hold_table_busy");
        tracing::warn!(shop = %shop.id, connection = %connection.id, order = %order.id, "the table stayed busy");
        not_now()
    }

    async fn try_once(
        &self,
        shop: &Shop,
        connection: &Connection,
        order: &ChannelOrder,
    ) -> Result<Try, TableError> {
        let key =
            OrderKey { shop: shop.id.clone(), connection: connection.id.clone(), order: order.id.clone() };
        let (stored, known) = match self.look(shop, connection, order, &key).await {
            Err(error) if error.is_passing() => return Ok(Try::Busy(error.to_string())),
            found => found?,
        };
        let restores = social::FACTS.restores_on_cancel;
        let account = Account { shop, connection, restores };
        let work = OrderEvents { key, account, events: vec![order], stored, heard: true, echo_of: None };
        let (now, stored) = ((self.clock)(), work.stored.as_ref().map(|(state, _)| state));
        Ok(match plan_hold(&work, &known, (self.draw)(), now) {
            Hold::Write(change) => self.save(shop, order, *change, &known).await?,
            Hold::Short(lines) => {
                Try::Said(short(order, &lines, stored.and_then(|state| state.over_since(now))))
            }
            Hold::Known => {
                Try::Said(stored.and_then(|state| known_as(state, order)).unwrap_or_else(changed_since))
            }
            Hold::Over(end) => Try::Said(over(order, end)),
            Hold::Refused(_) => Try::Said(stored.map_or_else(changed_since, |state| not_there(state, order))),
            Hold::Elsewhere(store) => Try::Said(elsewhere(&store)),
            Hold::Unclear => Try::Said(wrong("at: must be later than the order's, to change it")),
            Hold::TooOld => Try::Said(wrong("at: is older than the book remembers")),
        })
    }

    /// The order as the book has it, and all that its lines may take from.
    async fn look(
        &self,
        shop: &Shop,
        connection: &Connection,
        order: &ChannelOrder,
        key: &OrderKey,
    ) -> Result<(Option<(commerce::effect::OrderState, String)>, Learned), TableError> {
        let stored = self.table.load_orders(std::slice::from_ref(key), true).await?.remove(key);
        let mut balances = balances(connection, order);
        balances.extend(stored.iter().flat_map(|(state, _)| touched(state)));
        let known = read_balances(&self.table, shop, balances).await?;
        Ok((stored, known))
    }

    async fn save(
        &self,
        shop: &Shop,
        order: &ChannelOrder,
        change: OrderChange,
        known: &Learned,
    ) -> Result<Try, TableError> {
        let state = change.state.clone();
        let steps = pack(vec![change], known);
        let [step] = steps.as_slice() else {
            return Ok(Try::Said(wrong("lines: take from too many products to be held at once")));
        };
        match self.table.save_step(step, |_| shop.keep_orders_days, &[]).await {
            Ok(()) => Ok(Try::Said(known_as(&state, order).unwrap_or_else(changed_since))),
            Err(TableError::Lost(_)) => Ok(Try::Again),
            Err(error) if error.is_passing() => Ok(Try::Busy(error.to_string())),
            Err(error) => Err(error),
        }
    }
}

/// What can be told from the order and the shop's file alone; the sentence names the field.
fn check(connection: &Connection, order: &ChannelOrder) -> Result<(), String> {
    if let Err(ParkReason::Unreadable { detail }) = order.check() {
        return Err(detail);
    }
    if order.lines.len() > LINES_MAX || balances(connection, order).len() > BALANCES_MAX {
        return Err(format!("lines: at most {LINES_MAX} fit into one order"));
    }
    let unknown = order.lines.iter().position(|line| !connection.listings.contains_key(&line.listing));
    match unknown {
        Some(n) => Err(format!("lines[{n}].listing: is not on sale on this connection")),
        None if connection.serves_from.is_empty() => Err("lines: no store serves this connection".to_owned()),
        None => Ok(()),
    }
}

/// Every balance that the order may take from: each part of each listing, in each store.
fn balances(connection: &Connection, order: &ChannelOrder) -> BTreeSet<StockKey> {
    let listings = order.lines.iter().filter_map(|line| connection.listings.get(&line.listing));
    let parts = listings.flat_map(|listing| &listing.recipe);
    let key = |sku: &commerce::ids::Sku, store: &commerce::ids::LocationId| StockKey {
        sku: sku.clone(),
        location: store.clone(),
    };
    parts.flat_map(|part| connection.serves_from.iter().map(move |store| key(&part.sku, store))).collect()
}
