//! A plan in words: a table per product with both rules side by side, what it comes to, and what the model cannot know.

use super::Told;
use crate::demo::texts::Language;
use crate::terminal;
use commerce::Timestamp;
use commerce::ids::ConnectionId;
use commerce::what_if::Figures;
use std::collections::BTreeMap;

/// The whole answer.
pub(super) fn text(told: &Told, l: Language) -> String {
    let parts = [head(told, l), table(told, l), summary(told, l), pooled(told, l), assumptions(told, l)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn head(told: &Told, l: Language) -> String {
    let at = |ms: i64| {
        let time = Timestamp::from_millisecond(ms).unwrap_or_default();
        time.strftime("%Y-%m-%d %H:%M").to_string()
    };
    let name = format!("{} ({})", told.shop.name, told.shop.id);
    let Some((from, until)) = told.span_ms.map(|(from, until)| (at(from), at(until))) else {
        return l.pick(
            format!("{name}: sổ cái chưa có gì để tính thử.\n"),
            format!("{name}: nothing is in the ledger yet to be played again.\n"),
        );
    };
    let lines = told.ledger.lines;
    let mut text = l.pick(
        format!("{name}: tính lại {lines} dòng sổ cái, từ {from} đến {until} (giờ UTC)\n"),
        format!("{name}: {lines} ledger lines played again, {from} to {until} (UTC)\n"),
    );
    if told.ledger.missing > 0 {
        let missing = told.ledger.missing;
        text.push_str(&l.pick(
            format!("  ! thiếu {missing} dòng trong kho lưu: số bên dưới có thể sai\n"),
            format!("  ! {missing} lines are missing in the archive: the figures below may be wrong\n"),
        ));
    }
    text
}

/// Columns of two stand for today's rules and for the rule that is tried.
fn table(told: &Told, l: Language) -> String {
    let heads: [(&str, &str); 10] = [
        ("Mã hàng", "SKU"),
        ("Khách muốn", "Wanted"),
        ("Bán vượt thật", "Oversold really"),
        ("nay", "today"),
        ("thử", "rule"),
        ("Từ chối nay", "Refused today"),
        ("thử", "rule"),
        ("Ế nay", "Unsold today"),
        ("thử", "rule"),
        ("Lần hết hàng", "Stock-outs"),
    ];
    let mut rows = vec![heads.map(|(vi, en)| l.say(vi, en).to_owned()).to_vec()];
    let products = told.products();
    if products.is_empty() {
        return String::new();
    }
    for (sku, today, rule) in &products {
        let really = told.happened.get(*sku).copied().unwrap_or(0);
        rows.push(row(sku.as_str(), really, *today, *rule));
    }
    let (today, rule) = told.sums();
    rows.push(row(l.say("Tổng", "Total"), told.happened.values().sum(), today, rule));
    terminal::table(&rows)
}

fn row(name: &str, really: i64, today: Figures, rule: Figures) -> Vec<String> {
    let numbers = [
        today.wanted_units,
        really,
        today.oversold_units,
        rule.oversold_units,
        today.refused_units,
        rule.refused_units,
        today.unsold_units,
        rule.unsold_units,
    ];
    let mut row = vec![name.to_owned()];
    row.extend(numbers.map(|units| units.to_string()));
    row.push(format!("{} → {}", today.stock_outs, rule.stock_outs));
    row
}

fn summary(told: &Told, l: Language) -> String {
    if told.products().is_empty() {
        return String::new();
    }
    let (today, rule) = told.sums();
    let avoided = today.oversold_units - rule.oversold_units;
    let mut text = match avoided {
        0 => l.say("Bán vượt tồn: như cũ.\n", "Oversells: the same.\n").to_owned(),
        less if less > 0 => l.pick(
            format!("Tránh được bán vượt tồn: {less} đơn vị.\n"),
            format!("Oversells avoided: {less} units.\n"),
        ),
        more => l.pick(
            format!("Bán vượt tồn thêm: {} đơn vị.\n", -more),
            format!("More oversells: {} units.\n", -more),
        ),
    };
    text.push_str(&orders(
        l.say("Đơn sẽ không mua được trên kênh của nó", "Orders that would have moved"),
        &Told::moved(&told.today, &told.rule),
        l,
    ));
    text.push_str(&orders(
        l.say("Đơn chỉ quy tắc nay từ chối", "Orders that only today's rules refuse"),
        &Told::moved(&told.rule, &told.today),
        l,
    ));
    let (before, after) = (today.unsold_units, rule.unsold_units);
    text.push_str(&l.pick(
        format!("Hàng còn ế cuối các lần hết hàng: {after} thay vì {before} đơn vị.\n"),
        format!("Units unsold at the end of stock-outs: {after} instead of {before}.\n"),
    ));
    text
}

fn orders(title: &str, moved: &BTreeMap<ConnectionId, (i64, i64)>, l: Language) -> String {
    let (orders, units) = moved.values().fold((0, 0), |(o, u), (orders, units)| (o + orders, u + units));
    let each: Vec<String> = moved.iter().map(|(id, (orders, _))| format!("{id} {orders}")).collect();
    let each = if each.is_empty() { String::new() } else { format!(": {}", each.join(", ")) };
    l.pick(
        format!("{title}: {orders} đơn, {units} món{each}\n"),
        format!("{title}: {orders} orders, {units} units{each}\n"),
    )
}

/// What a listing of the shared pool should hold back.
fn pooled(told: &Told, l: Language) -> String {
    if told.pooled.is_empty() {
        return String::new();
    }
    let seconds = told.lag_ms / 1_000;
    let mut text = l.pick(
        format!("Kho chung: số nên giữ lại = độ trễ × tốc độ bán; độ trễ {seconds} giây, tốc độ đo lúc bán chạy nhất\n"),
        format!("Shared pool: buffer = lag × velocity; lag {seconds} s, velocity measured where it was busiest\n"),
    );
    let heads = match l {
        Language::Vi => ["Mã hàng", "Nhiều nhất trong 10 phút", "Nhiều nhất trong một độ trễ", "Nên giữ lại"],
        Language::En => ["SKU", "Most in 10 minutes", "Most in one lag", "Buffer"],
    };
    let mut rows = vec![heads.map(str::to_owned).to_vec()];
    for (sku, speed) in &told.pooled {
        let numbers = [speed.busiest_units, speed.in_one_lag_units, speed.buffer_units];
        let mut row = vec![sku.to_string()];
        row.extend(numbers.map(|units| units.to_string()));
        rows.push(row);
    }
    text.push_str(&terminal::table(&rows));
    text
}

fn assumptions(told: &Told, l: Language) -> String {
    let seconds = told.lag_ms / 1_000;
    let vi = [
        "Cách tính và điều sổ cái không biết:".to_owned(),
        "- Khách đã thấy hết hàng trên kênh không có trong sổ cái, nên nhu cầu thật cao hơn.".to_owned(),
        "- Khách không mua được thì đi luôn, không quay lại và không sang kênh khác.".to_owned(),
        "- Gian hàng được chia riêng có phần của nó ngay; thật ra có lúc phải chờ đến một phút.".to_owned(),
        format!(
            "- Gian hàng dùng kho chung biết đơn của kênh khác sau {seconds} giây (--lag-seconds; đo thật: FreshnessMs)."
        ),
        "- Số kiểm đếm và hàng về được tính bằng phần đã thay đổi; bán tại quầy không bao giờ bị từ chối."
            .to_owned(),
        "- Đơn không ghi gian hàng nào thì tính cho gian hàng đầu tiên của kết nối đó.".to_owned(),
        "- Bán vượt thật: theo sổ cái. nay/thử: cùng mô hình này dưới quy tắc nay và quy tắc thử.".to_owned(),
    ];
    let en = [
        "How it is worked out, and what the ledger cannot know:".to_owned(),
        "- Buyers who found a channel sold out left no line, so real demand was higher.".to_owned(),
        "- A buyer who is refused goes: nobody comes back, and nobody buys on another channel.".to_owned(),
        "- A covered listing has its share at once; a real one may wait up to a minute for it.".to_owned(),
        format!(
            "- A pooled listing hears of other channels' sales {seconds} s late (--lag-seconds; FreshnessMs measures it)."
        ),
        "- Counts and receipts count as the change they made; a sale at a till is never refused.".to_owned(),
        "- An order whose listing is not in the ledger is taken to be of its connection's first listing."
            .to_owned(),
        "- Oversold really: by the ledger. today and rule: this same model under both rules.".to_owned(),
    ];
    let lines = match l {
        Language::Vi => vi,
        Language::En => en,
    };
    lines.join("\n") + "\n"
}
