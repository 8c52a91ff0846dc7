//! What settlement files came to, in words: a row for each file, and a line for whatever somebody should know.

use crate::demo::texts::Language;
use crate::explain::layout::folded;
use crate::terminal;
use commerce::catalogue::{Connection, Shop};
use commerce::money::Money;
use commerce::reconcile::{Found, Total};
use commerce::settlement::{Basis, Comparison, Difference, advice, why};
use workflows::settlements::{About, Kept, Outcome};

/// So many differences of a file are told one by one.
const TOLD_MAX: usize = 100;

/// The whole answer.
pub(super) fn text(shop: &Shop, connection: &Connection, files: &[Kept], l: Language) -> String {
    let head = l.pick(
        format!("Tệp quyết toán của {} ({}), kết nối {}", shop.name, shop.id, connection.id),
        format!("Settlement files of {} ({}), connection {}", shop.name, shop.id, connection.id),
    );
    let mut rows = vec![header(l)];
    rows.extend(files.iter().map(|kept| row(kept, l)));
    let lines: String = files.iter().map(|kept| of_file(kept, l)).collect();
    let is_explained = files.iter().any(has_explained);
    let end = match files.iter().all(Kept::agrees) {
        true if is_explained => l.say("Khớp, hoặc lệch có lý do.\n", "Everything agrees or is explained.\n"),
        true => l.say("Mọi thứ khớp.\n", "Everything agrees.\n"),
        false => l.say(
            "Có chỗ chưa khớp. Báo cáo sáng sẽ nêu lại.\n",
            "Not everything agrees. The morning report will say so too.\n",
        ),
    };
    format!("{head}\n\n{}\n{lines}{end}", terminal::table(&rows))
}

fn has_explained(kept: &Kept) -> bool {
    match &kept.outcome {
        Outcome::Compared { comparison, .. } => !comparison.differences.is_empty(),
        Outcome::Unreadable { .. } => false,
    }
}

fn header(l: Language) -> Vec<String> {
    let names = match l {
        Language::Vi => {
            ["tệp", "đơn: tệp = sổ", "người mua trả: tệp = sổ", "khớp", "lệch", "có lý do", "sàn trả"]
        }
        Language::En => [
            "file",
            "orders: file = book",
            "buyers pay: file = book",
            "same",
            "differ",
            "explained",
            "paid out",
        ],
    };
    names.map(str::to_owned).to_vec()
}

fn row(kept: &Kept, l: Language) -> Vec<String> {
    let dot = || "·".to_owned();
    let Outcome::Compared { comparison, .. } = &kept.outcome else {
        let unread = l.say("không đọc được", "not read").to_owned();
        return vec![kept.file.clone(), unread, dot(), dot(), dot(), dot(), dot()];
    };
    let Comparison { theirs, ours, same, differences, paid_out, .. } = &**comparison;
    let explained = differences.iter().filter(|one| one.reason.is_explained()).count();
    vec![
        kept.file.clone(),
        equals(theirs.orders.to_string(), ours.orders.to_string()),
        match comparison.basis {
            Basis::BuyerPays { .. } => equals(sum(*theirs), sum(*ours)),
            Basis::OrdersOnly => dot(),
        },
        same.to_string(),
        (differences.len() - explained).to_string(),
        explained.to_string(),
        paid_out.map_or_else(dot, amount),
    ]
}

fn equals(theirs: String, ours: String) -> String {
    let sign = if theirs == ours { "=" } else { "≠" };
    format!("{theirs} {sign} {ours}")
}

fn sum(total: Total) -> String {
    total.money.map_or_else(|| "0".to_owned(), amount)
}

fn amount(Money { amount_minor, currency }: Money) -> String {
    format!("{amount_minor} {}", currency.code())
}

/// Everything that is to be said of one file.
fn of_file(kept: &Kept, l: Language) -> String {
    let file = &kept.file;
    let (about, comparison) = match &kept.outcome {
        Outcome::Compared { about, comparison, .. } => (about, comparison),
        Outcome::Unreadable { reason } => {
            return folded("  ! ", &format!("{file}: {}", l.pick(reason.vi.clone(), reason.en.clone())));
        }
    };
    let mut lines = folded("  · ", &format!("{file}: {}", read_as(about, comparison, l)));
    for one in comparison.differences.iter().take(TOLD_MAX) {
        let mark = if one.reason.is_explained() { "  · " } else { "  ! " };
        lines.push_str(&folded(mark, &difference(kept, one, l)));
    }
    let rest = comparison.differences.len().saturating_sub(TOLD_MAX);
    if rest > 0 {
        lines.push_str(
            &l.pick(format!("  … và {rest} đơn nữa: --json\n"), format!("  … and {rest} more: --json\n")),
        );
    }
    for line in comparison.repeated.iter().take(TOLD_MAX) {
        lines.push_str(&folded(
            "  ! ",
            &l.pick(
                format!(
                    "dòng {} giống hệt dòng {} (đơn {}): tính hai lần như trong tệp",
                    line.line, line.first_line, line.order
                ),
                format!(
                    "line {} is line {} once more (order {}): it counts twice, as in the file",
                    line.line, line.first_line, line.order
                ),
            ),
        ));
    }
    lines
}

