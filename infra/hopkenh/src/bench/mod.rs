//! `hopkenh bench`: measures what an order costs and how quick the shop is, and prints it beside its target.
//!
//! [`units`] counts what the table charges, [`requests`] what the queues charge, [`speed`] times the recording of
//! orders, [`freshness`] times a sale until the other channels know it, and [`functions`] starts the Lambda binaries.
//! Asked for by themselves, because they take minutes or answer another question: [`stack`] runs many shops on one
//! machine, [`hot`] sells one product that everybody wants, [`lag`] plays what being late costs.
//! Nothing here passes or fails: times depend on the machine, so a person reads them.

pub mod book;
pub mod figure;
pub mod freshness;
pub mod functions;
pub mod hot;
pub mod lag;
pub mod orders;
pub mod requests;
pub mod runtime_api;
pub mod shop;
pub mod speed;
pub mod stack;
pub mod units;

use crate::up::Problem;
use figure::Figure;
use std::path::{Path, PathBuf};

/// What the person asked for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// What is measured.
    pub what: What,
    /// Write the figures to this file as JSON.
    pub json: Option<PathBuf>,
}

/// What is measured.
#[derive(Debug, Clone)]
pub enum What {
    /// What an order costs and how quick it is.
    Orders {
        /// Start the release binaries of the functions too.
        functions: bool,
    },
    /// Many shops on one machine.
    Stack(stack::Wishes),
    /// One product that everybody wants.
    Hot,
    /// The same sale under each way of keeping listings in step.
    Lag(lag::Wishes),
}

/// Measures what is asked for and prints the table.
pub async fn run(wishes: &Wishes) -> Result<(), Problem> {
    let scratch = Scratch::create()?;
    let figures = match &wishes.what {
        What::Orders { functions } => orders_and_functions(*functions, scratch.path()).await?,
        What::Stack(stack) => stack::measure(stack, scratch.path()).await?,
        What::Hot => hot::measure(scratch.path()).await?,
        What::Lag(lag) => lag::measure(lag)?,
    };
    figure::print(&wishes.what.printed(&figures));
    if let Some(path) = &wishes.json {
        std::fs::write(path, figure::to_json(&figures)?)?;
    }
    Ok(())
}

impl What {
    /// Where tables of their own show all figures, those with a target are enough.
    fn printed(&self, figures: &[Figure]) -> Vec<Figure> {
        let has_tables = matches!(self, What::Hot | What::Lag(_));
        figures.iter().filter(|figure| !has_tables || figure.target.is_some()).cloned().collect()
    }
}

async fn orders_and_functions(with_functions: bool, folder: &Path) -> Result<Vec<Figure>, Problem> {
    // First, because a missing binary is better told now than in two minutes.
    let binaries = if with_functions { functions::find()? } else { Vec::new() };
    let mut figures = units::measure(folder).await?;
    figures.extend(requests::measure(folder).await?);
    figures.extend(speed::measure(folder).await?);
    figures.extend(freshness::measure(folder).await?);
    if with_functions {
        figures.extend(functions::measure(&binaries).await?);
    }
    Ok(figures)
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
