//! At the counter, by phone: who is let in, a pick-up by code, goods and counts that are written once however often they are sent.

mod goods;
mod logs;
mod phone;
mod pick_ups;

use super::Desk;
use clap::Parser;
use hopkenh::counter::{self, Verb};
use hopkenh_tests::house::{CANARIES, House, SHOP};
use phone::Phone;

#[derive(Parser)]
struct Command {
    #[command(subcommand)]
    verb: Verb,
}

/// `hopkenh counter …` as a person types it.
async fn say(desk: &Desk, words: &str) -> Result<String, String> {
    say_of(desk, SHOP, words).await
}

async fn say_of(desk: &Desk, shop: &str, words: &str) -> Result<String, String> {
    let typed = std::iter::once("counter").chain(words.split_whitespace()).map(str::to_owned);
    let typed = typed.chain(["--shop".to_owned(), shop.to_owned(), "--data".to_owned()]);
    let typed = typed.chain([desk.data().display().to_string()]);
    let verb = Command::try_parse_from(typed).map_err(|error| error.to_string())?.verb;
    desk.heard(counter::report(&verb, (desk.clock)()).await)
}

/// The address that a link command printed, without the host.
fn path(said: &str) -> String {
    let url = said.lines().find(|line| line.starts_with("http")).unwrap();
    url.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| rest[at..].to_owned())).unwrap()
}

/// A shop with two stores of its own beside the till's, a counter key, and its machine.
async fn open() -> (Desk, House) {
    let desk = Desk::new();
    let third = "[[shop.location]]\nid = \"dn\"\nname = \"Đà Nẵng\"\n\n";
    let hcm = "[[shop.location]]\nid = \"hcm\"";
    desk.add(&desk.file().replace(hcm, &format!("{third}{hcm}"))).await.unwrap();
    say(&desk, "key").await.unwrap();
    let house = desk.house().await;
    (desk, house)
}

/// A phone whose person has opened a link of that store.
async fn phone(desk: &Desk, house: &House, words: &str) -> Phone {
    let link = path(&say(desk, &format!("link {words}")).await.unwrap());
    let mut phone = Phone::new(house);
    let (status, page) = phone.get(&link).await;
    assert_eq!(status, 200, "{page}");
    phone
}

#[tokio::test]
async fn a_link_lets_one_person_in_and_its_cookie_keeps_to_this_site() {
    let (desk, house) = open().await;
    let link = path(&say(&desk, "link --location hcm --by Lan").await.unwrap());
    let mut lan = Phone::new(&house);
    let (status, page) = lan.get(&link).await;
    assert!(status == 200 && page.contains("Vào quầy"), "{page}");
    let cookie = lan.set_cookie.clone().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/counter/demo", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "this test has no TLS");
    let mut by_tls = Phone::new(&house);
    by_tls.header = Some(("x-forwarded-proto", "https"));
    by_tls.get(&link).await;
    assert!(by_tls.set_cookie.unwrap().contains("; Secure"));
    let (status, page) = lan.get("/counter/demo").await;
    assert!(status == 200 && page.contains("Việc hôm nay") && page.contains("Lan"), "{page}");
    let (_, page) = lan.get("/counter/demo?lang=en").await;
    assert!(page.contains("To do") && page.contains("lang=\"en\""), "{page}");
    let (_, page) = lan.get("/counter/demo").await;
    assert!(page.contains("To do"), "the language is kept: {page}");
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "nothing is run, nothing is fetched: {page}"
    );
    assert!(CANARIES.iter().all(|canary| !page.contains(canary)));
}

