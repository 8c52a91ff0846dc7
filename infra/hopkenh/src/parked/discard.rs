//! `hopkenh parked drop`: a person has seen to it in another way; the reason is kept with the work.

use crate::demo::texts::Language;
use crate::place::Place;
use crate::up::Problem;
use commerce::Timestamp;
use serde::Serialize;
use table::parked_item::Parked;

/// The shortest reason, in letters.
const REASON_LETTERS_MIN: usize = 3;

/// What is kept of work that was dropped.
#[derive(Serialize)]
struct Dropped<'n> {
    why: &'n str,
    at: Timestamp,
    parked_at: Timestamp,
    shop: &'n str,
    connection: &'n str,
    what: &'n str,
    reasons: &'n [commerce::park::ParkReason],
    body: &'n str,
}

/// Keeps each with the reason, and only then takes it off the list.
pub(super) async fn all(
    place: &Place,
    notes: &[Parked],
    why: &str,
    now: Timestamp,
    language: Language,
) -> Result<String, Problem> {
    if why.trim().chars().count() < REASON_LETTERS_MIN {
        return Err("--reason: say in a few words why nothing more is to be done".into());
    }
    for note in notes {
        let (shop, connection) = (note.shop.as_str(), note.connection.as_str());
        let dropped = Dropped {
            why: why.trim(),
            at: now,
            parked_at: note.at,
            shop,
            connection,
            what: &note.subject,
            reasons: &note.reasons,
            body: &note.body,
        };
        let name =
            format!("reports/{shop}/dropped/{:.3}-{connection}-{}.json", note.at, plain(&note.subject));
        place.archive.put(&name, serde_json::to_vec(&dropped)?).await?;
        place.table.unpark(note).await?;
    }
    let count = notes.len();
    Ok(match language {
        Language::Vi => format!("Đã bỏ {count} việc; lý do được giữ trong reports/<cửa hàng>/dropped.\n"),
        Language::En => format!("{count} dropped; the reason is kept in reports/<shop>/dropped.\n"),
    })
}

/// A name that every store of objects takes.
fn plain(subject: &str) -> String {
    let keep =
        |letter: char| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
    subject.chars().take(80).map(keep).collect()
}
