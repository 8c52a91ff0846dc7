//! What is said about a paper that is there: it left, it arrived, it is lost, it is called off, it was looked at.

use super::answer::Reply;
use super::goods::{said, tell};
use super::look::{concerns, paper_page};
use super::request::Fields;
use super::ticket::Role;
use super::{Counter, Desk, typed, words};
use commerce::goods::{Document, Paper, Transfer, Word};
use commerce::ids::DocumentNumber;
use reports::counter::{Guard, PaperPage, Screen};
use table::TableError;

impl Counter {
    /// Writes it, unless somebody has written on the paper since this person looked at it.
    pub(super) async fn write_on_paper(
        &self,
        desk: &Desk,
        guard: Guard,
        form: &Fields,
    ) -> Result<Reply, TableError> {
        let Some((number, document)) = self.paper_of(desk, form).await? else {
            let home = self.home(desk).await?;
            return Ok(Reply { status: 404, notice: Some(words::no_such_paper(desk.language)), ..home });
        };
        let is_known = document.words.iter().any(|spoken| spoken.reference == guard.reference);
        if !is_known && form.get("seen") != document.words.len().to_string() {
            return again(desk, number, document, words::paper_changed(desk.language));
        }
        match meant(desk, &document, form) {
            Err(why) => again(desk, number, document, why),
            Ok(word) => {
                let said = said(desk, &guard.reference, word, "");
                let written = self.say(desk, &number, &said).await?;
                let page = PaperPage { guard, number: number.clone(), document };
                Ok(tell(desk, &number, written, || Screen::Paper(page)))
            }
        }
    }

    async fn paper_of(
        &self,
        desk: &Desk,
        form: &Fields,
    ) -> Result<Option<(DocumentNumber, Document)>, TableError> {
        let Ok(number) = DocumentNumber::new(form.get("number")) else { return Ok(None) };
        let found = self.table.load_goods(&desk.shop.id, &number).await?;
        let found = found.map(|(document, _)| document);
        Ok(found
            .filter(|document| concerns(document, &desk.ticket.location))
            .map(|document| (number, document)))
    }
}

/// The paper as it is now, with why nothing was written.
fn again(desk: &Desk, number: DocumentNumber, document: Document, why: String) -> Result<Reply, TableError> {
    let page = paper_page(desk, number, document)?;
    Ok(Reply { status: 409, notice: Some(why), ..page })
}

/// The word, or a sentence for the person. Who has the goods says that they leave, who gets them that they are there.
fn meant(desk: &Desk, document: &Document, form: &Fields) -> Result<Word, String> {
    let (here, l) = (&desk.ticket.location, desk.language);
    let goods = typed::goods_meant(&desk.shop, &typed::rows(form, "units"), l);
    match (form.get("word"), &document.paper) {
        ("depart" | "cancel", Paper::Transfer(Transfer { from, .. })) if from != here => {
            Err(words::other_store(from, l))
        }
        ("arrive", Paper::Transfer(Transfer { to, .. })) if to != here => Err(words::other_store(to, l)),
        ("cancel", Paper::Transfer(_)) => Ok(Word::Cancel),
        ("depart", Paper::Transfer(_)) => Ok(Word::Depart(Some(goods?))),
        ("arrive", Paper::Transfer(_)) => Ok(Word::Arrive(Some(goods?))),
        ("lose", Paper::Transfer(_)) if desk.ticket.role == Role::Owner => Ok(Word::Lose(Some(goods?))),
        ("lose", Paper::Transfer(_)) => Err(words::for_owners(l)),
        ("inspect", Paper::Return(_)) => {
            let scrapped = typed::goods_meant(&desk.shop, &typed::rows(form, "scrapped"), l)?;
            Ok(Word::Inspect { location: here.clone(), sellable: goods?, scrapped })
        }
        _ => Err(words::nothing_said(l)),
    }
}
