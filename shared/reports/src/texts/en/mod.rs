//! The pages in English, for operators and for shops that ask for it.

mod tasks;

use super::{SpanUnits, Texts, first_named};
use crate::language::Language;
use crate::numbers;
use crate::reader::Reader;
use crate::shop::{Done, DriftClass, DriftDone, Found, Login, MoveInputs, ReorderInputs, Webhooks, Whose};
use commerce::ids::OrderId;

fn n(number: u64) -> String {
    numbers::whole(number, Language::En)
}

/// A number with its noun, one or many.
fn many(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", n(number), if number == 1 { one } else { more })
}

pub(super) static TEXTS: Texts = Texts {
    morning_report: "Morning report",
    made_at: "Made at",
    times_in: "times in",
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    today: "Today so far",
    yesterday: "Yesterday",
    on_day: |day| format!("On {day}"),
    span_units: SpanUnits { seconds: "s", minutes: "min", hours: "h", days: "d" },

    light_green: "All is well",
    light_yellow: "Have a look",
    light_red: "Act today",
    orders_in_all: |orders| many(orders, "order", "orders"),
    orders_not_measured: "orders not measured",
    same_as_channels: |same, listed| format!("{} of {} the same on the channels", n(same), n(listed)),
    not_same_as_channels: |same, listed| {
        format!("only {} of {} the same on the channels", n(same), n(listed))
    },
    no_list_compared: "no channel's list compared yet",
    channels_not_compared: |channels| format!("{} not compared", many(channels, "channel", "channels")),
    oversold_none: "nothing oversold",
    oversold_units: |units| format!("{} oversold", many(units, "unit", "units")),
    oversold_not_measured: "overselling not measured",
    to_do_none: "Nothing to do",
    to_do_unknown: "Parts were not measured, see below",
    to_do_count: |tasks| format!("{} to do", many(tasks, "thing", "things")),
    pool_warning: |names| {
        format!("Shared pool with a buffer: that nothing is sold twice is not promised on {names}.")
    },

    not_measured: "not measured",
    not_seen: "not looked at",
    more_lines: |lines| format!("{} more, all of them in the CSV file.", many(lines, "line", "lines")),
    more_to_do: |tasks| format!("and {} more in the report", n(tasks)),
    to_do: "To do",
    connection: "Connection",
    product: "Product",
    location: "Store",
    units: "Units",
    since: "Since",
    done: "Done",
    orders: "Orders",
    revenue: "Revenue",
    total: "Total",
    order: "Order",

    against_day_before: "against the day before",
    tile_same: "Same as channels",
    tile_fresh: "Freshness (p99)",
    healed_of: |healed, found| format!("{} of {} healed", n(healed), n(found)),
    listings_read: |listings| format!("{} read back", many(listings, "listing", "listings")),

    chart_hours: "Orders by the hour",
    chart_hour: |hour, orders| format!("{hour}:00–{}:00: {}", hour + 1, many(orders, "order", "orders")),
    chart_hour_differs: "not as in the channel's list",
    chart_hours_sum: |orders, hour, most| {
        format!("{}; busiest {hour}:00–{}:00 with {}", many(orders, "order", "orders"), hour + 1, n(most))
    },
    chart_shares: "Orders by channel",
    chart_days: "The last 14 days",
    chart_days_left: "Days that goods last",

    proof: "Orders against the channels",
    theirs: "Channel's list",
    ours: "Our book",
    result: "Result",
    verdict_same: "The same",
    verdict_explained: "Differs, explained",
    verdict_differs: |orders| many(orders, "order differs", "orders differ"),
    verdict_money: "Money differs",
    no_order_list: "This channel lists no orders to compare with",
    list_unreadable: |reason| format!("Could not be read: {reason}"),
    not_compared: "Not compared yet",
    mended: |orders| format!("{} recorded late", n(orders)),
    differences: |orders| many(orders, "order had differed", "orders had differed"),
    hour: "Hour",
    found: "Found",
    found_words,
    done_words,
    settlements: "Settlement files",
    file: "File",

    sales: "Revenue, cancels and returns",
    cancels: "Cancels",
    returns: "Returns",

    shorts: "Oversells and shortfalls",
    oversells: "Oversold",
    oversells_none: "Nothing was oversold.",
    shortfalls: "Short now",
    shortfalls_none: "Every promise can be kept.",
    shortfalls_count: |lines| many(lines, "shortfall", "shortfalls"),
    whose_minute: "Whose minute",
    whose: |whose, report| match whose {
        Whose::Ours => "Hợp Kênh".to_owned(),
        Whose::Channel { connection } => report.connection_name(connection).to_owned(),
        Whose::Store => "The store".to_owned(),
        Whose::Person => "A person".to_owned(),
        Whose::Unknown => "Not known".to_owned(),
    },
    owner: "Owner",
    deadline: "Deadline",
    past_deadline: "past its deadline",
    drift: "Drift",
    drift_none: |listings| format!("All of {} show the right number.", many(listings, "listing", "listings")),
    drift_counts: |healed, left| format!("{} healed, {} left", n(healed), n(left)),
    drift_unread: |listings| format!("{} could not be read back.", many(listings, "listing", "listings")),
    shows: "Shows",
    believed: "We believed",
    want: "Should be",
    why: "Why",
    drift_class,
    drift_done,
    drift_since: |at| format!("wrong since {at}"),
    came_right: "Came right",
    came_right_count: |listings| format!("{} came right", many(listings, "listing", "listings")),
    found_wrong_at: "Found wrong",
    right_by: "Right by",
    within: |span| format!("within {span}"),
    counts: "Counts",
    counts_rule: "Counted − what the book said at that moment. Goods that came in and were told by a count show as more. From a till's readings, sales whose receipt came later are \
                  taken off as far as they are known.",
    counts_none: "No count differed from the book.",
    counts_sum: |more, fewer, net| format!("{more} more, {fewer} fewer, {net} together"),
    counts_same: |counts| format!("{} agreed with the book.", many(counts, "product", "products")),
    counts_first: |counts| format!("{} counted for the first time.", many(counts, "product", "products")),
    counted_by: "Counted by",
    counted_at: "At",
    by_hand: "by hand",
    counted: "Counted",
    expected: "The book said",
    difference: "Difference",
    sold_meanwhile: |units| format!("{} sold, with a later receipt, taken off", n(units)),
    pick_ups: "Pick-ups in store",
    pick_ups_rule: "From when the goods were asked for until the store said that they are ready, within two hours. What was called off before, or waits \
                    still, is not judged. Whoever had not come when the time of a hold was over is a no-show.",
    pick_ups_asked: |holds| format!("{} asked for.", many(holds, "pick-up", "pick-ups")),
    pick_ups_ready: |ready, judged| format!("Ready within 2 h: {} of {}.", n(ready), n(judged)),
    pick_ups_in_time: |percent| format!("{percent} % ready within 2 h"),
    pick_ups_not_here: |moved, refused| {
        format!("{} moved to another store, {} found nowhere", n(moved), n(refused))
    },
    pick_ups_no_shows: |no_shows, ended, percent| {
        format!("No-shows: {} of {} ({percent} %).", n(no_shows), n(ended))
    },
    not_here_by: "Said by",
    moved_to: "Set aside in",
    moved_nowhere: "nowhere",
    stock: "Stock and ledger",
    whole_shop: "The whole shop",
    on_hand: "On hand",
    committed: "Committed",
    holds: "Holds",
    cover: "Cover of listings",
    free: "Free",
    ledger: "Ledger",
    ledger_right: |balances| {
        format!("{} equal the sum of their lines, no line is missing.", many(balances, "balance", "balances"))
    },
    ledger_wrong: |gaps, folds| {
        format!("{}, {}", many(gaps, "gap", "gaps"), many(folds, "wrong balance", "wrong balances"))
    },
    gap: |first, missing| format!("{} missing, from number {}", many(missing, "line", "lines"), n(first)),
    wrong_fold: |field, balance, ledger| format!("{field}: balance {balance}, sum of lines {ledger}"),
    stranded: "Stranded stock",
    stranded_rule: |minutes| {
        format!("Could be sold, and no channel shows it, for more than {minutes} minutes.")
    },
    stranded_none: "All that can be sold is shown.",
    stranded_count: |lines| format!("{} not shown", many(lines, "product", "products")),

    parked: "Waiting for a person",
    parked_none: "Nothing waits.",
    parked_count: |items| many(items, "item waits", "items wait"),
    what: "What",
    advice: "What to do",
    items: "Items",
    oldest: "Oldest since",
    running: "Connections and freshness",
    half_within: "Half within",
    most_within: "99% within",
    no_change: "no change",
    oldest_stale: "Oldest stale",
    none_stale: "none",
    login: "Login",
    login_words,
    webhooks: "Webhooks",
    webhooks_words,
    alerts: "Alerts of the day",
    alerts_none: "No alerts.",
    alerts_count: |alerts| many(alerts, "alert", "alerts"),
    alert_lasts: "still on",
    alert_ended: |at| format!("over at {at}"),
    alert_costs: "What it costs",
    remarks: "Input that was not right",

    low_stock: "Running out",
    low_stock_none: "Nothing runs out.",
    low_stock_count: |lines| many(lines, "product", "products"),
    low_stock_rule: |below, window| {
        format!("Lasts fewer than {below} days at the pace of the last {window} days.")
    },
    left: "Left",
    sold_per_day: "Sold a day",
    days_left: "Days left",
    not_sold: "not sold",
    suggestions: "What to buy and to move",
    suggestions_none: "Nothing to buy or to move.",
    suggestions_count: |buys, moves| format!("{} to buy, {} to move", n(buys), n(moves)),
    reorders: "To buy",
    reorder: "Buy",
    reorder_rule: "Sold ÷ days measured × (days to wait + days to last) − here − on the way, rounded up.",
    reorder_inputs,
    moves: "To move between stores",
    move_rule: "The lesser of what the taking store lacks and what the giving store can spare.",
    move_inputs,
    road: "From → to",
    calculation: "How it is worked out",

    cost: "Running cost",
    cost_day: "The day",
    cost_thousand: "Per 1,000 orders",
    cost_rule: |list, day| format!("What was used × prices of {list}, noted on {day}."),
    cost_part: "Running cost, the counted part",
    cost_left_out: |what| format!("Only the part that the ledger lets us count. Left out: {what}."),
    cost_no_bill: "This shop runs on its own machine, so there is no bill: this is what the list would ask for the same work.",
    at_least: |cost| format!("at least {cost}"),
    price_per_million: "Price of a million",
    used: "Used",

    task: tasks::task,

    all_shops: "All shops",
    shops_counts: |shops, red| format!("{}, {} to act on today", many(shops, "shop", "shops"), n(red)),
    order_rule: "Worst first: oversold, orders missing, shortfalls past their deadline, drift not healed, logins lost, \
                 parked, stale numbers.",
    shop: "Shop",
    no_report: "No report",
    operator_columns: [
        "Oversold",
        "Orders differ",
        "Short, late",
        "Drift",
        "Logins lost",
        "Parked",
        "Oldest stale",
    ],
    shops_none: "There is no shop yet.",
};

