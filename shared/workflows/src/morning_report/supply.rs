//! What runs out, what to buy, and which store gives to which: worked out from units now and units sold lately.

use commerce::ids::{LocationId, Sku};
use commerce::report_rule::SupplyRule;
use reports::shop::{DaysOfCover, LowStock, Move, MoveInputs, Reorder, ReorderInputs};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One product in one store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// The product.
    pub sku: Sku,
    /// The store.
    pub location: LocationId,
    /// Base units that can still be sold there: on hand, less what is sold or set aside. At least 0.
    pub units: u64,
    /// Base units sold there within the window.
    pub sold: u64,
}

/// What a shop is told of its supply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply {
    /// What will not last.
    pub low_stock: LowStock,
    /// What to buy.
    pub reorders: Vec<Reorder>,
    /// What to carry to another store.
    pub moves: Vec<Move>,
}

/// Works it out. A product is low when over all stores it lasts fewer days than the rule says; what is low is to be bought.
/// A store takes only when it is low itself, and only what another store can spare beyond its own target. So no store both
/// gives and takes a product, and the next morning nothing goes back: the giver kept its target, the taker got no more than
/// its own.
pub fn supply(shelves: &[Shelf], rule: SupplyRule) -> Supply {
    let mut products: BTreeMap<&Sku, Vec<&Shelf>> = BTreeMap::new();
    for shelf in shelves {
        products.entry(&shelf.sku).or_default().push(shelf);
    }
    let mut lines: Vec<DaysOfCover> =
        products.iter().map(|(sku, own)| lasts(sku, own, rule)).filter(|line| is_low(line, rule)).collect();
    lines.sort_by_key(|line| (line.days_left_tenths, Reverse(line.sold), line.sku.clone()));
    let reorders = lines.iter().map(|line| reorder(line, rule)).filter(|one| one.units > 0).collect();
    let moves = products.values().flat_map(|own| moves(own, rule)).collect();
    let low_stock = LowStock { window_days: rule.window_days, below_days: rule.below_days, lines };
    Supply { low_stock, reorders, moves }
}

fn lasts(sku: &Sku, shelves: &[&Shelf], rule: SupplyRule) -> DaysOfCover {
    let sum = |of: fn(&Shelf) -> u64| shelves.iter().map(|shelf| of(shelf)).fold(0, u64::saturating_add);
    DaysOfCover::new(
        sku.clone(),
        sku.as_str(),
        sum(|shelf| shelf.units),
        sum(|shelf| shelf.sold),
        rule.window_days,
    )
}

/// What was never sold within the window lasts for ever.
fn is_low(line: &DaysOfCover, rule: SupplyRule) -> bool {
    line.days_left_tenths.is_some_and(|tenths| tenths < u64::from(rule.below_days) * 10)
}

/// The book does not know of goods that are ordered and not yet here, so none are on the way.
fn reorder(line: &DaysOfCover, rule: SupplyRule) -> Reorder {
    let inputs = ReorderInputs {
        sold: line.sold,
        window_days: rule.window_days,
        lead_days: rule.lead_days,
        target_days: rule.target_days,
        units_now: line.units,
        on_the_way: 0,
    };
    Reorder::new(line.sku.clone(), &line.product, inputs)
}

/// The store that lasts shortest takes first, from whoever can spare most; each move sees what the ones before it left.
fn moves(shelves: &[&Shelf], rule: SupplyRule) -> Vec<Move> {
    let mut units: BTreeMap<LocationId, u64> =
        shelves.iter().map(|shelf| (shelf.location.clone(), shelf.units)).collect();
    let lasts_here = |shelf: &Shelf| lasts(&shelf.sku, &[shelf], rule);
    let mut takers: Vec<&&Shelf> = shelves.iter().filter(|shelf| is_low(&lasts_here(shelf), rule)).collect();
    takers.sort_by_key(|shelf| (lasts_here(shelf).days_left_tenths, shelf.location.clone()));
    let mut found = Vec::new();
    for taker in takers {
        loop {
            let offers = shelves.iter().filter(|shelf| shelf.location != taker.location);
            let offers = offers.map(|giver| carry(giver, taker, &units, rule));
            let best = offers.max_by_key(|offer| (offer.units, Reverse(offer.from.clone())));
            let Some(best) = best.filter(|offer| offer.units > 0) else { break };
            *units.entry(best.from.clone()).or_default() -= best.units;
            *units.entry(best.to.clone()).or_default() += best.units;
            found.push(best);
        }
    }
    found
}

