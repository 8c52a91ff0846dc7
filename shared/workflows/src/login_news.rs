//! What follows when a login is lost, and when it is back: a note for a person once, and all that waited is done.

use crate::parking::park;
use commerce::login::{Failure, Login};
use commerce::park::ParkReason;
use table::connection_item::Account;
use table::parked_item::Parked;
use table::shop_item::Registered;
use table::{Table, TableError};

/// What the note is about.
const SUBJECT: &str = "login";

/// Tells of logins.
#[derive(Clone, Copy)]
pub struct LoginNews<'a> {
    /// The book.
    pub table: &'a Table,
}

impl LoginNews<'_> {
    /// Leaves a note for a person. Left twice for the same failure it is the same note.
    pub async fn lost(&self, account: &Account, login: &Login) -> Result<(), TableError> {
        match &login.failure {
            Some(failure) => park(self.table, &note(account, failure)).await,
            None => Ok(()),
        }
    }

    /// Takes the note off the list, and after a time without a login has everything of the shop looked at that waited.
    /// `entry` is the shop's in the list of shops.
    pub async fn back(
        &self,
        account: &Account,
        before: &Login,
        entry: Option<&Registered>,
    ) -> Result<(), TableError> {
        if let Some(failure) = before.failure.as_ref().filter(|_| before.is_lost()) {
            self.table.unpark(&note(account, failure)).await?;
        }
        match entry {
            Some(entry) if was_missed(before) => {
                let to_do = Registered { acted_on: None, settled: None, ..entry.clone() };
                self.table.acted_on(&to_do).await
            }
            _ => Ok(()),
        }
    }
}

/// True when messages may have been set aside for want of this login.
fn was_missed(before: &Login) -> bool {
    before.version == 0 || before.is_lost() || (before.is_refused() && before.failure.is_some())
}

fn note((shop, connection): &Account, failure: &Failure) -> Parked {
    Parked {
        shop: shop.clone(),
        connection: connection.clone(),
        subject: SUBJECT.to_owned(),
        reasons: vec![ParkReason::LoginLost { detail: failure.detail.clone() }],
        at: failure.since,
        body: String::new(),
    }
}