fn found_words(found: &Found, reader: &Reader) -> String {
    match found {
        Found::MissingHere => "on the channel, not in our book".to_owned(),
        Found::MissingThere => "in our book, not on the channel".to_owned(),
        Found::MoneyDiffers { theirs, ours } => {
            format!("money differs: channel {}, ours {}", reader.money(*theirs), reader.money(*ours))
        }
        Found::HourDiffers { theirs, ours } => {
            format!("placed at {} by the channel, {} by us", reader.moment(*theirs), reader.moment(*ours))
        }
    }
}

fn done_words(done: &Done, reader: &Reader) -> String {
    match done {
        Done::Fetched => "fetched, being recorded".to_owned(),
        Done::Recorded => "fetched and recorded".to_owned(),
        Done::Explained { why } => format!("explained: {}", reader.said(why)),
        Done::Parked { advice } => format!("parked: {}", reader.said(advice)),
    }
}

fn drift_class(class: DriftClass) -> &'static str {
    match class {
        DriftClass::OurBug => "our bug",
        DriftClass::LostPush => "our number was not taken",
        DriftClass::ForeignEdit => "somebody else's edit",
        DriftClass::CampaignLock => "locked by a promotion",
        DriftClass::Count => "goods were just counted",
        DriftClass::OnItsWay => "still on its way",
        DriftClass::Unknown => "not known",
    }
}

