//! Goods at the counter: received, sent, arrived, taken back, looked at and counted; each form counts once.

use super::phone::form_saying;
use super::{open, phone};

#[tokio::test]
async fn a_delivery_that_a_phone_sends_twice_comes_in_once_with_its_author() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let before = house.stock("AO-M", "hcm").await.on_hand;
    let form = lan.form("/counter/demo/receive").await;
    let goods =
        [("sku.0", "ao-m"), ("units.0", "3"), ("sku.1", "AO-L"), ("units.1", "2"), ("why", "xe sáng")];
    let (status, page) = lan.send("/counter/demo/receive", &form, &goods).await;
    assert!(status == 200 && page.contains("Đã ghi: nhập hàng tại hcm"), "{page}");
    let (status, page) = lan.send("/counter/demo/receive", &form, &goods).await;
    assert!(status == 200 && page.contains("Đã ghi từ trước, không tính hai lần"), "{page}");
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, before + 3);
    let reference = &form.iter().find(|(name, _)| name == "ref").unwrap().1;
    let (_, paper) = lan.get(&format!("/counter/demo/paper?number=R-{reference}")).await;
    assert!(paper.contains("Lan") && paper.contains("xe sáng") && paper.contains("nhập hàng"), "{paper}");
    let (status, page) = lan.get("/counter/demo/product?sku=AO-M").await;
    assert!(status == 200 && page.contains("Tồn kho") && page.contains("TP. Hồ Chí Minh"), "{page}");
}

#[tokio::test]
async fn a_bad_row_is_named_and_what_was_typed_stands_there_again() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let form = lan.form("/counter/demo/receive").await;
    for (typed, expected) in [
        ([("sku.0", "AO-X"), ("units.0", "3")], "gần giống: AO-L, AO-M"),
        ([("sku.0", "AO-M"), ("units.0", "1.5")], "phải là số nguyên"),
        ([("sku.0", "AO-M"), ("units.0", "0")], "AO-M: số lượng phải là số nguyên khác 0"),
        ([("sku.0", "AO-M"), ("units.0", "9223372036854775807")], "không quá lớn"),
        ([("sku.0", ""), ("units.0", "")], "Chưa ghi: không nêu hàng nào."),
    ] {
        let (status, page) = lan.send("/counter/demo/receive", &form, &typed).await;
        assert!(status == 409 && page.contains(expected), "{typed:?}: {page}");
        assert!(page.contains(&format!("value=\"{}\"", typed[0].1)), "{page}");
    }
    let typed = [("sku.0", "<b>\"x"), ("units.0", "1")];
    let (_, page) = lan.send("/counter/demo/receive", &form, &typed).await;
    assert!(!page.contains("<b>\"x") && page.contains("&lt;b&gt;"), "{page}");
    assert_eq!(lan.get("/counter/demo/nothing").await.0, 404);
    let mut hn = phone(&desk, &house, "--location hn --by Minh --lang en").await;
    let form = hn.form("/counter/demo/receive").await;
    let (status, page) =
        hn.send("/counter/demo/receive", &form, &[("sku.0", "AO-M"), ("units.0", "1")]).await;
    assert!(status == 409 && page.contains("máy bán hàng giữ sổ kho"), "{page}");
}

