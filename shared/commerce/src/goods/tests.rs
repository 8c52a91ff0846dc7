//! Papers against the goods themselves: whatever is told late, twice or in another order, the book ends as the stores are.

use super::*;
use crate::level::{Level, plan_level};
use crate::stock::Stock;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

const STORES: [&str; 2] = ["hn", "hcm"];
const SKUS: [&str; 2] = ["AO-M", "AO-L"];
const AT_FIRST: i64 = 100;

fn id<T: TryFrom<String>>(text: impl Into<String>) -> T {
    T::try_from(text.into()).unwrap_or_else(|_| panic!("a name of the test is none"))
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn one(sku: &str, units: i64) -> Goods {
    Goods::from([(id(sku), units)])
}

fn say(word: Word, reference: &str, second: i64) -> Said {
    Said { word, reference: id(reference), by: id("Lan"), at: at(second), why: String::new() }
}

fn key(sku: usize, store: usize) -> StockKey {
    StockKey { sku: id(SKUS[sku]), location: id(STORES[store]) }
}

/// The goods themselves, moved by hand; knows nothing of papers.
#[derive(Default)]
struct Truth {
    on_hand: BTreeMap<StockKey, i64>,
    vans: BTreeMap<StockKey, i64>,
    waiting: BTreeMap<StockKey, i64>,
}

impl Truth {
    fn shift(place: &mut BTreeMap<StockKey, i64>, key: &StockKey, units: i64) {
        *place.entry(key.clone()).or_default() += units;
    }
}

/// What somebody will tell the book.
#[derive(Clone, Debug)]
enum Told {
    Word(DocumentNumber, Said),
    Count(StockKey, Level),
}

/// What people did, one thing after the other; each paper's words in a queue of its own, and each count.
fn act(script: &[(u8, usize, usize, i64)]) -> (Truth, Vec<Vec<Told>>) {
    let mut truth = Truth::default();
    for (sku, store) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        truth.on_hand.insert(key(sku, store), AT_FIRST);
    }
    let mut queues: Vec<Vec<Told>> = Vec::new();
    for (n, (kind, sku, store, units)) in script.iter().enumerate() {
        let second = 10 * (i64::try_from(n).unwrap() + 1);
        let (here, there) = (key(*sku, *store), key(*sku, 1 - store));
        let number: DocumentNumber = id(format!("P{n}"));
        let goods = one(SKUS[*sku], *units);
        let location: LocationId = id(STORES[*store]);
        let word = |word, reference: &str, second| Told::Word(number.clone(), say(word, reference, second));
        match kind {
            0 => {
                Truth::shift(&mut truth.on_hand, &here, *units);
                queues.push(vec![word(Word::Receive { location, goods }, "a", second)]);
            }
            1 => {
                Truth::shift(&mut truth.on_hand, &here, -units);
                let goods = one(SKUS[*sku], -units);
                queues.push(vec![word(
                    Word::Adjust { location, reason: Reason::Damaged, goods },
                    "a",
                    second,
                )]);
            }
            2 | 3 => {
                // Two stay in the van, one of them is lost; the rest arrives three seconds later.
                let to: LocationId = id(STORES[1 - store]);
                let sent = one(SKUS[*sku], units + 2);
                Truth::shift(&mut truth.on_hand, &here, -(units + 2));
                Truth::shift(&mut truth.on_hand, &there, *units);
                Truth::shift(&mut truth.vans, &there, 1);
                let begin = if *kind == 2 {
                    vec![word(Word::Send { from: location, to, goods: sent }, "a", second)]
                } else {
                    let draft = Word::Draft { from: location, to, goods: one(SKUS[*sku], 1) };
                    vec![word(draft, "d", second - 1), word(Word::Depart(Some(sent)), "a", second)]
                };
                let rest = [
                    word(Word::Arrive(Some(goods)), "b", second + 3),
                    word(Word::Lose(Some(one(SKUS[*sku], 1))), "c", second + 4),
                ];
                queues.push([begin, rest.to_vec()].concat());
            }
            4 => {
                Truth::shift(&mut truth.on_hand, &here, *units);
                Truth::shift(&mut truth.waiting, &here, 1);
                let back = one(SKUS[*sku], units + 2);
                let took =
                    Word::TakeBack { location: location.clone(), order: None, goods: back, went_out: None };
                let seen = Word::Inspect { location, sellable: goods, scrapped: one(SKUS[*sku], 1) };
                queues.push(vec![word(took, "a", second), word(seen, "b", second + 2)]);
            }
            _ => {
                let on_hand = truth.on_hand[&here];
                let level = Level { location, on_hand, as_of: at(second + 5), source: "count".to_owned() };
                queues.push(vec![Told::Count(here, level)]);
            }
        }
    }
    (truth, queues)
}

