//! Which of the parked work is meant: of one shop, by connection, cause, name or age.

use crate::up::Problem;
use commerce::Timestamp;
use commerce::park::CODES;
use table::parked_item::Parked;

/// What parked work must be like to be meant; all of it where nothing is said.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Filter {
    /// Only work of this connection.
    #[arg(long)]
    pub connection: Option<String>,
    /// Only work that waits for this cause, such as `unknown_sku`.
    #[arg(long, value_parser = CODES)]
    pub cause: Option<String>,
    /// Only the work of this name, as the list writes it: an order's number, mostly.
    #[arg(long)]
    pub what: Option<String>,
    /// Only work that has waited for so many hours.
    #[arg(long, value_name = "HOURS")]
    pub older_than: Option<u32>,
}

impl Filter {
    /// True when nothing is said, so that all work is meant.
    pub fn is_all(&self) -> bool {
        let Self { connection, cause, what, older_than } = self;
        connection.is_none() && cause.is_none() && what.is_none() && older_than.is_none()
    }

    /// Those that are meant, in the same order.
    pub fn of(&self, notes: Vec<Parked>, now: Timestamp) -> Vec<Parked> {
        notes.into_iter().filter(|note| self.means(note, now)).collect()
    }

    fn means(&self, note: &Parked, now: Timestamp) -> bool {
        let is = |wanted: &Option<String>, said: &str| wanted.as_deref().is_none_or(|wanted| wanted == said);
        let waited_ms = now.as_millisecond() - note.at.as_millisecond();
        is(&self.connection, note.connection.as_str())
            && is(&self.what, &note.subject)
            && note.reasons.iter().any(|reason| is(&self.cause, reason.code()))
            && self.older_than.is_none_or(|hours| waited_ms >= i64::from(hours) * 3_600_000)
    }
}

/// What cannot be undone wants to know which work is meant.
pub fn must_say_which(filter: &Filter) -> Result<(), Problem> {
    match filter.is_all() {
        true => Err("say which: --what, --cause, --connection or --older-than".into()),
        false => Ok(()),
    }
}
