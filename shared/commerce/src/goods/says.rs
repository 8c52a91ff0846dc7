//! How a word changes a paper: the new paper, or the reason why not. Knows no stock.

use super::said::WHY_LETTERS_MAX;
use super::{
    Document, Goods, PRODUCTS_MAX, Paper, Refusal, Return, Said, Spoken, Transfer, WORDS_MAX, Word, more,
};
use crate::order::UNITS_MAX;

/// What a word comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It was said before: nothing changes.
    Known,
    /// The paper as it becomes; what it left out of balances is not decided yet.
    New(Box<Document>),
}

/// Hears a word about a paper that may be there already.
pub fn hear(document: Option<&Document>, said: &Said) -> Result<Heard, Refusal> {
    let words = document.map_or(&[][..], |document| &document.words);
    if words.iter().any(|spoken| spoken.reference == said.reference) {
        return Ok(Heard::Known);
    }
    if words.len() >= WORDS_MAX {
        return Err(Refusal::TooManyWords);
    }
    let paper = match document {
        None => begin(&said.word)?,
        Some(document) => go_on(&document.paper, &said.word)?,
    };
    let not_counted = document.map(|document| document.not_counted.clone()).unwrap_or_default();
    let words = words.iter().cloned().chain([spoken(said)]).collect();
    Ok(Heard::New(Box::new(Document { paper, words, not_counted })))
}

fn spoken(said: &Said) -> Spoken {
    Spoken {
        reference: said.reference.clone(),
        word: said.word.name().to_owned(),
        by: said.by.clone(),
        at_ms: said.at.as_millisecond(),
        why: said.why.chars().take(WHY_LETTERS_MAX).collect(),
    }
}

/// The first word about a paper makes it.
fn begin(word: &Word) -> Result<Paper, Refusal> {
    match word {
        Word::Receive { location, goods } => {
            checked(goods, 1)?;
            Ok(Paper::Receipt { location: location.clone(), goods: goods.clone() })
        }
        Word::Adjust { location, reason, goods } => {
            checked(goods, -UNITS_MAX)?;
            let (location, goods) = (location.clone(), goods.clone());
            Ok(Paper::Adjustment { location, reason: *reason, goods })
        }
        Word::Draft { from, to, .. } | Word::Send { from, to, .. } if from == to => Err(Refusal::SameStore),
        Word::Draft { from, to, goods } => {
            checked(goods, 1)?;
            Ok(Paper::Transfer(Transfer::draft(from.clone(), to.clone(), goods.clone())))
        }
        Word::Send { from, to, goods } => {
            checked(goods, 1)?;
            let mut transfer = Transfer::draft(from.clone(), to.clone(), Goods::new());
            transfer.sent = Some(goods.clone());
            Ok(Paper::Transfer(transfer))
        }
        Word::TakeBack { order, .. } => {
            let nothing_yet = Return { order: order.clone(), ..Return::default() };
            on_return(nothing_yet, word).map(Paper::Return)
        }
        Word::Cancel | Word::Depart(_) | Word::Arrive(_) | Word::Lose(_) | Word::Inspect { .. } => {
            Err(Refusal::NoSuchDocument)
        }
    }
}

/// A further word about a paper that is there.
fn go_on(paper: &Paper, word: &Word) -> Result<Paper, Refusal> {
    match (paper, word) {
        (Paper::Transfer(transfer), word) => on_transfer(transfer.clone(), word).map(Paper::Transfer),
        (Paper::Return(back), word) => on_return(back.clone(), word).map(Paper::Return),
        (Paper::Receipt { .. } | Paper::Adjustment { .. }, _) => Err(Refusal::Exists),
    }
}

