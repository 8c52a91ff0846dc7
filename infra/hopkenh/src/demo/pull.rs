//! Fetches the news that waits at a channel which calls nobody, and queues it as news that was sent to us.

use super::cast::Actor;
use super::world::{SHOP, World};
use crate::up::Problem;
use channels::channel::Notice;
use channels::gateway::Account;
use commerce::catalogue::{Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use workflows::messages::{Ask, LookUpMessage, Record, RecordMessage, outgoing, outgoing_look_up};

/// Takes everything that waits at this channel; each page is queued before the channel hears that we have it.
pub async fn pull(world: &World, actor: &Actor) -> Result<(), Problem> {
    let (shop, connection) = (ShopId::new(SHOP)?, ConnectionId::new(actor.connection())?);
    let secrets = world.shops.secrets(&shop, &connection);
    let (shop, connection) = world.shops.connection(&shop, &connection).ok_or("no such connection")?;
    let account = Account { shop, connection, secrets };
    let mut taken = None;
    loop {
        let pulled = world.gateway.pull_events(&account, taken.as_ref()).await?;
        for notice in pulled.notices {
            queue(world, shop, connection, notice.map_err(|reason| reason.advice_en())?).await?;
        }
        if pulled.receipt.is_none() || pulled.receipt == taken {
            return Ok(());
        }
        taken = pulled.receipt;
    }
}

async fn queue(world: &World, shop: &Shop, connection: &Connection, notice: Notice) -> Result<(), Problem> {
    let (shop, connection) = (shop.id.clone(), connection.id.clone());
    match notice {
        Notice::Order(order) => {
            let record = Record::Order(order);
            let message = RecordMessage { shop, connection, record, shops_file: None };
            world.machine.orders.send(vec![outgoing(&message)]).await?;
        }
        Notice::OrderChanged { order } => {
            let message = LookUpMessage { shop, connection, ask: Ask::Order { order } };
            world.machine.receive.lookups.send(vec![outgoing_look_up(&message)]).await?;
        }
        // Levels come from tills, and tills call us.
        Notice::StockLevel { .. } | Notice::Nothing { .. } => {}
    }
    Ok(())
}
