//! The accounts that only the sample events need: one of each further channel, with the keys its samples are signed with.

/// One account: its lines in the shops file, and its lines in the file of secrets.
struct Account {
    connection: &'static str,
    secrets: &'static str,
}

/// One entry per channel, in the order of the registry. The connection's id is the channel's name.
const ACCOUNTS: &[Account] = &[
    Account {
        connection: r#"
id = "tiktok"
channel = "tiktok"
serves_from = ["hn", "hcm"]
account = { app_key = "tiktok-app-key-for-tests", shop_id = "7495540735365777507", shop_cipher = "ROW_cipher" }
secrets = { app_secret = "file:secrets.toml#tiktok_app_secret", access_token = "file:secrets.toml#tiktok_access_token" }
"#,
        secrets: r#"
tiktok_app_secret = "tiktok-app-secret-for-tests"
tiktok_access_token = "t"
"#,
    },
    Account {
        connection: r#"
id = "lazada"
channel = "lazada"
serves_from = ["hn", "hcm"]
account = { app_key = "105827", seller_id = "1234567" }
secrets = { app_secret = "file:secrets.toml#lazada_app_secret" }
"#,
        secrets: "lazada_app_secret = \"lazada-app-secret-for-tests\"",
    },
    Account {
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
    },
    Account {
        connection: r#"
id = "sapo"
channel = "sapo"
base_url = "https://lan.mysapo.net"
serves_from = ["hcm"]
secrets = { app_secret = "file:secrets.toml#sapo_app_secret" }
"#,
        secrets: r#"
sapo_app_secret = "sapo-app-secret-for-tests"
"#,
    },
    Account {
        connection: r#"
id = "tiki"
channel = "tiki"
serves_from = ["hn"]
account = { client_id = "7590139168389961", warehouse_id = "159368" }
secrets = { client_secret = "file:secrets.toml#tiki_client_secret" }
"#,
        secrets: r#"
tiki_client_secret = "tiki-client-secret-for-tests"
"#,
    },
    Account {
        // Called "quay": "till" is the KiotViet account's name.
        connection: r#"
id = "quay"
channel = "till"
serves_from = ["quay"]
secrets = { webhook_secret = "file:secrets.toml#till_secret" }

[[shop.connection.listing]]
id = "AO-M"
sku = "AO-M"
publish = false

[[shop.connection.listing]]
id = "AO-L"
sku = "AO-L"
publish = false

[[shop.location]]
id = "quay"
name = "Quầy có máy tính tiền"
till = { connection = "quay", branch = "1" }
"#,
        secrets: "till_secret = \"till-secret-for-tests\"",
    },
    Account {
        connection: r#"
id = "social"
channel = "social"
serves_from = ["hn", "hcm"]
account = { zalo_app_id = "360846524940903967" }
secrets = { webhook_secret = "file:secrets.toml#social_secret", meta_app_secret = "file:secrets.toml#meta_secret", meta_verify_token = "file:secrets.toml#meta_word", zalo_oa_secret = "file:secrets.toml#zalo_secret" }

[[shop.connection.listing]]
id = "AO-M"
sku = "AO-M"
publish = false

[[shop.connection.listing]]
id = "AO-L"
sku = "AO-L"
publish = false
"#,
        secrets: "social_secret = \"social-secret-for-tests\"\nmeta_secret = \"meta-app-secret-for-tests\"\n\
            meta_word = \"social word for tests\"\nzalo_secret = \"zalo-oa-secret-for-tests\"",
    },
    Account {
        connection: r#"
id = "shopify"
channel = "shopify"
serves_from = ["hn", "hcm"]
account = { shop = "lan-shop", client_id = "app-1", location_id = "5001" }
secrets = { client_secret = "file:secrets.toml#shopify_client_secret" }
"#,
        secrets: r#"shopify_client_secret = "shopify-client-secret-for-tests""#,
    },
];

/// All accounts as the shops file names them.
pub(crate) fn connections() -> String {
    ACCOUNTS.iter().map(|account| format!("\n[[shop.connection]]\n{}\n", account.connection.trim())).collect()
}

/// All their keys.
pub(crate) fn secrets() -> String {
    ACCOUNTS.iter().map(|account| format!("{}\n", account.secrets.trim())).collect()
}