fn on_transfer(mut transfer: Transfer, word: &Word) -> Result<Transfer, Refusal> {
    let has_left = transfer.sent.is_some();
    match word {
        Word::Cancel | Word::Depart(_) if has_left || transfer.is_cancelled => Err(Refusal::TooLate),
        Word::Cancel => {
            transfer.is_cancelled = true;
            Ok(transfer)
        }
        Word::Depart(goods) => {
            let goods = goods.clone().unwrap_or_else(|| transfer.drafted.clone());
            checked(&goods, 1)?;
            transfer.sent = Some(goods);
            Ok(transfer)
        }
        Word::Arrive(_) | Word::Lose(_) if transfer.is_cancelled => Err(Refusal::TooLate),
        Word::Arrive(_) | Word::Lose(_) if !has_left => Err(Refusal::NotLeft),
        Word::Arrive(goods) => {
            let goods = of_what_is_left(goods.as_ref(), &transfer.on_the_way())?;
            more(&mut transfer.arrived, &goods);
            Ok(transfer)
        }
        Word::Lose(goods) => {
            let goods = of_what_is_left(goods.as_ref(), &transfer.on_the_way())?;
            more(&mut transfer.lost, &goods);
            Ok(transfer)
        }
        Word::Receive { .. }
        | Word::Adjust { .. }
        | Word::Draft { .. }
        | Word::Send { .. }
        | Word::TakeBack { .. }
        | Word::Inspect { .. } => Err(Refusal::Exists),
    }
}

fn on_return(mut back: Return, word: &Word) -> Result<Return, Refusal> {
    match word {
        Word::TakeBack { location, order, goods, went_out } => {
            if *order != back.order {
                return Err(Refusal::Exists);
            }
            checked(goods, 1)?;
            more(&mut back.stores.entry(location.clone()).or_default().taken, goods);
            if back.stores.values().map(|here| here.taken.len()).sum::<usize>() > PRODUCTS_MAX {
                return Err(Refusal::TooManyProducts);
            }
            no_more_than(&back.taken(), went_out.as_ref())?;
            Ok(back)
        }
        Word::Inspect { location, sellable, scrapped } => {
            let Some(here) = back.stores.get_mut(location) else { return Err(Refusal::TooLate) };
            let mut both = sellable.clone();
            more(&mut both, scrapped);
            of_what_is_left(Some(&both), &here.in_quarantine())?;
            [sellable, scrapped].iter().try_for_each(|part| each_unit(part, 1))?;
            more(&mut here.sellable, sellable);
            more(&mut here.scrapped, scrapped);
            Ok(back)
        }
        _ => Err(Refusal::Exists),
    }
}

/// What is meant: these goods if as many are left, or all that are left.
fn of_what_is_left(goods: Option<&Goods>, left: &Goods) -> Result<Goods, Refusal> {
    if left.is_empty() {
        return Err(Refusal::TooLate);
    }
    let goods = goods.unwrap_or(left);
    checked(goods, 1)?;
    no_more_than(goods, Some(left))?;
    Ok(goods.clone())
}

fn no_more_than(goods: &Goods, most: Option<&Goods>) -> Result<(), Refusal> {
    let Some(most) = most else { return Ok(()) };
    let at_most = |sku| most.get(sku).copied().unwrap_or(0);
    let beyond = goods.iter().find(|(sku, units)| **units > at_most(sku));
    beyond.map_or(Ok(()), |(sku, _)| Err(Refusal::MoreThan { sku: sku.clone(), at_most: at_most(sku) }))
}

fn checked(goods: &Goods, least: i64) -> Result<(), Refusal> {
    if goods.is_empty() {
        return Err(Refusal::Nothing);
    }
    if goods.len() > PRODUCTS_MAX {
        return Err(Refusal::TooManyProducts);
    }
    each_unit(goods, least)
}

fn each_unit(goods: &Goods, least: i64) -> Result<(), Refusal> {
    let is_bad = |units: i64| units == 0 || !(least..=UNITS_MAX).contains(&units);
    let bad = goods.iter().find(|(_, units)| is_bad(**units));
    bad.map_or(Ok(()), |(sku, _)| Err(Refusal::Units(sku.clone())))
}
