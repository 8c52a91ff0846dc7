//! Object storage: shops' files, the ledger and unreadable bodies, in a folder on one machine or in an S3 bucket.

use crate::aws::AwsAccess;
use crate::object_list;
use crate::private_folder;
use crate::settings::{MissingSetting, Setting};
use crate::signed::{Request, SignedHttp};
use channels::error::ChannelError;
use channels::http::Answer;
use channels::url::encode;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The most pages of 1,000 names that one listing asks for.
const LIST_PAGES_MAX: usize = 10_000;
/// The longest time that S3 lets a signed address live (AWS re:Post, "Why is my presigned URL for an Amazon S3 bucket
/// expiring", read 2026-11-30).
pub const LINK_VALID_MAX: Duration = Duration::from_secs(7 * 24 * 3_600);

/// Tells files apart that this process is half done with.
static HALVES: AtomicU64 = AtomicU64::new(0);

/// An object could not be stored or read; doing the same again is safe.
#[derive(Debug, Clone, thiserror::Error)]
#[error("object {name}: {detail}")]
pub struct ObjectError {
    /// Which object.
    pub name: String,
    /// What went wrong.
    pub detail: String,
}

/// Where objects lie.
#[derive(Clone)]
pub enum Objects {
    /// A folder.
    Folder(PathBuf),
    /// This process alone, until it ends: simulated days keep their ledger here.
    Memory(Kept),
    /// A bucket.
    S3(S3Bucket),
}

