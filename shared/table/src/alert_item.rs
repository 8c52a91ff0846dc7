//! What a shop has been told is wrong, so that it hears of each trouble once and of its end once.
//!
//! `n` how often it was written · `al` troubles that were told and are not over · `tl` since when somebody tells of a change.

use crate::attributes::{
    Item, check_shape, get_number, get_packed, get_time_or_none, new_item, number, packed, time,
};
use crate::failure::TableError;
use crate::keys::Key;
use commerce::Timestamp;
use commerce::alert::Alert;

/// What a shop has been told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// How often this was written; 0 for never.
    pub writes: u64,
    /// Troubles that were told and are not over.
    pub alerts: Vec<Alert>,
    /// Since when a worker tells of a change; it may have died.
    pub telling_since: Option<Timestamp>,
}

/// Writes it.
pub fn to_item(key: &Key, told: &Told) -> Result<Item, TableError> {
    let mut item = new_item(key);
    item.insert("n".to_owned(), number(i64::try_from(told.writes).unwrap_or(i64::MAX)));
    item.insert("al".to_owned(), packed(&told.alerts)?);
    if let Some(since) = told.telling_since {
        item.insert("tl".to_owned(), time(since));
    }
    Ok(item)
}

/// Reads it.
pub fn from_item(item: &Item) -> Result<Told, TableError> {
    check_shape(item)?;
    Ok(Told {
        writes: u64::try_from(get_number(item, "n")?).map_err(|_| TableError::corrupt("n", "negative"))?,
        alerts: get_packed(item, "al")?,
        telling_since: get_time_or_none(item, "tl")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::alert::Trouble;
    use commerce::ids::ConnectionId;

    #[test]
    fn what_was_told_reads_back() {
        let connection = ConnectionId::new("shopee-main").unwrap();
        let since = Timestamp::from_second(1_795_316_400).unwrap();
        let alert = Alert {
            trouble: Trouble::NewsSilent { connection, orders: 7, webhooks: Default::default() },
            since,
        };
        let told = Told { writes: 3, alerts: vec![alert], telling_since: Some(since) };
        let key = Key { partition: "demo#A".to_owned(), sort: "A".to_owned() };
        assert_eq!(from_item(&to_item(&key, &told).unwrap()).unwrap(), told);
    }
}