fn carry(giver: &Shelf, taker: &Shelf, units: &BTreeMap<LocationId, u64>, rule: SupplyRule) -> Move {
    let now = |shelf: &Shelf| units.get(&shelf.location).copied().unwrap_or(0);
    let inputs = MoveInputs {
        window_days: rule.window_days,
        target_days: rule.target_days,
        from_units: now(giver),
        from_sold: giver.sold,
        to_units: now(taker),
        to_sold: taker.sold,
    };
    let sku = giver.sku.clone();
    Move::new(sku.clone(), sku.as_str(), giver.location.clone(), taker.location.clone(), inputs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shelves as `store:units/sold`, one product per word before `=`.
    fn shelves(text: &str) -> Vec<Shelf> {
        let shelf = |sku: &str, part: &str| {
            let (location, numbers) = part.split_once(':').unwrap();
            let (units, sold) = numbers.split_once('/').unwrap();
            Shelf {
                sku: Sku::new(sku).unwrap(),
                location: LocationId::new(location).unwrap(),
                units: units.parse().unwrap(),
                sold: sold.parse().unwrap(),
            }
        };
        let product = |line: &str| {
            let (sku, parts) = line.split_once('=').unwrap();
            parts.split_whitespace().map(|part| shelf(sku.trim(), part)).collect::<Vec<_>>()
        };
        text.split(';').flat_map(product).collect()
    }

    fn told(text: &str) -> (String, String, String) {
        let found = supply(&shelves(text), SupplyRule::default());
        let low = found.low_stock.lines.iter();
        let low = low.map(|l| format!("{} {}", l.sku, l.days_left_tenths.unwrap()));
        let buy = found.reorders.iter().map(|r| format!("{} {}", r.sku, r.units));
        let carry = found.moves.iter().map(|m| format!("{} {}>{} {}", m.sku, m.from, m.to, m.units));
        let join = |words: Vec<String>| words.join(", ");
        (join(low.collect()), join(buy.collect()), join(carry.collect()))
    }

    #[test]
    fn what_lasts_less_than_a_week_is_low_and_is_bought_for_lead_and_target() {
        // 28 sold in 14 days: two a day. 13 last 6.5 days; 17 days need 34.
        assert_eq!(told("A= hn:13/28"), ("A 65".into(), "A 21".into(), String::new()));
        assert_eq!(told("A= hn:14/28").0, "", "seven days are not fewer than seven");
        assert_eq!(told("A= hn:0/0"), Default::default(), "what nobody buys is not low");
        assert_eq!(told("B= hn:4/28; A= hn:1/14; C= hn:0/7").0, "C 0, A 10, B 20", "shortest first");
    }

    #[test]
    fn a_store_gives_only_what_it_does_not_need_itself() {
        // Hanoi needs 28 for its 14 days and has 60; Saigon lacks 20 - 2.
        assert_eq!(told("A= hn:60/28 sg:2/20").2, "A hn>sg 18");
        assert_eq!(told("A= hn:35/28 sg:2/20").2, "A hn>sg 7");
        assert_eq!(told("A= hn:28/28 sg:2/20").2, "");
        assert_eq!(told("A= hn:60/28 sg:10/20").2, "", "Saigon lasts just seven days");
    }

    #[test]
    fn the_emptiest_store_takes_first_and_from_who_has_most() {
        assert_eq!(told("A= hn:30/0 hue:12/0 sg:0/28 dn:1/14").2, "A hn>sg 28, A hue>dn 12, A hn>dn 1");
    }

    /// Whatever the shelves are: who gave does not take, and when the goods have been carried nothing goes back.
    #[test]
    fn nothing_is_carried_to_and_fro() {
        let mut seed = 7_u64;
        let mut dice = |sides: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % sides
        };
        let mut carried = 0;
        for _ in 0..2_000 {
            let store = |n: u64, dice: &mut dyn FnMut(u64) -> u64| format!("s{n}:{}/{}", dice(60), dice(60));
            let stores: Vec<String> = (0..4).map(|n| store(n, &mut dice)).collect();
            let mut shelves = shelves(&format!("A= {}", stores.join(" ")));
            let moves = supply(&shelves, SupplyRule::default()).moves;
            for one in &moves {
                assert!(moves.iter().all(|other| other.to != one.from), "{shelves:?} {moves:?}");
                for shelf in &mut shelves {
                    shelf.units += if shelf.location == one.to { one.units } else { 0 };
                    shelf.units -= if shelf.location == one.from { one.units } else { 0 };
                }
            }
            carried += moves.len();
            assert_eq!(supply(&shelves, SupplyRule::default()).moves, [], "the next morning");
        }
        assert!(carried > 500, "{carried}");
    }
}
