//! Rules of this house that no compiler knows: each is checked here, with the reason beside it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file with this ending below these folders, as path from the root and text.
fn files(folders: &[&str], ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() {
                if name != "target" && !name.starts_with('.') {
                    open.push(path);
                }
            } else if name.ends_with(ending) {
                let relative = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
                found.push((relative, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {ending} below {folders:?}");
    found
}

const CODE: [&str; 4] = ["functions", "shared", "infra", "tests"];

/// Our code without what only tests see: `mod tests`, `testing.rs`, the `tests` folders.
fn product_code() -> Vec<(String, String)> {
    let is_test =
        |path: &str| path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("/testing.rs");
    let code = files(&["functions", "shared", "infra"], ".rs").into_iter().filter(|(path, _)| !is_test(path));
    code.map(|(path, text)| {
        let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
        (path, product)
    })
    .collect()
}

/// Lines of code that hold one of these words, comments left out.
fn lines_with(code: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (path, text) in code {
        for (n, line) in text.lines().enumerate() {
            let line = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{path}:{}: {}", n + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn every_file_opens_with_a_sentence_about_itself() {
    for (path, text) in files(&CODE, ".rs") {
        let first = text.lines().next().unwrap_or_default();
        let sentence = first.strip_prefix("//! ").unwrap_or_else(|| panic!("{path} opens with {first:?}"));
        assert!(sentence.split_whitespace().count() >= 3, "{path}: {sentence:?} is no sentence");
    }
}

/// What each crate of ours may use of ours. A new arrow is a decision: it changes this table.
const ARROWS: [(&str, &[&str]); 22] = [
    ("commerce", &[]),
    ("twins", &[]),
    ("reports", &["commerce"]),
    ("channels", &["commerce"]),
    ("table", &["commerce"]),
    ("lambda_kit", &["channels", "commerce"]),
    ("workflows", &["channels", "commerce", "lambda_kit", "reports", "table"]),
    ("one_machine", &["channels", "commerce", "lambda_kit", "reports", "table", "workflows"]),
    (
        "hopkenh",
        &["channels", "commerce", "lambda_kit", "one_machine", "reports", "table", "twins", "workflows"],
    ),
    ("receive-webhook", FUNCTION),
    ("look-up-orders", FUNCTION),
    ("record-orders", FUNCTION),
    ("announce-stock", FUNCTION),
    ("publish-stock", FUNCTION),
    ("forward-orders", FUNCTION),
    ("sweep-due", FUNCTION),
    ("take-orders", FUNCTION),
    ("renew-logins", FUNCTION),
    ("finish-login", FUNCTION),
    ("counter", FUNCTION),
    ("fetch-orders", FUNCTION),
    ("reconcile", FUNCTION),
];
const FUNCTION: &[&str] = &["channels", "lambda_kit", "table", "workflows"];

#[test]
fn crates_use_only_what_the_design_allows() {
    let manifests = files(&["functions", "shared", "infra"], "Cargo.toml");
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let mut seen = BTreeSet::new();
    for (path, text) in manifests {
        let manifest: toml::Table = toml::from_str(&text).unwrap();
        let name = manifest["package"]["name"].as_str().unwrap().to_owned();
        let may =
            allowed.get(name.as_str()).unwrap_or_else(|| panic!("{path}: say in ARROWS what {name} may use"));
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(uses) = manifest.get(section).and_then(toml::Value::as_table) else { continue };
            for used in uses.keys().filter(|used| allowed.contains_key(used.as_str())) {
                assert!(may.contains(&used.as_str()), "{path}: {name} must not use {used}");
            }
        }
        seen.insert(name);
    }
    let named: BTreeSet<String> = allowed.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, named, "a crate is gone, or is new");
}

/// Where a key is written twice, one of the two will be wrong one day.
#[test]
fn key_text_is_written_in_one_file() {
    let code: Vec<_> =
        product_code().into_iter().filter(|(path, _)| path != "shared/table/src/keys.rs").collect();
    let found = lines_with(&code, &["#S#", "#O#", "#C#", "#X#", "#D#", "\"L#", "\"I#", "\"D#", "\"H#"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn nothing_is_left_undone_or_unwrapped_in_the_product() {
    let words = [".unwrap()", ".expect(\"", "todo!(", "unimplemented!(", "dbg!(", "panic!("];
    let found = lines_with(&product_code(), &words);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_test_is_switched_off() {
    let word = ["#[", "ignore"].concat();
    let found = lines_with(&files(&CODE, ".rs"), &[&word]);
    assert!(found.is_empty(), "assert today's wrong answer instead: {found:#?}");
}

/// The SDK repeats a call it is not sure of: a bare update would then count twice.
#[test]
fn stock_changes_only_inside_a_transaction() {
    let found = lines_with(&product_code(), &[".update_item(", "UpdateItem\""]);
    assert!(found.is_empty(), "{found:#?}");
    for call in lines_with(&product_code(), &[".transact_write_items()"]) {
        assert!(call.starts_with("shared/table/src/"), "{call}");
    }
}

/// We keep numbers in step; what a shop sells is the shop's own decision.
#[test]
fn nothing_ever_creates_a_product_on_a_channel() {
    let code: Vec<_> =
        product_code().into_iter().filter(|(path, _)| path.starts_with("shared/channels/")).collect();
    let words = [
        "add_item",
        "add_model",
        "init_tier_variation",
        "\"create\"",
        "products/batch_create",
        "listaddproducts",
        "product/create",
        "productCreate",
        "productSet",
        "productVariantsBulkCreate",
        "/product/202309/products\"",
        "integration/v2/requests",
    ];
    let found = lines_with(&code, &words);
    assert!(found.is_empty(), "{found:#?}");
    let posts = lines_with(&code, &["Method::POST", "Method::PUT", "Method::PATCH", "Method::DELETE"]);
    for post in posts {
        let file = post.split(':').next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
        assert!(WRITING_FILES.contains(&file), "a new kind of write: {post}");
    }
}

/// The files of a channel that may send something else than a question. Some channels ask by POST as well.
const WRITING_FILES: [&str; 10] = [
    "account.rs",
    "call.rs",
    "forward.rs",
    "list.rs",
    "listings.rs",
    "login.rs",
    "news.rs",
    "notice.rs",
    "orders.rs",
    "stock.rs",
];

#[test]
fn one_tls_stack_is_in_the_tree() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let lock: toml::Table = toml::from_str(&lock).unwrap();
    let names: BTreeSet<&str> =
        lock["package"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert!(names.contains("rustls") && names.contains("ring"));
    for other in ["openssl", "openssl-sys", "native-tls", "aws-lc-rs", "aws-lc-sys", "s2n-tls", "boring"] {
        assert!(!names.contains(other), "{other}: one TLS stack, rustls with ring");
    }
}

/// An operator must be free to keep changes private: no licence may ask for more than its own notice.
#[test]
fn no_licence_of_the_gpl_family_comes_in() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let metadata = |more: &[&str]| {
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--format-version", "1", "--locked"]).args(more).current_dir(root());
        command.output().unwrap()
    };
    // What is built here was downloaded already; what only other machines build may have to be.
    let host = host();
    let here = metadata(&["--filter-platform", &host, "--offline"]);
    let output = if here.status.success() { here } else { metadata(&["--filter-platform", &host]) };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100);
    for package in packages {
        let (name, licence) = (package["name"].as_str().unwrap(), package["license"].as_str());
        let has_file = package["license_file"].is_string();
        let licence = licence.unwrap_or(if has_file { "its own file" } else { "" });
        assert!(!licence.is_empty(), "{name} states no licence");
        // "A OR B": we take the one that is free.
        let free = licence.split(" OR ").any(|choice| !choice.contains("GPL") && !choice.contains("SSPL"));
        assert!(free, "{name}: {licence}");
    }
}

fn host() -> String {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let text = Command::new(rustc).arg("-vV").output().unwrap().stdout;
    let text = String::from_utf8(text).unwrap();
    text.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// Files that are longer than a person reads at once, each with the reason.
const LONG_FILES: [(&str, &str); 5] = [
    (
        "tests/outside/sample_events.rs",
        "one table of all sample events with what each comes to, read from top to bottom",
    ),
    (
        "shared/commerce/tests/laws.rs",
        "the laws of orders and stock, one after the other, none needs the next",
    ),
    (
        "shared/channels/src/wrappers/tests.rs",
        "one table of cases for six wrappers that only make sense together",
    ),
    ("tests/src/book.rs", "the book that every promise is tried on, with all its doors in one place"),
    (
        "tests/outside/bad_input.rs",
        "one story per way of going wrong; splitting would hide which are missing",
    ),
];
const LINES_MAX: usize = 400;

#[test]
fn no_file_grows_too_long_unnoticed() {
    let listed: BTreeMap<&str, &str> = LONG_FILES.into_iter().collect();
    let mut long = BTreeSet::new();
    for (path, text) in files(&CODE, ".rs") {
        let lines = text.lines().count();
        if lines > LINES_MAX {
            assert!(
                listed.contains_key(path.as_str()),
                "{path} has {lines} lines: split it, or list it with a reason"
            );
            long.insert(path);
        }
    }
    for (path, reason) in listed {
        assert!(long.contains(path), "{path} is short again: take it off the list");
        assert!(reason.split_whitespace().count() >= 5, "{path}: {reason:?} is no reason");
    }
}

/// A function is settings, clients, hand over; what it does lies in its workflow.
#[test]
fn a_function_decides_nothing_by_itself() {
    for (path, text) in files(&["functions"], "main.rs") {
        assert!(text.lines().count() <= 60, "{path}");
        let found = lines_with(&[(path, text)], &["if ", "match ", "for ", "while "]);
        assert!(found.is_empty(), "{found:?}");
    }
}

/// Names that would tie the project to one person's machine.
#[test]
fn no_file_names_a_machine() {
    let words =
        [["/ho", "me/"].concat(), ["/ro", "ot/"].concat(), ["/Us", "ers/"].concat(), ["C:", "\\\\"].concat()];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut all = files(&CODE, ".rs");
    all.extend(files(&["infra", "events"], ".md").into_iter().chain(files(&["infra"], ".toml")));
    all.extend(files(&["events"], ".json"));
    for (path, text) in &all {
        let found = words.iter().find(|word| text.contains(**word));
        assert!(found.is_none(), "{path} names {found:?}");
    }
}
