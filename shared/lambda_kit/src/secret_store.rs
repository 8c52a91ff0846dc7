//! Where the keys and tokens of each account lie while shops work: encrypted on AWS, in files of their own on one machine.

use crate::aws::AwsAccess;
use crate::objects::OpenError;
use crate::parameters::Parameters;
use crate::private_folder;
use crate::settings::{SECRETS_KEY, SECRETS_PATH};
use channels::secrets::Secrets;
use commerce::ids::{ConnectionId, ShopId};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The secrets of one account by name.
pub type SecretValues = BTreeMap<String, SecretString>;

/// The store could not be read or written; says where, shows nothing.
#[derive(Debug, Clone, thiserror::Error)]
#[error("secrets of shop {shop}: {detail}")]
pub struct StoreError {
    /// Whose.
    pub shop: ShopId,
    /// What went wrong.
    pub detail: String,
}

/// The entry of a shop's own counter beside those of its accounts: no account's name holds a low line.
const COUNTER: &str = "_counter";
/// The one secret in it.
const COUNTER_KEY: &str = "key";

/// One entry per account, each a small JSON map of secret name → value.
#[derive(Clone)]
pub enum SecretStore {
    /// Files only their owner can read: `<folder>/<shop>/<connection>.json`.
    Folder(PathBuf),
    /// Encrypted parameters: `<path>/<shop>/<connection>`.
    Parameters {
        /// The store.
        parameters: Parameters,
        /// How every name begins, without a slash at its end.
        path: String,
    },
}

impl SecretStore {
    /// The parameters below the path that the environment names.
    pub fn from_environment(aws: &AwsAccess) -> Result<Self, OpenError> {
        let path = SECRETS_PATH.required()?.trim_end_matches('/').to_owned();
        Ok(Self::Parameters { parameters: Parameters::new(aws)?, path })
    }

    /// The same, for who stores tokens there: under the key that the environment names.
    pub fn writable_from_environment(aws: &AwsAccess) -> Result<Self, OpenError> {
        let path = SECRETS_PATH.required()?.trim_end_matches('/').to_owned();
        let parameters = Parameters::new(aws)?.encrypting_under(&SECRETS_KEY.required()?);
        Ok(Self::Parameters { parameters, path })
    }

    /// The secrets of those accounts; an account that has none is left out.
    pub async fn load(
        &self,
        shop: &ShopId,
        connections: &[ConnectionId],
    ) -> Result<BTreeMap<ConnectionId, SecretValues>, StoreError> {
        let failed = |detail: String| StoreError { shop: shop.clone(), detail };
        let names: Vec<String> = connections.iter().map(|id| self.name(shop, id)).collect();
        let found = match self {
            Self::Folder(root) => read_files(root, &names).map_err(failed)?,
            Self::Parameters { parameters, .. } => parameters.get(&names).await.map_err(failed)?,
        };
        let mut result = BTreeMap::new();
        for (connection, name) in connections.iter().zip(&names) {
            let Some(text) = found.get(name) else { continue };
            result.insert(connection.clone(), parse(text).map_err(failed)?);
        }
        Ok(result)
    }

    /// Stores the secrets of one account in place of what was there.
    pub async fn put(
        &self,
        shop: &ShopId,
        connection: &ConnectionId,
        values: &SecretValues,
    ) -> Result<(), StoreError> {
        let plain: BTreeMap<&str, &str> =
            values.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        let text = serde_json::to_string(&plain).unwrap_or_default();
        self.put_entry(shop, connection.as_str(), &text).await
    }

    /// Takes the secrets of one account away.
    pub async fn remove(&self, shop: &ShopId, connection: &ConnectionId) -> Result<(), StoreError> {
        self.remove_entry(shop, connection.as_str()).await
    }