/// How it was read and what was compared, so that nobody has to guess.
fn read_as(about: &About, comparison: &Comparison, l: Language) -> String {
    let About { layout, encoding, head_line, order_column, lines, .. } = about;
    let mut said = vec![l.pick(
        format!(
            "{layout}, {encoding}, tiêu đề ở dòng {head_line}, {lines} dòng, mã đơn ở cột {order_column:?}"
        ),
        format!(
            "{layout}, {encoding}, head in line {head_line}, {}, orders in column {order_column:?}",
            counted(*lines, ["line", "lines"])
        ),
    )];
    said.push(basis(&comparison.basis, l));
    said.push(match comparison.days {
        Some(days) => {
            l.pick(format!("kỳ {} – {}", days.from, days.to), format!("days {} to {}", days.from, days.to))
        }
        None => l
            .say(
                "không rõ kỳ nên không tìm đơn bị thiếu trong tệp (thêm --from, --to)",
                "its days are not known, so no order was looked for that it lacks (add --from and --to)",
            )
            .to_owned(),
    });
    said.extend(counts(about, comparison, l));
    said.join("; ")
}

fn basis(basis: &Basis, l: Language) -> String {
    match basis {
        Basis::BuyerPays { column } => l.pick(
            format!("so mã đơn và số tiền người mua trả (cột {column:?})"),
            format!("compared: orders, and what buyers pay (column {column:?})"),
        ),
        Basis::OrdersOnly => l
            .say(
                "chỉ so mã đơn: tệp chỉ có số tiền sau phí, sổ không giữ phí",
                "compared: orders alone, for the file only has amounts after fees, which the book does not keep",
            )
            .to_owned(),
    }
}

/// What was not compared, or not counted, each with how many; nothing of what there is none of.
fn counts(about: &About, comparison: &Comparison, l: Language) -> Vec<String> {
    let unpriced = ["order without what the buyer pays", "orders without what the buyer pays"];
    let no_order = ["line about no order", "lines about no order"];
    let per_product = ["line per product (not counted)", "lines per product (not counted)"];
    let sums = ["line of sums (not counted)", "lines of sums (not counted)"];
    [
        (comparison.unpriced, "đơn không ghi người mua trả bao nhiêu", unpriced),
        (comparison.lines_without_order, "dòng không thuộc đơn nào", no_order),
        (about.parts, "dòng lặp theo sản phẩm (không tính)", per_product),
        (about.sums, "dòng tổng ở cuối (không tính)", sums),
    ]
    .into_iter()
    .filter(|(many, ..)| *many > 0)
    .map(|(many, vi, en)| l.pick(format!("{many} {vi}"), counted(many, en)))
    .collect()
}

/// A number with its word.
fn counted(many: u64, [one, several]: [&str; 2]) -> String {
    format!("{many} {}", if many == 1 { one } else { several })
}

fn difference(kept: &Kept, one: &Difference, l: Language) -> String {
    let at =
        one.line.map(|line| l.pick(format!(" (dòng {line})"), format!(" (line {line})"))).unwrap_or_default();
    let order = &one.order;
    let found = match &one.found {
        Found::MissingHere => {
            l.say("có trong tệp, không có trong sổ", "is in the file and not in our book").to_owned()
        }
        Found::MissingThere => {
            l.say("có trong sổ, không tệp nào có", "is in our book and in no file").to_owned()
        }
        Found::MoneyDiffers { theirs, ours } => {
            let (theirs, ours) = (amount(*theirs), amount(*ours));
            l.pick(
                format!("tệp ghi {theirs}, sổ ghi {ours}"),
                format!("is {theirs} in the file and {ours} here"),
            )
        }
        Found::HourDiffers { .. } => l.say("khác giờ", "is of another hour").to_owned(),
    };
    let what = match (why(one.reason), advice(one, &kept.shop)) {
        (Some((vi, en)), _) => l.say(vi, en).to_owned(),
        (None, Some((vi, en))) => l.pick(vi, en),
        (None, None) => String::new(),
    };
    l.pick(format!("đơn {order}{at} {found}; {what}"), format!("order {order}{at} {found}; {what}"))
}
