//! Goods that came in, were found or are gone, go to another store or came back, as the form of the counter says it.

use super::answer::Reply;
use super::request::Fields;
use super::ticket::Role;
use super::{Counter, Desk, typed, words};
use crate::write_goods::{WriteGoods, Written};
use commerce::goods::{Goods, Reference, Said, Word, number_of_return};
use commerce::ids::{ConnectionId, DocumentNumber, LocationId, OrderId};
use reports::counter::{GoodsForm, GoodsKind, Guard, REASONS, Screen};
use table::TableError;

/// What is typed beside the rows.
const CHOICES: [&str; 6] = ["to", "how", "reason", "connection", "order", "why"];

impl Counter {
    /// Writes what the form says; what was refused stands in the form again.
    pub(super) async fn write_goods(
        &self,
        desk: &Desk,
        guard: Guard,
        (kind, form): (GoodsKind, &Fields),
    ) -> Result<Reply, TableError> {
        let chosen = CHOICES.map(|name| (name.to_owned(), form.get(name).to_owned())).to_vec();
        let typed = GoodsForm { guard, kind, rows: typed::rows(form, "units"), chosen };
        match meant(desk, &typed) {
            Err(why) => Ok(Reply::refused(Screen::Goods(typed), why)),
            Ok((number, word)) => {
                let said = said(desk, &typed.guard.reference, word, typed.chosen("why"));
                let written = self.say(desk, &number, &said).await?;
                Ok(tell(desk, &number, written, || Screen::Goods(typed)))
            }
        }
    }

    /// Says it to the book.
    pub(super) async fn say(
        &self,
        desk: &Desk,
        number: &DocumentNumber,
        said: &Said,
    ) -> Result<Written, TableError> {
        let goods = WriteGoods { table: self.table.clone(), clock: self.clock.clone() };
        goods.write(&desk.shop, number, said).await
    }
}

/// The word with who says it and when: its reference is the form's, so that it counts once.
pub(super) fn said(desk: &Desk, reference: &Reference, word: Word, why: &str) -> Said {
    let (reference, by) = (reference.clone(), desk.ticket.by.clone());
    Said { word, reference, by, at: desk.now, why: why.to_owned() }
}

/// What came of it: a sentence, or the page again with the reason.
pub(super) fn tell(
    desk: &Desk,
    number: &DocumentNumber,
    written: Written,
    again: impl FnOnce() -> Screen,
) -> Reply {
    let l = desk.language;
    match &written {
        Written::Done(document) => Reply::page(Screen::Told(words::written(number, document, true, l))),
        Written::Known(document) => Reply::page(Screen::Told(words::written(number, document, false, l))),
        Written::Refused(refusal) => Reply::refused(again(), words::not_written(refusal, l)),
        Written::Busy(_) => Reply { status: 503, ..Reply::refused(again(), words::busy(l)) },
    }
}

/// The paper and the word, or a sentence for the person.
fn meant(desk: &Desk, form: &GoodsForm) -> Result<(DocumentNumber, Word), String> {
    let location = desk.ticket.location.clone();
    let goods = typed::goods(&desk.shop, &form.rows, desk.language)?;
    match form.kind {
        GoodsKind::Receive => Ok((new_number('R', form)?, Word::Receive { location, goods })),
        GoodsKind::Adjust if desk.ticket.role != Role::Owner => Err(words::for_owners(desk.language)),
        GoodsKind::Adjust => {
            let reason = REASONS.into_iter().find(|(code, _)| *code == form.chosen("reason"));
            let (_, reason) = reason.ok_or_else(|| words::choose_reason(desk.language))?;
            Ok((new_number('A', form)?, Word::Adjust { location, reason, goods }))
        }
        GoodsKind::Transfer => Ok((new_number('T', form)?, transfer(desk, form, location, goods)?)),
        GoodsKind::TakeBack => take_back(desk, form, location, goods),
    }
}

/// A new paper's number comes from the form's reference: the same form is the same paper.
fn new_number(kind: char, form: &GoodsForm) -> Result<DocumentNumber, String> {
    DocumentNumber::new(format!("{kind}-{}", form.guard.reference)).map_err(|error| error.to_string())
}

fn transfer(desk: &Desk, form: &GoodsForm, from: LocationId, goods: Goods) -> Result<Word, String> {
    let stores = desk.shop.locations.iter().map(|store| &store.id);
    let to = stores.filter(|id| **id != from).find(|id| id.as_str() == form.chosen("to"));
    let to = to.cloned().ok_or_else(|| words::choose_store(desk.language))?;
    match form.chosen("how") {
        "draft" => Ok(Word::Draft { from, to, goods }),
        "send" => Ok(Word::Send { from, to, goods }),
        _ => Err(words::choose_how(desk.language)),
    }
}

fn take_back(
    desk: &Desk,
    form: &GoodsForm,
    location: LocationId,
    goods: Goods,
) -> Result<(DocumentNumber, Word), String> {
    let unreadable = || words::order_unreadable(desk.language);
    let order = match (form.chosen("connection"), form.chosen("order")) {
        ("", "") => None,
        ("", _) | (_, "") => return Err(words::name_order_whole(desk.language)),
        (connection, order) => {
            let connection = ConnectionId::new(connection).map_err(|_| unreadable())?;
            Some((connection, OrderId::new(order).map_err(|_| unreadable())?))
        }
    };
    let number = match &order {
        Some((connection, order)) => number_of_return(connection, order).map_err(|_| unreadable())?,
        None => new_number('B', form)?,
    };
    Ok((number, Word::TakeBack { location, order, goods, went_out: None }))
}