/// The book, written as the table writes it: all conditions hold or nothing is written.
struct Book {
    stock: BTreeMap<StockKey, Stock>,
    papers: BTreeMap<DocumentNumber, Document>,
}

impl Book {
    fn counted() -> Self {
        let keys = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(sku, store)| key(sku, store));
        let full = Stock { on_hand: AT_FIRST, free: AT_FIRST, baseline: Some(at(0)), ..Stock::default() };
        Self { stock: keys.map(|key| (key, full.clone())).into(), papers: BTreeMap::new() }
    }

    fn hear(&mut self, told: &Told) {
        match told {
            Told::Word(number, said) => self.word(number, said),
            Told::Count(key, level) => {
                let stock = self.stock.get_mut(key).unwrap();
                if let Some((delta, movement)) = plan_level(key, stock, level) {
                    stock.apply(&delta, vec![movement]);
                    stock.baseline = Some(level.as_of);
                }
            }
        }
    }

    fn word(&mut self, number: &DocumentNumber, said: &Said) {
        let stored = self.papers.get(number).cloned();
        let keys = touched(stored.as_ref(), said).unwrap();
        let Planned::Write(change) = plan_word(number, stored.as_ref(), said, &self.stock).unwrap() else {
            return;
        };
        for (key, change) in &change.stock {
            assert!(keys.contains(key), "{key:?} changes and was not loaded");
            let stock = self.stock.get_mut(key).unwrap();
            if let Some((before, after)) = &change.trail {
                assert_eq!(&stock.trail, before);
                stock.trail.clone_from(after);
            }
            assert!(change.baseline_before.is_none_or(|at| stock.baseline.is_none_or(|b| b < at)));
            stock.apply(&change.delta, change.movements.clone());
        }
        assert_eq!(whereabouts_of_effect(&change.document), whereabouts(&change.document.paper));
        self.papers.insert(number.clone(), change.document.clone());
    }
}

/// The same by the other way: what the effect says, counts put back, against what the paper says of itself.
fn whereabouts_of_effect(document: &Document) -> Whereabouts {
    let mut found =
        Whereabouts { on_hand: document.not_counted.iter().map(|n| n.units).sum(), ..Whereabouts::default() };
    for delta in effect(document).values() {
        found.on_hand += delta.on_hand;
        found.held += delta.holds;
        found.in_transit += delta.in_transit;
        found.in_quarantine += delta.quarantine;
    }
    let paper = whereabouts(&document.paper);
    Whereabouts { lost: paper.lost, scrapped: paper.scrapped, ..found }
}

