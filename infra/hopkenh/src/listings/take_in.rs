//! Confirmed rows become listings of the shop's file. Everything wrong is said at once, and then nothing is changed.

use super::TakeIn;
use super::file_text::with_listings;
use super::names::{titles, with_names};
use super::sheet::{self, Row};
use crate::demo::texts::Language;
use crate::shop::add;
use crate::up::Problem;
use channels::facts::Verb;
use channels::registry;
use commerce::catalogue::{Component, Listing, Shop};
use commerce::ids::{ConnectionId, ListingId, ShopId, Sku};
use lambda_kit::shop_source;
use std::collections::BTreeMap;

/// New listings by connection, each with the lines it came from.
pub(super) type New = BTreeMap<ConnectionId, BTreeMap<ListingId, (Listing, Vec<usize>)>>;

/// Takes the rows in and says how many.
pub(super) async fn take_in(args: &TakeIn) -> Result<String, Problem> {
    let l = args.lang;
    let id = ShopId::new(&args.shop)?;
    let place = args.place.open_existing().await?;
    let Some(text) = place.shop_text(&id).await? else { return Err(place.no_such_shop(&id).await?.into()) };
    let text = String::from_utf8(text).map_err(|_| format!("shop {id}: its file is not text"))?;
    let (shop, _) = shop_source::parse(&id, text.as_bytes())?;
    let sheet = std::fs::read(&args.file).map_err(|e| format!("{}: {}", args.file.display(), e.kind()))?;
    let sheet = String::from_utf8(sheet).map_err(|_| {
        l.say(
            "tệp không phải UTF-8; hãy lưu lại dạng CSV UTF-8",
            "the file is not UTF-8; save it as CSV UTF-8",
        )
    })?;
    let rows = sheet::read(&sheet, l).map_err(|problems| problems.join("\n"))?;
    let (new, known) = plan(&shop, &rows, args.all_exact, l).map_err(|problems| problems.join("\n"))?;
    let mut changed = text.clone();
    for (connection, listings) in &new {
        let listings: Vec<Listing> = listings.values().map(|(listing, _)| listing.clone()).collect();
        changed = with_listings(&changed, connection, &listings)
            .ok_or_else(|| format!("shop {id}: its file has no part for connection {connection}"))?;
    }
    let taken: usize = new.values().map(BTreeMap::len).sum();
    let (text_with_names, named) = with_names(&changed, &shop, &titles(&shop, &rows, &new));
    if taken > 0 || named > 0 {
        add::put_text(&place, &id, &text_with_names).await?;
    }
    let left =
        rows.len() - new.values().flat_map(|all| all.values()).map(|(_, lines)| lines.len()).sum::<usize>();
    Ok(l.pick(
        format!("Đã nối {taken} gian hàng; {known} đã có từ trước; {left} dòng để nguyên; {named} mã hàng có tên mới. Đơn đang chờ mã hàng sẽ được ghi trong vòng một phút.\n"),
        format!("{taken} listings are mapped; {known} were before; {left} rows were left; {named} products have got a name. Orders that waited for a product are applied within a minute.\n"),
    ))
}

/// The new listings, and how many rows say what the file says already.
fn plan(shop: &Shop, rows: &[Row], all_exact: bool, l: Language) -> Result<(New, usize), Vec<String>> {
    let (mut new, mut known, mut problems) = (New::new(), 0, Vec::new());
    for row in rows {
        let is_sure = all_exact && row.cell("state").starts_with("exact");
        if !row.is_confirmed() && !is_sure {
            continue;
        }
        match read_row(shop, row, l) {
            Ok(None) => known += 1,
            Ok(Some((connection, listing))) => {
                let all = new.entry(connection).or_default();
                let (known, lines) = all
                    .entry(listing.id.clone())
                    .or_insert_with(|| (Listing { recipe: Vec::new(), ..listing.clone() }, Vec::new()));
                known.recipe.extend(listing.recipe);
                lines.push(row.line);
            }
            Err(why) => problems
                .push(l.pick(format!("dòng {}: {why}", row.line), format!("line {}: {why}", row.line))),
        }
    }
    problems.extend(duplicates(shop, &new, l));
    if problems.is_empty() { Ok((new, known)) } else { Err(problems) }
}

