//! The front door of a simulated day: the real `receive-webhook`, which may die between any two of its side effects.

use super::blackout;
use super::control::{Cut, run};
use super::fault::Fault;
use super::push;
use super::sim::{Sim, lock};
use aws_lambda_events::event::apigw::ApiGatewayV2httpRequest;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use workflows::ReceiveWebhook;

/// The time the function has.
const TIME: Duration = Duration::from_secs(10);
/// How often a channel sends again what was not taken. Real ones do so for hours; simulated days are short.
const AGAIN_MAX: u32 = 2;
/// After how long, in milliseconds.
const AGAIN_MS: (i64, i64) = (20_000, 200_000);

/// A webhook at the door.
pub(super) struct Knock {
    pub(super) connection: usize,
    pub(super) event: ApiGatewayV2httpRequest,
    /// How often it was sent before.
    pub(super) tries: u32,
}

/// Who stands before the door.
#[derive(Default)]
pub(super) struct FrontDoor {
    waiting: Mutex<VecDeque<Knock>>,
    bell: Notify,
}

impl FrontDoor {
    /// A webhook arrives.
    pub(super) fn knock(&self, knock: Knock) {
        lock(&self.waiting).push_back(knock);
        self.bell.notify_one();
    }

    async fn next(&self) -> Knock {
        loop {
            let first = lock(&self.waiting).pop_front();
            if let Some(knock) = first {
                return knock;
            }
            self.bell.notified().await;
        }
    }
}

/// Lets webhooks in, each by itself, for ever.
pub(super) fn open(sim: Arc<Sim>, receive: ReceiveWebhook) {
    let receive = Arc::new(receive);
    tokio::spawn(async move {
        loop {
            let knock = sim.front_door.next().await;
            tokio::spawn(let_in(sim.clone(), receive.clone(), knock));
        }
    });
}

/// What is signed and cannot be read is set aside for a person: in these days it is a mistake of the house.
fn unreadable(sim: &Sim, receive: &ReceiveWebhook) {
    if receive.counters.reading().contains_key("webhook_unreadable") {
        sim.fail("a channel's webhook cannot be read");
    }
}

async fn let_in(sim: Arc<Sim>, receive: Arc<ReceiveWebhook>, knock: Knock) {
    if blackout::swallows(&sim, knock.connection) {
        return;
    }
    let answer = run(receive.handle(knock.event.clone()), TIME).await;
    match answer {
        Ok(response) if response.status_code == 200 => return unreadable(&sim, &receive),
        // A simulated channel signs as its pages say, so whatever else is refused is a mistake of the house.
        Ok(response) if response.status_code != 503 => {
            return sim.fail(&format!("a signed webhook is answered {}", response.status_code));
        }
        Ok(_) | Err(Cut::Crashed | Cut::OutOfTime) => {}
    }
    lock(&sim.weather).count(Fault::WebhookNotTaken);
    let channel = sim.world.connections[knock.connection].facts.channel;
    sim.note(|| format!("a webhook of {channel} is not taken"));
    if knock.tries < AGAIN_MAX && push::sends_again(channel) {
        let wait_ms = lock(&sim.weather).how(Fault::WebhookAgain, AGAIN_MS.0, AGAIN_MS.1);
        tokio::time::sleep(Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))).await;
        lock(&sim.weather).count(Fault::WebhookAgain);
        sim.front_door.knock(Knock { tries: knock.tries + 1, ..knock });
    }
}
