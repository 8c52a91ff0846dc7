//! The figures of a plan for a machine to read. All units are base units, but for refused orders: those are listing units.

use super::Told;
use commerce::what_if::{Figures, Played};
use serde_json::{Value, json};

/// Everything that the text says.
pub(super) fn figures(told: &Told) -> Value {
    let (today, rule) = told.sums();
    let product = |(sku, today, rule): (&commerce::ids::Sku, Figures, Figures)| {
        json!({
            "sku": sku,
            "oversold_units_really": told.happened.get(sku).copied().unwrap_or(0),
            "today": one(today),
            "rule": one(rule),
        })
    };
    let pooled = told.pooled.iter().map(|(sku, speed)| {
        json!({
            "sku": sku,
            "busiest_units_in_10_minutes": speed.busiest_units,
            "most_units_in_one_lag": speed.in_one_lag_units,
            "buffer_units": speed.buffer_units,
        })
    });
    json!({
        "shop": told.shop.id,
        "from_ms": told.span_ms.map(|(from, _)| from),
        "until_ms": told.span_ms.map(|(_, until)| until),
        "ledger_lines": told.ledger.lines,
        "ledger_lines_missing": told.ledger.missing,
        "lag_ms": told.lag_ms,
        "oversold_units_really": told.happened.values().sum::<i64>(),
        "today": one(today),
        "rule": one(rule),
        "products": told.products().into_iter().map(product).collect::<Vec<_>>(),
        "refused_by_rule_alone": moved(&told.today, &told.rule),
        "refused_today_alone": moved(&told.rule, &told.today),
        "pooled": pooled.collect::<Vec<_>>(),
    })
}

fn one(figures: Figures) -> Value {
    json!({
        "orders": figures.orders,
        "wanted_units": figures.wanted_units,
        "refused_orders": figures.refused_orders,
        "refused_units": figures.refused_units,
        "oversold_units": figures.oversold_units,
        "stock_outs": figures.stock_outs,
        "unsold_units": figures.unsold_units,
    })
}

fn moved(from: &Played, to: &Played) -> Vec<Value> {
    let moved = Told::moved(from, to).into_iter();
    let one = |(connection, (orders, units))| json!({"connection": connection, "orders": orders, "listing_units": units});
    moved.map(one).collect()
}
