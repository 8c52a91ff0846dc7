//! The operator's commands from the outside in: shops added and changed beside a running machine, keys changed, stock counted.

mod bad_files;
mod counter;
mod counts;
mod explains;
mod goods;
mod holds;
mod keys;
mod parked_work;
mod plans;
mod reconciles;
mod removed;
mod settlements;
mod shops;
mod shortfalls;
mod till_files;

use crate::up_process::has_canary;
use channels::channel::Clock;
use hopkenh::demo::texts::Language;
use hopkenh::place::Where;
use hopkenh::secret::Account;
use hopkenh::shop::add;
use hopkenh_tests::fake_channels::FakeChannels;
use hopkenh_tests::house::{CANARIES, House, SHOP, morning, shops_file, write_config};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where an operator sits: a folder with shops files and keys, and the data folder of one machine.
pub(crate) struct Desk {
    folder: TempDir,
    pub(crate) channels: FakeChannels,
    pub(crate) clock: Clock,
    ahead_ms: Arc<AtomicI64>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let ahead_ms: Arc<AtomicI64> = Arc::default();
        let (morning, ahead) = (morning(), ahead_ms.clone());
        let clock: Clock =
            Arc::new(move || morning() + jiff::SignedDuration::from_millis(ahead.load(Ordering::SeqCst)));
        let folder = tempfile::tempdir().unwrap();
        Self { folder, channels: FakeChannels::start(), clock, ahead_ms }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    pub(crate) fn place(&self) -> Where {
        Where::here(&self.data())
    }

    pub(crate) fn account(&self, connection: &str) -> Account {
        Account { shop: SHOP.to_owned(), connection: connection.to_owned(), place: self.place() }
    }

    /// The house's shop on the stand-ins of this desk.
    pub(crate) fn file(&self) -> String {
        shops_file(&self.channels.addresses())
    }

    pub(crate) async fn house(&self) -> House {
        House::start_live(self.folder(), self.clock.clone()).await
    }

    pub(crate) fn later(&self, ms: i64) {
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// `hopkenh shop add` with the keys at hand.
    pub(crate) async fn add(&self, file: &str) -> Result<String, String> {
        self.add_from(write_config(self.folder(), file)).await
    }

    pub(crate) async fn add_from(&self, file: PathBuf) -> Result<String, String> {
        self.heard(add::report(&self.add_args(file)).await)
    }

    pub(crate) fn add_args(&self, file: PathBuf) -> add::Args {
        let place = self.place();
        add::Args { file, place, channel_hosts: None, zero_removed: false, lang: Language::En }
    }

    /// Lets the desk's clock run quickly until something is done: 80 seconds in one.
    pub(crate) async fn hurry<T>(&self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(Duration::from_millis(250)) => self.later(20_000),
            }
        }
    }

    /// What a command said, checked for secrets.
    pub(crate) fn heard(&self, answer: Result<String, hopkenh::up::Problem>) -> Result<String, String> {
        let answer = answer.map_err(|problem| problem.to_string());
        let (Ok(text) | Err(text)) = &answer;
        let told = CANARIES.iter().find(|canary| text.contains(**canary));
        assert!(told.is_none(), "a secret was said: {text}");
        answer
    }

    /// The files of the data folder but for the databases and the ledger, which a push may still be written to.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.data()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    open.push(path);
                } else if ![".sqlite", "/ledger/"].iter().any(|part| path.to_string_lossy().contains(part)) {
                    found.insert(path.clone(), std::fs::read(path).unwrap());
                }
            }
        }
        found
    }

    /// Secrets lie in their own files and nowhere else.
    pub(crate) fn assert_no_secret_elsewhere(&self) {
        let secrets = self.data().join("secrets");
        let found = has_canary(&self.data(), &CANARIES);
        assert!(!found.is_empty(), "the secrets are stored somewhere");
        for (path, canary) in found {
            assert!(path.starts_with(&secrets), "{canary} lies in {}", path.display());
        }
    }
}

/// The same file without the account on Shopee.
pub(crate) fn without_shopee(text: &str) -> String {
    let mark = |id: &str| text.find(&format!("[[shop.connection]]\nid = \"{id}\"")).unwrap();
    format!("{}{}", &text[..mark("shopee-main")], &text[mark("web")..])
}

/// Waits until it is so, or says what was waited for.
pub(crate) async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_secs(20), "never came true: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
