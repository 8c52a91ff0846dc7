//! The shops of this deployment with their secrets, ready for use.

use crate::secret_source;
use crate::settings::SHOPS_FILE;
use crate::shops_file::{self, Count, ShopsFile};
use channels::secrets::Secrets;
use commerce::catalogue::{Catalogue, Connection, Shop};
use commerce::ids::{ConnectionId, ShopId};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Shops, connections and secrets; cheap to clone.
#[derive(Clone, Debug)]
pub struct Shops(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    catalogue: Catalogue,
    secrets: BTreeMap<(ShopId, ConnectionId), Secrets>,
    counts: BTreeMap<ShopId, Vec<Count>>,
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
        Self(Arc::new(Inner { catalogue, secrets, counts }))
    }

    /// Reads the file that the environment names.
    pub fn from_environment() -> Result<Self, ShopsError> {
        let path = SHOPS_FILE.required().map_err(|e| ShopsError(vec![e.to_string()]))?;
        Self::from_file(Path::new(&path))
    }

    /// Reads the file that the environment names, for functions that call no channel and need no secret.
    pub fn without_secrets_from_environment() -> Result<Self, ShopsError> {
        let path = SHOPS_FILE.required().map_err(|e| ShopsError(vec![e.to_string()]))?;
        let file = read(Path::new(&path))?;
        Ok(Self::new(file.catalogue, BTreeMap::new(), file.counts))
    }

    /// Reads the file and fetches every secret it names; lists all that is wrong at once.
    pub fn from_file(path: &Path) -> Result<Self, ShopsError> {
        Self::with_secrets(read(path)?, path.parent().unwrap_or(Path::new(".")))
    }

    fn with_secrets(file: ShopsFile, folder: &Path) -> Result<Self, ShopsError> {
        let mut problems = Vec::new();
        let mut secrets = BTreeMap::new();
        for ((shop, connection), sources) in file.secret_sources {
            let mut values = Vec::new();
            for (name, source) in sources {
                match secret_source::read(&source, folder) {
                    Ok(value) => values.push((name, value)),
                    Err(e) => {
                        problems.push(format!("shop {shop}, connection {connection}, secret {name}: {e}"))
                    }
                }
            }
            secrets.insert((shop, connection), Secrets::new(values));
        }
        let shops = Self::new(file.catalogue, secrets, file.counts);
        if problems.is_empty() {
            problems = shops.complaints();
        }
        if problems.is_empty() { Ok(shops) } else { Err(ShopsError(problems)) }
    }

    fn complaints(&self) -> Vec<String> {
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

    /// The shops.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
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
