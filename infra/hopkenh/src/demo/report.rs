//! The summary at the end of the day: what must be zero, how fresh the channels were, what it cost, where it lies.
#![allow(clippy::print_stdout, reason = "the report is the product of the command")]

use super::Wishes;
use super::figures::Figures;
use super::texts::Language;
use super::world::World;

/// Prints the stock and the figures of the day.
pub fn print_day(world: &World, figures: &Figures, wishes: &Wishes) {
    let l = wishes.language;
    println!("\n{}\n", l.say("Một ngày của cửa hàng", "The shop's day"));
    print_table(&stock_table(world, figures, l));
    println!();
    print_table(&figures_table(figures, l));
}

/// Prints what it comes to, and where it lies.
pub fn print_verdict(world: &World, figures: &Figures, wishes: &Wishes) {
    let l = wishes.language;
    println!("\n{}", verdict(figures, l));
    let data = world.folders.data.display();
    let channels = match wishes.channels.join(",") {
        usual if usual == super::CHANNELS => String::new(),
        other => format!(" --channels {other}"),
    };
    let faults = if wishes.faults { " --faults" } else { "" };
    println!(
        "{}: {data}/table.sqlite   {}: {data}/archive/ledger/   {}: --seed {} --orders {}{channels}{faults}",
        l.say("Sổ", "Book"),
        l.say("Sổ cái", "Ledger"),
        l.say("Chạy lại", "Replay"),
        wishes.seed,
        wishes.orders
    );
}

fn stock_table(world: &World, figures: &Figures, l: Language) -> Vec<Vec<String>> {
    let store = |name: &str, what: &str| format!("{name} {what}");
    let (on_hand, committed, free) =
        (l.say("tồn", "on hand"), l.say("đã bán", "committed"), l.say("còn", "free"));
    let mut head = vec![l.say("Mã hàng", "SKU").to_owned()];
    for name in world.stores.iter().map(|store| store.id().to_uppercase()) {
        head.extend([on_hand, committed, free].map(|what| store(&name, what)));
    }
    let shown = world.cast.iter().filter(|actor| actor.shows_stock());
    head.extend(shown.map(|actor| actor.title().to_owned()));
    head.push(l.say("lệch", "drift").to_owned());
    let mut table = vec![head];
    for row in &figures.stock {
        let mut cells = vec![row.sku.clone()];
        for n in 0..world.stores.len() {
            match row.locations.get(n) {
                Some((_, on_hand, committed, free)) => {
                    cells.extend([on_hand, committed, free].map(ToString::to_string));
                }
                None => cells.extend(["·", "·", "·"].map(str::to_owned)),
            }
        }
        cells.extend(row.channels.iter().map(|(_, shown, _)| shown.to_string()));
        let drift: i64 = row.channels.iter().map(|(_, shown, rule)| (shown - rule).abs()).sum();
        cells.push(drift.to_string());
        table.push(cells);
    }
    table
}

fn figures_table(f: &Figures, l: Language) -> Vec<Vec<String>> {
    let row = |name: &str, value: String, note: &str| vec![name.to_owned(), value, note.to_owned()];
    let must = l.say("phải bằng 0", "must be 0");
    vec![
        row(
            l.say("Đơn đã gửi = đã ghi", "Orders sent = recorded"),
            format!("{} = {}", f.orders_sent, f.orders_recorded),
            "",
        ),
        row(l.say("Thiếu", "Missing"), f.missing.to_string(), must),
        row(l.say("Ghi đôi", "Doubled"), f.doubled.to_string(), must),
        row(l.say("Ghi thiếu số lượng", "Short"), f.short.to_string(), must),
        row(l.say("Gian hàng lệch tồn", "Listings that drift"), f.drift.to_string(), must),
        row(l.say("Tồn sai", "Balances wrong"), f.balances_wrong.to_string(), must),
        row(l.say("Sổ cái không khớp", "Ledger wrong"), f.ledger_wrong.to_string(), must),
        row(l.say("Bán vượt tồn (đơn vị)", "Oversold (units)"), f.oversold.to_string(), must),
        row(l.say("Cập nhật chưa rõ kết quả", "Calls never resolved"), f.unresolved.to_string(), must),
        row(l.say("Mặt hàng hết trong ngày", "Products that ran out"), f.stock_outs.to_string(), ""),
        row(
            l.say("Người mua gặp hết hàng", "Buyers who found it sold out"),
            f.refused_sold_out.to_string(),
            "",
        ),
        row(
            l.say("Thông báo nhận (bản sao)", "Webhooks (copies)"),
            format!("{} ({})", f.webhooks, f.webhook_copies),
            "",
        ),
        row(
            l.say("Độ tươi p50 / p99", "Freshness p50 / p99"),
            format!("{} / {} ms", f.freshness_p50_ms, f.freshness_p99_ms),
            l.say("thông báo gửi → đã ghi sổ", "news sent → recorded"),
        ),
        row(
            l.say("Gian hàng đổi p50 / p99", "Listings changed p50 / p99"),
            format!("{} / {} ms", f.shown_p50_ms, f.shown_p99_ms),
            l.say("thông báo gửi → kênh khác hiển thị", "news sent → shown by another listing"),
        ),
        row(l.say("Đơn vị ghi / đơn", "Write units per order"), f.write_units_per_order.to_string(), ""),
        row(l.say("Đơn vị đọc / đơn", "Read units per order"), f.read_units_per_order.to_string(), ""),
        row(l.say("Yêu cầu SQS / đơn", "SQS requests per order"), f.sqs_requests_per_order.to_string(), ""),
    ]
}

fn verdict(figures: &Figures, l: Language) -> String {
    let wrong: Vec<String> = figures
        .must_be_zero()
        .iter()
        .filter(|(_, value)| *value != 0)
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    if wrong.is_empty() {
        l.say("Đạt: mọi số phải bằng 0 đều bằng 0.", "Good: every figure that must be 0 is 0.").to_owned()
    } else {
        format!("{}: {}", l.say("KHÔNG ĐẠT", "NOT GOOD"), wrong.join(", "))
    }
}

/// Prints rows in columns as wide as their widest cell; numbers to the right, names to the left.
pub fn print_table(rows: &[Vec<String>]) {
    print!("{}", crate::terminal::table(rows));
}