/// None for a row that says what the file says already.
fn read_row(shop: &Shop, row: &Row, l: Language) -> Result<Option<(ConnectionId, Listing)>, String> {
    let connection = ConnectionId::new(row.cell("connection")).map_err(|e| e.to_string())?;
    let id = ListingId::new(row.cell("listing")).map_err(|e| e.to_string())?;
    let Some(known) = shop.connections.get(&connection) else {
        return Err(
            l.pick(format!("không có kết nối {connection}"), format!("there is no connection {connection}"))
        );
    };
    let sku = row.cell("sku");
    if let Some(mapped) = known.listings.get(&id) {
        let says_the_same = sku.is_empty() || mapped.recipe.iter().any(|part| part.sku.as_str() == sku);
        return if says_the_same {
            Ok(None)
        } else {
            let is: Vec<&str> = mapped.recipe.iter().map(|part| part.sku.as_str()).collect();
            let is = is.join(" + ");
            Err(l.pick(
                format!("{id} đã là {is}; muốn đổi thì sửa tệp của cửa hàng (`hopkenh shop file`, `shop add`)"),
                format!("{id} is {is} already; to change it, edit the shop's file (`hopkenh shop file`, `shop add`)"),
            ))
        };
    }
    let number = |column: &str, otherwise: u32| match row.cell(column) {
        "" => Ok(otherwise),
        text => text
            .parse::<u32>()
            .map_err(|_| l.pick(format!("{column}: phải là số"), format!("{column}: must be a number"))),
    };
    let sku = Sku::new(sku).map_err(|e| e.to_string())?;
    let factor = number("factor", 1)?;
    if factor == 0 {
        return Err(l.say("factor: phải từ 1", "factor: must be at least 1").to_owned());
    }
    let publish =
        !matches!(row.cell("publish").to_lowercase().as_str(), "no" | "n" | "0" | "false" | "không");
    // A till is told of sales, never of numbers.
    let publish = publish && registry::find(&known.channel).is_none_or(|c| c.facts().can(Verb::SetStock));
    let recipe = vec![Component { sku, factor }];
    Ok(Some((
        connection,
        Listing { id, recipe, buffer: number("buffer", 0)?, publish, rule: None, paused: false },
    )))
}

/// Two listings of one account with one product, or one listing twice with the same product: both are shown.
fn duplicates(shop: &Shop, new: &New, l: Language) -> Vec<String> {
    let mut problems = Vec::new();
    for (connection, listings) in new {
        let mut seen: BTreeMap<String, &ListingId> = BTreeMap::new();
        let before = shop.connections.get(connection).map(|c| c.listings.values()).into_iter().flatten();
        let all = before.chain(listings.values().map(|(listing, _)| listing));
        for listing in all {
            let mut parts: Vec<String> =
                listing.recipe.iter().map(|part| format!("{}x{}", part.sku, part.factor)).collect();
            parts.sort();
            let twice = parts.windows(2).any(|pair| pair[0] == pair[1]);
            let recipe = parts.join(" + ");
            let other = seen.insert(recipe.clone(), &listing.id);
            if let Some(other) = other.filter(|_| listings.contains_key(&listing.id)) {
                let id = &listing.id;
                problems.push(l.pick(
                    format!("kết nối {connection}: {other} và {id} cùng là {recipe}; chỉ giữ một, hoặc ghi tay vào tệp"),
                    format!("connection {connection}: {other} and {id} would both be {recipe}; keep one, or write it into the file by hand"),
                ));
            }
            if twice {
                let id = &listing.id;
                problems.push(l.pick(
                    format!("kết nối {connection}: {id} có hai dòng giống nhau ({recipe})"),
                    format!("connection {connection}: {id} stands in two equal rows ({recipe})"),
                ));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_kit::shops_file;

    fn shop() -> Shop {
        let text = "[[shop]]\nid = \"lan\"\nname = \"Lan\"\n[[shop.location]]\nid = \"hn\"\nname = \"HN\"\n\
            [[shop.connection]]\nid = \"web\"\nchannel = \"woocommerce\"\nserves_from = [\"hn\"]\n\
            [[shop.connection.listing]]\nid = \"1:0\"\nsku = \"AO-M\"\n";
        let file = shops_file::parse(text).unwrap();
        (**file.catalogue.shops.values().next().unwrap()).clone()
    }

    fn check(rows: &str, expected: Result<usize, &str>) {
        let rows =
            sheet::read(&format!("connection,listing,sku,confirm,state\n{rows}"), Language::En).unwrap();
        let got = plan(&shop(), &rows, false, Language::En);
        match (got, expected) {
            (Ok((new, _)), Ok(many)) => assert_eq!(new.values().map(BTreeMap::len).sum::<usize>(), many),
            (Err(problems), Err(word)) => assert!(problems.join("\n").contains(word), "{problems:?}"),
            (got, expected) => panic!("{got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn only_confirmed_rows_are_taken() {
        check("web,2:0,AO-L,yes,\nweb,3:0,QUAN,,exact sku\n", Ok(1));
        check("web,1:0,AO-M,yes,mapped\n", Ok(0));
        check("web,2:0,AO-L,yes,\nweb,2:0,QUAN,yes,\n", Ok(1));
    }

    #[test]
    fn what_is_wrong_or_not_clear_is_refused_with_both_shown() {
        check("web,2:0,AO-L,yes,\nweb,3:0,AO-L,yes,\n", Err("2:0 and 3:0 would both be AO-Lx1"));
        check("web,2:0,AO-M,yes,\n", Err("1:0 and 2:0 would both be AO-Mx1"));
        check("web,1:0,QUAN,yes,\n", Err("1:0 is AO-M already"));
        check("shop,2:0,AO-L,yes,\n", Err("line 2: there is no connection shop"));
        check("web,2:0,,yes,\n", Err("line 2: sku"));
    }
}
