//! When a shop is read again, when what is known serves, and when it no longer does.

use super::*;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

const FILE: &str = "[[shop]]\nid = \"demo\"\nname = \"Một\"\n[[shop.location]]\nid = \"hn\"\nname = \"HN\"\n\
    [[shop.connection]]\nid = \"web\"\nchannel = \"woocommerce\"\nserves_from = [\"hn\"]\n";
const TILL: &str = "[[shop.connection]]\nid = \"till\"\nchannel = \"kiotviet\"\nserves_from = [\"hn\"]\n";

/// A folder of shops, a clock that is moved by hand, and what a function holds.
struct Place {
    folder: PathBuf,
    now_ms: Arc<AtomicI64>,
    source: ShopSource,
}

impl Place {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("hopkenh-shops-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::SeqCst));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(folder.join("shops")).unwrap();
        let now_ms = Arc::new(AtomicI64::new(0));
        let ticking = now_ms.clone();
        let clock: Clock =
            Arc::new(move || jiff::Timestamp::from_millisecond(ticking.load(Ordering::SeqCst)).unwrap());
        let source = ShopSource::live(Objects::Folder(folder.clone()), None, clock);
        Self { folder, now_ms, source }
    }

    fn file(&self) -> PathBuf {
        self.folder.join("shops/demo.toml")
    }

    fn write(&self, text: &str) {
        self.mend();
        std::fs::write(self.file(), text).unwrap();
    }

    /// From now on the file cannot be read, as when object storage does not answer.
    fn break_down(&self) {
        std::fs::remove_file(self.file()).unwrap();
        std::fs::create_dir(self.file()).unwrap();
    }

    fn mend(&self) {
        let _it_may_be_whole = std::fs::remove_dir(self.file());
    }

    fn wait_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    async fn load(&self, versions: &[&str], connections: &[&str]) -> Shops {
        let wanted = Wanted {
            versions: versions.iter().map(|text| version(text.as_bytes())).collect(),
            connections: connections.iter().map(|id| ConnectionId::new(*id).unwrap()).collect(),
        };
        self.source.load(&[(ShopId::new("demo").unwrap(), wanted)].into()).await
    }

    /// The shop's name as it is known now; `?` when it is out of reach, `-` when there is none.
    async fn name(&self) -> String {
        named(&self.load(&[], &[]).await)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_dir_all(&self.folder);
    }
}

fn named(shops: &Shops) -> String {
    let id = ShopId::new("demo").unwrap();
    let unknown = || if shops.out_of_reach(&id).is_some() { "?".to_owned() } else { "-".to_owned() };
    shops.catalogue().shops.get(&id).map_or_else(unknown, |shop| shop.name.clone())
}

fn renamed(name: &str) -> String {
    FILE.replace("Một", name)
}

#[tokio::test]
async fn a_shop_is_read_again_after_five_minutes_and_not_before() {
    let place = Place::new();
    place.write(FILE);
    assert_eq!(place.name().await, "Một");
    place.write(&renamed("Hai"));
    place.wait_ms(READ_AGAIN_MS - 1);
    assert_eq!(place.name().await, "Một");
    place.wait_ms(1);
    assert_eq!(place.name().await, "Hai");
}

#[tokio::test]
async fn a_message_that_names_another_version_is_never_served_from_the_old_one() {
    let place = Place::new();
    place.write(FILE);
    assert_eq!(place.name().await, "Một");
    let newer = renamed("Hai");
    place.write(&newer);
    assert_eq!(named(&place.load(&[&newer], &[]).await), "Hai");
    // Two versions in one batch: whichever was named last, the file as it is now is what counts.
    let newest = renamed("Ba");
    place.write(&newest);
    assert_eq!(named(&place.load(&[&newest, &newer], &[]).await), "Ba");
    assert_eq!(named(&place.load(&[&newer, &newest], &[]).await), "Ba");
}

