//! The dead-letter queues of a stack: which there are, where each one's messages came from, how many lie there.

use crate::demo::texts::Language;
use crate::up::Problem;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::QueueAttributeName;
use serde::Deserialize;
use std::fmt;

/// What a queue is for, as people call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Name {
    /// Orders to ask a channel for.
    Lookups,
    /// Orders to record.
    Orders,
    /// Listings to publish.
    Publish,
    /// Orders for tills and websites.
    Forward,
    /// Accounts whose orders to read.
    Passes,
    /// Shops to compare with their channels.
    Reconcile,
    /// Changes of stock that were neither kept in the ledger nor told.
    StockChangesFailed,
    /// Runs of the sweep that did not happen.
    SweepDueFailed,
    /// Runs that renew logins and did not happen.
    RenewLoginsFailed,
    /// Runs of the fetching that did not happen.
    FetchOrdersFailed,
    /// Comparisons with channels that did not happen.
    ReconcileFailed,
}

impl Name {
    const ENDINGS: [(Name, &'static str); 11] = [
        (Name::Lookups, "-lookups-dead"),
        (Name::Orders, "-orders-dead"),
        (Name::Publish, "-publish-dead.fifo"),
        (Name::Forward, "-forward-dead.fifo"),
        (Name::Passes, "-passes-dead"),
        (Name::Reconcile, "-reconcile-dead"),
        (Name::StockChangesFailed, "-stock-changes-failed"),
        (Name::SweepDueFailed, "-sweep-due-failed"),
        (Name::RenewLoginsFailed, "-renew-logins-failed"),
        (Name::FetchOrdersFailed, "-fetch-orders-failed"),
        (Name::ReconcileFailed, "-reconcile-failed"),
    ];

    fn of(url: &str) -> Option<Self> {
        Self::ENDINGS.into_iter().find(|(_, ending)| url.ends_with(ending)).map(|(name, _)| name)
    }

    /// What to do about messages that cannot be sent back, because they are notes.
    pub fn advice(self, l: Language) -> &'static str {
        match self {
            Name::StockChangesFailed => l.say(
                "là ghi chú, không gửi lại được: sổ cái thiếu đoạn đó; đếm lại các mã hàng liên quan, rồi xóa ghi chú",
                "are notes and cannot be sent back: the ledger lacks that part; count those products anew, then delete the notes",
            ),
            _ => l.say(
                "là ghi chú, không gửi lại được: lần chạy sau đã làm thay; xóa khi đã rõ nguyên nhân",
                "are notes and cannot be sent back: the next run did their work; delete them once the cause is known",
            ),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Name::Lookups => "lookups",
            Name::Orders => "orders",
            Name::Publish => "publish",
            Name::Forward => "forward",
            Name::Passes => "passes",
            Name::Reconcile => "reconcile",
            Name::StockChangesFailed => "stock-changes-failed",
            Name::SweepDueFailed => "sweep-due-failed",
            Name::RenewLoginsFailed => "renew-logins-failed",
            Name::FetchOrdersFailed => "fetch-orders-failed",
            Name::ReconcileFailed => "reconcile-failed",
        })
    }
}

/// One dead-letter queue.
#[derive(Debug, Clone)]
pub struct DeadQueue {
    /// What it is for.
    pub name: Name,
    /// Its address.
    pub url: String,
    /// The queue its messages came from; none where they are notes.
    pub home: Option<String>,
}

#[derive(Deserialize)]
struct Stack {
    lookups_queue_url: String,
    orders_queue_url: String,
    publish_queue_url: String,
    /// A stack of before has none.
    #[serde(default)]
    forward_queue_url: Option<String>,
    passes_queue_url: String,
    /// A stack of before has none.
    #[serde(default)]
    reconcile_queue_url: Option<String>,
    dead_letter_queue_urls: Vec<String>,
}

/// The queues that a stack's parameter names.
pub fn of_stack(text: &str) -> Result<Vec<DeadQueue>, Problem> {
    let stack: Stack = serde_json::from_str(text)?;
    let queue = |url: &String| {
        let name =
            Name::of(url).ok_or_else(|| format!("{url}: is no dead-letter queue that this version knows"))?;
        let home = match name {
            Name::Lookups => Some(stack.lookups_queue_url.clone()),
            Name::Orders => Some(stack.orders_queue_url.clone()),
            Name::Publish => Some(stack.publish_queue_url.clone()),
            Name::Forward => stack.forward_queue_url.clone(),
            Name::Passes => Some(stack.passes_queue_url.clone()),
            Name::Reconcile => stack.reconcile_queue_url.clone(),
            Name::StockChangesFailed
            | Name::SweepDueFailed
            | Name::FetchOrdersFailed
            | Name::RenewLoginsFailed
            | Name::ReconcileFailed => None,
        };
        Ok(DeadQueue { name, url: url.clone(), home })
    };
    stack.dead_letter_queue_urls.iter().map(queue).collect()
}

impl DeadQueue {
    /// About how many messages lie there, those just being looked at counted.
    pub async fn depth(&self, client: &Client) -> Result<usize, Problem> {
        use QueueAttributeName::{ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible};
        let names = [ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible];
        let answer =
            client.get_queue_attributes().queue_url(&self.url).set_attribute_names(Some(names.to_vec()));
        let answer = answer.send().await.map_err(|e| self.failed(&DisplayErrorContext(e)))?;
        let found = answer.attributes.unwrap_or_default();
        Ok(names.iter().filter_map(|name| found.get(name)?.parse::<usize>().ok()).sum())
    }

    /// A sentence that names the queue.
    pub fn failed(&self, what: &dyn fmt::Display) -> Problem {
        format!("queue {}: {what}", self.name).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_queue_knows_where_its_letters_came_from() {
        let text = r#"{"table":"t","lookups_queue_url":"https://q/s-lookups","orders_queue_url":"https://q/s-orders",
            "publish_queue_url":"https://q/s-publish.fifo","passes_queue_url":"https://q/s-passes",
            "reconcile_queue_url":"https://q/s-reconcile","forward_queue_url":"https://q/s-forward.fifo",
            "dead_letter_queue_urls":["https://q/s-lookups-dead","https://q/s-orders-dead",
            "https://q/s-publish-dead.fifo","https://q/s-forward-dead.fifo","https://q/s-passes-dead","https://q/s-reconcile-dead","https://q/s-stock-changes-failed",
            "https://q/s-sweep-due-failed","https://q/s-fetch-orders-failed","https://q/s-reconcile-failed"]}"#;
        let queues = of_stack(text).unwrap();
        let homes: Vec<_> =
            queues.iter().map(|queue| (queue.name.to_string(), queue.home.as_deref())).collect();
        let expected = [
            ("lookups", Some("https://q/s-lookups")),
            ("orders", Some("https://q/s-orders")),
            ("publish", Some("https://q/s-publish.fifo")),
            ("forward", Some("https://q/s-forward.fifo")),
            ("passes", Some("https://q/s-passes")),
            ("reconcile", Some("https://q/s-reconcile")),
            ("stock-changes-failed", None),
            ("sweep-due-failed", None),
            ("fetch-orders-failed", None),
            ("reconcile-failed", None),
        ];
        assert_eq!(homes, expected.map(|(name, home)| (name.to_owned(), home)));
        assert!(of_stack(&text.replace("s-orders-dead", "s-else")).is_err());
    }
}
