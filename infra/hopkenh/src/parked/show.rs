//! `hopkenh parked show`: each piece of work with its reasons, what to do, and its message without buyer data.

use super::masked::masked;
use crate::demo::texts::Language;
use crate::place::Place;
use crate::up::Problem;
use table::parked_item::Parked;

/// All of them, one below the other.
pub(super) async fn text(place: &Place, notes: &[Parked], language: Language) -> Result<String, Problem> {
    let mut text = String::new();
    for note in notes {
        let Parked { shop, connection, subject, at, .. } = note;
        text.push_str(&format!("{at:.0}  {shop} / {connection}  {subject}\n"));
        for reason in &note.reasons {
            let advice = language.pick(reason.advice_vi(), reason.advice_en());
            text.push_str(&format!("  {}: {advice}\n", reason.code()));
        }
        for line in message(place, note, language).await?.lines() {
            text.push_str(&format!("  | {line}\n"));
        }
        text.push('\n');
    }
    Ok(text)
}

/// What lies in the note, or where the note says; a body that is no JSON is named and not shown.
async fn message(place: &Place, note: &Parked, language: Language) -> Result<String, Problem> {
    if note.body.is_empty() {
        return Ok(language.say("(không có thông báo)", "(no message)").to_owned());
    }
    if let Some(said) = masked(note.body.as_bytes()) {
        return Ok(said);
    }
    let kept = match note.body.starts_with("parked/") {
        true => place.archive.get(&note.body).await?,
        false => Some(note.body.clone().into_bytes()),
    };
    let Some(kept) = kept else {
        let gone = language.say("không còn nữa", "is there no more");
        return Ok(format!("{} {gone}", note.body));
    };
    let is_no_json = language.say("không phải JSON, nên không hiện", "no JSON, so it is not shown");
    Ok(masked(&kept).unwrap_or_else(|| format!("({} bytes, {is_no_json})", kept.len())))
}