#[tokio::test]
async fn a_transfer_is_sent_here_and_arrives_there_once_though_two_people_say_so() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let before = (house.stock("AO-M", "hcm").await.on_hand, house.stock("AO-M", "dn").await.on_hand);
    let form = lan.form("/counter/demo/transfer").await;
    let goods = [("to", "dn"), ("how", "send"), ("sku.0", "AO-M"), ("units.0", "2")];
    let (status, page) = lan.send("/counter/demo/transfer", &form, &goods).await;
    assert!(
        status == 200 && page.contains("chuyển hcm → dn, đang đi") && page.contains("Hàng đã đến"),
        "{page}"
    );
    let number = format!("T-{}", form.iter().find(|(name, _)| name == "ref").unwrap().1);
    let address = format!("/counter/demo/paper?number={number}");
    let (_, page) = lan.get(&address).await;
    assert!(
        page.contains("Đang trên đường") && !page.contains("value=\"arrive\""),
        "the sender cannot: {page}"
    );
    let mut an = phone(&desk, &house, "--location dn --by An").await;
    let mut bình = phone(&desk, &house, "--location dn --by Bình").await;
    let (_, home) = an.get("/counter/demo").await;
    assert!(home.contains(&number), "{home}");
    let (of_an, of_bình) = (an.get(&address).await.1, bình.get(&address).await.1);
    let all = [("units.0", "2")];
    let (of_an, of_bình) = (form_saying(&of_an, "arrive"), form_saying(&of_bình, "arrive"));
    let (status, page) = an.send("/counter/demo/paper", &of_an, &all).await;
    assert!(status == 200 && page.contains("đã xong"), "{page}");
    let (status, page) = bình.send("/counter/demo/paper", &of_bình, &all).await;
    assert!(status == 409 && page.contains("Đã có người ghi lên phiếu này"), "{page}");
    let (status, page) = an.send("/counter/demo/paper", &of_an, &all).await;
    assert!(status == 200 && page.contains("không tính hai lần"), "{page}");
    let after = (house.stock("AO-M", "hcm").await.on_hand, house.stock("AO-M", "dn").await.on_hand);
    assert_eq!(after, (before.0 - 2, before.1 + 2));
}

#[tokio::test]
async fn of_two_who_confirm_at_the_same_moment_one_is_written() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let mut an = phone(&desk, &house, "--location dn --by An").await;
    let mut bình = phone(&desk, &house, "--location dn --by Bình").await;
    for round in 1..=5 {
        let form = lan.form("/counter/demo/transfer").await;
        let goods = [("to", "dn"), ("how", "send"), ("sku.0", "AO-M"), ("units.0", "1")];
        assert_eq!(lan.send("/counter/demo/transfer", &form, &goods).await.0, 200);
        let number = format!("T-{}", form.iter().find(|(name, _)| name == "ref").unwrap().1);
        let address = format!("/counter/demo/paper?number={number}");
        let (of_an, of_bình) = (an.get(&address).await.1, bình.get(&address).await.1);
        let (of_an, of_bình) = (form_saying(&of_an, "arrive"), form_saying(&of_bình, "arrive"));
        let all = [("units.0", "1")];
        let (first, second) = tokio::join!(
            an.send("/counter/demo/paper", &of_an, &all),
            bình.send("/counter/demo/paper", &of_bình, &all)
        );
        let mut statuses = [first.0, second.0];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{} {}", first.1, second.1);
        assert_eq!(house.stock("AO-M", "dn").await.on_hand, round);
    }
}

#[tokio::test]
async fn a_draft_holds_goods_until_they_leave_or_are_called_off() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let form = lan.form("/counter/demo/receive").await;
    lan.send("/counter/demo/receive", &form, &[("sku.0", "AO-L"), ("units.0", "50")]).await;
    let form = lan.form("/counter/demo/transfer").await;
    let draft = |units| [("to", "dn"), ("how", "draft"), ("sku.0", "AO-L"), ("units.0", units)];
    let (status, page) = lan.send("/counter/demo/transfer", &form, &draft("999")).await;
    assert!(status == 409 && page.contains("còn trống; chưa giữ gì"), "{page}");
    let (status, page) = lan.send("/counter/demo/transfer", &form, &draft("1")).await;
    assert!(status == 200 && page.contains("đã giữ hàng"), "{page}");
    assert_eq!(house.stock("AO-L", "hcm").await.holds, 1);
    let number = format!("T-{}", form.iter().find(|(name, _)| name == "ref").unwrap().1);
    let (_, page) = lan.get(&format!("/counter/demo/paper?number={number}")).await;
    let (status, page) = lan.send("/counter/demo/paper", &form_saying(&page, "cancel"), &[]).await;
    assert!(status == 200 && page.contains("đã bỏ"), "{page}");
    assert_eq!(house.stock("AO-L", "hcm").await.holds, 0);
}

