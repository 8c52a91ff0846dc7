//! `hopkenh parked replay`: what was mended is tried once more. Safe at any time: nothing counts twice.
//!
//! On AWS the message goes back into its queue; on one machine it is worked on at once, beside a running machine or without
//! one. The note goes only after that, and what fails again is parked again.

use crate::demo::texts::Language;
use crate::place::{Place, Stack};
use crate::terminal;
use crate::up::Problem;
use channels::channel::Clock;
use channels::outside::Outside;
use lambda_kit::aws::AwsAccess;
use lambda_kit::batch::{Message, Outcome};
use lambda_kit::queues::{Outgoing, Queue};
use lambda_kit::{clock, way_out};
use one_machine::aside::Aside;
use std::sync::Arc;
use table::parked_item::Parked;
use workflows::messages::to_text;
use workflows::parking::{Parcel, parcel};
use workflows::{ForwardOrders, LookUpOrders, PublishStock, RecordOrders};

/// What became of one piece of work.
enum Tried {
    /// It went back into its queue.
    Sent,
    /// It was worked on: done, or parked anew.
    Done,
    /// Not now; it stays on the list.
    NotNow(String),
    /// There is nothing in it that could be sent.
    Nothing,
}

/// Tries each once more; the answer is a table.
pub(super) async fn all(
    place: &Place,
    notes: &[Parked],
    (outside, clock): (Outside, &Clock),
    language: Language,
) -> Result<String, Problem> {
    let head = match language {
        Language::Vi => ["Lúc", "Cửa hàng", "Kết nối", "Việc", "Kết quả"],
        Language::En => ["When", "Shop", "Connection", "What", "Result"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for note in notes {
        let tried = one(place, note, (outside, clock)).await?;
        if matches!(tried, Tried::Sent | Tried::Done) {
            place.table.unpark(note).await?;
        }
        let place = [note.shop.to_string(), note.connection.to_string(), note.subject.clone()];
        rows.push([vec![format!("{:.0}", note.at)], place.to_vec(), vec![tried.text(language)]].concat());
    }
    Ok(terminal::table(&rows))
}

async fn one(place: &Place, note: &Parked, (outside, clock): (Outside, &Clock)) -> Result<Tried, Problem> {
    let Some(parcel) = parcel(&note.body) else { return Ok(Tried::Nothing) };
    match &place.stack {
        Some(stack) => send(stack, note, parcel).await,
        None => here(place, parcel, outside, clock.clone()).await,
    }
}

async fn send(stack: &Stack, note: &Parked, parcel: Parcel) -> Result<Tried, Problem> {
    let sqs = AwsAccess::from_environment()?.sqs();
    let (url, message) = match parcel {
        Parcel::LookUp(body) => (&stack.lookups_queue_url, Outgoing::for_shop(&note.shop, body)),
        Parcel::Record(body) => (&stack.orders_queue_url, Outgoing::for_shop(&note.shop, body)),
        Parcel::Forward(forward) => {
            let why = format!("replay-{}", clock::system()().as_millisecond());
            (&stack.forward_queue_url, forward.outgoing(&why))
        }
        Parcel::Publish(group, publish) => {
            let sent_at_ms = clock::system()().as_millisecond();
            let deduplication = Some(format!("replay-{sent_at_ms}"));
            let body = to_text(&*publish);
            (&stack.publish_queue_url, Outgoing { body, group: Some(group), deduplication, delay_seconds: 0 })
        }
    };
    Queue::new(sqs, url).send(vec![message]).await?;
    Ok(Tried::Sent)
}

/// Worked on by the functions' own code.
async fn here(place: &Place, parcel: Parcel, outside: Outside, clock: Clock) -> Result<Tried, Problem> {
    let aside = Aside::open().await?;
    let gateway = Arc::new(way_out::gateway(outside, clock.clone())?);
    let (shops, table) = (place.source(), place.table.clone());
    let record = recorder(place, &aside, &clock);
    let outcomes = match parcel {
        Parcel::Record(body) => record.handle(&[message(body)]).await,
        Parcel::LookUp(body) => {
            let orders = aside.orders.clone();
            let look_up = LookUpOrders { shops, gateway, orders, table, clock };
            let mut outcomes = look_up.handle(&[message(body)]).await;
            let found: Vec<Message> = aside.found()?.into_iter().map(message).collect();
            outcomes.extend(record.handle(&found).await);
            outcomes
        }
        Parcel::Publish(_, publish) => {
            let publishing = PublishStock { shops, gateway, table, passes: aside.passes.clone(), clock };
            publishing.handle(&[message(to_text(&*publish))]).await
        }
        Parcel::Forward(forward) => {
            let (lookups, publish) = (aside.lookups.clone(), aside.publish.clone());
            let draw = workflows::forward_orders::drawn();
            let forwarding = ForwardOrders { shops, gateway, table, lookups, publish, clock, draw };
            forwarding.handle(&[message(to_text(&forward))]).await
        }
    };
    let later = outcomes.into_iter().find_map(|outcome| match outcome {
        Outcome::Again { why, .. } => Some(why),
        Outcome::Done => None,
    });
    Ok(later.map_or(Tried::Done, Tried::NotNow))
}

fn recorder(place: &Place, aside: &Aside, clock: &Clock) -> RecordOrders {
    RecordOrders {
        shops: place.source(),
        table: place.table.clone(),
        lookups: aside.lookups.clone(),
        archive: place.archive.clone(),
        clock: clock.clone(),
    }
}

fn message(body: String) -> Message {
    Message::of_no_queue("replay".to_owned(), body)
}

impl Tried {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Sent => language.say("đã gửi lại", "sent again").to_owned(),
            Self::Done => language.say("đã làm lại", "done again").to_owned(),
            Self::NotNow(why) => {
                format!("{}: {why}", language.say("chưa được, vẫn chờ", "not now, it waits"))
            }
            Self::Nothing => {
                let text = language.say(
                    "không có gì để gửi lại; xử lý bằng tay rồi `parked drop`",
                    "nothing can be sent again; see to it by hand, then `parked drop`",
                );
                text.to_owned()
            }
        }
    }
}
