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
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// The most pages of 1,000 names that one listing asks for.
const LIST_PAGES_MAX: usize = 10_000;

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
            Self::S3(bucket) => expect(name, bucket.call("PUT", name, content).await?),
        }
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
        let url = self.url(name);
        let request = Request { service: "s3", method, url, headers: &[], body };
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
