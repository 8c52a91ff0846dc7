//! A stand-in for complete polls, used only with a shared pool until `fetch-orders` reads the channels' own lists.

use super::sim::Sim;
use super::truth::time;
use channels::channel::Notice;
use channels::gateway::{Account, Gateway};
use channels::paging::Window;
use lambda_kit::queues::{Outgoing, Queue};
use lambda_kit::shop_source::ShopSource;
use workflows::messages::{Ask, LookUpMessage, Record, RecordMessage, outgoing, outgoing_look_up};

/// Lists every account and passes on whatever is there; the book takes what is new.
pub(super) async fn list(
    sim: &Sim,
    gateway: &Gateway,
    shops: &ShopSource,
    orders: &Queue,
    lookups: &Queue,
) -> Result<(), String> {
    let ShopSource::Fixed(shops) = shops else { return Ok(()) };
    let window = Window { from: time(sim.now_ms() - 180 * 60_000), to: time(sim.now_ms() + 60_000) };
    for plan in &sim.world.connections {
        let Some((shop, connection)) = shops.connection(&sim.world.shop, &plan.id) else { continue };
        let account = Account { shop, connection, secrets: shops.secrets(&shop.id, &connection.id) };
        let (mut records, mut asks): (Vec<Outgoing>, Vec<Outgoing>) = (Vec::new(), Vec::new());
        let mut cursor = None;
        loop {
            let page =
                gateway.list_orders(&account, window, cursor.as_ref()).await.map_err(|e| e.to_string())?;
            for row in page.rows.into_iter().flatten() {
                let (shop, connection) = (shop.id.clone(), connection.id.clone());
                match row {
                    Notice::Order(order) => {
                        let record = Record::Order(order);
                        records.push(outgoing(&RecordMessage { shop, connection, record, shops_file: None }));
                    }
                    Notice::OrderChanged { order } => {
                        let ask = Ask::Order { order };
                        asks.push(outgoing_look_up(&LookUpMessage { shop, connection, ask }));
                    }
                    Notice::StockLevel { .. } | Notice::Nothing { .. } => {}
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        orders.send(records).await.map_err(|e| e.to_string())?;
        lookups.send(asks).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}
