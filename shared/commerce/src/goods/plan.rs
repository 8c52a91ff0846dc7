//! How a word becomes one write: the new paper, and what each balance changes by, with the conditions that guard it.

use super::effect::raw_effect;
use super::{Document, Heard, NotCounted, Refusal, Said, Word, effect, hear};
use crate::ids::{DocumentNumber, Sku};
use crate::order::in_milliseconds;
use crate::steps::StockChange;
use crate::stock::{Cause, Effect, Gone, Movement, Stock, StockDelta, StockKey, difference, longer};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A paper and the balances it changes, to be written together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsChange {
    /// The paper as it becomes.
    pub document: Document,
    /// Each balance that changes.
    pub stock: BTreeMap<StockKey, StockChange>,
}

/// What is to be done about a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// It was written before.
    Known,
    /// Write this; the write checks that the balances still are what it was made from.
    Write(Box<GoodsChange>),
}

/// Plans a word about the paper `number`. `balances` must hold every balance of [`touched`]; one that is missing is empty. Pure.
pub fn plan_word(
    number: &DocumentNumber,
    stored: Option<&Document>,
    said: &Said,
    balances: &BTreeMap<StockKey, Stock>,
) -> Result<Planned, Refusal> {
    let Heard::New(mut document) = hear(stored, said)? else { return Ok(Planned::Known) };
    let applied = stored.map(effect).unwrap_or_default();
    let moved = difference(
        &raw_effect(&document.paper),
        &stored.map(|old| raw_effect(&old.paper)).unwrap_or_default(),
    );
    for (key, delta) in &moved {
        note_if_counted(&mut document, key, delta, balances.get(key), in_milliseconds(said.at));
    }
    let delta = difference(&effect(&document), &applied);
    let mut stock = BTreeMap::new();
    for (key, delta) in delta {
        let before = balances.get(&key).cloned().unwrap_or_default();
        stock.insert(key.clone(), change(number, said, &key.sku, delta, before)?);
    }
    Ok(Planned::Write(Box::new(GoodsChange { document: *document, stock })))
}

/// Every balance that a paper touches once this word is written.
pub fn touched(stored: Option<&Document>, said: &Said) -> Result<Vec<StockKey>, Refusal> {
    let mut effects: Vec<Effect> = stored.map(|old| raw_effect(&old.paper)).into_iter().collect();
    if let Heard::New(document) = hear(stored, said)? {
        effects.push(raw_effect(&document.paper));
    }
    let mut keys: Vec<StockKey> = effects.into_iter().flat_map(BTreeMap::into_keys).collect();
    keys.sort();
    keys.dedup();
    Ok(keys)
}

/// What happened before a balance was counted is in that count already.
fn note_if_counted(
    document: &mut Document,
    key: &StockKey,
    delta: &StockDelta,
    stock: Option<&Stock>,
    at: Timestamp,
) {
    let baseline = stock.and_then(|stock| stock.baseline);
    if delta.on_hand != 0 && baseline.is_some_and(|baseline| baseline >= at) {
        let (sku, location) = (key.sku.clone(), key.location.clone());
        document.not_counted.push(NotCounted { sku, location, units: delta.on_hand });
    }
}

/// How the ledger names a word about a paper: what was done, who said so, and the paper.
fn written(said: &Said, number: &DocumentNumber) -> String {
    format!("{}:{}:{number}", said.word.name(), said.by)
}

/// Reads that name back: what was done, who said so, and the paper. None for any other document.
pub fn read_written(document: &str) -> Option<(&str, &str, &str)> {
    let (word, rest) = document.split_once(':')?;
    let (by, number) = rest.split_once(':')?;
    super::said::WORDS.contains(&word).then_some((word, by, number))
}

fn change(
    number: &DocumentNumber,
    said: &Said,
    sku: &Sku,
    delta: StockDelta,
    before: Stock,
) -> Result<StockChange, Refusal> {
    let is_draft = matches!(said.word, Word::Draft { .. });
    if is_draft && before.free < delta.holds {
        return Err(Refusal::NotFree { sku: sku.clone(), free: before.free.max(0) });
    }
    let at_ms = said.at.as_millisecond();
    let cause = Cause::Document { document: written(said, number) };
    let movement = Movement { cause, at_ms, delta: delta.clone() };
    let moves_goods = delta.on_hand != 0;
    let trail = moves_goods.then(|| {
        let longer = longer(before.trail.clone(), Gone(at_ms, delta.on_hand));
        (before.trail.clone(), longer)
    });
    Ok(StockChange {
        free_min: is_draft.then_some(delta.holds),
        baseline_before: moves_goods.then(|| in_milliseconds(said.at)),
        trail,
        delta,
        movements: vec![movement],
        ..StockChange::default()
    })
}
