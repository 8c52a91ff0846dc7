//! Key text reads back, and no name of a shop, an order or a product can pass for another key.

use super::*;

#[test]
fn a_listing_key_reads_back() {
    let (shop, connection, id) =
        (ShopId::new("demo").unwrap(), ConnectionId::new("web").unwrap(), ListingId::new("10:0").unwrap());
    let key = listing(&shop, &connection, &id);
    assert_eq!(parse_listing(&key.partition, &key.sort), Some((shop, connection, id)));
    assert_eq!(parse_listing("demo#S#AO-M", "L#hn"), None);
}

#[test]
fn what_is_due_reads_back_even_with_a_strange_number() {
    let connection = ConnectionId::new("web").unwrap();
    for work in [
        DueWork::Listing(connection.clone(), ListingId::new("1#0:2").unwrap()),
        DueWork::PickUp(connection.clone(), OrderId::new("FB#1").unwrap()),
        DueWork::Hold(connection.clone(), OrderId::new("FB#1").unwrap()),
        DueWork::Forward(connection, LocationId::new("hn").unwrap(), OrderId::new("FB#1").unwrap()),
    ] {
        let key = due(&ShopId::new("demo").unwrap(), &work);
        assert_eq!(parse_due(&key.sort), Some(work));
    }
    assert_eq!(parse_due("Z#web#1"), None);
}

#[test]
fn a_stock_key_reads_back_even_with_a_strange_sku() {
    let (shop, sku, location) =
        (ShopId::new("demo").unwrap(), Sku::new("ÁO#S#1").unwrap(), LocationId::new("hn").unwrap());
    let key = stock(&shop, &sku, &location);
    assert_eq!(parse_stock(&key.partition, &key.sort), Some((shop, sku, location)));
    assert_eq!(parse_stock("demo#O#web#1", "O"), None);
}

#[test]
fn an_order_key_reads_back_even_with_a_strange_number() {
    let key = OrderKey {
        shop: ShopId::new("demo").unwrap(),
        connection: ConnectionId::new("web").unwrap(),
        order: OrderId::new("11#O#7").unwrap(),
    };
    let lies_at = order(&key);
    assert_eq!(parse_order(&lies_at.partition, &lies_at.sort), Some(key));
    assert_eq!(parse_order("demo#S#AO-M", "L#hn"), None);
}

#[test]
fn every_kind_of_item_is_told_from_its_key() {
    let shop = ShopId::new("demo").unwrap();
    let check = |partition: &str, sort: &str, expected: Kind| {
        let key = Key { partition: partition.to_owned(), sort: sort.to_owned() };
        assert_eq!(kind(&shop, &key), expected, "{partition} {sort}");
    };
    check("demo#O#web#1", "O", Kind::Order);
    check("demo#O#web#1", "F#hn", Kind::Forwarding);
    check("demo#F#hk1", "F", Kind::Forwarding);
    check("demo#S#AO#O#1", "L#hn", Kind::Stock);
    check("demo#S#AO", "D#count", Kind::Document);
    check("demo#M#PC-1", "M", Kind::Goods);
    check("demo#M", "PC-1", Kind::Goods);
    check("demo#S#AO", "B#2026-11-30", Kind::Heals);
    check("demo#C#web", "I#10:0", Kind::Listing);
    check("demo#C#web", "C", Kind::Connection);
    check("demo#C#web", "P", Kind::Pass);
    check("demo#D", "A#web#10:0", Kind::Due);
    check("demo#A", "A", Kind::Alerts);
    check("demo#H", "482913", Kind::HoldCode);
    check("demo#N", "hn#AO", Kind::CountWanted);
    check("demo#X#202611", "2026", Kind::Parked);
    check("demo-2#C#web", "I#10:0", Kind::Other);
    check("operator#R", "demo", Kind::Other);
}

#[test]
fn parked_work_lies_by_month() {
    let at: Timestamp = "2026-11-22T01:02:03Z".parse().unwrap();
    let shop = ShopId::new("demo").unwrap();
    assert_eq!(parked_month(&shop, at), "demo#X#202611");
    let march: Timestamp = "2026-03-31T23:59:59Z".parse().unwrap();
    let months = parked_months(&shop, march, 3);
    assert_eq!(months, ["demo#X#202512", "demo#X#202601", "demo#X#202602", "demo#X#202603"]);
}
