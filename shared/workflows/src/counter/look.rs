//! What a page shows before anything is said: what is to be done, an empty form, a paper, a product's numbers.

use super::answer::{Away, Reply};
use super::request::{Page, Request};
use super::{Counter, Desk, lost, typed, words};
use commerce::effect::OrderState;
use commerce::goods::{Document, Paper};
use commerce::ids::{DocumentNumber, LocationId};
use commerce::pick_up::CountWanted;
use commerce::plan::OrderKey;
use commerce::stock::StockKey;
use reports::counter::{
    CountForm, GoodsForm, GoodsKind, Guard, HoldLine, Home, MissedLine, PaperLine, PaperPage, ProductLine,
    ProductPage, Row, Screen,
};
use table::TableError;

impl Counter {
    /// The page that was asked for.
    pub(super) async fn look(&self, desk: &Desk, request: &Request) -> Result<Reply, Away> {
        let query = &request.query;
        let reply = match request.page {
            Page::Home => self.home(desk).await,
            Page::PickUp => return Ok(Reply::page(Screen::AskCode(desk.guard()?))),
            Page::Goods(kind) => return empty_form(desk, kind),
            Page::Count => return Ok(Reply::page(Screen::Count(count_form(desk, query.get("sku"))?))),
            Page::Prepare => self.home(desk).await,
            Page::Paper => self.paper(desk, query.get("number")).await,
            Page::Product => self.product(desk, query.get("sku")).await,
            Page::Unknown => return Err(Away::NoSuchPage),
        };
        reply.map_err(|error| lost(desk, &error))
    }

    /// What is to be done in this store.
    pub(super) async fn home(&self, desk: &Desk) -> Result<Reply, TableError> {
        let here = &desk.ticket.location;
        let keys: Vec<OrderKey> = self.table.held_orders(&desk.shop.id).await?.into_iter().collect();
        let found = self.table.load_orders(&keys, true).await?;
        let open = found.iter().filter(|(_, (state, _))| is_open(state) && lies_in(state).contains(&here));
        let lines = open.map(|(key, (state, _))| hold_line(desk, key, state));
        let (mut waiting, mut holds): (Vec<_>, Vec<_>) =
            lines.partition(|hold| hold.waits_minutes.is_some() && !hold.is_over);
        waiting.sort_by_key(|hold: &HoldLine| (std::cmp::Reverse(hold.waits_minutes), hold.order.clone()));
        holds.sort_by_key(|hold| (hold.until.is_none(), hold.until, hold.order.clone()));
        let papers = self.table.open_goods(&desk.shop.id).await?;
        let waiting = Some((guard(desk)?, waiting));
        let mut home = Home { waiting, counts: self.missed(desk).await?, holds, ..Home::default() };
        for (number, document) in papers {
            match whose(&document, here) {
                Some(Whose::Transfer) => home.transfers.push(PaperLine { number, document }),
                Some(Whose::Return) => home.returns.push(PaperLine { number, document }),
                None => {}
            }
        }
        Ok(Reply::page(Screen::Home(home)))
    }

    /// What was not found here and not counted since, the latest on top. Where a till counts, its people have to.
    async fn missed(&self, desk: &Desk) -> Result<Vec<MissedLine>, TableError> {
        let here = &desk.ticket.location;
        let mut wanted = self.table.counts_wanted(&desk.shop.id).await?;
        wanted.retain(|wanted| wanted.balance.location == *here && !desk.shop.is_till_owned(here));
        let keys: Vec<StockKey> = wanted.iter().map(|wanted| wanted.balance.clone()).collect();
        let stock = self.table.load_stock(&desk.shop.id, &keys).await?;
        wanted.retain(|wanted| wanted.is_open(stock.get(&wanted.balance).and_then(|stock| stock.baseline)));
        wanted.sort_by_key(|wanted| std::cmp::Reverse(wanted.said.at));
        let line = |wanted: CountWanted| MissedLine {
            sku: wanted.balance.sku,
            units: wanted.units,
            at: wanted.said.at,
        };
        Ok(wanted.into_iter().map(line).collect())
    }

    async fn paper(&self, desk: &Desk, number: &str) -> Result<Reply, TableError> {
        let found = match DocumentNumber::new(number) {
            Ok(number) => self.table.load_goods(&desk.shop.id, &number).await?.map(|found| (number, found.0)),
            Err(_) => None,
        };
        let Some((number, document)) =
            found.filter(|(_, document)| concerns(document, &desk.ticket.location))
        else {
            let home = self.home(desk).await?;
            return Ok(Reply { status: 404, notice: Some(words::no_such_paper(desk.language)), ..home });
        };
        paper_page(desk, number, document)
    }

