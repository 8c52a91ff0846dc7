//! What the channels have on sale, beside what the shop's file knows: a table for a person to look through.

use super::Ask;
use super::sheet::{self, Row};
use crate::demo::texts::Language;
use crate::place::Place;
use crate::terminal;
use crate::up::Problem;
use channels::facts::Verb;
use channels::gateway::{Account, Gateway};
use channels::listings::ChannelListing;
use channels::registry;
use channels::walk;
use commerce::catalogue::{Connection, Listing, Shop};
use commerce::ids::{ConnectionId, ShopId};
use commerce::mapping::{self, By, Candidate, Proposal};
use lambda_kit::{clock, secret_store, shop_source, way_out};
use std::collections::BTreeMap;

/// What one account told: its listings, rows that cannot be read, or why it told nothing.
type Told = Result<(Vec<ChannelListing>, usize), String>;

/// Asks, proposes, and says how many of each kind there are.
pub(super) async fn propose(ask: &Ask) -> Result<String, Problem> {
    let place = ask.place.open_existing().await?;
    let (shop, counted) = read(&place, &ask.shop).await?;
    let outside = ask.channel_hosts.map_or(place.outside, Into::into);
    let gateway = way_out::gateway(outside, clock::system())?;
    let mut told = BTreeMap::new();
    for connection in wanted(&shop, ask)? {
        told.insert(connection.id.clone(), listen(&place, &gateway, &shop, connection).await?);
    }
    let candidates = candidates(&told);
    let skus = mapping::known_skus(&shop, counted);
    let barcodes = mapping::known_barcodes(&shop, candidates.iter().map(|(id, all)| (id, all.as_slice())));
    let mut rows = Vec::new();
    for (connection, all) in &candidates {
        let proposals = mapping::propose(&shop, connection, all, &skus, &barcodes);
        let listings = told[connection].as_ref().map(|(listings, _)| listings.as_slice()).unwrap_or_default();
        rows.extend(
            listings.iter().map(|listing| row(connection, listing, &proposals[&listing.id], ask.lang)),
        );
    }
    let text = sheet::write(&rows);
    let Some(file) = &ask.to else { return Ok(text) };
    std::fs::write(file, text).map_err(|e| format!("{}: {}", file.display(), e.kind()))?;
    Ok(summary(&told, &rows, ask))
}

/// The listings of the shop's file as a table.
pub(super) async fn export(ask: &Ask) -> Result<String, Problem> {
    let place = ask.place.open_existing().await?;
    let (shop, _) = read(&place, &ask.shop).await?;
    let mut rows = Vec::new();
    for connection in wanted(&shop, ask)? {
        rows.extend(connection.listings.values().flat_map(|listing| mapped_rows(connection, listing)));
    }
    let text = sheet::write(&rows);
    let Some(file) = &ask.to else { return Ok(text) };
    std::fs::write(file, text).map_err(|e| format!("{}: {}", file.display(), e.kind()))?;
    let (many, file) = (rows.len(), file.display());
    Ok(ask.lang.pick(format!("{many} dòng trong {file}\n"), format!("{many} rows in {file}\n")))
}

async fn read(place: &Place, shop: &str) -> Result<(Shop, Vec<commerce::ids::Sku>), Problem> {
    let id = ShopId::new(shop)?;
    match place.shop_text(&id).await? {
        Some(text) => {
            let (shop, counts) = shop_source::parse(&id, &text)?;
            Ok((shop, counts.into_iter().map(|count| count.sku).collect()))
        }
        None => Err(place.no_such_shop(&id).await?.into()),
    }
}

fn wanted<'s>(shop: &'s Shop, ask: &Ask) -> Result<Vec<&'s Connection>, Problem> {
    let Some(name) = &ask.connection else { return Ok(shop.connections.values().collect()) };
    let found = shop.connections.get(&ConnectionId::new(name.as_str())?);
    Ok(vec![found.ok_or_else(|| format!("shop {}: has no connection {name}", shop.id))?])
}

