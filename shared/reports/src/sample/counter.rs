//! A made-up store's counter with one of every page; the product's code is given, so that a hostile one can be tried.

use super::at;
use crate::counter::{
    CountForm, GoodsForm, GoodsKind, Guard, HoldLine, Home, MissedLine, NotHerePage, PaperLine, PaperPage,
    PickUp, ProductLine, ProductPage, Row, Screen, Told,
};
use commerce::catalogue::{Component, Connection, Listing, Location, Sharing, Shop};
use commerce::goods::{CameBack, Document, Goods, Paper, Reference, Return, Spoken, Transfer, Writer};
use commerce::hold_terms::{HoldCode, Purpose};
use commerce::ids::{ConnectionId, DocumentNumber, IdError, ListingId, LocationId, OrderId, ShopId, Sku};
use commerce::pick_up::SaidBy;
use commerce::shortfall::ShortfallRule;
use commerce::stock::Stock;
use std::collections::BTreeMap;

/// A shop with two stores and one chat desk.
pub fn shop(sku: &str) -> Result<Shop, IdError> {
    let (chat, listing) = (ConnectionId::new("chat")?, ListingId::new(sku)?);
    let store = |id: &str, name: &str| -> Result<Location, IdError> {
        Ok(Location {
            id: LocationId::new(id)?,
            name: name.to_owned(),
            till: None,
            walk_in_reserve: 0,
            orders_to: None,
        })
    };
    let one = Listing {
        id: listing.clone(),
        recipe: vec![Component { sku: Sku::new(sku)?, factor: 1 }],
        buffer: 0,
        publish: false,
        rule: None,
        paused: false,
    };
    let connection = Connection {
        id: chat.clone(),
        channel: "social".to_owned(),
        base_url: None,
        webhook_url: None,
        serves_from: vec![LocationId::new("hcm")?],
        account: BTreeMap::new(),
        sharing: Sharing::Cover,
        rule: Default::default(),
        listings: BTreeMap::from([(listing, one)]),
    };
    Ok(Shop {
        id: ShopId::new("demo")?,
        name: format!("Cửa hàng {sku}"),
        keep_orders_days: 180,
        shortfalls: ShortfallRule::usual("demo"),
        report: Default::default(),
        locations: vec![store("hcm", "TP. Hồ Chí Minh")?, store("hn", "Hà Nội, kho chính")?],
        connections: BTreeMap::from([(chat, connection)]),
    })
}

/// One of every page.
pub fn screens(sku: &str) -> Result<Vec<(&'static str, Screen)>, IdError> {
    let guard = Guard { reference: Reference::new("19f1a2b3c4d-0123456789abcdef")?, token: "0".repeat(64) };
    let rows = vec![Row { sku: sku.to_owned(), units: "12".to_owned() }];
    let form = |kind| GoodsForm {
        guard: guard.clone(),
        kind,
        rows: rows.clone(),
        chosen: vec![("why".to_owned(), sku.to_owned())],
    };
    let hold = hold(sku)?;
    let (transfer, back) = (transfer(sku)?, back(sku)?);
    let line = |document: &Document| -> Result<PaperLine, IdError> {
        Ok(PaperLine { number: DocumentNumber::new(format!("T-{sku}"))?, document: document.clone() })
    };
    let paper = |document: &Document| -> Result<Screen, IdError> {
        let number = DocumentNumber::new(format!("T-{sku}"))?;
        Ok(Screen::Paper(PaperPage { guard: guard.clone(), number, document: document.clone() }))
    };
    let waits = HoldLine { waits_minutes: Some(75), ready: None, ..hold.clone() };
    let home = Home {
        waiting: Some((guard.clone(), vec![waits.clone()])),
        counts: vec![MissedLine { sku: Sku::new(sku)?, units: 2, at: at(9, 5) }],
        holds: vec![hold.clone()],
        transfers: vec![line(&transfer)?],
        returns: vec![line(&back)?],
    };
    let row = Row { sku: sku.to_owned(), units: String::new() };
    Ok(vec![
        ("welcome", Screen::Welcome),
        ("home", Screen::Home(home)),
        ("ask-code", Screen::AskCode(guard.clone())),
        (
            "pick-up",
            Screen::PickUp(PickUp { guard: guard.clone(), code: HoldCode::from_number(482_913), hold }),
        ),
        ("not-here", Screen::NotHere(NotHerePage { guard: guard.clone(), hold: waits })),
        ("receive", Screen::Goods(form(GoodsKind::Receive))),
        ("adjust", Screen::Goods(form(GoodsKind::Adjust))),
        ("transfer", Screen::Goods(form(GoodsKind::Transfer))),
        ("take-back", Screen::Goods(form(GoodsKind::TakeBack))),
        ("count", Screen::Count(CountForm { guard: guard.clone(), began: at(9, 30), row })),
        ("arriving", paper(&transfer)?),
        ("came-back", paper(&back)?),
        ("product", Screen::Product(product(sku)?)),
        ("told", Screen::Told(told(sku)?)),
    ])
}

