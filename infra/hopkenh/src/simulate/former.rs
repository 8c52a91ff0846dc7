//! Two versions of the house side by side, as while a new one is put in place: some calls to the table are of the one before,
//! which neither reads nor writes the newest attributes.

use super::fault::Fault;
use super::hub::TABLE;
use super::sim::{Sim, lock};
use table::attributes::{Item, get_text};
use table::in_process::{Answer, Call, Refusal};
use table::keys::{self, Key, PARTITION, SORT};
use table::newest::newest;

/// Whether this call is one of the version before.
pub(super) fn is_former(sim: &Sim) -> bool {
    sim.world.special.rolls_out && lock(&sim.weather).strikes(Fault::FormerVersion)
}

/// The call as the version before sends it.
pub(super) fn write(sim: &Sim, mut call: Call) -> Call {
    match &mut call {
        Call::PutItem(input) => forget(sim, input.item.as_mut()),
        Call::TransactWriteItems(input) => {
            let parts = input.transact_items.iter_mut().flatten();
            forget(sim, parts.filter_map(|part| Some(&mut part.put.as_mut()?.item)));
        }
        Call::BatchGetItem(_) | Call::DeleteItem(_) | Call::Query(_) => {}
    }
    call
}

/// The answer as the version before reads it.
pub(super) fn read(sim: &Sim, mut answer: Result<Answer, Refusal>) -> Result<Answer, Refusal> {
    match &mut answer {
        Ok(Answer::BatchGetItem(read)) => {
            let found = read.responses.as_mut().and_then(|tables| tables.get_mut(TABLE));
            forget(sim, found.into_iter().flatten());
        }
        Ok(Answer::Query(read)) => forget(sim, read.items.iter_mut().flatten()),
        Err(Refusal::Condition(lost)) => forget(sim, lost.as_mut()),
        Err(Refusal::Cancelled(reasons)) => {
            forget(sim, reasons.iter_mut().filter_map(|reason| reason.item.as_mut()));
        }
        _ => {}
    }
    answer
}

/// Takes the newest attributes off.
fn forget<'i>(sim: &Sim, items: impl IntoIterator<Item = &'i mut Item>) {
    for item in items {
        let text = |name| get_text(item, name).map(str::to_owned);
        let (Ok(partition), Ok(sort)) = (text(PARTITION), text(SORT)) else { continue };
        let kind = keys::kind(&sim.world.shop, &Key { partition, sort });
        let forgotten = newest(kind).iter().filter(|name| item.remove(**name).is_some()).count();
        (0..forgotten).for_each(|_| lock(&sim.weather).count(Fault::AttributeForgotten));
    }
}
