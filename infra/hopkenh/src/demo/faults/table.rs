//! The table at the end of a day with faults: what was injected, where, and what the report says of it.
#![allow(clippy::print_stdout, reason = "the table is the product of the command")]

use super::super::report::print_table;
use super::super::texts::Language;
use super::{Fault, Night, words};

/// Prints the table, what stands on one side only, and where the report lies.
pub(super) fn print(night: &Night, l: Language) {
    println!(
        "\n{}\n",
        l.say("Sự cố được gài và báo cáo sáng", "Faults that were injected, and the morning report")
    );
    print_table(&rows(night, l));
    let (missing, made_up) = night.one_sided();
    println!();
    match (missing.len(), made_up.len()) {
        (0, 0) => println!("{}", all_named(night, l)),
        (missing, made_up) => println!("{}", differs(missing, made_up, l)),
    }
    let pages = night.pages.display();
    println!("{}: {pages}/vi.html   {pages}/en.html", l.say("Báo cáo", "Report"));
}

fn all_named(night: &Night, l: Language) -> String {
    let count = night.injected.len();
    l.pick(
        format!("Đạt: báo cáo nêu đủ {count} sự cố, không thừa."),
        format!("Good: the report names all {count} faults and no other."),
    )
}

fn differs(missing: usize, made_up: usize, l: Language) -> String {
    l.pick(
        format!("KHÔNG ĐẠT: {missing} sự cố không được báo, {made_up} mục báo mà không gài."),
        format!(
            "NOT GOOD: {missing} faults are not reported, {made_up} are reported and were never injected."
        ),
    )
}

pub(super) fn rows(night: &Night, l: Language) -> Vec<Vec<String>> {
    let head = match l {
        Language::Vi => ["Sự cố", "Nơi", "Đối tượng", "Báo cáo ghi", "Xử lý"],
        Language::En => ["Fault", "Where", "What", "Reported as", "Repair"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(night.injected.iter().map(|fault| injected(night, fault, l)));
    let (_, made_up) = night.one_sided();
    let never = l.say("(không gài) ", "(never injected) ");
    rows.extend(made_up.into_iter().map(|fault| {
        let mut row = injected(night, fault, l);
        row.iter_mut().take(1).for_each(|cell| cell.insert_str(0, never));
        row
    }));
    rows
}

fn injected(night: &Night, fault: &Fault, l: Language) -> Vec<String> {
    let mut row = vec![words::kind(&fault.kind, l), fault.connection.clone(), fault.what.clone()];
    match night.reported.iter().find(|reported| reported.fault == *fault) {
        Some(reported) => row.extend([reported.found.clone(), words::done(&reported.done, l)]),
        None => row.extend([l.say("KHÔNG BÁO", "NOT REPORTED").to_owned(), "·".to_owned()]),
    }
    row
}