    /// The key that signs the counter's links and sessions of a shop; none where nobody has made it yet.
    pub async fn load_counter_key(&self, shop: &ShopId) -> Result<Option<SecretString>, StoreError> {
        let failed = |detail: String| StoreError { shop: shop.clone(), detail };
        let name = self.entry(shop, COUNTER);
        let names = std::slice::from_ref(&name);
        let found = match self {
            Self::Folder(root) => read_files(root, names).map_err(failed)?,
            Self::Parameters { parameters, .. } => parameters.get(names).await.map_err(failed)?,
        };
        let Some(text) = found.get(&name) else { return Ok(None) };
        Ok(parse(text).map_err(failed)?.remove(COUNTER_KEY))
    }

    /// Stores the key of a shop's counter in place of the one that was there: every link and session of that one ends.
    pub async fn put_counter_key(&self, shop: &ShopId, key: &SecretString) -> Result<(), StoreError> {
        let text = serde_json::json!({COUNTER_KEY: key.expose_secret()}).to_string();
        self.put_entry(shop, COUNTER, &text).await
    }

    /// Takes the key of a shop's counter away, for a shop that leaves.
    pub async fn remove_counter_key(&self, shop: &ShopId) -> Result<(), StoreError> {
        self.remove_entry(shop, COUNTER).await
    }

    async fn put_entry(&self, shop: &ShopId, entry: &str, text: &str) -> Result<(), StoreError> {
        let name = self.entry(shop, entry);
        let stored = match self {
            Self::Folder(root) => write_file(root, &name, text).map_err(|e| e.kind().to_string()),
            Self::Parameters { parameters, .. } => parameters.put(&name, text).await,
        };
        stored.map_err(|detail| StoreError { shop: shop.clone(), detail })
    }

    async fn remove_entry(&self, shop: &ShopId, entry: &str) -> Result<(), StoreError> {
        let name = self.entry(shop, entry);
        let removed = match self {
            Self::Folder(root) => match std::fs::remove_file(root.join(&name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error.kind().to_string()),
                _ => Ok(()),
            },
            Self::Parameters { parameters, .. } => parameters.delete(&name).await,
        };
        removed.map_err(|detail| StoreError { shop: shop.clone(), detail })
    }

    fn name(&self, shop: &ShopId, connection: &ConnectionId) -> String {
        self.entry(shop, connection.as_str())
    }

    fn entry(&self, shop: &ShopId, entry: &str) -> String {
        match self {
            Self::Folder(_) => format!("{shop}/{entry}.json"),
            Self::Parameters { path, .. } => format!("{path}/{shop}/{entry}"),
        }
    }
}

/// The values as connectors use them.
pub fn ready(values: &SecretValues) -> Secrets {
    Secrets::new(values.iter().map(|(name, value)| (name.clone(), value.clone())))
}

fn parse(text: &SecretString) -> Result<SecretValues, String> {
    let plain: BTreeMap<String, SecretString> = serde_json::from_str(text.expose_secret())
        .map_err(|_| "must be a JSON map of name to value".to_owned())?;
    Ok(plain)
}

fn read_files(root: &Path, names: &[String]) -> Result<BTreeMap<String, SecretString>, String> {
    let mut found = BTreeMap::new();
    for name in names {
        let path = root.join(name);
        if !path.exists() {
            continue;
        }
        crate::secret_source::check_owner_only(&path).map_err(|e| e.to_string())?;
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{name}: {}", e.kind()))?;
        found.insert(name.clone(), SecretString::from(text));
    }
    Ok(found)
}

/// Written beside its place with nobody else's rights, then renamed: a crash leaves the old one.
fn write_file(root: &Path, name: &str, text: &str) -> std::io::Result<()> {
    let path = root.join(name);
    private_folder::keep(root)?;
    if let Some(folder) = path.parent() {
        private_folder::make(folder)?;
    }
    let half = path.with_extension("half");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    std::io::Write::write_all(&mut options.open(&half)?, text.as_bytes())?;
    std::fs::rename(half, path)
}
