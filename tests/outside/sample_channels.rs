//! The accounts that only the sample events need: one of each further channel, with the keys its samples are signed with.

/// One account: its lines in the shops file, and its lines in the file of secrets.
struct Account {
    connection: &'static str,
    secrets: &'static str,
}

/// One entry per channel, in the order of the registry. The connection's id is the channel's name.
const ACCOUNTS: &[Account] = &[];

/// All accounts as the shops file names them.
pub(crate) fn connections() -> String {
    ACCOUNTS.iter().map(|account| format!("\n[[shop.connection]]\n{}\n", account.connection.trim())).collect()
}

/// All their keys.
pub(crate) fn secrets() -> String {
    ACCOUNTS.iter().map(|account| format!("{}\n", account.secrets.trim())).collect()
}
