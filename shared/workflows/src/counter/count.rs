//! A product was counted at the counter: written once, as of the moment at which its page was opened.

use super::answer::Reply;
use super::request::Fields;
use super::{Counter, Desk, ticket, typed, words};
use crate::record_levels::RecordLevels;
use commerce::Timestamp;
use commerce::goods::Goods;
use commerce::ids::Sku;
use commerce::level::Level;
use commerce::order::UNITS_MAX;
use commerce::stock::StockKey;
use lambda_kit::batch::Outcome;
use reports::counter::{CountForm, Guard, Row, Screen, Told};
use table::TableError;

/// A page that was open for longer than this, in milliseconds, is no count of one moment any more.
const COUNT_MS_MAX: i64 = 60 * 60 * 1_000;

impl Counter {
    /// Records the count that the form says.
    pub(super) async fn count(&self, desk: &Desk, guard: Guard, form: &Fields) -> Result<Reply, TableError> {
        let row = Row { sku: form.get("sku").to_owned(), units: form.get("units").to_owned() };
        let began = ticket::drawn_at(&guard.reference).unwrap_or(desk.now);
        let (sku, level) = match meant(desk, &row, began) {
            Ok(meant) => meant,
            Err(why) => return again(desk, row, why),
        };
        let before = self.counted_at(desk, &sku, &level).await?;
        if before == Some(began) {
            return Ok(Reply::page(Screen::Told(told(desk, &sku, &level, false))));
        }
        if desk.now.as_millisecond() - began.as_millisecond() > COUNT_MS_MAX {
            return again(desk, row, words::counted_too_long(desk.language));
        }
        let levels = RecordLevels { table: &self.table };
        if let Outcome::Again { .. } = levels.record(&desk.shop.id, &sku, &level).await {
            return again(desk, row, words::count_again(desk.language));
        }
        match self.counted_at(desk, &sku, &level).await? == Some(began) {
            true => Ok(Reply::page(Screen::Told(told(desk, &sku, &level, true)))),
            false => again(desk, row, words::later_count(desk.language)),
        }
    }

    /// As of when the book's last count of the product in this store is.
    async fn counted_at(
        &self,
        desk: &Desk,
        sku: &Sku,
        level: &Level,
    ) -> Result<Option<Timestamp>, TableError> {
        let key = StockKey { sku: sku.clone(), location: level.location.clone() };
        let found = self.table.load_stock(&desk.shop.id, std::slice::from_ref(&key)).await?;
        Ok(found.get(&key).and_then(|stock| stock.baseline))
    }
}

/// The count with who counted, or a sentence for the person.
fn meant(desk: &Desk, row: &Row, began: Timestamp) -> Result<(Sku, Level), String> {
    let (location, l) = (desk.ticket.location.clone(), desk.language);
    if desk.shop.is_till_owned(&location) {
        return Err(words::till_counts(l));
    }
    let sku = typed::sku(&desk.shop, &row.sku, l)?;
    let on_hand = typed::whole(&row.units, l)?;
    if !(0..=UNITS_MAX).contains(&on_hand) {
        return Err(words::none_or_more(l));
    }
    // No account's name holds a bracket, so nobody takes a person's count for a till's.
    let source = format!("{} (counter)", desk.ticket.by);
    Ok((sku, Level { location, on_hand, as_of: began, source }))
}

/// The form again, as of now: what was typed is to be counted anew.
fn again(desk: &Desk, row: Row, why: String) -> Result<Reply, TableError> {
    let guard = desk.guard().map_err(|_| TableError::Broken("a form cannot be signed".to_owned()))?;
    Ok(Reply::refused(Screen::Count(CountForm { guard, began: desk.now, row }), why))
}

fn told(desk: &Desk, sku: &Sku, level: &Level, is_new: bool) -> Told {
    let (sentence, next) = words::counted(sku, level.on_hand, is_new, desk.language);
    Told { sentence, next, goods: Goods::new(), paper: None, product: Some(sku.clone()), counts: Vec::new() }
}
