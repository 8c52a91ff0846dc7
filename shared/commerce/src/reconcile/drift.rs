//! Why a listing shows another number than it should. Three numbers decide: what its channel shows, what we believe it
//! shows, and what the rules want; and whatever is on its way is never called wrong.

use crate::cover::Listed;
use serde::{Deserialize, Serialize};

/// Why a listing's number is not known, or cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", content = "detail", rename_all = "snake_case")]
pub enum NotRead {
    /// The channel cannot be asked what it shows.
    NoReadBack,
    /// The channel did not answer, or with nonsense.
    Channel(String),
    /// The channel's answer left this listing out: it may be gone there.
    LeftOut,
    /// No channel shows fewer than none: the answer is nonsense.
    BelowZero(i64),
    /// Asked twice, the channel said two numbers, and no order explains it.
    Unsteady(i64, i64),
    /// What was sold before it was read could not be recorded, so nobody knows what it should show.
    OrdersUnread(String),
}

/// What may still change the number by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A call to the channel is not resolved.
    Attempt,
    /// A ship is being let through.
    Gate,
    /// It is left alone for a while, because its channel is down or has refused.
    LeftAlone,
    /// Orders were learned, or the listing was written, since it was read.
    LearnedSince,
    /// It is in doubt already: its channel is asked at the next look.
    Doubted,
    /// Units were given back, and nobody has seen them there yet.
    GivenBack,
    /// It is being taken over, or its products are not counted yet.
    NotTakenOver,
}

/// What kind of wrong number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// The channel said that it had taken our number, and shows what it showed before.
    LostPush,
    /// The channel shows a number that nobody of us has sent.
    ForeignEdit,
    /// A campaign keeps the number.
    CampaignLock,
    /// Goods were counted, and the channel has not been told yet.
    Count,
    /// Nothing explains it.
    OurBug,
}

/// What one look at a listing came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", content = "of", rename_all = "snake_case")]
pub enum Finding {
    /// All three numbers are the same.
    Even,
    /// The number may change by itself yet.
    OnItsWay(Way),
    /// It is wrong.
    Drift(Class),
    /// Nobody knows.
    NotRead(NotRead),
}

/// Everything one look at a listing saw. All numbers are listing units.
#[derive(Debug, Clone)]
pub struct Sight<'a> {
    /// What is known of it.
    pub listed: &'a Listed,
    /// True for a listing of the shared pool, which is covered by nothing.
    pub is_pooled: bool,
    /// True once it is taken over on the ground it stands on, and its products are counted.
    pub is_ours: bool,
    /// What its channel shows.
    pub shown: Result<i64, NotRead>,
    /// What we believe it shows: its cover, or in the pool the number that was last acknowledged.
    pub believed: i64,
    /// What the rules want.
    pub wanted: i64,
    /// True when orders were learned, or its state was written, between the reading and now.
    pub learned_since: bool,
    /// True when units were given back that no settle has counted yet.
    pub gave_back: bool,
    /// True when one of its products was counted since its channel was told last.
    pub counted_since: bool,
}

/// Says what a look at a listing means.
pub fn classify(sight: &Sight<'_>) -> Finding {
    let shown = match &sight.shown {
        Ok(shown) if *shown < 0 => return Finding::NotRead(NotRead::BelowZero(*shown)),
        Ok(shown) => *shown,
        Err(why) => return Finding::NotRead(why.clone()),
    };
    if let Some(way) = on_its_way(sight) {
        return Finding::OnItsWay(way);
    }
    if shown == sight.believed && shown == sight.wanted {
        return Finding::Even;
    }
    Finding::Drift(class(sight, shown))
}

fn on_its_way(sight: &Sight<'_>) -> Option<Way> {
    let listed = sight.listed;
    // A campaign's lock may last for days; it is told of rather than waited for.
    let is_waiting = listed.locked_until.is_some() && !listed.is_campaign;
    let ways = [
        (listed.attempt.is_some(), Way::Attempt),
        (listed.gate != Default::default(), Way::Gate),
        (sight.learned_since, Way::LearnedSince),
        (is_waiting, Way::LeftAlone),
        (!sight.is_ours, Way::NotTakenOver),
        (listed.doubt && !listed.is_campaign, Way::Doubted),
        (sight.gave_back && !listed.is_campaign, Way::GivenBack),
    ];
    ways.into_iter().find(|(is_so, _)| *is_so).map(|(_, way)| way)
}

fn class(sight: &Sight<'_>, shown: i64) -> Class {
    let listed = sight.listed;
    if listed.is_campaign {
        return Class::CampaignLock;
    }
    if shown == sight.believed {
        return if sight.counted_since { Class::Count } else { Class::OurBug };
    }
    match (listed.shown, listed.shown_before) {
        // Nobody has ever told us a number, and yet we believe one.
        (None, _) => Class::OurBug,
        (Some(told), Some(before)) if told != before && shown == before - sold_since(sight, told) => {
            Class::LostPush
        }
        _ => Class::ForeignEdit,
    }
}

/// Units that were sold since the channel was told a number. In the pool each sale is answered by a new number.
fn sold_since(sight: &Sight<'_>, told: i64) -> i64 {
    if sight.is_pooled { 0 } else { told - sight.believed }
}

#[cfg(test)]
mod tests;