#[tokio::test]
async fn goods_that_came_back_wait_until_they_are_looked_at() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let before = house.stock("AO-M", "hcm").await;
    let form = lan.form("/counter/demo/take-back").await;
    let unknown = [("connection", "web"), ("order", "1001"), ("sku.0", "AO-M"), ("units.0", "1")];
    let (status, page) = lan.send("/counter/demo/take-back", &form, &unknown).await;
    assert!(status == 409 && page.contains("sổ không có đơn này"), "{page}");
    let (status, page) =
        lan.send("/counter/demo/take-back", &form, &[("sku.0", "AO-M"), ("units.0", "3")]).await;
    assert!(status == 200 && page.contains("hàng trả không có đơn"), "{page}");
    assert_eq!(house.stock("AO-M", "hcm").await.quarantine, before.quarantine + 3);
    let number = format!("B-{}", form.iter().find(|(name, _)| name == "ref").unwrap().1);
    let (_, home) = lan.get("/counter/demo").await;
    assert!(home.contains(&number), "{home}");
    let (_, page) = lan.get(&format!("/counter/demo/paper?number={number}")).await;
    let looked = form_saying(&page, "inspect");
    let (status, page) =
        lan.send("/counter/demo/paper", &looked, &[("units.0", "2"), ("scrapped.0", "1")]).await;
    assert!(status == 200 && page.contains("Không phải làm gì thêm"), "{page}");
    let after = house.stock("AO-M", "hcm").await;
    assert_eq!((after.quarantine, after.on_hand), (before.quarantine, before.on_hand + 2));
}

#[tokio::test]
async fn a_count_is_written_once_as_of_when_its_page_was_opened() {
    let (desk, house) = open().await;
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let form = lan.form("/counter/demo/count").await;
    let early = lan.form("/counter/demo/count").await;
    desk.later(5_000);
    let typed = [("sku", "AO-M"), ("units", "17")];
    let (status, page) = lan.send("/counter/demo/count", &form, &typed).await;
    assert!(status == 200 && page.contains("AO-M đếm được 17"), "{page}");
    let counted = house.stock("AO-M", "hcm").await;
    assert_eq!(counted.on_hand, 17);
    let (status, page) = lan.send("/counter/demo/count", &form, &typed).await;
    assert!(status == 200 && page.contains("không tính hai lần"), "{page}");
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, 17);
    let by = format!("{:?}", counted.movements);
    assert!(by.contains("Lan"), "the book names who counted: {by}");
    let (status, page) = lan.send("/counter/demo/count", &early, &[("sku", "AO-L"), ("units", "-1")]).await;
    assert!(status == 409 && page.contains("từ 0 trở lên"), "{page}");
    desk.later(61 * 60 * 1_000);
    let (status, page) = lan.send("/counter/demo/count", &early, &[("sku", "AO-L"), ("units", "4")]).await;
    assert!(status == 409 && page.contains("quá một giờ"), "{page}");
}

#[tokio::test]
async fn only_an_owner_writes_goods_off() {
    let (desk, house) = open().await;
    let lost = [("reason", "damaged"), ("sku.0", "AO-M"), ("units.0", "-1")];
    let mut lan = phone(&desk, &house, "--location hcm --by Lan").await;
    let before = house.stock("AO-M", "hcm").await.on_hand;
    let form = lan.form("/counter/demo/adjust").await;
    let (status, page) = lan.send("/counter/demo/adjust", &form, &lost).await;
    assert!(status == 409 && page.contains("chỉ chủ cửa hàng"), "{page}");
    let mut owner = phone(&desk, &house, "--location hcm --by Hoa --role owner").await;
    let form = owner.form("/counter/demo/adjust").await;
    let (status, page) = owner.send("/counter/demo/adjust", &form, &lost).await;
    assert!(status == 200 && page.contains("điều chỉnh tại hcm"), "{page}");
    assert_eq!(house.stock("AO-M", "hcm").await.on_hand, before - 1);
}
