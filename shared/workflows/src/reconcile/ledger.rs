//! The fold of the archived ledger against the balances: each one the sum of its lines, and no line missing.
//!
//! Where an earlier look came to is kept beside the ledger, so that a night reads a day and not a year. Where that does not
//! fit, everything is read once more before anybody is told of a gap.

use super::archive::Read;
use super::findings::{LedgerFindings, LedgerGap, WrongFold};
use super::{Reconcile, Trouble};
use crate::announce_stock::LedgerLine;
use commerce::catalogue::Shop;
use commerce::ids::{LocationId, ShopId, Sku};
use commerce::reconcile::{Folded, Folding, LedgerStep, fold, unlike};
use commerce::stock::{Stock, StockKey};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the ledger had come to at an earlier look.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// The last object that is in it.
    pub(super) last: String,
    balances: Vec<(Sku, LocationId, Folded)>,
}

impl Checkpoint {
    fn balances(self) -> BTreeMap<StockKey, Folded> {
        let balances = self.balances.into_iter();
        balances.map(|(sku, location, folded)| (StockKey { sku, location }, folded)).collect()
    }
}

impl Reconcile {
    /// Reads what an earlier look came to; one that cannot be read is none, which only means more reading.
    pub(super) async fn load_checkpoint(&self, shop: &ShopId) -> Result<Checkpoint, Trouble> {
        let content = self.archive.get(&format!("reconcile/{shop}/fold.json")).await?;
        Ok(content.and_then(|content| serde_json::from_slice(&content).ok()).unwrap_or_default())
    }

    async fn keep_checkpoint(&self, shop: &ShopId, kept: &Checkpoint) -> Result<(), Trouble> {
        let content = serde_json::to_vec(kept).unwrap_or_default();
        Ok(self.archive.put(&format!("reconcile/{shop}/fold.json"), content).await?)
    }

    /// Folds what is new, compares it with the balances, and keeps what it came to.
    pub(super) async fn fold_ledger(
        &self,
        shop: &Shop,
        checkpoint: Checkpoint,
        read: &Read,
    ) -> Result<(LedgerFindings, BTreeMap<StockKey, Stock>), Trouble> {
        let mut folding = fold(checkpoint.balances(), steps(&read.lines));
        if !folding.gaps.is_empty() {
            let all = self.read_ledger_after(&shop.id, "").await?;
            folding = fold(BTreeMap::new(), steps(&all.lines));
        }
        // After the ledger, so that no line of it is newer than its balance.
        let keys: Vec<StockKey> = balances_of(shop, &folding).into_iter().collect();
        let stock = self.passes.table.load_stock(&shop.id, &keys).await?;
        let findings = compare(&mut folding, &stock);
        let balances = folding.balances.into_iter().map(|(key, folded)| (key.sku, key.location, folded));
        let kept = Checkpoint { last: read.last.clone(), balances: balances.collect() };
        self.keep_checkpoint(&shop.id, &kept).await?;
        Ok((findings, stock))
    }
}

fn steps(lines: &[LedgerLine]) -> Vec<LedgerStep> {
    let step = |line: &LedgerLine| LedgerStep {
        balance: StockKey { sku: line.sku.clone(), location: line.location.clone() },
        version: line.version,
        movements: line.movements.clone(),
    };
    lines.iter().map(step).collect()
}

/// Every balance the ledger knows, and every one that the shop's file speaks of.
fn balances_of(shop: &Shop, folding: &Folding) -> BTreeSet<StockKey> {
    let listings = shop.connections.values().flat_map(|connection| connection.listings.values());
    let skus: BTreeSet<&Sku> = listings.flat_map(|listing| &listing.recipe).map(|part| &part.sku).collect();
    let key = |sku: &Sku, location: &LocationId| StockKey { sku: sku.clone(), location: location.clone() };
    let of_file =
        skus.into_iter().flat_map(|sku| shop.locations.iter().map(move |store| key(sku, &store.id)));
    of_file.chain(folding.balances.keys().cloned()).collect()
}

/// A balance with a gap is told of once; from then on it is folded from how it stands now.
fn compare(folding: &mut Folding, stock: &BTreeMap<StockKey, Stock>) -> LedgerFindings {
    let mut findings = LedgerFindings::default();
    for (key, gap) in std::mem::take(&mut folding.gaps) {
        let (sku, location) = (key.sku.clone(), key.location.clone());
        findings.gaps.push(LedgerGap {
            sku,
            location,
            first_missing: gap.first_missing,
            missing: gap.missing,
        });
        if let Some(stock) = stock.get(&key) {
            folding.balances.insert(key, Folded::of(stock));
        }
    }
    for (key, stock) in stock {
        let folded = folding.balances.entry(key.clone()).or_default();
        if folded.version != stock.version {
            findings.behind += 1;
            continue;
        }
        findings.balances += 1;
        findings.wrong_folds.extend(unlike(stock, folded).into_iter().map(|wrong| WrongFold {
            sku: key.sku.clone(),
            location: key.location.clone(),
            field: wrong.field,
            balance: wrong.balance,
            ledger: wrong.ledger,
        }));
    }
    findings
}
