//! What people call the products: the titles of confirmed listings, written into the shop's file where a person can change
//! them.

use super::sheet::Row;
use super::take_in::New;
use commerce::catalogue::{Component, Shop};
use commerce::ids::{ConnectionId, ListingId, Sku};
use commerce::report_rule::NAME_LETTERS_MAX;
use std::collections::BTreeMap;

/// The part of a shop's file that holds the names.
const HEADER: &str = "[shop.names]";

/// The title of each product that has no name yet, from listings that a person has said are this product and nothing else.
/// Of several the shortest one counts: channels' titles are long for the sake of their search.
pub(super) fn titles(shop: &Shop, rows: &[Row], new: &New) -> BTreeMap<Sku, String> {
    let mut titles: BTreeMap<Sku, String> = BTreeMap::new();
    for row in rows {
        let Some(sku) = product(shop, row, new).filter(|sku| !shop.report.names.contains_key(sku)) else {
            continue;
        };
        let title = readable(row.cell("title"));
        let rank = |title: &str| (title.chars().count(), title.to_owned());
        let is_better = titles.get(&sku).is_none_or(|known| rank(&title) < rank(known));
        if !title.is_empty() && is_better {
            titles.insert(sku, title);
        }
    }
    titles
}

/// The one product that a row's listing is, a unit of it for a unit.
fn product(shop: &Shop, row: &Row, new: &New) -> Option<Sku> {
    let connection = ConnectionId::new(row.cell("connection")).ok()?;
    let id = ListingId::new(row.cell("listing")).ok()?;
    let of_file = shop.connections.get(&connection).and_then(|known| known.listings.get(&id));
    let of_sheet = || Some(&new.get(&connection)?.get(&id)?.0);
    match of_file.or_else(of_sheet)?.recipe.as_slice() {
        [Component { sku, factor: 1 }] => Some(sku.clone()),
        _ => None,
    }
}

/// A title in one line, no longer than a name may be.
fn readable(title: &str) -> String {
    let letters = title.chars().filter(|letter| !letter.is_control()).take(NAME_LETTERS_MAX);
    letters.collect::<String>().trim().to_owned()
}

/// The text with these names in their part of it, and how many were added. A file that holds its names in one line is a
/// person's own and stays as it is.
pub(super) fn with_names(text: &str, shop: &Shop, titles: &BTreeMap<Sku, String>) -> (String, usize) {
    let header = text.lines().position(|line| line.trim_start().starts_with(HEADER));
    if titles.is_empty() || (header.is_none() && !shop.report.names.is_empty()) {
        return (text.to_owned(), 0);
    }
    // JSON's way of quoting is one of TOML's, and a title holds no control characters.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let new = titles.iter().map(|(sku, title)| format!("{} = {}", quoted(sku.as_str()), quoted(title)));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    match header {
        Some(at) => drop(lines.splice(at + 1..at + 1, new)),
        None => lines.extend([String::new(), HEADER.to_owned()].into_iter().chain(new)),
    }
    (lines.join("\n") + "\n", titles.len())
}

#[cfg(test)]
mod tests {
    use super::super::sheet;
    use super::*;
    use crate::demo::texts::Language;
    use lambda_kit::shops_file;

    const FILE: &str = "[[shop]]\nid = \"lan\"\nname = \"Lan\"\n[[shop.location]]\nid = \"hn\"\nname = \"HN\"\n\
        [[shop.connection]]\nid = \"web\"\nchannel = \"woocommerce\"\nserves_from = [\"hn\"]\nlisting = [\n\
        { id = \"1:0\", sku = \"AO-M\" }, { id = \"2:0\", sku = \"AO-L\" }, { id = \"3:0\", sku = \"VO\", factor = 6 },\n\
        { id = \"4:0\", recipe = [{ sku = \"QUAN\" }, { sku = \"AO-M\" }] }, { id = \"5:0\", sku = \"AO-M\" }]\n";
    const ROWS: &str = "connection,listing,sku,title\n\
        web,1:0,,\"Áo thun \"\"đẹp\"\" giá rẻ, size M\"\n\
        web,5:0,,Áo thun M\u{7}\n\
        web,2:0,,<b>Áo L</b> \\ ' \u{7f}\n\
        web,3:0,,Sáu đôi vớ\n\
        web,4:0,,Bộ\n\
        web,9:0,XX,Chưa ai xác nhận\n";

    fn shop(text: &str) -> Shop {
        let file = shops_file::parse(text).unwrap();
        (**file.catalogue.shops.values().next().unwrap()).clone()
    }

    fn named(text: &str) -> (String, usize) {
        let shop = shop(text);
        let rows = sheet::read(ROWS, Language::En).unwrap();
        with_names(text, &shop, &titles(&shop, &rows, &New::new()))
    }

    #[test]
    fn titles_of_single_listings_become_names_and_a_persons_own_names_stay() {
        let (text, many) = named(FILE);
        assert_eq!(many, 2, "neither a pack nor a set names a product, nor what nobody has mapped");
        let names = shop(&text).report.names;
        assert_eq!(names[&Sku::new("AO-M").unwrap()], "Áo thun M", "the shortest title");
        assert_eq!(names[&Sku::new("AO-L").unwrap()], "<b>Áo L</b> \\ '");
        assert_eq!(named(&text), (text.clone(), 0), "once more adds nothing");
        let own = format!(
            "{FILE}[shop.names]   # ours\nAO-M = \"Áo của Lan\"\n[[shop.location]]\nid = \"b\"\nname = \"B\"\n"
        );
        let (text, many) = named(&own);
        let names = shop(&text).report.names;
        assert_eq!((many, names.len(), &*names[&Sku::new("AO-M").unwrap()]), (1, 2, "Áo của Lan"));
        let in_a_line = FILE.replace("name = \"Lan\"", "name = \"Lan\"\nnames = { AO-M = \"Áo\" }");
        assert_eq!(named(&in_a_line), (in_a_line.clone(), 0));
    }
}
