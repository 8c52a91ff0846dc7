//! The folder of an export: what is written there, with a sum per file so that nobody takes in half of it or a changed one.

use super::book::{Book, Counts};
use crate::up::Problem;
use commerce::ids::ShopId;
use lambda_kit::private_folder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Says that the folder is being written; it goes when all of it is there.
const UNFINISHED: &str = "unfinished.txt";
/// Counts and sums.
const SUMS: &str = "sums.txt";

/// A folder being written.
pub struct Folder {
    root: PathBuf,
    sums: BTreeMap<String, String>,
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> Problem + '_ {
    |error| format!("{}: {}", path.display(), error.kind()).into()
}

fn sum(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

impl Folder {
    /// A new folder, an empty one, or one whose export was broken off.
    pub fn begin(root: &Path) -> Result<Self, Problem> {
        private_folder::make(root).map_err(io(root))?;
        let is_empty = std::fs::read_dir(root).map_err(io(root))?.next().is_none();
        let mark = root.join(UNFINISHED);
        if !is_empty && !mark.exists() {
            return Err(format!("{}: is not empty; name a new folder", root.display()).into());
        }
        std::fs::write(&mark, "hopkenh shop export\n").map_err(io(&mark))?;
        // What an export that was broken off had written may be older than what comes now.
        for name in ["ledger", SUMS] {
            let path = root.join(name);
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.or_else(|e| if path.exists() { Err(e) } else { Ok(()) }).map_err(io(&path))?;
        }
        Ok(Self { root: root.to_owned(), sums: BTreeMap::new() })
    }

    /// Writes one file.
    pub fn write(&mut self, name: &str, content: &[u8]) -> Result<(), Problem> {
        let path = inside(&self.root, name)?;
        if let Some(folder) = path.parent() {
            private_folder::make(folder).map_err(io(folder))?;
        }
        std::fs::write(&path, content).map_err(io(&path))?;
        self.sums.insert(name.to_owned(), sum(content));
        Ok(())
    }

    /// Writes counts and sums; from now on the export is whole.
    pub fn finish(self, shop: &ShopId, counts: &Counts) -> Result<(), Problem> {
        let mut text = format!("shop {shop}\n");
        counts.iter().for_each(|(what, many)| text.push_str(&format!("{what} {many}\n")));
        self.sums.iter().for_each(|(name, sum)| text.push_str(&format!("sha256 {sum} {name}\n")));
        let path = self.root.join(SUMS);
        std::fs::write(&path, text).map_err(io(&path))?;
        let mark = self.root.join(UNFINISHED);
        std::fs::remove_file(&mark).map_err(io(&mark))
    }
}

/// A name that leads out of the folder is refused.
fn inside(root: &Path, name: &str) -> Result<PathBuf, Problem> {
    let is_plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    if is_plain { Ok(root.join(name)) } else { Err(format!("{name:?}: is no name inside a folder").into()) }
}

/// A finished export whose sums have been checked.
pub struct Finished {
    /// Whose.
    pub shop: ShopId,
    /// Where it lies.
    pub root: PathBuf,
    /// The items.
    pub book: Book,
    /// The names of the ledger's files, as they stand in the folder.
    pub ledger: Vec<String>,
}

impl Finished {
    /// Opens an export and checks every sum; what is wrong is named file by file.
    pub fn open(root: &Path) -> Result<Self, Problem> {
        let path = root.join(SUMS);
        if !path.exists() || root.join(UNFINISHED).exists() {
            return Err(format!(
                "{}: is no finished export ({SUMS} is missing, or {UNFINISHED} is there)",
                root.display()
            )
            .into());
        }
        let text = std::fs::read_to_string(&path).map_err(io(&path))?;
        let mut lines = text.lines().map(|line| line.split_once(' ').unwrap_or((line, "")));
        let Some(("shop", id)) = lines.next() else {
            return Err(format!("{}: does not begin with the shop's name", path.display()).into());
        };
        let (mut ledger, mut items, mut wrong) = (Vec::new(), None, Vec::new());
        for (what, rest) in lines {
            match (what, rest.split_once(' ')) {
                ("sha256", Some((expected, name))) => {
                    let content = std::fs::read(inside(root, name)?).unwrap_or_default();
                    if sum(&content) != expected {
                        wrong.push(format!("{name}: is not as it was exported"));
                    }
                    if name.starts_with("ledger/") {
                        ledger.push(name.to_owned());
                    }
                }
                ("items", None) => items = rest.parse::<usize>().ok(),
                _ => {}
            }
        }
        if !wrong.is_empty() {
            return Err(wrong.join("\n").into());
        }
        let shop = ShopId::new(id)?;
        let path = root.join("items.jsonl");
        let book = Book::from_lines(&shop, &std::fs::read_to_string(&path).map_err(io(&path))?)?;
        match book.counts().first() {
            Some((_, many)) if Some(*many) == items => {}
            _ => return Err(format!("{}: does not hold as many items as {SUMS} says", path.display()).into()),
        }
        Ok(Self { shop, root: root.to_owned(), book, ledger })
    }

    /// One of its files.
    pub fn read(&self, name: &str) -> Result<Vec<u8>, Problem> {
        let path = inside(&self.root, name)?;
        std::fs::read(&path).map_err(io(&path))
    }
}
