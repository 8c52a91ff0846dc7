//! What a person is told about a paper: where its goods are now, what comes next, or why a word was not written.

use super::Whose;
use crate::demo::texts::Language;
use crate::terminal;
use commerce::Timestamp;
use commerce::goods::{Document, Goods, Paper, Refusal, Return, Said, Transfer};
use commerce::ids::{DocumentNumber, Sku};
use reports::goods_words;
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
        goods_words::title(document, self.l().into())
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

    /// Why it is not written, with what the command can do about it.
    pub(super) fn refused(&self, refusal: &Refusal) -> String {
        let l = self.l();
        let hint = match refusal {
            Refusal::NotFree { .. } => {
                l.say(". Hàng đã đi rồi thì dùng `goods send`", ". If the goods have left, say `goods send`")
            }
            Refusal::NoSuchOrder => {
                l.say("; hàng không có đơn thì bỏ --order", "; for goods without one leave --order out")
            }
            _ => "",
        };
        format!("{}: {}{hint}", self.number, goods_words::refusal(refusal, l.into()))
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
        rows.push(vec![number.to_string(), goods_words::title(document, l.into()), units.to_string(), at]);
    }
    terminal::table(&rows)
}