/// Objects of one process by name.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl Kept {
    fn with<T>(&self, work: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why object storage could not be opened at start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is missing.
    #[error(transparent)]
    Setting(#[from] MissingSetting),
    /// The HTTP client could not be built.
    #[error(transparent)]
    Http(#[from] ChannelError),
}

impl Objects {
    /// The bucket whose name that setting holds.
    pub fn bucket_from_environment(aws: &AwsAccess, setting: Setting) -> Result<Self, OpenError> {
        Ok(Self::bucket(aws, setting.required()?)?)
    }

    /// The bucket of that name.
    pub fn bucket(aws: &AwsAccess, name: String) -> Result<Self, ChannelError> {
        Ok(Self::S3(S3Bucket { name, http: SignedHttp::new(aws)? }))
    }

    /// Stores an object. The same name with the same content may be stored again.
    pub async fn put(&self, name: &str, content: Vec<u8>) -> Result<(), ObjectError> {
        match self {
            Self::Folder(root) => put_file(root, name, &content).map_err(|e| io_failed(name, &e)),
            Self::Memory(kept) => {
                kept.with(|objects| objects.insert(name.to_owned(), content));
                Ok(())
            }
            Self::S3(bucket) => {
                let kind = [("content-type", kind_of(name))];
                expect(name, bucket.call_with("PUT", name, &kind, content).await?)
            }
        }
    }

    /// Stores an object only where there is none of that name; false where there is one. Of several that try at once, one
    /// gets true (S3 User Guide, conditional writes, read 2026-11-30).
    pub async fn put_new(&self, name: &str, content: Vec<u8>) -> Result<bool, ObjectError> {
        match self {
            Self::Folder(root) => put_new_file(root, name, &content).map_err(|e| io_failed(name, &e)),
            Self::Memory(kept) => Ok(kept.with(|objects| match objects.entry(name.to_owned()) {
                Entry::Occupied(_) => false,
                Entry::Vacant(place) => {
                    place.insert(content);
                    true
                }
            })),
            Self::S3(bucket) => {
                let answer = bucket.call_with("PUT", name, &[("if-none-match", "*")], content).await?;
                match answer.status {
                    // Somebody else is writing it at this very moment, or has.
                    409 | 412 => Ok(false),
                    _ => expect(name, answer).map(|()| true),
                }
            }
        }
    }

    /// Where a person can read an object for so long: an address that ends by itself, or the path of the file on one
    /// machine. None where only this process can. Whoever has the address can read the object, so it is never logged.
    pub fn link(&self, name: &str, valid: Duration) -> Result<Option<String>, ObjectError> {
        match self {
            Self::Folder(root) => Ok(Some(root.join(name).display().to_string())),
            Self::Memory(_) => Ok(None),
            Self::S3(bucket) => {
                let url = bucket.http.readable(&bucket.url(name), valid.min(LINK_VALID_MAX));
                url.map(Some).map_err(|detail| failed(name, detail))
            }
        }
    }

    /// True where people on other machines can follow a link.
    pub fn is_elsewhere(&self) -> bool {
        matches!(self, Self::S3(_))
    }

    /// Reads an object; none when there is none of that name.
    pub async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, ObjectError> {
        let answer = match self {
            Self::Folder(root) => return get_file(root, name).map_err(|e| io_failed(name, &e)),
            Self::Memory(kept) => return Ok(kept.with(|objects| objects.get(name).cloned())),
            Self::S3(bucket) => bucket.call("GET", name, Vec::new()).await?,
        };
        match answer.status {
            404 => Ok(None),
            _ => expect(name, answer.clone()).map(|()| Some(answer.body.to_vec())),
        }
    }

    /// The names of all objects that begin like this, in order.
    pub async fn list(&self, prefix: &str) -> Result<Vec<String>, ObjectError> {
        self.list_after(prefix, "").await
    }

    /// The same for names that come after this one; a bucket does not even look at the others.
    pub async fn list_after(&self, prefix: &str, after: &str) -> Result<Vec<String>, ObjectError> {
        let mut names = match self {
            Self::Folder(root) => names_below(root, prefix).map_err(|e| io_failed(prefix, &e))?,
            Self::Memory(kept) => {
                kept.with(|objects| objects.keys().filter(|name| name.starts_with(prefix)).cloned().collect())
            }
            Self::S3(bucket) => bucket.list(prefix, after).await?,
        };
        names.retain(|name| name.as_str() > after);
        names.sort();
        Ok(names)
    }

    /// Takes an object away; it may be gone already. A bucket with versions keeps what it held.
    pub async fn delete(&self, name: &str) -> Result<(), ObjectError> {
        match self {
            Self::Folder(root) => match std::fs::remove_file(root.join(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(io_failed(name, &error)),
                _ => Ok(()),
            },
            Self::Memory(kept) => {
                kept.with(|objects| objects.remove(name));
                Ok(())
            }
            Self::S3(bucket) => expect(name, bucket.call("DELETE", name, Vec::new()).await?),
        }
    }
}

/// What a browser is told that an object is, by the end of its name.
fn kind_of(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("csv") => "text/csv; charset=utf-8",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

fn failed(name: &str, detail: impl Into<String>) -> ObjectError {
    ObjectError { name: name.to_owned(), detail: detail.into() }
}

fn io_failed(name: &str, error: &std::io::Error) -> ObjectError {
    failed(name, error.kind().to_string())
}

fn expect(name: &str, answer: Answer) -> Result<(), ObjectError> {
    match answer.status {
        200..=299 => Ok(()),
        status => Err(failed(name, format!("HTTP {status}"))),
    }
}

/// Writes beside the final place and renames, so that a crash leaves no half object. Bodies may name buyers, so folders
/// are their owner's alone.
fn put_file(root: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    let path = root.join(name);
    if let Some(folder) = path.parent() {
        private_folder::make(folder)?;
    }
    let half = path.with_extension("half");
    std::fs::write(&half, content)?;
    std::fs::rename(half, path)
}

/// A link is made of a whole file, so that nobody ever finds half of it; the link is refused where the name is taken.
fn put_new_file(root: &Path, name: &str, content: &[u8]) -> std::io::Result<bool> {
    let path = root.join(name);
    if let Some(folder) = path.parent() {
        private_folder::make(folder)?;
    }
    let number = HALVES.fetch_add(1, Ordering::Relaxed);
    let half = path.with_extension(format!("{}-{number}.half", std::process::id()));
    std::fs::write(&half, content)?;
    let linked = std::fs::hard_link(&half, &path);
    std::fs::remove_file(&half)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        linked => linked.map(|()| true),
    }
}

fn get_file(root: &Path, name: &str) -> std::io::Result<Option<Vec<u8>>> {
    match std::fs::read(root.join(name)) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Names of files begin like objects' names; what is only half written is none.
fn names_below(root: &Path, prefix: &str) -> std::io::Result<Vec<String>> {
    let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut open = vec![root.join(folder)];
    let mut names = Vec::new();
    while let Some(folder) = open.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                open.push(path);
            } else if name.starts_with(prefix) && path.extension().is_none_or(|ending| ending != "half") {
                names.push(name);
            }
        }
    }
    Ok(names)
}

/// A bucket reached by signed requests. Names of objects hold only what needs no encoding in an address.
#[derive(Clone)]
pub struct S3Bucket {
    name: String,
    http: SignedHttp,
}

impl S3Bucket {
    async fn call(&self, method: &'static str, name: &str, body: Vec<u8>) -> Result<Answer, ObjectError> {
        self.call_with(method, name, &[], body).await
    }

    async fn call_with(
        &self,
        method: &'static str,
        name: &str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, ObjectError> {
        let url = self.url(name);
        let request = Request { service: "s3", method, url, headers, body };
        self.http.send(request).await.map_err(|detail| failed(name, detail))
    }

    /// Page after page (S3 API reference ListObjectsV2, read 2026-11-22).
    async fn list(&self, prefix: &str, after: &str) -> Result<Vec<String>, ObjectError> {
        let mut names = Vec::new();
        let mut token: Option<String> = None;
        for _ in 0..LIST_PAGES_MAX {
            let mut query = format!("?list-type=2&prefix={}", encode(prefix));
            match &token {
                Some(token) => query.push_str(&format!("&continuation-token={}", encode(token))),
                None if !after.is_empty() => query.push_str(&format!("&start-after={}", encode(after))),
                None => {}
            }
            let answer = self.call("GET", &query, Vec::new()).await?;
            expect(prefix, answer.clone())?;
            let page = object_list::read(&answer.body).map_err(|detail| failed(prefix, detail))?;
            names.extend(page.names);
            match page.next {
                None => return Ok(names),
                next => token = next,
            }
        }
        Err(failed(prefix, "more objects than can be listed"))
    }

    fn url(&self, name: &str) -> String {
        match self.http.endpoint() {
            Some(endpoint) => format!("{endpoint}/{}/{name}", self.name),
            None => format!("https://{}.s3.{}.amazonaws.com/{name}", self.name, self.http.region()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn of_several_that_store_a_new_object_one_does() {
        let folder = std::env::temp_dir().join(format!("hopkenh-objects-{}", std::process::id()));
        for objects in [Objects::Folder(folder.clone()), Objects::Memory(Kept::default())] {
            let tries = (0..8).map(|n: u8| {
                let objects = objects.clone();
                async move { objects.put_new("a/claim.json", vec![n]).await.unwrap() }
            });
            let won = futures::future::join_all(tries).await;
            assert_eq!(won.iter().filter(|won| **won).count(), 1);
            assert!(objects.get("a/claim.json").await.unwrap().is_some());
            assert_eq!(objects.list("a/").await.unwrap(), ["a/claim.json"], "nothing half done stays");
            objects.delete("a/claim.json").await.unwrap();
            assert!(objects.put_new("a/claim.json", Vec::new()).await.unwrap());
        }
        let file = Objects::Folder(folder.clone()).link("a/claim.json", LINK_VALID_MAX).unwrap().unwrap();
        assert!(Path::new(&file).exists());
        assert_eq!(Objects::Memory(Kept::default()).link("a", LINK_VALID_MAX).unwrap(), None);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_browser_is_told_what_a_page_is() {
        let kinds = ["a/vi.html", "a.csv", "r.json", "l.jsonl"].map(kind_of);
        assert!(kinds[0].starts_with("text/html") && kinds[1].starts_with("text/csv"));
        assert_eq!(kinds[2..], ["application/json", "application/octet-stream"]);
    }
}