#[tokio::test]
async fn an_account_that_is_not_known_is_looked_for_before_it_is_refused() {
    let place = Place::new();
    place.write(FILE);
    assert_eq!(place.name().await, "Một");
    place.write(&format!("{FILE}{TILL}"));
    let id = (ShopId::new("demo").unwrap(), ConnectionId::new("till").unwrap());
    // At most every ten seconds, so that made-up names cost little.
    assert!(place.load(&[], &["till"]).await.connection(&id.0, &id.1).is_none());
    place.wait_ms(ABSENT_MS);
    assert!(place.load(&[], &["till"]).await.connection(&id.0, &id.1).is_some());
}

#[tokio::test]
async fn a_new_shop_is_found_within_ten_seconds() {
    let place = Place::new();
    assert_eq!(place.name().await, "-");
    place.write(FILE);
    assert_eq!(place.name().await, "-");
    place.wait_ms(ABSENT_MS);
    assert_eq!(place.name().await, "Một");
}

#[tokio::test]
async fn while_it_cannot_be_read_a_shop_serves_for_fifteen_minutes_and_then_waits() {
    let place = Place::new();
    place.write(FILE);
    assert_eq!(place.name().await, "Một");
    place.break_down();
    place.wait_ms(KEPT_MS - 1);
    assert_eq!(place.name().await, "Một");
    place.wait_ms(1);
    assert_eq!(place.name().await, "?");
    place.write(FILE);
    assert_eq!(place.name().await, "Một", "and comes back by itself");
}

#[tokio::test]
async fn after_a_failure_nobody_waits_for_another_try_at_once() {
    let place = Place::new();
    place.write(FILE);
    assert_eq!(place.name().await, "Một");
    place.break_down();
    place.wait_ms(READ_AGAIN_MS);
    assert_eq!(place.name().await, "Một");
    // Readable again, but what is known still serves without a look.
    place.write(&renamed("Hai"));
    place.wait_ms(TRY_AGAIN_MS - 1);
    assert_eq!(place.name().await, "Một");
    place.wait_ms(1);
    assert_eq!(place.name().await, "Hai");
}

#[tokio::test]
async fn a_file_that_cannot_be_understood_is_no_unknown_shop() {
    let place = Place::new();
    place.write("[[shop]]\nid = \"other\"\nname = \"x\"\n");
    let shops = place.load(&[], &[]).await;
    let why = shops.out_of_reach(&ShopId::new("demo").unwrap());
    assert!(matches!(why, Some(OutOfReach::UntilMended(detail)) if detail.contains("demo")), "{why:?}");
}

#[tokio::test]
async fn who_was_refused_with_a_token_reads_the_shop_at_once_but_not_each_time() {
    let place = Place::new();
    place.write(FILE);
    let (shop, web) = (ShopId::new("demo").unwrap(), ConnectionId::new("web").unwrap());
    let store = SecretStore::Folder(place.folder.join("secrets"));
    let put = async |token: &str| {
        let values = [("access_token".to_owned(), secrecy::SecretString::from(token.to_owned()))].into();
        store.put(&shop, &web, &values).await.unwrap();
    };
    let ticking = place.now_ms.clone();
    let clock: Clock =
        Arc::new(move || jiff::Timestamp::from_millisecond(ticking.load(Ordering::SeqCst)).unwrap());
    let source = ShopSource::live(Objects::Folder(place.folder.clone()), Some(store.clone()), clock);
    let token = |shops: &Shops| shops.secrets(&shop, &web).get("access_token").unwrap().to_owned();
    put("old").await;
    assert_eq!(token(&source.load_one(&shop, None).await), "old");
    put("new").await;
    place.wait_ms(AGAIN_MS - 1);
    assert_eq!(token(&source.read_again(&shop).await.unwrap()), "old", "read a moment ago");
    place.wait_ms(1);
    assert_eq!(token(&source.read_again(&shop).await.unwrap()), "new");
    assert_eq!(token(&source.load_one(&shop, None).await), "new", "and so it is for everybody");
    place.wait_ms(AGAIN_MS);
    place.break_down();
    assert!(source.read_again(&shop).await.is_none(), "nothing is claimed that was not read");
    assert!(ShopSource::from(Shops::default()).read_again(&shop).await.is_none());
}
