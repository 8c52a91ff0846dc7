//! What the code of functions, kit and table does, changed so that its rights no longer fit.

use super::{Change, write};

const STORE: &str = "shared/table/src/store.rs";

pub(crate) fn changes() -> Vec<Change> {
    vec![
        (
            "code does one thing more",
            |w| {
                write(
                    w,
                    "shared/workflows/src/publish_stock/mod.rs",
                    "let mut read = Vec::new();",
                    "let mut read = Vec::new(); self.table.registered().await;",
                )
            },
            &[
                "publish-stock may not dynamodb:Query on ${Table.Arn}",
                "Table::registered",
                "add it to PublishStockRole",
            ],
        ),
        (
            "code does one thing less",
            |w| {
                write(
                    w,
                    "shared/workflows/src/announce_stock.rs",
                    "self.publish.send(messages).await",
                    "self.keep_quiet(messages).await",
                )
            },
            &["AnnounceStockRole allows sqs:SendMessage on ${Publish.Arn}", "take it out"],
        ),
        (
            "code archives elsewhere",
            |w| {
                write(
                    w,
                    "shared/workflows/src/announce_stock.rs",
                    "format!(\"ledger/{shop}",
                    "format!(\"lines/{shop}",
                )
            },
            &["announce-stock may not s3:PutObject on ${Archive.Arn}/lines/*"],
        ),
        (
            "a helper does one thing more",
            |w| {
                write(
                    w,
                    "shared/workflows/src/parking.rs",
                    "table.park(note).await",
                    "table.unpark(note).await; table.park(note).await",
                )
            },
            &["look-up-orders may not dynamodb:DeleteItem", "Table::unpark"],
        ),
        (
            "a file of a folder of code does one thing more",
            |w| {
                write(
                    w,
                    "shared/workflows/src/publish_stock/covered.rs",
                    "self.ask_for_pass(",
                    "self.table.registered().await; self.ask_for_pass(",
                )
            },
            &["publish-stock may not dynamodb:Query on ${Table.Arn}", "Table::registered"],
        ),
        (
            "a listing is written without the check of its balances",
            |w| {
                write(
                    w,
                    "shared/table/src/save_listed.rs",
                    "TransactWriteItem::builder().condition_check(check).build()",
                    "TransactWriteItem::builder().build()",
                )
            },
            &["Table::save_listed needs", "METHODS of calls.rs says"],
        ),
        (
            "a function does an operator's work",
            |w| {
                write(
                    w,
                    "shared/workflows/src/publish_stock/mod.rs",
                    "let mut read = Vec::new();",
                    "let mut read = Vec::new(); self.table.page_of_shop(a, b).await;",
                )
            },
            &["calls page_of_shop, which no function may"],
        ),
        (
            "a call on who knows what",
            |w| {
                write(
                    w,
                    "shared/workflows/src/announce_stock.rs",
                    "self.publish.send(messages)",
                    "whoever().send(messages)",
                )
            },
            &["announce_stock.rs, fn keep_and_tell calls ….send", "write it on a field"],
        ),
        (
            "code sends to a queue of no name",
            |w| {
                write(
                    w,
                    "functions/record-orders/src/main.rs",
                    "lookups: Queue::new(aws.sqs(), LOOKUPS_QUEUE_URL.required()?)",
                    "lookups: Queue::new(aws.sqs(), String::new())",
                )
            },
            &["record-orders/src/main.rs does not say what `lookups` is"],
        ),
        (
            "a new method of the table",
            |w| {
                write(
                    w,
                    STORE,
                    "    /// The shops of this deployment.",
                    "    pub async fn lost(&self) { self.query(p, None).await }\n    /// The shops of this deployment.",
                )
            },
            &["Table::lost is new", "add it to METHODS of calls.rs with dynamodb:Query"],
        ),
        (
            "a method calls more",
            |w| {
                write(
                    w,
                    "shared/table/src/save.rs",
                    "let item = parked_item::to_item(parked)?;",
                    "let item = parked_item::to_item(parked)?; self.delete(&k).await?;",
                )
            },
            &["Table::park needs dynamodb:DeleteItem, dynamodb:PutItem", "set it to what the source does"],
        ),
        (
            "a method is gone",
            |w| write(w, STORE, "pub async fn stock_of_sku", "async fn stock_of_sku"),
            &["Table::stock_of_sku is nowhere in the source"],
        ),
        (
            "an unknown call of AWS",
            |w| write(w, STORE, ".batch_get_item()", ".batch_execute_statement()"),
            &["store.rs calls AWS by .batch_execute_statement()", "add it to MARKS"],
        ),
        (
            "the table is called from a new file",
            |w| {
                w.files.insert(
                    "shared/table/src/more.rs".to_owned(),
                    "//! x\nimpl Table {\n    pub async fn more(&self) {}\n}\n".to_owned(),
                );
            },
            &["shared/table/src/more.rs: Table::more is new", "add shared/table/src/more.rs to SOURCES"],
        ),
        (
            "shops' files are named differently",
            |w| {
                write(
                    w,
                    "shared/lambda_kit/src/shop_source.rs",
                    "format!(\"shops/{shop}.toml\")",
                    "format!(\"files/{shop}.toml\")",
                )
            },
            &["set SHOPS in permissions.rs"],
        ),
    ]
}
