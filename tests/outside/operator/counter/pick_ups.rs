//! A buyer comes to the counter with a code: the goods are shown first, then handed over once.

use super::super::Desk;
use super::super::holds::{CHAT, pick_up, twin};
use super::{House, phone, say};

/// A shop that takes orders in chats, its counter's key and its machine, with the first counts in.
async fn open() -> (Desk, House) {
    let desk = Desk::new();
    desk.add(&(desk.file() + CHAT)).await.unwrap();
    say(&desk, "key").await.unwrap();
    let house = desk.house().await;
    super::super::until("the first counts are in", async || house.stock("AO-M", "hcm").await.on_hand > 0)
        .await;
    (desk, house)
}

#[tokio::test]
async fn what_buyers_come_for_is_on_top_and_two_people_who_confirm_are_one() {
    let (desk, house) = open().await;
    let twin = twin(&desk).await;
    let (first, _) = pick_up(&desk, &twin, 1).await;
    desk.later(5 * 60_000);
    let (second, _) = pick_up(&desk, &twin, 1).await;
    desk.later(2 * 60_000);
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let mut hung = phone(&desk, &house, "--location hcm --by Hùng").await;
    let (_, home) = lan.get("/counter/demo").await;
    let places = [&first, &second].map(|order| home.find(order.as_str()).unwrap());
    let others = home.find("Đang giữ cho khách").unwrap();
    assert!(places[0] < places[1] && places[1] < others, "the longest waiting first: {home}");
    assert!(home.contains("chờ 7 phút") && home.contains("chờ 2 phút"), "{home}");
    let (forms, other) = (lan.form("/counter/demo").await, hung.form("/counter/demo").await);
    let said = format!("chat/{first}");
    let before = house.stock("AO-M", "hcm").await;
    let (status, page) = lan.send("/counter/demo/prepare", &forms, &[("ready", &said)]).await;
    assert!(status == 200 && page.contains("Đã ghi: hàng của đơn") && page.contains("Lan"), "{page}");
    let (status, page) = hung.send("/counter/demo/prepare", &other, &[("ready", &said)]).await;
    assert!(status == 200 && page.contains("không tính hai lần") && page.contains("Lan"), "{page}");
    let after = house.stock("AO-M", "hcm").await;
    assert_eq!((before.holds, before.version), (after.holds, after.version), "no unit has moved");
    let (_, home) = lan.get("/counter/demo").await;
    assert!(
        home.contains("sẵn sàng lúc")
            && home.find(second.as_str()).unwrap() < home.find(first.as_str()).unwrap()
    );
    let bare = [("ready", said.as_str())];
    assert_eq!(lan.post("/counter/demo/prepare", &bare).await.0, 403, "without its token");
    let mut hn = phone(&desk, &house, "--location hn --by Minh").await;
    let form = hn.form("/counter/demo/pick-up").await;
    let (status, page) =
        hn.send("/counter/demo/prepare", &form, &[("ready", &format!("chat/{second}"))]).await;
    assert!(status == 409 && page.contains("nằm ở chi nhánh TP. Hồ Chí Minh"), "{page}");
    let (status, page) = lan.send("/counter/demo/prepare", &forms, &[("ready", "<b>x")]).await;
    assert!(status == 409 && !page.contains("<b>x"), "{page}");
}

