//! Where functions find the shops of a batch: read when needed, kept a few minutes, and read again when a file changed.
//!
//! A shop is one file, `shops/<shop>.toml`, and one entry of secrets per account. Both are read again after
//! [`READ_AGAIN_MS`]; while they cannot be read, what is known stays in use for [`KEPT_MS`] and no longer, so a key
//! that was taken away is forgotten within that time. A message may name the version of the file it was made from:
//! whoever holds another version reads it first. Whoever was refused with a token reads the shop at once. An account that
//! is not in the file one holds is looked for again before it is called unknown.

use crate::aws::AwsAccess;
use crate::objects::{Objects, OpenError};
use crate::report_entry::accounts_with_secrets;
use crate::secret_store::{SecretStore, ready};
use crate::settings::SHOPS_BUCKET;
use crate::shops::{OutOfReach, Shops};
use crate::shops_file::{self, Count};
use channels::channel::Clock;
use channels::secrets::Secrets;
use commerce::catalogue::{Catalogue, Shop};
use commerce::ids::{ConnectionId, ShopId};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// After this, in milliseconds, a shop is read again before it is used.
pub const READ_AGAIN_MS: i64 = 5 * 60 * 1_000;
/// A shop that could not be read again is used for no longer than this, in milliseconds.
pub const KEPT_MS: i64 = 15 * 60 * 1_000;
/// A shop or an account that was not there is looked for again after this, in milliseconds.
const ABSENT_MS: i64 = 10 * 1_000;
/// After a failed reading, what is known serves for this long before another is tried, in milliseconds.
const TRY_AGAIN_MS: i64 = 15 * 1_000;
/// A reading has this long where what is known could serve instead: webhooks are answered within seconds.
const REFRESH: Duration = Duration::from_millis(800);
/// A shop that was read within this time, in milliseconds, is not read again for the sake of a refused login.
const AGAIN_MS: i64 = 1_000;
/// From this long after a change every function knows the new file, in milliseconds.
pub const KNOWN_EVERYWHERE_MS: i64 = READ_AGAIN_MS + 60 * 1_000;
/// The most shops kept at once; beyond it the shelf is emptied, so that made-up names cannot fill the memory.
const SHELF_MAX: usize = 5_000;

/// The version of a shop's file: a digest of its text.
pub type FileVersion = String;

/// The version of that text.
pub fn version(text: &[u8]) -> FileVersion {
    hex::encode(&Sha256::digest(text)[..8])
}

/// The name of a shop's file in object storage.
pub fn object_name(shop: &ShopId) -> String {
    format!("shops/{shop}.toml")
}

/// What a batch asks of one shop.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Versions of its file that messages were made from.
    pub versions: BTreeSet<FileVersion>,
    /// Its accounts that messages name.
    pub connections: BTreeSet<ConnectionId>,
}

/// What a batch asks, by shop.
pub type WantedShops = BTreeMap<ShopId, Wanted>;

/// Finds shops; cheap to clone.
#[derive(Clone)]
pub enum ShopSource {
    /// All shops are known from the start, as with one file on one machine.
    Fixed(Shops),
    /// One file per shop, read when it is needed.
    Live(Arc<Live>),
}

impl From<Shops> for ShopSource {
    fn from(shops: Shops) -> Self {
        Self::Fixed(shops)
    }
}

/// Shops in object storage, with their secrets where the function uses any.
pub struct Live {
    objects: Objects,
    secrets: Option<SecretStore>,
    clock: Clock,
    shelf: Mutex<BTreeMap<ShopId, Kept>>,
}

/// What is known of one shop.
#[derive(Clone)]
struct Kept {
    found: Option<Arc<Found>>,
    read_at_ms: i64,
    /// When reading it again failed last, since it was read.
    failed_at_ms: Option<i64>,
}

/// A shop as it was read.
struct Found {
    version: FileVersion,
    shop: Arc<Shop>,
    counts: Vec<Count>,
    secrets: BTreeMap<ConnectionId, Secrets>,
}

impl ShopSource {
    /// Files and secrets that the environment names.
    pub fn from_environment(aws: &AwsAccess) -> Result<Self, OpenError> {
        let objects = Objects::bucket_from_environment(aws, SHOPS_BUCKET)?;
        Ok(Self::live(objects, Some(SecretStore::from_environment(aws)?), crate::clock::system()))
    }

