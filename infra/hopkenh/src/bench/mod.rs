//! `hopkenh bench`: measures what an order costs and how quick the shop is, and prints it beside its target.
//!
//! [`units`] counts what the table charges, [`requests`] what the queues charge, [`speed`] times the recording of
//! orders, [`freshness`] times a sale until the other channels know it, and [`functions`] starts the Lambda binaries.
//! [`stack`] runs many shops on one machine; it takes minutes and is asked for by itself.
//! Nothing here passes or fails: times depend on the machine, so a person reads them.

pub mod book;
pub mod figure;
pub mod freshness;
pub mod functions;
pub mod orders;
pub mod prices;
pub mod requests;
pub mod runtime_api;
pub mod shop;
pub mod speed;
pub mod stack;
pub mod units;

use crate::up::Problem;
use std::path::{Path, PathBuf};

/// What the person asked for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// Start the release binaries of the functions too.
    pub functions: bool,
    /// Measure many shops on one machine, and nothing else.
    pub stack: Option<stack::Wishes>,
    /// Write the figures to this file as JSON.
    pub json: Option<PathBuf>,
}

/// Measures everything and prints the table.
pub async fn run(wishes: &Wishes) -> Result<(), Problem> {
    if let Some(stack) = &wishes.stack {
        let scratch = Scratch::create()?;
        return show(&stack::measure(stack, scratch.path()).await?, wishes);
    }
    // First, because a missing binary is better told now than in two minutes.
    let binaries = if wishes.functions { functions::find()? } else { Vec::new() };
    let scratch = Scratch::create()?;
    let mut figures = units::measure(scratch.path()).await?;
    figures.extend(requests::measure(scratch.path()).await?);
    figures.extend(speed::measure(scratch.path()).await?);
    figures.extend(freshness::measure(scratch.path()).await?);
    if wishes.functions {
        figures.extend(functions::measure(&binaries).await?);
    }
    show(&figures, wishes)
}

fn show(figures: &[figure::Figure], wishes: &Wishes) -> Result<(), Problem> {
    figure::print(figures);
    if let Some(path) = &wishes.json {
        std::fs::write(path, figure::to_json(figures)?)?;
    }
    Ok(())
}

/// A folder for what the measuring leaves behind; gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn create() -> std::io::Result<Self> {
        let folder = std::env::temp_dir().join(format!("hopkenh-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind lies in the system's own folder for such things.
        let _cleaned_later = std::fs::remove_dir_all(&self.0);
    }
}
