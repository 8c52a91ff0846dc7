//! What a person is told about a paper: where its goods are now, what comes next, or why a word was not written.

use super::Whose;
use crate::demo::texts::Language;
use crate::terminal;
use commerce::Timestamp;
use commerce::goods::{Document, Goods, PRODUCTS_MAX, Paper, Refusal, Return, Said, Transfer, WORDS_MAX};
use commerce::ids::{DocumentNumber, Sku};
use std::collections::{BTreeMap, BTreeSet};

/// Speaks about one paper of one shop.
pub(super) struct Teller<'a> {
    pub(super) whose: &'a Whose,
    pub(super) number: &'a DocumentNumber,
}

impl Teller<'_> {
    fn l(&self) -> Language {
        self.whose.lang
    }

    /// It is written.
    pub(super) fn done(&self, document: &Document) -> String {
        let n = self.number;
        let head = self.l().pick(format!("Đã ghi {n}: "), format!("Written, {n}: "));
        format!("{head}{}\n{}{}", self.title(document), self.table(document), self.next(document))
    }

    /// It was written before.
    pub(super) fn known(&self, document: &Document) -> String {
        let n = self.number;
        let head = self.l().pick(
            format!("Không đổi: {n} đã có lời này (nếu là hàng khác, thêm --ref). "),
            format!("Nothing changed: {n} has this word already (if these are other goods, add --ref). "),
        );
        format!("{head}{}\n{}{}", self.title(document), self.table(document), self.next(document))
    }

    /// All of it, with who said what.
    pub(super) fn whole(&self, document: &Document) -> String {
        let words = document.words.iter().map(|spoken| {
            let at =
                Timestamp::from_millisecond(spoken.at_ms).map_or("?".to_owned(), |at| format!("{at:.0}"));
            vec![at, spoken.word.clone(), spoken.by.to_string(), spoken.why.clone()]
        });
        let words: Vec<Vec<String>> = words.collect();
        format!(
            "{}: {}\n{}\n{}{}",
            self.number,
            self.title(document),
            self.table(document),
            terminal::table(&words),
            self.next(document)
        )
    }

    fn title(&self, document: &Document) -> String {
        title(document, self.l())
    }

    fn table(&self, document: &Document) -> String {
        let l = self.l();
        match &document.paper {
            Paper::Receipt { goods, .. } | Paper::Adjustment { goods, .. } => {
                columns(&[l.say("Mã hàng", "SKU"), l.say("Số lượng", "Units")], &[goods])
            }
            Paper::Transfer(transfer) => transfer_table(transfer, l),
            Paper::Return(back) => return_table(back, l),
        }
    }

    /// What somebody will do with it next.
    fn next(&self, document: &Document) -> String {
        let (l, n, shop) = (self.l(), self.number, &self.whose.shop);
        let flags = self.whose.place.flags();
        let command = |verb: &str| format!("hopkenh goods {verb} {n} --shop {shop}{flags}");
        match &document.paper {
            _ if document.is_finished() => String::new(),
            Paper::Transfer(transfer) if transfer.sent.is_none() => {
                let (depart, cancel) = (command("depart"), command("cancel"));
                l.pick(
                    format!("Khi hàng đi: {depart}\nNếu bỏ: {cancel}\n"),
                    format!("When it leaves: {depart}\nTo call it off: {cancel}\n"),
                )
            }
            Paper::Transfer(_) => {
                let (arrive, lose) = (command("arrive"), command("lose"));
                l.pick(
                    format!("Khi hàng đến: {arrive}\nNếu mất: {lose}\n"),
                    format!("When it arrives: {arrive}\nIf it is lost: {lose}\n"),
                )
            }
            Paper::Return(back) => {
                let waits = back.stores.iter().find(|(_, here)| !here.in_quarantine().is_empty());
                let store = waits.map_or(String::new(), |(store, _)| store.to_string());
                let inspect = format!("{} --location {store} --sellable SKU=1", command("inspect"));
                l.pick(
                    format!("Sau khi xem hàng: {inspect}\n"),
                    format!("Once it was looked at: {inspect}\n"),
                )
            }
            Paper::Receipt { .. } | Paper::Adjustment { .. } => String::new(),
        }
    }

    /// Others kept writing the same goods.
    pub(super) fn busy(&self, said: &Said, why: &str) -> String {
        let (n, at, reference) = (self.number, said.at, &said.reference);
        self.l().pick(
            format!("chưa ghi được {n}, hãy gửi lại với --number {n} --at {at} --ref {reference}: {why}"),
            format!(
                "{n} is not written yet; say it again with --number {n} --at {at} --ref {reference}: {why}"
            ),
        )
    }

    /// Why it is not written.
    pub(super) fn refused(&self, refusal: &Refusal) -> String {
        let (l, n) = (self.l(), self.number);
        let why = match refusal {
            Refusal::NoSuchDocument => {
                l.pick("không có phiếu này".to_owned(), "there is no such paper".to_owned())
            }
            Refusal::Exists => l.pick(
                "đã có phiếu số này, về hàng khác; hãy dùng số khác".to_owned(),
                "a paper of this number is there already, about other goods; use another number".to_owned(),
            ),
            Refusal::TooLate => l.pick(
                "không còn gì để làm: hàng đã đi, đã đến, đã xem xong hoặc phiếu đã bỏ".to_owned(),
                "nothing is left to do: the goods have left, arrived or been looked at, or it was called off"
                    .to_owned(),
            ),
            Refusal::NotLeft => l.pick("hàng chưa đi".to_owned(), "the goods have not left yet".to_owned()),
            Refusal::Nothing => l.pick("không nêu hàng nào".to_owned(), "no goods are named".to_owned()),
            Refusal::TooManyProducts => l.pick(
                format!("nhiều nhất {PRODUCTS_MAX} mã hàng một phiếu; hãy chia ra"),
                format!("at most {PRODUCTS_MAX} products on one paper; split it"),
            ),
            Refusal::TooManyWords => l.pick(
                format!("phiếu đã có {WORDS_MAX} lời; hãy lập phiếu mới"),
                format!("the paper has {WORDS_MAX} words already; begin a new one"),
            ),
            Refusal::Units(sku) => l.pick(
                format!("{sku}: số lượng phải là số nguyên khác 0, trong mức một cửa hàng chứa được"),
                format!("{sku}: units must be whole, not 0, and no more than any store holds"),
            ),
            Refusal::SameStore => {
                l.pick("hàng đã ở chi nhánh đó".to_owned(), "the goods are in that store already".to_owned())
            }
            Refusal::MoreThan { sku, at_most } => l.pick(
                format!("{sku}: nhiều nhất {at_most}"),
                format!("{sku}: at most {at_most} can be meant"),
            ),
            Refusal::NotFree { sku, free } => l.pick(
                format!("{sku}: chỉ {free} còn trống; chưa giữ gì. Hàng đã đi rồi thì dùng `goods send`"),
                format!(
                    "{sku}: only {free} free; nothing is set aside. If the goods have left, say `goods send`"
                ),
            ),
            Refusal::TillKeeps(store) => l.pick(
                format!("{store}: máy bán hàng giữ sổ kho ở đó; hãy lập phiếu tại máy"),
                format!("{store}: its till keeps the stock there; write it in the till"),
            ),
            Refusal::NoSuchOrder => l.pick(
                "sổ không có đơn này; hàng không có đơn thì bỏ --order".to_owned(),
                "the book has no such order; for goods without one leave --order out".to_owned(),
            ),
        };
        format!("{n}: {why}")
    }
}

