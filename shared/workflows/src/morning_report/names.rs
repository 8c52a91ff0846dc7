//! What people call the products: names of the shop's file put beside each code that a report names. A product without a
//! name keeps its code.

use commerce::catalogue::Shop;
use commerce::ids::Sku;
use reports::shop::ShopReport;
use std::collections::BTreeMap;

/// The names of a shop's products.
pub(super) struct Names<'s>(&'s BTreeMap<Sku, String>);

impl<'s> Names<'s> {
    pub(super) fn of(shop: &'s Shop) -> Self {
        Self(&shop.report.names)
    }

    /// A product's name; its code where it has none.
    pub(super) fn name(&self, sku: &Sku) -> String {
        self.0.get(sku).cloned().unwrap_or_else(|| sku.to_string())
    }

    /// The names of a listing's products, as one text.
    pub(super) fn together(&self, skus: &[Sku]) -> String {
        skus.iter().map(|sku| self.name(sku)).collect::<Vec<_>>().join(" + ")
    }

    /// Puts the names in, wherever the report names a product.
    pub(super) fn put(&self, report: &mut ShopReport) {
        if self.0.is_empty() {
            return;
        }
        let shorts = report.shortfalls.iter_mut().chain(&mut report.oversells).flatten();
        shorts.for_each(|short| short.product = self.name(&short.sku));
        let stranded = report.stranded.iter_mut().flat_map(|check| &mut check.lines);
        stranded.for_each(|line| line.product = self.name(&line.sku));
        let low = report.low_stock.iter_mut().flat_map(|low| &mut low.lines);
        low.for_each(|line| line.product = self.name(&line.sku));
        report.reorders.iter_mut().flatten().for_each(|one| one.product = self.name(&one.sku));
        report.moves.iter_mut().flatten().for_each(|one| one.product = self.name(&one.sku));
        report.counts.iter_mut().flat_map(|check| &mut check.lines).for_each(|line| {
            line.product = self.name(&line.sku);
        });
        self.put_on_listings(report);
        let ledger = report.ledger.iter().flat_map(|check| {
            check.gaps.iter().map(|gap| &gap.sku).chain(check.wrong_folds.iter().map(|fold| &fold.sku))
        });
        report.product_names =
            ledger.filter_map(|sku| Some((sku.clone(), self.0.get(sku)?.clone()))).collect();
    }

    fn put_on_listings(&self, report: &mut ShopReport) {
        let Some(check) = &mut report.drift else { return };
        check.lines.iter_mut().for_each(|line| line.product = self.together(&line.skus));
        let right = check.came_right.iter_mut().flatten();
        right.for_each(|line| line.product = self.together(&line.skus));
    }
}
