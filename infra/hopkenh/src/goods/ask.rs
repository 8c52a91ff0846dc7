//! What a person typed about goods, checked against the shop, as the word that the book hears.

use super::{Named, Speaker, Verb};
use crate::csv::{cells, mark_of};
use crate::place::Place;
use crate::up::Problem;
use commerce::Timestamp;
use commerce::catalogue::Shop;
use commerce::goods::{self, Goods, PRODUCTS_MAX, Reference, Said, Word, Writer};
use commerce::ids::{ConnectionId, DocumentNumber, LocationId, OrderId, ShopId, Sku};
use commerce::near::near;
use commerce::order::UNITS_MAX;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Why units were found or are gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Reason {
    /// Broken, or past its date.
    Damaged,
    /// Nobody knows where.
    Lost,
    /// More than the book said.
    Found,
    /// Used by the shop itself, or given away.
    OwnUse,
    /// The book was written wrongly.
    Mistake,
}

impl From<Reason> for goods::Reason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Damaged => Self::Damaged,
            Reason::Lost => Self::Lost,
            Reason::Found => Self::Found,
            Reason::OwnUse => Self::OwnUse,
            Reason::Mistake => Self::Mistake,
        }
    }
}

/// The place, the shop and the person at it.
pub(super) struct Desk<'a> {
    pub(super) place: Place,
    pub(super) shop: Shop,
    pub(super) speaker: &'a Speaker,
    now: Timestamp,
}

impl<'a> Desk<'a> {
    /// Opens the shop that is spoken of.
    pub(super) async fn open(speaker: Option<&'a Speaker>, now: Timestamp) -> Result<Self, Problem> {
        let speaker = speaker.ok_or("nothing is said")?;
        let place = speaker.whose.place.open_existing().await?;
        let shop = place.shop(&ShopId::new(&speaker.whose.shop)?).await?;
        Ok(Self { place, shop, speaker, now })
    }

    /// The words that were typed, each with the number of its paper; a long delivery becomes several papers.
    pub(super) fn words(&self, verb: &Verb) -> Result<Vec<(DocumentNumber, Word)>, Problem> {
        if let Verb::Receive(args) = verb {
            return self.deliveries(args);
        }
        Ok(vec![self.word(verb)?])
    }

    fn deliveries(&self, args: &super::Received) -> Result<Vec<(DocumentNumber, Word)>, Problem> {
        let location = self.store("location", &args.location)?;
        let goods: Vec<(Sku, i64)> = self.goods(&args.named)?.into_iter().collect();
        let number = self.number(args.number.as_ref(), 'R')?;
        let part = |n: usize| match n {
            0 => Ok(number.clone()),
            n => DocumentNumber::new(format!("{number}/{}", n + 1)),
        };
        // Nothing named is one paper as well: the book says what is wrong with it.
        let chunks = if goods.is_empty() { vec![&goods[..]] } else { goods.chunks(PRODUCTS_MAX).collect() };
        let parts = chunks.into_iter().enumerate().map(|(n, goods)| {
            let goods = goods.iter().cloned().collect();
            Ok((part(n)?, Word::Receive { location: location.clone(), goods }))
        });
        parts.collect()
    }

    fn word(&self, verb: &Verb) -> Result<(DocumentNumber, Word), Problem> {
        let given = |number: &String| DocumentNumber::new(number);
        let some = |named: &Named| -> Result<Option<Goods>, Problem> {
            if named.goods.is_empty() && named.csv.is_none() { Ok(None) } else { self.goods(named).map(Some) }
        };
        Ok(match verb {
            Verb::Adjust(args) => {
                let (location, reason) = (self.store("location", &args.location)?, args.reason.into());
                let goods = self.goods(&args.named)?;
                (self.number(args.number.as_ref(), 'A')?, Word::Adjust { location, reason, goods })
            }
            Verb::Draft(args) => {
                let (from, to) = (self.store("from", &args.from)?, self.store("to", &args.to)?);
                let goods = self.goods(&args.named)?;
                (self.number(args.number.as_ref(), 'T')?, Word::Draft { from, to, goods })
            }
            Verb::Send(args) => {
                let (from, to) = (self.store("from", &args.from)?, self.store("to", &args.to)?);
                let goods = self.goods(&args.named)?;
                (self.number(args.number.as_ref(), 'T')?, Word::Send { from, to, goods })
            }
            Verb::Cancel(args) => (given(&args.number)?, Word::Cancel),
            Verb::Depart(args) => (given(&args.number)?, Word::Depart(some(&args.named)?)),
            Verb::Arrive(args) => (given(&args.number)?, Word::Arrive(some(&args.named)?)),
            Verb::Lose(args) => (given(&args.number)?, Word::Lose(some(&args.named)?)),
            Verb::TakeBack(args) => {
                let location = self.store("location", &args.location)?;
                let order = args.order.as_deref().map(|order| self.order(order)).transpose()?;
                let goods = self.goods(&args.named)?;
                let number = match &order {
                    Some((connection, order)) => goods::number_of_return(connection, order)?,
                    None => self.number(args.number.as_ref(), 'B')?,
                };
                (number, Word::TakeBack { location, order, goods, went_out: None })
            }
            Verb::Inspect(args) => {
                let location = self.store("location", &args.location)?;
                let sellable = self.read(args.sellable.iter().map(String::as_str))?;
                let scrapped = self.read(args.scrapped.iter().map(String::as_str))?;
                (given(&args.number)?, Word::Inspect { location, sellable, scrapped })
            }
            Verb::Receive(_) | Verb::List(_) | Verb::Show(_) => return Err("nothing is said".into()),
        })
    }

