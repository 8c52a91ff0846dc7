//! The counter of a store on a phone: who may enter, what is to be done there, and each thing that is done, written once.
//!
//! Load the shop, its counter's key and what the page needs, decide who stands there ([`ticket`]) and what is meant (`typed`),
//! save it through the same workflows as the command uses, tell it in one sentence. Pages are drawn by `reports::counter`.

mod answer;
mod count;
mod entrance;
mod goods;
mod look;
mod paper;
mod pick_up;
mod prepare;
mod request;
pub mod ticket;
mod typed;
mod words;

pub use entrance::{KEY_KEPT_MS, KeyShelf as CounterKeys};
pub use request::LINK_FIELD;
pub use ticket::sealed_link;

use crate::counters::Counters;
use answer::{Away, Reply};
use aws_lambda_events::event::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use channels::channel::Clock;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::ShopSource;
use reports::Language;
use reports::counter::{Frame, Guard, Screen};
use request::{Page, Request};
use std::sync::Arc;
use table::{Table, TableError};
use ticket::{CounterKey, Role, Ticket};

/// What this function needs.
#[derive(Clone)]
pub struct Counter {
    /// Shops, without their accounts' secrets.
    pub shops: ShopSource,
    /// Where each shop's counter key lies.
    pub store: SecretStore,
    /// The book.
    pub table: Table,
    /// The time.
    pub clock: Clock,
    /// The keys that were read a moment ago.
    pub keys: CounterKeys,
    /// What was let in, done and refused.
    pub counters: Counters,
}

/// A person at the counter, whose session is good.
struct Desk {
    shop: Arc<Shop>,
    key: CounterKey,
    ticket: Ticket,
    /// The session as the cookie has it: forms are bound to it.
    session: String,
    language: Language,
    now: Timestamp,
}

impl Desk {
    fn frame(&self) -> Frame<'_> {
        Frame {
            shop: &self.shop,
            location: &self.ticket.location,
            by: &self.ticket.by,
            is_owner: self.ticket.role == Role::Owner,
            language: self.language,
        }
    }

    /// A new form's: its reference counts once.
    fn guard(&self) -> Result<Guard, Away> {
        ticket::guard(&self.key, &self.session, self.now).ok_or(Away::NotNow)
    }
}

impl Counter {
    /// Handles one HTTP request as the gateway hands it over.
    pub async fn handle(&self, event: ApiGatewayV2httpRequest) -> ApiGatewayV2httpResponse {
        let request = match Request::read(&event) {
            Ok(request) => request,
            Err(away) => return answer::turned_away(away),
        };
        match self.serve(&request).await {
            Ok(response) => response,
            Err(away) => {
                self.counters.add(away.counted_as());
                answer::turned_away(away)
            }
        }
    }

    async fn serve(&self, request: &Request) -> Result<ApiGatewayV2httpResponse, Away> {
        let (desk, cookie) = self.enter(request).await?;
        let reply = match (cookie.is_some(), request.is_post) {
            (true, _) => Reply::page(Screen::Welcome),
            (false, true) => self.act(&desk, request).await?,
            (false, false) => self.look(&desk, request).await?,
        };
        let (shop, location, page) = (&desk.shop.id, &desk.ticket.location, request.page.name());
        tracing::info!(%shop, %location, page, status = reply.status, "counter answered");
        self.counters.add(if reply.status == 200 { "counter_served" } else { "counter_refused" });
        Ok(answer::answer(&desk, request, &reply, cookie))
    }

    /// What was said, if the form was this person's own.
    async fn act(&self, desk: &Desk, request: &Request) -> Result<Reply, Away> {
        let form = &request.form;
        let guard = ticket::read_guard(&desk.key, &desk.session, form.get("ref"), form.get("token"));
        let guard = guard.ok_or(Away::NotYourForm)?;
        let reply = match request.page {
            Page::PickUp => self.pick_up(desk, guard, form).await,
            Page::Prepare => self.prepare(desk, guard, form).await,
            Page::Goods(kind) => self.write_goods(desk, guard, (kind, form)).await,
            Page::Count => self.count(desk, guard, form).await,
            Page::Paper => self.write_on_paper(desk, guard, form).await,
            Page::Home | Page::Product | Page::Unknown => return Err(Away::NoSuchPage),
        };
        reply.map_err(|error| lost(desk, &error))
    }
}

/// The book did not answer: whether the word is in it is not known, and sending it again is safe.
fn lost(desk: &Desk, error: &TableError) -> Away {
    tracing::error!(shop = %desk.shop.id, location = %desk.ticket.location, %error, "counter not served");
    Away::NotNow
}
