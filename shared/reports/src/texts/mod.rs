//! Every word on the pages, named once: a language in which one is missing does not compile.

mod en;
mod vi;

use crate::language::Language;
use crate::reader::Reader;
use crate::shop::{
    Done, DriftClass, DriftDone, Found, Login, MoveInputs, ReorderInputs, ShopReport, Webhooks, Whose,
};
use crate::to_do::Task;

/// The texts of a language.
pub(crate) fn of(language: Language) -> &'static Texts {
    match language {
        Language::Vi => &vi::TEXTS,
        Language::En => &en::TEXTS,
    }
}

/// So many are named where a cell has little room; the files name all.
const NAMED_MAX: usize = 4;

/// The first of several names, behind a colon.
pub(crate) fn first_named(names: &[impl std::fmt::Display]) -> String {
    let first: Vec<String> = names.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    match first.is_empty() {
        true => String::new(),
        false => format!(": {}{}", first.join(", "), if names.len() > NAMED_MAX { " …" } else { "" }),
    }
}

/// A sentence about a number.
type Count = fn(u64) -> String;

/// Units of time, as they stand after a number.
pub(crate) struct SpanUnits {
    pub(crate) seconds: &'static str,
    pub(crate) minutes: &'static str,
    pub(crate) hours: &'static str,
    pub(crate) days: &'static str,
}

/// What the pages say. Each field stands where its name says.
pub(crate) struct Texts {
    // The head of the page.
    pub(crate) morning_report: &'static str,
    pub(crate) made_at: &'static str,
    pub(crate) times_in: &'static str,
    pub(crate) weekdays: [&'static str; 7],
    pub(crate) today: &'static str,
    pub(crate) yesterday: &'static str,
    pub(crate) on_day: fn(&str) -> String,
    pub(crate) span_units: SpanUnits,

    // The light and its sentence.
    pub(crate) light_green: &'static str,
    pub(crate) light_yellow: &'static str,
    pub(crate) light_red: &'static str,
    pub(crate) orders_in_all: Count,
    pub(crate) orders_not_measured: &'static str,
    pub(crate) same_as_channels: fn(u64, u64) -> String,
    pub(crate) not_same_as_channels: fn(u64, u64) -> String,
    pub(crate) no_list_compared: &'static str,
    pub(crate) channels_not_compared: Count,
    pub(crate) oversold_none: &'static str,
    pub(crate) oversold_units: Count,
    pub(crate) oversold_not_measured: &'static str,
    pub(crate) to_do_none: &'static str,
    pub(crate) to_do_count: Count,
    pub(crate) to_do_unknown: &'static str,
    pub(crate) pool_warning: fn(&str) -> String,

    // Words that stand everywhere.
    pub(crate) not_measured: &'static str,
    pub(crate) not_seen: &'static str,
    pub(crate) more_lines: Count,
    pub(crate) more_to_do: Count,
    pub(crate) to_do: &'static str,
    pub(crate) connection: &'static str,
    pub(crate) product: &'static str,
    pub(crate) location: &'static str,
    pub(crate) units: &'static str,
    pub(crate) since: &'static str,
    pub(crate) done: &'static str,
    pub(crate) orders: &'static str,
    pub(crate) revenue: &'static str,
    pub(crate) total: &'static str,
    pub(crate) order: &'static str,

    // The tiles.
    pub(crate) against_day_before: &'static str,
    pub(crate) tile_same: &'static str,
    pub(crate) tile_fresh: &'static str,
    pub(crate) healed_of: fn(u64, u64) -> String,
    pub(crate) listings_read: Count,

    // Charts.
    pub(crate) chart_hours: &'static str,
    pub(crate) chart_hour: fn(usize, u64) -> String,
    pub(crate) chart_hour_differs: &'static str,
    pub(crate) chart_hours_sum: fn(u64, usize, u64) -> String,
    pub(crate) chart_shares: &'static str,
    pub(crate) chart_days: &'static str,
    pub(crate) chart_days_left: &'static str,

    // Orders against the channels' lists.
    pub(crate) proof: &'static str,
    pub(crate) theirs: &'static str,
    pub(crate) ours: &'static str,
    pub(crate) result: &'static str,
    pub(crate) verdict_same: &'static str,
    pub(crate) verdict_explained: &'static str,
    pub(crate) verdict_differs: Count,
    pub(crate) verdict_money: &'static str,
    pub(crate) no_order_list: &'static str,
    pub(crate) list_unreadable: fn(&str) -> String,
    pub(crate) not_compared: &'static str,
    pub(crate) mended: Count,
    pub(crate) differences: Count,
    pub(crate) hour: &'static str,
    pub(crate) found: &'static str,
    pub(crate) found_words: fn(&Found, &Reader) -> String,
    pub(crate) done_words: fn(&Done, &Reader) -> String,
    pub(crate) settlements: &'static str,
    pub(crate) file: &'static str,

    // Sales.
    pub(crate) sales: &'static str,
    pub(crate) cancels: &'static str,
    pub(crate) returns: &'static str,

    // Stock.
    pub(crate) shorts: &'static str,
    pub(crate) oversells: &'static str,
    pub(crate) oversells_none: &'static str,
    pub(crate) shortfalls: &'static str,
    pub(crate) shortfalls_none: &'static str,
    pub(crate) shortfalls_count: Count,
    pub(crate) whose_minute: &'static str,
    pub(crate) whose: fn(&Whose, &ShopReport) -> String,
    pub(crate) owner: &'static str,
    pub(crate) deadline: &'static str,
    pub(crate) past_deadline: &'static str,
    pub(crate) drift: &'static str,
    pub(crate) drift_none: Count,
    pub(crate) drift_counts: fn(u64, u64) -> String,
    pub(crate) drift_unread: Count,
    pub(crate) shows: &'static str,
    pub(crate) believed: &'static str,
    pub(crate) want: &'static str,
    pub(crate) why: &'static str,
    pub(crate) drift_class: fn(DriftClass) -> &'static str,
    pub(crate) drift_done: fn(DriftDone) -> &'static str,
    pub(crate) drift_since: fn(&str) -> String,
    pub(crate) came_right: &'static str,
    pub(crate) came_right_count: Count,
    pub(crate) found_wrong_at: &'static str,
    pub(crate) right_by: &'static str,
    pub(crate) within: fn(&str) -> String,
    pub(crate) counts: &'static str,
    pub(crate) counts_rule: &'static str,
    pub(crate) counts_none: &'static str,
    pub(crate) counts_sum: fn(&str, &str, &str) -> String,
    pub(crate) counts_same: Count,
    pub(crate) counts_first: Count,
    pub(crate) counted_by: &'static str,
    pub(crate) counted_at: &'static str,
    pub(crate) by_hand: &'static str,
    pub(crate) counted: &'static str,
    pub(crate) expected: &'static str,
    pub(crate) difference: &'static str,
    pub(crate) sold_meanwhile: Count,
    pub(crate) pick_ups: &'static str,
    pub(crate) pick_ups_rule: &'static str,
    pub(crate) pick_ups_asked: Count,
    pub(crate) pick_ups_ready: fn(u64, u64) -> String,
    pub(crate) pick_ups_in_time: Count,
    pub(crate) pick_ups_not_here: fn(u64, u64) -> String,
    pub(crate) pick_ups_no_shows: fn(u64, u64, u64) -> String,
    pub(crate) not_here_by: &'static str,
    pub(crate) moved_to: &'static str,
    pub(crate) moved_nowhere: &'static str,
    pub(crate) stock: &'static str,
    pub(crate) whole_shop: &'static str,
    pub(crate) on_hand: &'static str,
    pub(crate) committed: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) cover: &'static str,
    pub(crate) free: &'static str,
    pub(crate) ledger: &'static str,
    pub(crate) ledger_right: Count,
    pub(crate) ledger_wrong: fn(u64, u64) -> String,
    pub(crate) gap: fn(u64, u64) -> String,
    pub(crate) wrong_fold: fn(&str, &str, &str) -> String,
    pub(crate) stranded: &'static str,
    pub(crate) stranded_rule: fn(u32) -> String,
    pub(crate) stranded_none: &'static str,
    pub(crate) stranded_count: Count,

