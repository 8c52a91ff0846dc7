//! New listings written into the text of a shop's file, with all else left as it stands, comments included.

use commerce::catalogue::Listing;
use commerce::ids::ConnectionId;

/// The text with these listings at the end of the connection's part; none when it names no such connection.
pub fn with_listings(text: &str, connection: &ConnectionId, listings: &[Listing]) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let begin = beginning(&lines, connection)?;
    let end = lines.iter().skip(begin + 1).position(|line| begins_another(line));
    let mut end = end.map_or(lines.len(), |n| begin + 1 + n);
    // What stands right above the next part belongs to it: its headline and its comments.
    while end > begin + 1 && (lines[end - 1].trim().is_empty() || lines[end - 1].trim().starts_with('#')) {
        end -= 1;
    }
    let mut out: Vec<String> = lines[..end].iter().map(|line| (*line).to_owned()).collect();
    out.extend(listings.iter().map(block));
    out.extend(lines[end..].iter().map(|line| (*line).to_owned()));
    Some(out.join("\n") + "\n")
}

fn beginning(lines: &[&str], connection: &ConnectionId) -> Option<usize> {
    let heads = lines.iter().enumerate().filter(|(_, line)| header(line) == Some("[[shop.connection]]"));
    let mut heads = heads.map(|(n, _)| n);
    heads.find(|n| {
        let body = lines.iter().skip(n + 1).take_while(|line| header(line).is_none());
        body.clone().any(|line| is_id(line, connection))
    })
}

/// A line such as `id = "web"   # the website`.
fn is_id(line: &str, connection: &ConnectionId) -> bool {
    let Some((name, value)) = line.split_once('=') else { return false };
    let value = value.trim().trim_start_matches(['"', '\'']);
    let rest = value.strip_prefix(connection.as_str()).unwrap_or_default();
    name.trim() == "id" && rest.starts_with(['"', '\''])
}

/// A table's headline without spaces and comments; none for any other line.
fn header(line: &str) -> Option<&str> {
    let line = line.trim();
    let end = line.find(']').filter(|_| line.starts_with('['))?;
    let end = if line[end..].starts_with("]]") { end + 2 } else { end + 1 };
    Some(&line[..end])
}

fn begins_another(line: &str) -> bool {
    header(line).is_some_and(|head| {
        head != "[[shop.connection.listing]]" && head != "[[shop.connection.listing.recipe]]"
    })
}

fn block(listing: &Listing) -> String {
    // Ids and codes hold no control characters, and JSON's way of quoting is one of TOML's.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut text = format!("\n[[shop.connection.listing]]\nid = {}\n", quoted(listing.id.as_str()));
    match listing.recipe.as_slice() {
        [part] if part.factor == 1 => text.push_str(&format!("sku = {}\n", quoted(part.sku.as_str()))),
        [part] => {
            text.push_str(&format!("sku = {}\nfactor = {}\n", quoted(part.sku.as_str()), part.factor));
        }
        parts => {
            let part = |p: &commerce::catalogue::Component| {
                format!("{{ sku = {}, factor = {} }}", quoted(p.sku.as_str()), p.factor)
            };
            let parts: Vec<String> = parts.iter().map(part).collect();
            text.push_str(&format!("recipe = [{}]\n", parts.join(", ")));
        }
    }
    if listing.buffer > 0 {
        text.push_str(&format!("buffer = {}\n", listing.buffer));
    }
    if !listing.publish {
        text.push_str("publish = false\n");
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::catalogue::Component;
    use commerce::ids::{ListingId, Sku};
    use lambda_kit::shops_file;

    const FILE: &str = r#"# A shop
[[shop]]
id = "demo"
name = "Mẫu"
[[shop.location]]
id = "hn"
name = "Hà Nội"

[[shop.connection]]
id = "web"           # the website
channel = "woocommerce"
serves_from = ["hn"]

[[shop.connection.listing]]
id = "10:0"
sku = "AO-M"

# ------------------------------ Shopee
[[shop.connection]]
id = "web-2"
channel = "shopee"
serves_from = ["hn"]

# counts
[[shop.count]]
sku = "AO-M"
location = "hn"
on_hand = 1
as_of = "2026-11-21T17:00:00Z"
"#;

    fn listing(id: &str, sku: &str, factor: u32) -> Listing {
        let recipe = vec![Component { sku: Sku::new(sku).unwrap(), factor }];
        Listing {
            id: ListingId::new(id).unwrap(),
            recipe,
            buffer: 2,
            publish: false,
            rule: None,
            paused: false,
        }
    }

    #[test]
    fn listings_come_to_their_own_connection_and_all_else_stays() {
        for connection in ["web", "web-2"] {
            let id = ConnectionId::new(connection).unwrap();
            let new = [listing("7:\"1", "QUẦN", 6), listing("8:1", "AO-M", 1)];
            let text = with_listings(FILE, &id, &new).unwrap();
            let shop = shops_file::parse(&text).unwrap().catalogue.shops.into_values().next().unwrap();
            assert_eq!(shop.connections[&id].listings[&new[0].id], new[0]);
            let many: Vec<usize> = shop.connections.values().map(|c| c.listings.len()).collect();
            assert_eq!(many, if connection == "web" { [3, 0] } else { [1, 2] });
            let kept = FILE.lines().all(|line| text.lines().any(|other| other == line));
            assert!(kept && text.find("# counts") > text.find("[[shop.connection]]"));
        }
        assert!(with_listings(FILE, &ConnectionId::new("till").unwrap(), &[]).is_none());
    }
}