#[tokio::test]
async fn a_changed_a_late_and_another_shops_link_hear_the_same_one_sentence() {
    let (desk, house) = open().await;
    let link = path(&say(&desk, "link --location hcm --by Lan --hours 1").await.unwrap());
    let mut stranger = Phone::new(&house);
    let (status, refused) = stranger.get("/counter/demo").await;
    assert_eq!(status, 403);
    assert!(refused.contains("Liên kết không hợp lệ hoặc đã hết hạn"), "{refused}");
    let changed = link.replace("t=e", "t=f");
    let cut = link[..link.len() - 1].to_owned();
    let elsewhere = link.replace("/counter/demo", "/counter/other");
    for address in
        [changed, cut, elsewhere, "/counter/no-shop/receive".to_owned(), "/counter/demo?t=".to_owned()]
    {
        assert_eq!(stranger.get(&address).await, (403, refused.clone()), "{address}");
    }
    assert!(stranger.set_cookie.is_none());
    // The ticket of a link is no session.
    let ticket = link.split_once("t=").unwrap().1.to_owned();
    stranger.cookies.insert("hopkenh_counter".to_owned(), ticket);
    assert_eq!(stranger.get("/counter/demo").await, (403, refused.clone()));
    let mut lan = Phone::new(&house);
    lan.get(&link).await;
    assert_eq!(lan.get("/counter/demo").await.0, 200);
    desk.later(60 * 60 * 1_000);
    assert_eq!(lan.get("/counter/demo").await, (403, refused.clone()), "the session ends with its link");
    assert_eq!(lan.get(&link).await, (403, refused));
}

#[tokio::test]
async fn a_session_of_one_shop_opens_nothing_of_another() {
    let (desk, house) = open().await;
    let text = desk.file().replacen("id = \"demo\"", "id = \"other\"", 1);
    std::fs::write(desk.data().join("shops/other.toml"), text).unwrap();
    say_of(&desk, "other", "key").await.unwrap();
    let theirs = path(&say_of(&desk, "other", "link --location hcm --by Mai").await.unwrap());
    let mut mai = Phone::new(&house);
    assert_eq!(mai.get(&theirs).await.0, 200, "the other shop's own link opens it");
    assert_eq!(mai.get("/counter/other").await.0, 200);
    assert_eq!(mai.get("/counter/demo").await.0, 403, "and nothing else");
    assert_eq!(mai.get(&theirs.replace("/counter/other", "/counter/demo")).await.0, 403);
    let form = mai.form("/counter/other/receive").await;
    let goods = [("sku.0", "AO-M"), ("units.0", "5")];
    let before = house.stock("AO-M", "hcm").await;
    assert_eq!(mai.send("/counter/demo/receive", &form, &goods).await.0, 403);
    assert_eq!(mai.send("/counter/other/receive", &form, &goods).await.0, 200);
    assert_eq!(house.stock("AO-M", "hcm").await, before, "the goods came in at the other shop");
}

#[tokio::test]
async fn a_new_key_ends_every_link_and_session_and_a_missing_one_is_named_with_its_command() {
    let desk = Desk::new();
    desk.add(&desk.file()).await.unwrap();
    let refused = say(&desk, "link --location hcm --by Lan").await.unwrap_err();
    assert!(
        refused.contains("has no counter key yet; make it: hopkenh counter key --shop demo"),
        "{refused}"
    );
    say(&desk, "key").await.unwrap();
    assert!(say(&desk, "key").await.unwrap_err().contains("--again replaces it"));
    let refused = say(&desk, "link --location hue --by Lan").await.unwrap_err();
    assert!(refused.contains("does not exist; there are: hn, hcm"), "{refused}");
    assert!(say(&desk, "link --location hcm --by Lan --hours 999").await.is_err());
    let house = desk.house().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    assert_eq!(lan.get("/counter/demo").await.0, 200);
    say(&desk, "key --again").await.unwrap();
    desk.later(31_000);
    assert_eq!(lan.get("/counter/demo").await.0, 403);
}

#[tokio::test]
async fn a_form_without_its_token_or_with_another_sessions_writes_nothing() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let mut hung = phone(&desk, &house, "--location hcm --by Hùng").await;
    let before = house.stock("AO-M", "hcm").await.on_hand;
    let form = lan.form("/counter/demo/receive").await;
    let goods = [("sku.0", "AO-M"), ("units.0", "5")];
    let bare: Vec<(&str, &str)> = goods.to_vec();
    assert_eq!(lan.post("/counter/demo/receive", &bare).await.0, 403);
    let (status, page) = hung.send("/counter/demo/receive", &form, &goods).await;
    assert!(status == 403 && page.contains("không còn dùng được"), "{page}");
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, before);
    assert_eq!(lan.send("/counter/demo/receive", &form, &goods).await.0, 200);
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, before + 5);
}