    // Running.
    pub(crate) parked: &'static str,
    pub(crate) parked_none: &'static str,
    pub(crate) parked_count: Count,
    pub(crate) what: &'static str,
    pub(crate) advice: &'static str,
    pub(crate) items: &'static str,
    pub(crate) oldest: &'static str,
    pub(crate) running: &'static str,
    pub(crate) half_within: &'static str,
    pub(crate) most_within: &'static str,
    pub(crate) no_change: &'static str,
    pub(crate) oldest_stale: &'static str,
    pub(crate) none_stale: &'static str,
    pub(crate) login: &'static str,
    pub(crate) login_words: fn(&Login, &Reader) -> String,
    pub(crate) webhooks: &'static str,
    pub(crate) webhooks_words: fn(&Webhooks, &Reader) -> String,
    pub(crate) alerts: &'static str,
    pub(crate) alerts_none: &'static str,
    pub(crate) alerts_count: Count,
    pub(crate) alert_lasts: &'static str,
    pub(crate) alert_ended: fn(&str) -> String,
    pub(crate) alert_costs: &'static str,
    pub(crate) remarks: &'static str,

    // Supply.
    pub(crate) low_stock: &'static str,
    pub(crate) low_stock_none: &'static str,
    pub(crate) low_stock_count: Count,
    pub(crate) low_stock_rule: fn(u32, u32) -> String,
    pub(crate) left: &'static str,
    pub(crate) sold_per_day: &'static str,
    pub(crate) days_left: &'static str,
    pub(crate) not_sold: &'static str,
    pub(crate) suggestions: &'static str,
    pub(crate) suggestions_none: &'static str,
    pub(crate) suggestions_count: fn(u64, u64) -> String,
    pub(crate) reorders: &'static str,
    pub(crate) reorder: &'static str,
    pub(crate) reorder_rule: &'static str,
    pub(crate) reorder_inputs: fn(&ReorderInputs, &Reader) -> String,
    pub(crate) moves: &'static str,
    pub(crate) move_rule: &'static str,
    pub(crate) move_inputs: fn(&MoveInputs, &Reader) -> String,
    pub(crate) road: &'static str,
    pub(crate) calculation: &'static str,

    // Cost.
    pub(crate) cost: &'static str,
    pub(crate) cost_day: &'static str,
    pub(crate) cost_thousand: &'static str,
    pub(crate) cost_rule: fn(&str, &str) -> String,
    pub(crate) cost_part: &'static str,
    pub(crate) cost_left_out: fn(&str) -> String,
    pub(crate) cost_no_bill: &'static str,
    pub(crate) at_least: fn(&str) -> String,
    pub(crate) price_per_million: &'static str,
    pub(crate) used: &'static str,

    // What is to be done: the thing itself, and how.
    pub(crate) task: fn(&Task<'_>, &ShopReport, &Reader) -> (String, String),

    // The operator's page.
    pub(crate) all_shops: &'static str,
    pub(crate) shops_counts: fn(u64, u64) -> String,
    pub(crate) order_rule: &'static str,
    pub(crate) shop: &'static str,
    pub(crate) no_report: &'static str,
    pub(crate) operator_columns: [&'static str; 7],
    pub(crate) shops_none: &'static str,
}
