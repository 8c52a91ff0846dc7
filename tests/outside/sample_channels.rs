//! The accounts that only the sample events need: one of each further channel, with the keys its samples are signed with.

/// One account: its lines in the shops file, and its lines in the file of secrets.
struct Account {
    connection: &'static str,
    secrets: &'static str,
}

/// One entry per channel, in the order of the registry. The connection's id is the channel's name.
const ACCOUNTS: &[Account] = &[Account {
    connection: r#"
id = "haravan"
channel = "haravan"
serves_from = ["hcm"]
account = { location_id = "963414", org_id = "1000114691" }
secrets = { app_secret = "file:secrets.toml#haravan_app_secret", verify_token = "file:secrets.toml#haravan_verify_token" }
"#,
    secrets: r#"
haravan_app_secret = "haravan-app-secret-for-tests"
haravan_verify_token = "haravan-verify-token-for-tests"
"#,
}];

/// All accounts as the shops file names them.
pub(crate) fn connections() -> String {
    ACCOUNTS.iter().map(|account| format!("\n[[shop.connection]]\n{}\n", account.connection.trim())).collect()
}

/// All their keys.
pub(crate) fn secrets() -> String {
    ACCOUNTS.iter().map(|account| format!("{}\n", account.secrets.trim())).collect()
}
