//! The demo's shop put on disk as `hopkenh shop add` leaves it: a file, its secrets, an entry in the list of shops. Only so
//! can a login be renewed, because new tokens must be kept somewhere.

use super::cast::Actor;
use super::world::SHOP;
use crate::up::{Folders, Problem};
use channels::channel::Clock;
use commerce::catalogue::{Connection, Location, Shop};
use commerce::ids::{ConnectionId, ShopId};
use lambda_kit::objects::Objects;
use lambda_kit::secret_store::SecretStore;
use lambda_kit::shop_source::{ShopSource, object_name, version};
use lambda_kit::shops::Shops;
use lambda_kit::shops_file::Count;
use std::fmt::Write;
use table::shop_item::Registered;

/// Writes all of it, and gives where the machine finds it.
pub(super) async fn put(
    shops: &Shops,
    cast: &[Actor],
    folders: &Folders,
    clock: &Clock,
) -> Result<ShopSource, Problem> {
    let id = ShopId::new(SHOP)?;
    let shop = shops.catalogue().shops.get(&id).ok_or("the demo has a shop")?;
    let text = file_text(shop, shops.counts(&id))?;
    let objects = Objects::Folder(folders.data.clone());
    objects.put(&object_name(&id), text.clone().into_bytes()).await?;
    let store = SecretStore::Folder(folders.data.join("secrets"));
    for actor in cast {
        store.put(&id, &ConnectionId::new(actor.connection())?, &actor.keys).await?;
    }
    let table = one_machine::machine::open_or_make_table(&folders.data).await?;
    let version = version(text.as_bytes());
    table.register(&Registered::changed(id, shop.name.clone(), version, None, clock())).await?;
    Ok(ShopSource::live(objects, Some(store), clock.clone()))
}

fn file_text(shop: &Shop, counts: &[Count]) -> Result<String, Problem> {
    let mut text = format!("[[shop]]\nid = {:?}\nname = {:?}\n", shop.id.as_str(), shop.name);
    writeln!(text, "shortfalls = {{ owner = {:?} }}", shop.shortfalls.owner)?;
    writeln!(text, "[shop.names]")?;
    for (sku, name) in &shop.report.names {
        writeln!(text, "{:?} = {name:?}", sku.as_str())?;
    }
    for location in &shop.locations {
        put_location(&mut text, location)?;
    }
    for connection in shop.connections.values() {
        put_connection(&mut text, connection)?;
    }
    for Count { sku, location, on_hand, as_of } in counts {
        let (sku, location) = (sku.as_str(), location.as_str());
        writeln!(text, "[[shop.count]]\nsku = {sku:?}\nlocation = {location:?}")?;
        writeln!(text, "on_hand = {on_hand}\nas_of = \"{as_of}\"")?;
    }
    Ok(text)
}

fn put_location(text: &mut String, location: &Location) -> std::fmt::Result {
    let Location { id, name, till, walk_in_reserve, orders_to } = location;
    writeln!(text, "[[shop.location]]\nid = {:?}\nname = {name:?}", id.as_str())?;
    writeln!(text, "walk_in_reserve = {walk_in_reserve}")?;
    if let Some(to) = orders_to {
        let branch = to.branch.iter().map(|branch| format!(", branch = {branch:?}")).collect::<String>();
        writeln!(text, "orders_to = {{ connection = {:?}{branch} }}", to.connection.as_str())?;
    }
    let Some(till) = till else { return Ok(()) };
    writeln!(text, "till = {{ connection = {:?}, branch = {:?} }}", till.connection.as_str(), till.branch)
}

fn put_connection(text: &mut String, connection: &Connection) -> std::fmt::Result {
    let stores: Vec<&str> = connection.serves_from.iter().map(commerce::ids::LocationId::as_str).collect();
    writeln!(text, "[[shop.connection]]\nid = {:?}", connection.id.as_str())?;
    writeln!(text, "channel = {:?}\nserves_from = {stores:?}", connection.channel)?;
    for (name, url) in [("base_url", &connection.base_url), ("webhook_url", &connection.webhook_url)] {
        if let Some(url) = url {
            writeln!(text, "{name} = {url:?}")?;
        }
    }
    let settings: Vec<String> =
        connection.account.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
    writeln!(text, "account = {{ {} }}", settings.join(", "))?;
    for listing in connection.listings.values() {
        let parts = listing
            .recipe
            .iter()
            .map(|part| format!("{{ sku = {:?}, factor = {} }}", part.sku.as_str(), part.factor));
        let parts: Vec<String> = parts.collect();
        writeln!(text, "[[shop.connection.listing]]\nid = {:?}", listing.id.as_str())?;
        writeln!(text, "publish = {}\nrecipe = [{}]", listing.publish, parts.join(", "))?;
    }
    Ok(())
}