    /// The word with who says it, when and why.
    pub(super) fn said(&self, number: &DocumentNumber, word: Word) -> Result<Said, Problem> {
        let at = self.speaker.at.unwrap_or(self.now);
        if at > self.now {
            let l = self.speaker.whose.lang;
            let vi = format!("at {at}: ở tương lai");
            return Err(l.pick(vi, format!("at {at}: lies in the future")).into());
        }
        let reference = match &self.speaker.reference {
            Some(reference) => Reference::new(reference)?,
            None => Reference::new(digest(number, &word))?,
        };
        Ok(Said { word, reference, by: Writer::new(&self.speaker.by)?, at, why: self.speaker.why.clone() })
    }

    fn number(&self, given: Option<&String>, kind: char) -> Result<DocumentNumber, Problem> {
        Ok(match given {
            Some(number) => DocumentNumber::new(number)?,
            None => DocumentNumber::new(self.now.strftime(&format!("{kind}-%Y%m%d-%H%M%S%3f")).to_string())?,
        })
    }

    fn store(&self, field: &str, text: &str) -> Result<LocationId, Problem> {
        let found = self.shop.locations.iter().find(|location| location.id.as_str() == text);
        if let Some(location) = found {
            return Ok(location.id.clone());
        }
        let known: Vec<&str> = self.shop.locations.iter().map(|location| location.id.as_str()).collect();
        let known = known.join(", ");
        let vi = format!("{field} {text:?}: không có; hiện có: {known}");
        Err(self
            .speaker
            .whose
            .lang
            .pick(vi, format!("{field} {text:?}: does not exist; there are: {known}"))
            .into())
    }

    fn order(&self, text: &str) -> Result<(ConnectionId, OrderId), Problem> {
        let l = self.speaker.whose.lang;
        let Some((connection, order)) = text.split_once('/') else {
            let vi = format!("order {text:?}: phải là KẾT-NỐI/SỐ-ĐƠN, như web/1001");
            return Err(l
                .pick(vi, format!("order {text:?}: must be CONNECTION/ORDER, such as web/1001"))
                .into());
        };
        Ok((ConnectionId::new(connection)?, OrderId::new(order)?))
    }

    fn goods(&self, named: &Named) -> Result<Goods, Problem> {
        let Some(path) = &named.csv else { return self.read(named.goods.iter().map(String::as_str)) };
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| format!("csv {}: {}", path.display(), error.kind()))?;
        let rows = rows(&text).map_err(|line| {
            let vi = format!("csv dòng {line}: phải là sku,units");
            self.speaker.whose.lang.pick(vi, format!("csv line {line}: must be sku,units"))
        })?;
        self.read(rows.iter().map(String::as_str))
    }

    /// `SKU=UNITS` each; every one that is wrong is named.
    fn read<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Result<Goods, Problem> {
        let skus = self.shop.skus();
        let (mut goods, mut problems) = (Goods::new(), Vec::new());
        for text in texts {
            match self.one(text, &skus) {
                Ok((sku, units)) => *goods.entry(sku).or_default() += units,
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(goods) } else { Err(problems.join("\n").into()) }
    }

    fn one(&self, text: &str, skus: &BTreeSet<&Sku>) -> Result<(Sku, i64), String> {
        let l = self.speaker.whose.lang;
        let (sku, units) = text.rsplit_once('=').unwrap_or((text, ""));
        // Larger than any store holds is refused here, so that no sum can run over.
        let units =
            units.trim().parse::<i64>().ok().filter(|units| units.unsigned_abs() <= UNITS_MAX.unsigned_abs());
        let Some(units) = units else {
            let vi = format!("{text:?}: phải là MÃ=SỐ, như AO-M=20, số nguyên, không dấu chấm");
            return Err(l.pick(vi, format!("{text:?}: must be SKU=UNITS, such as AO-M=20, a whole number")));
        };
        let sku = Sku::new(sku.trim()).map_err(|error| error.to_string())?;
        if skus.contains(&sku) {
            return Ok((sku, units));
        }
        let near = near(sku.as_str(), skus.iter().map(|sku| sku.as_str())).join(", ");
        Err(match near.as_str() {
            "" => l.pick(
                format!("sku {sku}: không sản phẩm nào của cửa hàng bán mã này"),
                format!("sku {sku}: no listing of the shop sells it"),
            ),
            near => l.pick(
                format!("sku {sku}: không sản phẩm nào của cửa hàng bán mã này; gần giống: {near}"),
                format!("sku {sku}: no listing of the shop sells it; near: {near}"),
            ),
        })
    }
}

/// The rows of a file as `SKU=UNITS`, or the line that is none.
fn rows(text: &str) -> Result<Vec<String>, usize> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate();
    let head = lines.next().map(|(_, line)| line).unwrap_or_default();
    let mark = mark_of(head);
    let names: Vec<String> = cells(head, mark).iter().map(|cell| cell.to_lowercase()).collect();
    let place = |name: &str| names.iter().position(|found| found == name).ok_or(1_usize);
    let (sku, units) = (place("sku")?, place("units")?);
    let mut rows = Vec::new();
    for (n, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let cells = cells(line, mark);
        let (Some(sku), Some(units)) = (cells.get(sku), cells.get(units)) else { return Err(n + 1) };
        rows.push(format!("{sku}={units}"));
    }
    Ok(rows)
}

/// The reference of a word that was given none: its content, so that the same command run again counts once.
fn digest(number: &DocumentNumber, word: &Word) -> String {
    hex::encode(&Sha256::digest(format!("{number} {word:?}"))[..12])
}
