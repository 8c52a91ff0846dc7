//! News of a simulated day on its way to the front door: now and then lost, late, doubled or overtaken.

use super::dice::Dice;
use super::fault::Fault;
use super::front_door::Knock;
use super::push;
use super::queue::Arriving;
use super::sim::{Sim, lock};
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use commerce::ids::ConnectionId;
use commerce::order::ChannelOrder;
use std::sync::Arc;
use std::time::Duration;
use workflows::messages::{Record, RecordMessage, to_text};

/// A channel tells of a change: by a webhook, or in its queue of events where it has no webhooks.
pub(super) fn tell(sim: &Arc<Sim>, dice: &mut Dice, connection: usize, told: &ChannelOrder) {
    let plan = &sim.world.connections[connection];
    let is_lost = lock(&sim.weather).strikes(Fault::WebhookLost);
    // Pushes that did not reach us are kept where the channel says so; some channels only keep.
    let keeps = match plan.facts.channel {
        "tiki" => true,
        "shopee" => is_lost && dice.chance(500),
        _ => false,
    };
    if keeps {
        lock(&sim.events).add(connection, told.id.clone());
        return;
    }
    if is_lost {
        return;
    }
    let Some(event) = push::of(&sim.world, plan, told) else { return };
    send(sim, dice, connection, &event);
}

fn order_message(sim: &Sim, connection: &ConnectionId, told: &ChannelOrder) -> RecordMessage {
    RecordMessage {
        shop: sim.world.shop.clone(),
        connection: connection.clone(),
        record: Record::Order(Box::new(told.clone())),
        shops_file: None,
    }
}

/// A sale at a till is told for certain, late or twice: no list would bring it back.
pub(super) fn tell_of_sale(sim: &Arc<Sim>, dice: &mut Dice, till: &ConnectionId, told: &ChannelOrder) {
    let body = to_text(&order_message(sim, till, told));
    send_surely(sim, dice, "orders", body);
}

/// A record that reaches the queue for certain.
pub(super) fn send_surely(sim: &Arc<Sim>, dice: &mut Dice, queue: &'static str, body: String) {
    let wait_ms = dice.between(200, 90_000);
    let sim = sim.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
        let now_ms = sim.now_ms();
        let group = Some(sim.world.shop.to_string());
        if let Some(queue) = lock(&sim.queues).get_mut(queue) {
            queue.send(Arriving { body, group, ..Arriving::default() }, now_ms);
        }
    });
}

fn send(sim: &Arc<Sim>, dice: &mut Dice, connection: usize, event: &ApiGatewayV2httpRequest) {
    let copies = 1 + i64::from(lock(&sim.weather).strikes(Fault::WebhookDoubled)) * dice.between(1, 2);
    for _ in 0..copies {
        let is_late = lock(&sim.weather).strikes(Fault::WebhookLate);
        let wait_ms = if is_late { dice.between(30_000, 240_000) } else { dice.between(100, 4_000) };
        let at_ms = sim.now_ms() + wait_ms;
        let earlier_ms = lock(&sim.last_news).insert(connection, at_ms);
        if earlier_ms.is_some_and(|earlier_ms| earlier_ms > at_ms) {
            lock(&sim.weather).count(Fault::WebhookOvertaken);
        }
        let (sim, event) = (sim.clone(), event.clone());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
            sim.front_door.knock(Knock { connection, event, tries: 0 });
        });
    }
}