    /// Files only, for functions that call no channel and check no signature.
    pub fn without_secrets_from_environment(aws: &AwsAccess) -> Result<Self, OpenError> {
        let objects = Objects::bucket_from_environment(aws, SHOPS_BUCKET)?;
        Ok(Self::live(objects, None, crate::clock::system()))
    }

    /// One file per shop there.
    pub fn live(objects: Objects, secrets: Option<SecretStore>, clock: Clock) -> Self {
        Self::Live(Arc::new(Live { objects, secrets, clock, shelf: Mutex::default() }))
    }

    /// Those shops, as new as the messages that ask for them.
    pub async fn load(&self, wanted: &WantedShops) -> Shops {
        match self {
            Self::Fixed(shops) => shops.clone(),
            Self::Live(live) => live.load(wanted).await,
        }
    }

    /// One shop as it lies there now, with its secrets: for whoever was refused with the ones that are known. None when
    /// it cannot be read now, or never changes.
    pub async fn read_again(&self, shop: &ShopId) -> Option<Shops> {
        let Self::Live(live) = self else { return None };
        live.refresh(shop).await.ok()?;
        Some(self.load_one(shop, None).await)
    }

    /// Where the secrets lie that these shops are read with; none where they cannot change.
    pub fn secret_store(&self) -> Option<SecretStore> {
        match self {
            Self::Fixed(_) => None,
            Self::Live(live) => live.secrets.clone(),
        }
    }

    /// One shop, with one of its accounts.
    pub async fn load_one(&self, shop: &ShopId, connection: Option<&ConnectionId>) -> Shops {
        let connections = connection.into_iter().cloned().collect();
        let wanted = Wanted { connections, ..Wanted::default() };
        self.load(&WantedShops::from([(shop.clone(), wanted)])).await
    }
}

impl Live {
    async fn load(&self, wanted: &WantedShops) -> Shops {
        let mut catalogue = Catalogue::default();
        let (mut secrets, mut counts, mut out_of_reach) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let founds = wanted.iter().map(async |(shop, wanted)| (shop, self.find(shop, wanted).await));
        for (id, found) in futures::future::join_all(founds).await {
            match found {
                Ok(None) => {}
                Ok(Some(found)) => {
                    catalogue.shops.insert(id.clone(), found.shop.clone());
                    counts.insert(id.clone(), found.counts.clone());
                    let of_shop = found.secrets.iter().map(|(c, s)| ((id.clone(), c.clone()), s.clone()));
                    secrets.extend(of_shop);
                }
                Err(why) => {
                    out_of_reach.insert(id.clone(), why);
                }
            }
        }
        Shops::with_out_of_reach(catalogue, secrets, counts, out_of_reach)
    }

