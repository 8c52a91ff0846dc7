//! What the till stand-in knows: sales, what each branch holds, and the documents that tell of both.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::TillTwinConfig;
use crate::hopkenh::sealed;
use crate::wire::viet_nam;
use crate::{Push, TwinLine, TwinOrder, TwinOrderState};

/// Every line of the file has these.
const COLUMNS: &str = "kind,number,at,branch,currency,line,product,quantity,price,total";

pub(crate) struct Shop {
    config: TillTwinConfig,
    on_hand: BTreeMap<(String, String), i64>,
    sales: Vec<TwinOrder>,
    returns: u32,
    /// Documents as they were written, for the file.
    documents: Vec<Value>,
    waiting: Vec<Push>,
    last: Timestamp,
}

impl Shop {
    pub(crate) fn new(config: TillTwinConfig) -> Self {
        let place = |stock: &crate::BranchStock| (stock.branch.clone(), stock.listing.clone());
        let on_hand = config.branch_stock.iter().map(|stock| (place(stock), stock.on_hand)).collect();
        Self {
            config,
            on_hand,
            sales: Vec::new(),
            returns: 0,
            documents: Vec::new(),
            waiting: Vec::new(),
            last: Timestamp::MIN,
        }
    }

    /// No two documents have the same time: the later of two levels must win.
    fn next_time(&mut self) -> Timestamp {
        let now = (self.config.clock)();
        let next = self.last.checked_add(SignedDuration::from_millis(1)).unwrap_or(now);
        self.last = now.max(next);
        self.last
    }

    pub(crate) fn first_branch(&self) -> String {
        self.config.branches.first().map(|(id, _)| id.clone()).unwrap_or_default()
    }

    pub(crate) fn on_hand(&self, branch: &str, product: &str) -> i64 {
        self.on_hand.get(&(branch.to_owned(), product.to_owned())).copied().unwrap_or(0)
    }

    pub(crate) fn shown(&self, product: &str) -> i64 {
        self.on_hand.iter().filter(|((_, sold), _)| sold == product).map(|(_, units)| units).sum()
    }

    pub(crate) fn order(&self, id: &str) -> Option<TwinOrder> {
        self.sales.iter().find(|sale| sale.id == id).cloned()
    }

    pub(crate) fn orders(&self) -> Vec<TwinOrder> {
        self.sales.clone()
    }

    pub(crate) fn take_pushes(&mut self) -> Vec<Push> {
        std::mem::take(&mut self.waiting)
    }

    fn price(&self, product: &str) -> i64 {
        self.config.listings.iter().find(|listing| listing.id == product).map_or(0, |l| l.price_minor)
    }

    pub(crate) fn sell(&mut self, branch: &str, lines: &[TwinLine]) -> String {
        let at = self.next_time();
        let total = lines.iter().map(|line| self.price(&line.listing) * i64::from(line.quantity)).sum();
        let sale = TwinOrder {
            id: format!("HD{:06}", self.sales.len() + 1),
            lines: lines.to_vec(),
            state: TwinOrderState::Completed,
            placed_at: at,
            updated_at: at,
            total_minor: total,
            branch: Some(branch.to_owned()),
        };
        let document = self.document("sale", &sale.id, at, &sale);
        self.send(vec![document]);
        self.move_goods(branch, lines, -1);
        let id = sale.id.clone();
        self.sales.push(sale);
        id
    }

    pub(crate) fn void(&mut self, id: &str) -> bool {
        let at = self.next_time();
        let is_it = |sale: &&mut TwinOrder| sale.id == id && sale.state == TwinOrderState::Completed;
        let Some(sale) = self.sales.iter_mut().find(is_it) else { return false };
        (sale.state, sale.updated_at) = (TwinOrderState::Cancelled, at);
        let sale = sale.clone();
        let document = self.document("void", id, at, &sale);
        self.send(vec![document]);
        self.move_goods(sale.branch.as_deref().unwrap_or_default(), &sale.lines, 1);
        true
    }

    pub(crate) fn take_back(&mut self, id: &str) -> bool {
        let at = self.next_time();
        let Some(sale) = self.order(id).filter(|sale| sale.state == TwinOrderState::Completed) else {
            return false;
        };
        self.returns += 1;
        let number = format!("TH{:06}", self.returns);
        let document = self.document("return", &number, at, &sale);
        self.send(vec![document]);
        self.move_goods(sale.branch.as_deref().unwrap_or_default(), &sale.lines, 1);
        true
    }

    pub(crate) fn count(&mut self, branch: &str, product: &str, value: i64) {
        self.on_hand.insert((branch.to_owned(), product.to_owned()), value);
        self.tell_levels(branch, &[product.to_owned()]);
    }

    fn move_goods(&mut self, branch: &str, lines: &[TwinLine], sign: i64) {
        let mut products: Vec<String> = Vec::new();
        for line in lines {
            let units = self.on_hand.entry((branch.to_owned(), line.listing.clone())).or_default();
            *units += sign * i64::from(line.quantity);
            if !products.contains(&line.listing) {
                products.push(line.listing.clone());
            }
        }
        self.tell_levels(branch, &products);
    }

    fn tell_levels(&mut self, branch: &str, products: &[String]) {
        let at = self.next_time();
        let line = |product: &String| json!({"product": product, "quantity": self.on_hand(branch, product)});
        let lines: Vec<Value> = products.iter().map(line).collect();
        let level = json!({"kind": "level", "at": written(at), "branch": branch, "lines": lines});
        self.send(vec![level]);
    }

    fn document(&self, kind: &str, number: &str, at: Timestamp, sale: &TwinOrder) -> Value {
        let line = |(n, line): (usize, &TwinLine)| {
            let price = self.price(&line.listing);
            json!({"line": (n + 1).to_string(), "product": line.listing, "quantity": line.quantity, "price": price})
        };
        let lines: Vec<Value> = sale.lines.iter().enumerate().map(line).collect();
        json!({
            "kind": kind, "number": number, "at": written(at), "branch": sale.branch, "currency": "VND",
            "lines": lines, "total": sale.total_minor,
        })
    }

    fn send(&mut self, documents: Vec<Value>) {
        self.documents.extend(documents.iter().cloned());
        let body = json!({"documents": documents}).to_string().into_bytes();
        let now = (self.config.clock)();
        self.waiting.push(sealed(&self.config.webhook_secret, now, &self.config.webhook_url, body));
    }

    pub(crate) fn file(&self) -> String {
        let mut file = format!("{COLUMNS}\n");
        for document in &self.documents {
            for line in document.get("lines").and_then(Value::as_array).into_iter().flatten() {
                let of = |from: &Value, name: &str| from.get(name).map(cell).unwrap_or_default();
                let head = ["kind", "number", "at", "branch", "currency"].map(|name| of(document, name));
                let cells = ["line", "product", "quantity", "price"].map(|name| of(line, name));
                // Writing into a text cannot fail.
                let _ = writeln!(file, "{},{},{}", head.join(","), cells.join(","), of(document, "total"));
            }
        }
        file
    }
}

/// A cell; only texts with a comma or a quote need quotes around them.
fn cell(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Việt Nam's time with its zone, to the millisecond.
fn written(at: Timestamp) -> String {
    at.to_zoned(viet_nam()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}
