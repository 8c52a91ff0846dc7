//! Shops with their secrets, ready for use.

use crate::shops_file::{self, Count, ShopsFile};
use crate::{secret_source, secret_store};
use channels::facts::Hosts;
use channels::outside::Outside;
use channels::secrets::Secrets;
use commerce::catalogue::{Catalogue, Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Shops, connections and secrets as they were when they were read; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Shops(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    catalogue: Catalogue,
    secrets: BTreeMap<(ShopId, ConnectionId), Secrets>,
    counts: BTreeMap<ShopId, Vec<Count>>,
    out_of_reach: BTreeMap<ShopId, OutOfReach>,
}

/// A shop that cannot be told from one that does not exist, because its file or its secrets were not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutOfReach {
    /// The place where it lies did not answer: try again.
    #[error("{0}")]
    ForNow(String),
    /// It cannot be read until a person has mended it.
    #[error("{0}")]
    UntilMended(String),
}

/// Everything that is wrong with the shops file, one sentence each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ShopsError(pub Vec<String>);

fn read(path: &Path) -> Result<ShopsFile, ShopsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| ShopsError(vec![format!("shops file {}: {}", path.display(), e.kind())]))?;
    shops_file::parse(&text).map_err(|e| ShopsError(vec![e.to_string()]))
}

impl Shops {
    /// Takes shops and secrets as they are, as tests and the demo do.
    pub fn new(
        catalogue: Catalogue,
        secrets: BTreeMap<(ShopId, ConnectionId), Secrets>,
        counts: BTreeMap<ShopId, Vec<Count>>,
    ) -> Self {
        Self(Arc::new(Inner { catalogue, secrets, counts, out_of_reach: BTreeMap::new() }))
    }

    /// The same, with the shops that could not be read and why.
    pub fn with_out_of_reach(
        catalogue: Catalogue,
        secrets: BTreeMap<(ShopId, ConnectionId), Secrets>,
        counts: BTreeMap<ShopId, Vec<Count>>,
        out_of_reach: BTreeMap<ShopId, OutOfReach>,
    ) -> Self {
        Self(Arc::new(Inner { catalogue, secrets, counts, out_of_reach }))
    }

    /// Reads the file and fetches every secret it names; lists all that is wrong at once.
    pub fn from_file(path: &Path) -> Result<Self, ShopsError> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let file = read(path)?;
        let mut problems = Vec::new();
        let mut secrets = BTreeMap::new();
        for ((shop, connection), sources) in &file.secret_sources {
            match secret_source::read_all(sources, folder) {
                Ok(values) => {
                    secrets.insert((shop.clone(), connection.clone()), secret_store::ready(&values));
                }
                Err(found) => problems
                    .extend(found.iter().map(|p| format!("shop {shop}, connection {connection}, {p}"))),
            }
        }
        let shops = Self::new(file.catalogue, secrets, file.counts);
        if problems.is_empty() {
            problems = shops.complaints();
        }
        if problems.is_empty() { Ok(shops) } else { Err(ShopsError(problems)) }
    }

    /// A sentence for each setting or secret that a connection's channel needs and does not have.
    pub fn complaints(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for shop in self.0.catalogue.shops.values() {
            for connection in shop.connections.values() {
                let secrets = self.secrets(&shop.id, &connection.id);
                let found = channels::settings::check(connection, secrets);
                problems.extend(found.into_iter().map(|p| format!("shop {}: {p}", shop.id)));
            }
        }
        problems
    }

    /// A sentence for each address that channel calls may not reach.
    pub fn refused_addresses(&self, outside: Outside) -> Vec<String> {
        let mut problems = Vec::new();
        for shop in self.0.catalogue.shops.values() {
            for connection in shop.connections.values() {
                let found = channels::settings::check_address(connection, outside);
                problems.extend(found.into_iter().map(|p| format!("shop {}: {p}", shop.id)));
            }
            problems.extend(refused_mail_server(shop, outside));
        }
        problems
    }

    /// The shops.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// Why a shop is neither known nor unknown, if so.
    pub fn out_of_reach(&self, shop: &ShopId) -> Option<&OutOfReach> {
        self.0.out_of_reach.get(shop)
    }

    /// A shop and one of its connections.
    pub fn connection(&self, shop: &ShopId, connection: &ConnectionId) -> Option<(&Shop, &Connection)> {
        self.0.catalogue.connection(shop, connection)
    }

    /// A connection's secrets; empty when it has none.
    pub fn secrets(&self, shop: &ShopId, connection: &ConnectionId) -> &Secrets {
        static NONE: std::sync::LazyLock<Secrets> = std::sync::LazyLock::new(Secrets::default);
        self.0.secrets.get(&(shop.clone(), connection.clone())).unwrap_or(&NONE)
    }

    /// The counts a shop starts from.
    pub fn counts(&self, shop: &ShopId) -> &[Count] {
        self.0.counts.get(shop).map_or(&[], Vec::as_slice)
    }
}

/// A sentence for a mail server that is not on the public internet, where only that may be reached.
fn refused_mail_server(shop: &Shop, outside: Outside) -> Option<String> {
    let server = shop.report.email.as_ref()?.server.as_ref()?;
    let refusal = outside.permit(Hosts::ShopsOwn, &format!("https://{}", server.host)).err()?;
    Some(format!("shop {}: report.email.server is refused: {refusal}", shop.id))
}