/// What a paper is, in one line.
fn title(document: &Document, l: Language) -> String {
    match &document.paper {
        Paper::Receipt { location, .. } => {
            l.pick(format!("nhập hàng tại {location}"), format!("received at {location}"))
        }
        Paper::Adjustment { location, .. } => {
            l.pick(format!("điều chỉnh tại {location}"), format!("adjusted at {location}"))
        }
        Paper::Transfer(transfer) => {
            let (from, to, stage) = (&transfer.from, &transfer.to, stage(transfer, l));
            l.pick(format!("chuyển {from} → {to}, {stage}"), format!("transfer {from} → {to}, {stage}"))
        }
        Paper::Return(Return { order: Some((connection, order)), .. }) => l.pick(
            format!("hàng trả của đơn {order} ({connection})"),
            format!("return of order {order} ({connection})"),
        ),
        Paper::Return(_) => l.say("hàng trả không có đơn", "return without an order").to_owned(),
    }
}

fn stage(transfer: &Transfer, l: Language) -> &'static str {
    match &transfer.sent {
        _ if transfer.is_cancelled => l.say("đã bỏ", "called off"),
        None => l.say("đã giữ hàng", "set aside"),
        Some(_) if !transfer.on_the_way().is_empty() => l.say("đang đi", "on the way"),
        Some(_) => l.say("đã xong", "done"),
    }
}

