//! `hopkenh parked`: the list of what waits for a person, with the reason and what to do about it.
#![allow(clippy::print_stdout, reason = "the list is the product of the command")]

use crate::demo::texts::Language;
use crate::up::{Folders, Problem};
use commerce::catalogue::Shop;
use commerce::ids::ShopId;
use lambda_kit::clock;
use lambda_kit::shops_file;
use one_machine::machine;
use std::path::Path;
use std::sync::Arc;
use table::parked_item::Parked;
use workflows::catch_up::parked;
use workflows::parking::OPERATOR_SHOP;

/// Prints everything parked, oldest first; works beside a running `up`.
pub async fn list(config: &Path, data: &Path, language: Language) -> Result<(), Problem> {
    // No secret is needed to read the list, so none is asked for.
    let file = shops_file::parse(&std::fs::read_to_string(config)?)?;
    let table = machine::open_table(&Folders::under(data).data).await?;
    let mut notes = Vec::new();
    for shop in file.catalogue.shops.values().cloned().chain([Arc::new(operator()?)]) {
        notes.extend(parked(&table, &clock::system(), &shop).await?);
    }
    print(&notes, language);
    Ok(())
}

/// Work that names no shop of ours lies under the operator.
fn operator() -> Result<Shop, Problem> {
    let id = ShopId::new(OPERATOR_SHOP)?;
    let (locations, connections) = Default::default();
    Ok(Shop { id, name: OPERATOR_SHOP.to_owned(), keep_orders_days: 0, locations, connections })
}

fn print(notes: &[Parked], language: Language) {
    if notes.is_empty() {
        println!("{}", language.say("Không có việc nào chờ xử lý.", "Nothing waits for a person."));
        return;
    }
    let head = match language {
        Language::Vi => ["Lúc", "Cửa hàng", "Kết nối", "Việc", "Cần làm"],
        Language::En => ["When", "Shop", "Connection", "What", "What to do"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for note in notes {
        for reason in &note.reasons {
            let advice = match language {
                Language::Vi => reason.advice_vi(),
                Language::En => reason.advice_en(),
            };
            let place = [note.shop.to_string(), note.connection.to_string()];
            let mut row = vec![format!("{:.0}", note.at)];
            row.extend(place);
            row.extend([note.subject.clone(), advice]);
            rows.push(row);
        }
    }
    crate::demo::report::print_table(&rows);
}