async fn listen(
    place: &Place,
    gateway: &Gateway,
    shop: &Shop,
    connection: &Connection,
) -> Result<Told, Problem> {
    let can = registry::find(&connection.channel).is_some_and(|c| c.facts().can(Verb::ListListings));
    if !can {
        return Ok(Err("this channel does not list what is on sale".to_owned()));
    }
    let stored = place.secrets.load(&shop.id, std::slice::from_ref(&connection.id)).await?;
    let secrets = stored.get(&connection.id).map(secret_store::ready).unwrap_or_default();
    let account = Account { shop, connection, secrets: &secrets };
    let rows = match walk::all_listings(gateway, &account).await {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let all = rows.len();
    let listings: Vec<ChannelListing> = rows.into_iter().flatten().collect();
    let unreadable = all - listings.len();
    Ok(Ok((listings, unreadable)))
}

fn candidates(told: &BTreeMap<ConnectionId, Told>) -> BTreeMap<ConnectionId, Vec<Candidate>> {
    let candidate = |listing: &ChannelListing| Candidate {
        id: listing.id.clone(),
        sku: listing.sku.clone(),
        barcode: listing.barcode.clone(),
    };
    let known = told.iter().filter_map(|(id, told)| Some((id, told.as_ref().ok()?)));
    known.map(|(id, (listings, _))| (id.clone(), listings.iter().map(candidate).collect())).collect()
}

fn row(connection: &ConnectionId, listing: &ChannelListing, proposal: &Proposal, l: Language) -> Row {
    let (sku, state) = match proposal {
        Proposal::Mapped => (String::new(), "mapped".to_owned()),
        Proposal::Exact { sku, by: By::Sku } => (sku.to_string(), "exact sku".to_owned()),
        Proposal::Exact { sku, by: By::Barcode } => (sku.to_string(), "exact barcode".to_owned()),
        Proposal::Duplicate { with } => {
            let others: Vec<&str> = with.iter().map(|id| id.as_str()).collect();
            (String::new(), format!("{} {}", l.say("trùng mã với", "same code as"), others.join(" ")))
        }
        Proposal::Unknown => (String::new(), l.say("chưa biết", "unknown").to_owned()),
    };
    Row::of(&[
        ("connection", connection.to_string()),
        ("listing", listing.id.to_string()),
        ("sku", sku),
        ("state", state),
        ("channel_sku", listing.sku.clone().unwrap_or_default()),
        ("barcode", listing.barcode.clone().unwrap_or_default()),
        ("title", listing.title.clone()),
    ])
}

/// A listing of one product is one row; a set has a row for each of its parts.
fn mapped_rows(connection: &Connection, listing: &Listing) -> Vec<Row> {
    let row = |part: &commerce::catalogue::Component| {
        Row::of(&[
            ("connection", connection.id.to_string()),
            ("listing", listing.id.to_string()),
            ("sku", part.sku.to_string()),
            ("factor", part.factor.to_string()),
            ("buffer", listing.buffer.to_string()),
            ("publish", if listing.publish { "yes" } else { "no" }.to_owned()),
            ("confirm", "yes".to_owned()),
            ("state", "mapped".to_owned()),
        ])
    };
    listing.recipe.iter().map(row).collect()
}

fn summary(told: &BTreeMap<ConnectionId, Told>, rows: &[Row], ask: &Ask) -> String {
    let l = ask.lang;
    let head = match l {
        Language::Vi => ["Kết nối", "Đang bán", "Đã nối", "Khớp", "Trùng mã", "Chưa biết", "Ghi chú"],
        Language::En => ["Connection", "On sale", "Mapped", "Exact", "Same code", "Unknown", "Remark"],
    };
    let mut table = vec![head.map(str::to_owned).to_vec()];
    for (connection, told) in told {
        let of = |begin: &str| {
            let own = rows.iter().filter(|row| row.cell("connection") == connection.as_str());
            own.filter(|row| row.cell("state").starts_with(begin)).count().to_string()
        };
        let cells = match told {
            Err(why) => vec![
                "·".to_owned(),
                "·".to_owned(),
                "·".to_owned(),
                "·".to_owned(),
                "·".to_owned(),
                why.clone(),
            ],
            Ok((listings, unreadable)) => vec![
                listings.len().to_string(),
                of("mapped"),
                of("exact"),
                of(l.say("trùng", "same")),
                of(l.say("chưa", "unknown")),
                match unreadable {
                    0 => String::new(),
                    n => l.pick(format!("{n} dòng không đọc được"), format!("{n} rows cannot be read")),
                },
            ],
        };
        table.push([vec![connection.to_string()], cells].concat());
    }
    let file = ask.to.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let next = l.pick(
        format!("\nXem tệp {file}: ghi yes vào cột confirm ở dòng đúng, điền sku ở dòng còn trống, rồi:\n"),
        format!(
            "\nLook through {file}: write yes under confirm where it is right, fill in what is empty, then:\n"
        ),
    );
    let flags = ask.place.flags();
    format!("{}{next}  hopkenh listings import --shop {} {file}{flags}\n", terminal::table(&table), ask.shop)
}