fn script() -> impl Strategy<Value = Vec<(u8, usize, usize, i64)>> {
    vec((0_u8..7, 0_usize..2, 0_usize..2, 1_i64..5), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn told_late_twice_and_in_another_order_the_book_ends_as_the_stores_are(
        script in script(),
        picks in vec(any::<prop::sample::Index>(), 64),
    ) {
        let (truth, mut queues) = act(&script);
        let (mut book, mut heard) = (Book::counted(), Vec::new());
        for pick in &picks {
            if queues.is_empty() {
                break;
            }
            let n = pick.index(queues.len());
            let told = queues[n].remove(0);
            queues.retain(|queue| !queue.is_empty());
            book.hear(&told);
            heard.push(told);
            // Somebody presses the button once more, on what was said now or long ago.
            let again = heard[pick.index(heard.len())].clone();
            book.hear(&again);
        }
        prop_assert!(queues.is_empty());
        for (key, stock) in &book.stock {
            let told = (stock.on_hand, stock.in_transit, stock.quarantine, stock.holds);
            let found = |place: &BTreeMap<StockKey, i64>| place.get(key).copied().unwrap_or(0);
            let really = (found(&truth.on_hand), found(&truth.vans), found(&truth.waiting), 0);
            prop_assert_eq!(told, really, "{:?}", key);
            prop_assert!(stock.identity_holds());
        }
    }
}

/// What a word comes to after others about the same paper.
fn after(words: &[Word], word: Word) -> Result<Planned, Refusal> {
    let mut book = Book::counted();
    let number: DocumentNumber = id("P");
    for (n, word) in words.iter().enumerate() {
        book.word(&number, &say(word.clone(), &format!("w{n}"), 1));
    }
    plan_word(&number, book.papers.get(&number), &say(word, "last", 2), &book.stock)
}

#[test]
fn each_word_that_makes_no_sense_is_refused_with_the_reason() {
    let (hn, hcm): (LocationId, LocationId) = (id("hn"), id("hcm"));
    let draft = |units| Word::Draft { from: hn.clone(), to: hcm.clone(), goods: one("AO-M", units) };
    let receive = |units| Word::Receive { location: hn.clone(), goods: one("AO-M", units) };
    let back = |units, out| Word::TakeBack {
        location: hn.clone(),
        order: None,
        goods: one("AO-M", units),
        went_out: Some(one("AO-M", out)),
    };
    let look = |sellable, scrapped| Word::Inspect {
        location: hn.clone(),
        sellable: one("AO-M", sellable),
        scrapped: one("AO-M", scrapped),
    };
    let check = |words: &[Word], word: Word, expected: Refusal| {
        assert_eq!(after(words, word.clone()), Err(expected), "{words:?}, then {word:?}");
    };
    let more_than = |at_most| Refusal::MoreThan { sku: id("AO-M"), at_most };
    check(&[], Word::Arrive(None), Refusal::NoSuchDocument);
    check(&[], receive(0), Refusal::Units(id("AO-M")));
    check(&[], receive(-1), Refusal::Units(id("AO-M")));
    check(&[], Word::Receive { location: hn.clone(), goods: Goods::new() }, Refusal::Nothing);
    let many = (0..41).map(|n| (id(format!("S{n}")), 1)).collect();
    check(&[], Word::Receive { location: hn.clone(), goods: many }, Refusal::TooManyProducts);
    check(&[receive(1)], receive(1), Refusal::Exists);
    check(&[], Word::Send { from: hn.clone(), to: hn.clone(), goods: one("AO-M", 1) }, Refusal::SameStore);
    check(&[], draft(101), Refusal::NotFree { sku: id("AO-M"), free: 100 });
    check(&[draft(5)], Word::Arrive(None), Refusal::NotLeft);
    check(&[draft(5), Word::Cancel], Word::Depart(None), Refusal::TooLate);
    check(&[draft(5), Word::Depart(None)], Word::Depart(None), Refusal::TooLate);
    check(&[draft(5), Word::Depart(None)], Word::Cancel, Refusal::TooLate);
    check(&[draft(5), Word::Depart(None)], Word::Arrive(Some(one("AO-M", 6))), more_than(5));
    check(&[draft(5), Word::Depart(None), Word::Arrive(None)], Word::Arrive(None), Refusal::TooLate);
    check(&[], back(3, 2), more_than(2));
    check(&[back(2, 2)], back(1, 2), more_than(2));
    check(&[back(2, 2)], look(2, 1), more_than(2));
}

#[test]
fn a_drafted_transfer_holds_its_goods_and_gives_them_back_when_called_off() {
    let draft = Word::Draft { from: id("hn"), to: id("hcm"), goods: one("AO-M", 5) };
    let mut book = Book::counted();
    let number: DocumentNumber = id("T");
    book.word(&number, &say(draft, "a", 1));
    let held = |book: &Book| (book.stock[&key(0, 0)].holds, book.stock[&key(0, 0)].free);
    assert_eq!(held(&book), (5, 95));
    assert!(!book.papers[&number].is_finished());
    book.word(&number, &say(Word::Cancel, "b", 2));
    assert_eq!(held(&book), (0, 100));
    assert!(book.papers[&number].is_finished());
}

#[test]
fn the_ledgers_name_of_a_word_reads_back() {
    let said = say(Word::Cancel, "a", 1);
    let mut book = Book::counted();
    let draft = Word::Draft { from: id("hn"), to: id("hcm"), goods: one("AO-M", 5) };
    book.word(&id("web/10:2"), &say(draft, "d", 1));
    book.word(&id("web/10:2"), &said);
    let cause = &book.stock[&key(0, 0)].movements[0].cause;
    let crate::stock::Cause::Document { document } = cause else { panic!("{cause:?}") };
    assert_eq!(read_written(document), Some(("cancel", "Lan", "web/10:2")));
    assert_eq!(read_written("level:count:hn:5"), None);
}