    async fn find(&self, id: &ShopId, wanted: &Wanted) -> Result<Option<Arc<Found>>, OutOfReach> {
        let now_ms = (self.clock)().as_millisecond();
        let kept = self.shelf().get(id).cloned();
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh(now_ms, wanted)) {
            return Ok(kept.found.clone());
        }
        let fallback = kept.filter(|kept| kept.may_still_serve(now_ms, wanted));
        match self.read_again(id, fallback.is_some()).await {
            Ok(found) => {
                self.keep(id, Kept { found: found.clone(), read_at_ms: now_ms, failed_at_ms: None });
                Ok(found)
            }
            Err(why) => match fallback {
                Some(kept) => {
                    tracing::warn!(shop = %id, %why, "shop not read again; what is known stays in use a while");
                    let found = kept.found.clone();
                    self.keep(id, Kept { failed_at_ms: Some(now_ms), ..kept });
                    Ok(found)
                }
                None => {
                    tracing::error!(shop = %id, %why, "shop out of reach");
                    Err(why)
                }
            },
        }
    }

    /// Reads a shop now, unless that was done a moment ago: many are refused at the same time.
    async fn refresh(&self, id: &ShopId) -> Result<(), OutOfReach> {
        let now_ms = (self.clock)().as_millisecond();
        let read_at_ms = self.shelf().get(id).map(|kept| kept.read_at_ms);
        if read_at_ms.is_none_or(|at_ms| now_ms - at_ms >= AGAIN_MS) {
            let found = self.read(id).await?;
            self.keep(id, Kept { found, read_at_ms: now_ms, failed_at_ms: None });
        }
        Ok(())
    }

    /// Reads a shop, quickly where there is something to fall back on.
    async fn read_again(&self, id: &ShopId, quickly: bool) -> Result<Option<Arc<Found>>, OutOfReach> {
        if !quickly {
            return self.read(id).await;
        }
        let late = |_| OutOfReach::ForNow("not read in time".to_owned());
        tokio::time::timeout(REFRESH, self.read(id)).await.map_err(late)?
    }

    fn shelf(&self) -> std::sync::MutexGuard<'_, BTreeMap<ShopId, Kept>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was read, unless somebody else has read it later. Made-up names make room first.
    fn keep(&self, id: &ShopId, kept: Kept) {
        let mut shelf = self.shelf();
        if shelf.get(id).is_some_and(|other| other.read_at_ms > kept.read_at_ms) {
            return;
        }
        if shelf.len() >= SHELF_MAX {
            shelf.retain(|_, kept| kept.found.is_some());
        }
        if shelf.len() >= SHELF_MAX {
            shelf.clear();
        }
        shelf.insert(id.clone(), kept);
    }

    async fn read(&self, id: &ShopId) -> Result<Option<Arc<Found>>, OutOfReach> {
        let content = self.objects.get(&object_name(id)).await;
        let Some(content) = content.map_err(|e| OutOfReach::ForNow(e.to_string()))? else { return Ok(None) };
        let (shop, counts) = parse(id, &content).map_err(OutOfReach::UntilMended)?;
        let secrets = self.read_secrets(id, &shop).await?;
        Ok(Some(Arc::new(Found { version: version(&content), shop: Arc::new(shop), counts, secrets })))
    }

    async fn read_secrets(
        &self,
        id: &ShopId,
        shop: &Shop,
    ) -> Result<BTreeMap<ConnectionId, Secrets>, OutOfReach> {
        let Some(store) = &self.secrets else { return Ok(BTreeMap::new()) };
        let connections = accounts_with_secrets(shop);
        let loaded = store.load(id, &connections).await.map_err(|e| OutOfReach::ForNow(e.to_string()))?;
        Ok(loaded.into_iter().map(|(connection, values)| (connection, ready(&values))).collect())
    }
}

impl Kept {
    fn has_versions(&self, wanted: &Wanted) -> bool {
        let is_kept = |version: &FileVersion| self.found.as_ref().is_some_and(|f| f.version == *version);
        wanted.versions.iter().all(is_kept)
    }

    fn has_connections(&self, wanted: &Wanted) -> bool {
        let is_known = |id: &ConnectionId| {
            self.found.as_ref().is_some_and(|found| found.shop.connections.contains_key(id))
        };
        wanted.connections.iter().all(is_known)
    }

    fn is_fresh(&self, now_ms: i64, wanted: &Wanted) -> bool {
        let age_ms = now_ms - self.read_at_ms;
        let limit_ms =
            if self.found.is_some() && self.has_connections(wanted) { READ_AGAIN_MS } else { ABSENT_MS };
        let failed_just_now = self.failed_at_ms.is_some_and(|at_ms| now_ms - at_ms < TRY_AGAIN_MS);
        self.has_versions(wanted)
            && (age_ms < limit_ms || (failed_just_now && self.may_still_serve(now_ms, wanted)))
    }

    fn may_still_serve(&self, now_ms: i64, wanted: &Wanted) -> bool {
        self.found.is_some() && now_ms - self.read_at_ms < KEPT_MS && self.has_versions(wanted)
    }
}

/// Reads a shop's own file, which names that one shop and no other.
pub fn parse(id: &ShopId, content: &[u8]) -> Result<(Shop, Vec<Count>), String> {
    let text = std::str::from_utf8(content).map_err(|_| "shops file: is not UTF-8 text".to_owned())?;
    let mut file = shops_file::parse(text).map_err(|e| e.to_string())?;
    let counts = file.counts.remove(id).unwrap_or_default();
    match (file.catalogue.shops.remove(id), file.catalogue.shops.len()) {
        (Some(shop), 0) => Ok((Arc::unwrap_or_clone(shop), counts)),
        _ => Err(format!("shops file: must name shop {id} and no other")),
    }
}

#[cfg(test)]
mod tests;