#[tokio::test]
async fn what_is_not_here_is_asked_why_moves_and_is_to_be_counted() {
    let (desk, house) = open().await;
    let twin = twin(&desk).await;
    let (order, _) = pick_up(&desk, &twin, 1).await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let before = (house.stock("AO-M", "hcm").await, house.stock("AO-M", "hn").await);
    let form = lan.form("/counter/demo").await;
    let said = format!("chat/{order}");
    let (status, page) = lan.send("/counter/demo/prepare", &form, &[("not-here", &said)]).await;
    assert!(
        status == 200 && page.contains("Vì sao không có hàng?") && page.contains("không tìm thấy"),
        "{page}"
    );
    assert_eq!(house.stock("AO-M", "hcm").await.version, before.0.version, "nothing is written yet");
    let asked = super::phone::hidden(&page);
    for is_new in [true, false] {
        let (status, page) = lan.send("/counter/demo/prepare", &asked, &[("why", "not_found")]).await;
        assert!(status == 200 && page.contains("được giữ ở Hà Nội"), "{page}");
        assert_eq!(page.contains("không tính hai lần"), !is_new, "{page}");
        assert!(page.contains("/counter/demo/count?sku=AO-M"), "{page}");
    }
    let after = (house.stock("AO-M", "hcm").await, house.stock("AO-M", "hn").await);
    assert_eq!((after.0.holds, after.1.holds), (before.0.holds - 1, before.1.holds + 1));
    assert_eq!(after.0.on_hand, before.0.on_hand, "only a count changes it");
    let (_, home) = lan.get("/counter/demo").await;
    assert!(home.contains("Nên đếm lại") && !home.contains(&order), "{home}");
    let count = lan.form("/counter/demo/count?sku=AO-M").await;
    desk.later(1_000);
    let units = (before.0.on_hand - 1).to_string();
    let (status, page) = lan.send("/counter/demo/count", &count, &[("sku", "AO-M"), ("units", &units)]).await;
    assert!(status == 200, "{page}");
    let (_, home) = lan.get("/counter/demo").await;
    assert!(!home.contains("Nên đếm lại"), "{home}");
    let mut hn = phone(&desk, &house, "--location hn --by Minh").await;
    let (_, home) = hn.get("/counter/demo").await;
    assert!(home.contains(&order) && home.contains("Chờ chuẩn bị hàng"), "{home}");
}

#[tokio::test]
async fn a_code_shows_the_goods_and_hands_them_over_once_in_the_store_where_they_lie() {
    let desk = Desk::new();
    desk.add(&(desk.file() + CHAT)).await.unwrap();
    say(&desk, "key").await.unwrap();
    let house = desk.house().await;
    let twin = twin(&desk).await;
    super::super::until("the first counts are in", async || house.stock("AO-M", "hcm").await.on_hand > 0)
        .await;
    let (order, code) = pick_up(&desk, &twin, 2).await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let (_, home) = lan.get("/counter/demo").await;
    assert!(home.contains(&order) && home.contains("khách đến lấy"), "{home}");
    assert!(!home.contains(&code), "the code is for the buyer to say");
    let ask = lan.form("/counter/demo/pick-up").await;
    for (typed, expected) in [("12", "6 chữ số"), ("000000", "không giữ hàng nào với mã này")] {
        let (status, page) = lan.send("/counter/demo/pick-up", &ask, &[("code", typed)]).await;
        assert!(status == 409 && page.contains(expected), "{typed}: {page}");
    }
    let mut hn = phone(&desk, &house, "--location hn --by Minh").await;
    let elsewhere = hn.form("/counter/demo/pick-up").await;
    let (status, page) = hn.send("/counter/demo/pick-up", &elsewhere, &[("code", &code)]).await;
    assert!(status == 409 && page.contains("nằm ở chi nhánh TP. Hồ Chí Minh"), "{page}");
    let (status, page) = lan.send("/counter/demo/pick-up", &ask, &[("code", &code)]).await;
    assert!(status == 200 && page.contains("Đã giao cho khách") && page.contains(&order), "{page}");
    let form = super::phone::hidden(&page);
    let before = house.stock("AO-M", "hcm").await;
    assert_eq!(before.holds, 2);
    let (status, page) = lan.send("/counter/demo/pick-up", &form, &[("word", "collect")]).await;
    assert!(status == 200 && page.contains("đã giao hàng"), "{page}");
    let (status, page) = lan.send("/counter/demo/pick-up", &form, &[("word", "collect")]).await;
    assert!(status == 200 && page.contains("không tính hai lần"), "{page}");
    let after = house.stock("AO-M", "hcm").await;
    assert_eq!((after.holds, after.on_hand), (0, before.on_hand - 2));
    let (status, page) = lan.send("/counter/demo/pick-up", &form, &[("word", "release")]).await;
    assert!(status == 409, "what was handed over is not let go: {page}");
}