    async fn product(&self, desk: &Desk, asked: &str) -> Result<Reply, TableError> {
        let mut page = ProductPage { asked: asked.to_owned(), lines: Vec::new() };
        if asked.is_empty() {
            return Ok(Reply::page(Screen::Product(page)));
        }
        match typed::sku(&desk.shop, asked, desk.language) {
            Err(why) => {
                page.asked.clear();
                Ok(Reply::refused(Screen::Product(page), why))
            }
            Ok(sku) => {
                let found = self.table.stock_of_sku(&desk.shop.id, &sku).await?;
                let line = |(key, stock): (commerce::stock::StockKey, _)| ProductLine {
                    location: key.location,
                    stock,
                };
                page.lines = found.into_iter().map(line).collect();
                page.lines.sort_by_key(|line| (line.location != desk.ticket.location, line.location.clone()));
                Ok(Reply::page(Screen::Product(page)))
            }
        }
    }
}

/// A paper with a form of its own.
pub(super) fn paper_page(
    desk: &Desk,
    number: DocumentNumber,
    document: Document,
) -> Result<Reply, TableError> {
    Ok(Reply::page(Screen::Paper(PaperPage { guard: guard(desk)?, number, document })))
}

fn guard(desk: &Desk) -> Result<Guard, TableError> {
    desk.guard().map_err(|_| TableError::Broken("a form cannot be signed".to_owned()))
}

fn empty_form(desk: &Desk, kind: GoodsKind) -> Result<Reply, Away> {
    let form = GoodsForm { guard: desk.guard()?, kind, rows: Vec::new(), chosen: Vec::new() };
    Ok(Reply::page(Screen::Goods(form)))
}

/// A count begins when its page is drawn.
fn count_form(desk: &Desk, sku: &str) -> Result<CountForm, Away> {
    let row = Row { sku: sku.to_owned(), units: String::new() };
    Ok(CountForm { guard: desk.guard()?, began: desk.now, row })
}

/// What a hold shows at the counter: never its code.
pub(super) fn hold_line(desk: &Desk, key: &OrderKey, state: &OrderState) -> HoldLine {
    let open = state.lines.iter().filter(|line| line.cancelled < line.quantity);
    HoldLine {
        order: key.order.clone(),
        connection: key.connection.clone(),
        purpose: state.hold.as_ref().map(|held| held.terms.purpose),
        goods: open.map(|line| (line.listing.clone(), line.quantity - line.cancelled)).collect(),
        until: state.holds_until(),
        is_over: state.over_since(desk.now).is_some(),
        waits_minutes: state.waits_for_store().map(|since| desk.now.duration_since(since).as_mins()),
        ready: state.at_store().and_then(|at_store| at_store.ready.clone()),
    }
}

fn is_open(state: &OrderState) -> bool {
    state.holds_until().is_some() || state.code().is_some()
}

/// The stores in which an order's units lie.
pub(super) fn lies_in(state: &OrderState) -> std::collections::BTreeSet<&LocationId> {
    state.lines.iter().filter_map(|line| line.decision.as_ref()).map(|decision| &decision.location).collect()
}

enum Whose {
    Transfer,
    Return,
}

/// Whether somebody in this store has to do with a paper that is not finished.
fn whose(document: &Document, here: &LocationId) -> Option<Whose> {
    match &document.paper {
        Paper::Transfer(transfer) if transfer.from == *here || transfer.to == *here => Some(Whose::Transfer),
        Paper::Return(back) => {
            let waits = back.stores.get(here).is_some_and(|here| !here.in_quarantine().is_empty());
            waits.then_some(Whose::Return)
        }
        Paper::Receipt { .. } | Paper::Adjustment { .. } | Paper::Transfer(_) => None,
    }
}

/// Whether a paper, finished or not, is about goods of this store.
pub(super) fn concerns(document: &Document, here: &LocationId) -> bool {
    match &document.paper {
        Paper::Receipt { location, .. } | Paper::Adjustment { location, .. } => location == here,
        Paper::Transfer(transfer) => transfer.from == *here || transfer.to == *here,
        Paper::Return(back) => back.stores.contains_key(here),
    }
}
