//! Messages that nobody can read: they are set aside for a person with a reason, and nobody waits behind them.

use crate::Stage;
use crate::door::until_quiet;
use commerce::ids::{ConnectionId, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::level::Level;
use commerce::park::ParkReason;
use deployed::Problem;
use deployed::shop::{PATIENCE, line};
use deployed::shops_file::{PRODUCTS, SHOPEE};
use deployed::until::{ensure, until_equal};
use deployed::world::World;
use lambda_kit::clock;
use table::keys;
use table::parked_item::Parked;
use twins::Twin;
use workflows::announce_stock::bucket;
use workflows::messages::{Ask, LookUpMessage, Record, RecordMessage, to_text};
use workflows::parking::OPERATOR_SHOP;

/// Not JSON, and JSON of no shape we know; each names the queue it was meant for, so that it can be told apart.
fn poison(queue: &str) -> [String; 2] {
    [format!("poison for {queue}"), format!(r#"{{"poison":"{queue}"}}"#)]
}

/// In each of the three queues, with good messages in the same batch.
pub(crate) async fn is_set_aside_with_a_reason(stage: &Stage<'_>) -> Result<(), Problem> {
    let (world, shop, product) = (&stage.world, &stage.shops.troubled, PRODUCTS[1]);
    shop.until_open().await?;
    // A note about an order that no webhook has told of.
    let order = shop.shopee.place_order(&line(product.shopee, 2))?;
    drop(shop.shopee.take_pushes());
    let look_up = to_text(&LookUpMessage {
        shop: shop.id.clone(),
        connection: ConnectionId::new(SHOPEE)?,
        ask: Ask::Order { order: OrderId::new(order.as_str())? },
    });
    send_with_poison(world, "lookups", &look_up).await?;
    shop.until_shown(&product, 118, PATIENCE).await?;
    // A count of the second store.
    let (location, source) = (LocationId::new("hcm")?, "count".to_owned());
    let level = Level { location, on_hand: 55, as_of: clock::system()(), source };
    let count = to_text(&RecordMessage {
        shop: shop.id.clone(),
        connection: ConnectionId::new(SHOPEE)?,
        record: Record::Level { sku: Sku::new(product.sku)?, level },
        shops_file: None,
    });
    // First the poison for the listings of Shopee: the count's own note must not wait behind it.
    let group = format!("{}#{SHOPEE}#{}", shop.id, bucket(&ListingId::new(product.shopee)?));
    world.publish.send(&poison("publish"), Some(&group)).await?;
    send_with_poison(world, "orders", &count).await?;
    shop.until_shown(&product, 133, PATIENCE).await?;
    until_quiet(world).await?;
    let meant_for = ["lookups", "orders", "publish"];
    let wanted: Vec<String> = meant_for.iter().flat_map(|queue| poison(queue)).collect();
    until_equal("the poison to be parked", &wanted.len(), PATIENCE, async || {
        let notes = parked(world).await?;
        let unreadable = |note: &&Parked| matches!(note.reasons[..], [ParkReason::Unreadable { .. }]);
        Ok(notes.iter().filter(unreadable).filter(|note| wanted.contains(&note.body)).count())
    })
    .await?;
    for queue in &world.dead {
        ensure(queue.waiting_and_taken().await? == (0, 0), || format!("{} is not empty", queue.name()))?;
    }
    let list = world.operator.hopkenh(&["parked"], &[]).await?;
    ensure(list.contains(OPERATOR_SHOP), || format!("hopkenh parked does not list it: {list}"))
}

async fn send_with_poison(world: &World, queue: &str, good: &str) -> Result<(), Problem> {
    let [first, second] = poison(queue);
    let line = if queue == "lookups" { &world.lookups } else { &world.orders };
    line.send(&[first, good.to_owned(), second], None).await
}

/// What waits for the operator, this month and the last.
async fn parked(world: &World) -> Result<Vec<Parked>, Problem> {
    let operator = ShopId::new(OPERATOR_SHOP)?;
    let mut notes = Vec::new();
    for month in keys::parked_months(&operator, clock::system()(), 1) {
        notes.extend(world.table.parked_in(&operator, month).await?);
    }
    Ok(notes)
}
