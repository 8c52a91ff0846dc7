//! Which stock writes are sent at all: only in a way that the account's channel has, and each listing only once.

use crate::channel::{StockOutcome, StockSet};
use crate::error::ChannelError;
use crate::facts::WriteClass;
use commerce::ids::ListingId;
use std::collections::BTreeMap;

/// What may be sent, and the refusal of everything else; together they answer for each listing once.
///
/// A write that compares or adds is never turned into one that overwrites: whoever asked counts on what the channel
/// refuses. Of a listing named twice the last quantity counts where both overwrite; otherwise nobody can say what was
/// meant, and nothing is sent.
pub(super) fn sort(class: WriteClass, sets: &[StockSet]) -> (Vec<StockSet>, Vec<StockOutcome>) {
    let mut last: BTreeMap<&ListingId, Result<&StockSet, ChannelError>> = BTreeMap::new();
    for set in sets {
        let judged = match last.get(&set.listing) {
            Some(Err(refusal)) => Err(refusal.clone()),
            Some(Ok(earlier)) if !is_repeatable(earlier, set) => Err(twice(set)),
            _ => judge(class, set),
        };
        last.insert(&set.listing, judged);
    }
    let (mut permitted, mut refused) = (Vec::new(), Vec::new());
    for (listing, judged) in last {
        match judged {
            Ok(set) => permitted.push(set.clone()),
            Err(refusal) => refused.push((listing.clone(), Err(refusal))),
        }
    }
    (permitted, refused)
}

fn judge(class: WriteClass, set: &StockSet) -> Result<&StockSet, ChannelError> {
    if class.takes(set.how) {
        return Ok(set);
    }
    Err(ChannelError::unsupported(&format!("{} with this account's settings", set.how.title())))
}

fn is_repeatable(earlier: &StockSet, later: &StockSet) -> bool {
    earlier.how.is_overwriting() && later.how.is_overwriting()
}

fn twice(set: &StockSet) -> ChannelError {
    ChannelError::refused(format!(
        "listing {} is named twice in one call, and not only overwritten",
        set.listing
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::How;
    use crate::error::{ErrorKind, Next};

    fn set(listing: &str, quantity: u32, how: How) -> StockSet {
        StockSet { listing: ListingId::new(listing).unwrap(), quantity, how }
    }

    #[test]
    fn each_class_takes_its_own_way_and_overwriting() {
        use WriteClass::{BlindAbsolute, CompareAndSet, Delta, Gross};
        let ways = [How::Blind, How::IfShown(3), How::By(-1), How::Gross];
        let own = [(BlindAbsolute, 0), (CompareAndSet, 1), (Delta, 2), (Gross, 3)];
        for (class, own) in own {
            for (at, how) in ways.into_iter().enumerate() {
                let (permitted, refused) = sort(class, &[set("1", 5, how)]);
                let is_taken = at == 0 || at == own;
                assert_eq!((permitted.len(), refused.len()), (usize::from(is_taken), usize::from(!is_taken)));
                assert!(
                    permitted.iter().all(|sent| *sent == set("1", 5, how)),
                    "nothing becomes another write"
                );
                for (_, refusal) in refused {
                    let refusal = refusal.unwrap_err();
                    assert_eq!(
                        (refusal.kind, refusal.next),
                        (ErrorKind::Unsupported, Next::Park),
                        "{class:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_listing_is_answered_once_and_no_delta_is_lost() {
        let (permitted, refused) =
            sort(WriteClass::Delta, &[set("1", 5, How::Blind), set("1", 6, How::Blind)]);
        assert_eq!((permitted, refused.len()), (vec![set("1", 6, How::Blind)], 0));
        let by = [
            set("1", 5, How::By(1)),
            set("2", 5, How::By(1)),
            set("1", 6, How::By(1)),
            set("1", 9, How::Blind),
        ];
        let (permitted, refused) = sort(WriteClass::Delta, &by);
        assert_eq!(permitted, [set("2", 5, How::By(1))]);
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].1.as_ref().unwrap_err().kind, ErrorKind::Refused);
    }
}