fn transfer_table(transfer: &Transfer, l: Language) -> String {
    let head = match l {
        Language::Vi => ["Mã hàng", "Giữ", "Đi", "Đến", "Mất", "Đang đi"],
        Language::En => ["SKU", "Set aside", "Sent", "Arrived", "Lost", "On the way"],
    };
    let sent = transfer.sent.clone().unwrap_or_default();
    let on_the_way = transfer.on_the_way();
    columns(&head, &[&transfer.drafted, &sent, &transfer.arrived, &transfer.lost, &on_the_way])
}

fn return_table(back: &Return, l: Language) -> String {
    let head = match l {
        Language::Vi => ["Chi nhánh", "Mã hàng", "Nhận lại", "Bán được", "Bỏ", "Chờ xem"],
        Language::En => ["Store", "SKU", "Came back", "Sellable", "Scrapped", "To look at"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (store, here) in &back.stores {
        let waiting = here.in_quarantine();
        for (sku, taken) in &here.taken {
            let units = |goods: &Goods| goods.get(sku).copied().unwrap_or(0).to_string();
            let rest = [taken.to_string(), units(&here.sellable), units(&here.scrapped), units(&waiting)];
            rows.push([vec![store.to_string(), sku.to_string()], rest.to_vec()].concat());
        }
    }
    terminal::table(&rows)
}

/// A product per row, a kind of units per column.
fn columns(head: &[&str], goods: &[&Goods]) -> String {
    let skus: BTreeSet<&Sku> = goods.iter().flat_map(|goods| goods.keys()).collect();
    let mut rows = vec![head.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    for sku in skus {
        let units = goods.iter().map(|goods| goods.get(sku).copied().unwrap_or(0).to_string());
        rows.push(std::iter::once(sku.to_string()).chain(units).collect());
    }
    terminal::table(&rows)
}

/// The papers that are not finished.
pub(super) fn list(open: &BTreeMap<DocumentNumber, Document>, l: Language) -> String {
    if open.is_empty() {
        return l.say("Không có phiếu nào dở dang.\n", "No paper is unfinished.\n").to_owned();
    }
    let head = match l {
        Language::Vi => ["Số phiếu", "Là gì", "Số lượng", "Lần cuối"],
        Language::En => ["Number", "What", "Units", "Last word"],
    };
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    for (number, document) in open {
        let there = commerce::goods::whereabouts(&document.paper);
        let units = there.held + there.in_transit + there.in_quarantine;
        let last = document.words.last().map(|word| word.at_ms).unwrap_or_default();
        let at = Timestamp::from_millisecond(last).map_or("?".to_owned(), |at| format!("{at:.0}"));
        rows.push(vec![number.to_string(), title(document, l), units.to_string(), at]);
    }
    terminal::table(&rows)
}