fn drift_done(done: DriftDone) -> &'static str {
    match done {
        DriftDone::Lowered => "lowered",
        DriftDone::Raised => "raised",
        DriftDone::Lowering => "being lowered",
        DriftDone::Raising => "being raised",
        DriftDone::LeftLocked => "left until the campaign is over",
        DriftDone::LeftBudgetSpent => "left: the day's corrections are spent",
        DriftDone::LeftCauseUnknown => "left: cause not known",
        DriftDone::Waiting => "waiting",
    }
}

fn login_words(login: &Login, reader: &Reader) -> String {
    match login {
        Login::NotMeasured => TEXTS.not_measured.to_owned(),
        Login::Good => "good".to_owned(),
        Login::Renewed { at } => format!("refused, signed in again {}", reader.moment(*at)),
        Login::EndsSoon { at } => format!("ends {}", reader.moment(*at)),
        Login::Lost { since } => format!("lost since {}", reader.moment(*since)),
    }
}

fn webhooks_words(webhooks: &Webhooks, reader: &Reader) -> String {
    match webhooks {
        Webhooks::NotMeasured => TEXTS.not_measured.to_owned(),
        Webhooks::NotOffered => "the channel has none".to_owned(),
        Webhooks::Healthy => "good".to_owned(),
        Webhooks::Repaired { at, missed, orders } => {
            format!("switched on again {}{}", reader.moment(*at), and_missed(*missed, orders))
        }
        Webhooks::Losing { missed, orders } => {
            let missed = many(*missed, "order", "orders");
            format!("{missed} not told, read from the list{}", first_named(orders))
        }
        Webhooks::Off { since, missed, orders } => {
            format!("off since {}{}", reader.moment(*since), and_missed(*missed, orders))
        }
    }
}

fn and_missed(missed: u64, orders: &[OrderId]) -> String {
    match missed {
        0 => String::new(),
        _ => {
            let missed = many(missed, "order", "orders");
            format!("; {missed} not told, read from the list{}", first_named(orders))
        }
    }
}

fn reorder_inputs(inputs: &ReorderInputs, _: &Reader) -> String {
    let (sold, window, now, coming) =
        (n(inputs.sold), inputs.window_days, n(inputs.units_now), n(inputs.on_the_way));
    format!("{sold} ÷ {window} × ({} + {}) − {now} − {coming}", inputs.lead_days, inputs.target_days)
}

fn move_inputs(inputs: &MoveInputs, _: &Reader) -> String {
    let (window, days) = (inputs.window_days, inputs.target_days);
    format!(
        "taker: {} ÷ {window} × {days} − {}; giver: {} − {} ÷ {window} × {days}",
        n(inputs.to_sold),
        n(inputs.to_units),
        n(inputs.from_units),
        n(inputs.from_sold),
    )
}