fn hold(sku: &str) -> Result<HoldLine, IdError> {
    Ok(HoldLine {
        order: OrderId::new("FB-7")?,
        connection: ConnectionId::new("chat")?,
        purpose: Some(Purpose::PickUp),
        goods: vec![(ListingId::new(sku)?, 2)],
        until: Some(at(20, 0)),
        is_over: false,
        waits_minutes: None,
        ready: Some(SaidBy { by: Writer::new("Hùng")?, at: at(8, 40) }),
    })
}

fn spoken(word: &str) -> Result<Spoken, IdError> {
    Ok(Spoken {
        reference: Reference::new("1")?,
        word: word.to_owned(),
        by: Writer::new("Hùng")?,
        at_ms: at(8, 15).as_millisecond(),
        why: String::new(),
    })
}

fn transfer(sku: &str) -> Result<Document, IdError> {
    let (from, to) = (LocationId::new("hn")?, LocationId::new("hcm")?);
    let goods = Goods::from([(Sku::new(sku)?, 12)]);
    let mut transfer = Transfer::draft(from, to, goods.clone());
    transfer.sent = Some(goods);
    let words = vec![spoken("draft")?, spoken("depart")?];
    Ok(Document { paper: Paper::Transfer(transfer), words, not_counted: Vec::new() })
}

fn back(sku: &str) -> Result<Document, IdError> {
    let here = CameBack { taken: Goods::from([(Sku::new(sku)?, 3)]), ..CameBack::default() };
    let order = Some((ConnectionId::new("chat")?, OrderId::new("FB-3")?));
    let back = Return { order, stores: BTreeMap::from([(LocationId::new("hcm")?, here)]) };
    Ok(Document { paper: Paper::Return(back), words: vec![spoken("take-back")?], not_counted: Vec::new() })
}

fn product(sku: &str) -> Result<ProductPage, IdError> {
    let stock = |on_hand, free| Stock { on_hand, free, committed: 2, holds: 2, ..Stock::default() };
    let line = |location: &str, stock| -> Result<ProductLine, IdError> {
        Ok(ProductLine { location: LocationId::new(location)?, stock })
    };
    let lines = vec![line("hcm", stock(1_204, 1_200))?, line("hn", stock(3, -1))?];
    Ok(ProductPage { asked: sku.to_owned(), lines })
}

fn told(sku: &str) -> Result<Told, IdError> {
    Ok(Told {
        sentence: "Đã ghi: nhập hàng tại hcm (R-19f1a2b3c4d-0123456789abcdef).".to_owned(),
        goods: Goods::from([(Sku::new(sku)?, 12)]),
        next: "Các kênh tự đổi theo.".to_owned(),
        paper: Some(DocumentNumber::new("R-19f1a2b3c4d-0123456789abcdef")?),
        product: Some(Sku::new(sku)?),
        counts: vec![Sku::new(sku)?],
    })
}
