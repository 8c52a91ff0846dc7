//! A buyer comes to the counter with a code: the goods are shown first, then handed over once.

use super::super::Desk;
use super::super::holds::{CHAT, pick_up, twin};
use super::{phone, say};

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
