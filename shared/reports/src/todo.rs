//! What a person is to do after reading a report: one entry per subject, the most urgent first.

use crate::shop::{
    Alert, ConnectionDay, Difference, Login, ParkedGroup, Proof, Settlement, ShopReport, Short, Topic,
    Verdict, Webhooks,
};
use crate::summary::compared;
use commerce::Timestamp;

/// How soon it is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urgency {
    /// A promise is broken, or will be today.
    Today,
    /// It may wait a day or two.
    Soon,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo<'r> {
    /// How soon.
    pub urgency: Urgency,
    /// What it is about.
    pub topic: Topic,
    /// What it is.
    pub task: Task<'r>,
}

/// What is to be done, with the part of the report that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task<'r> {
    /// Decide who gets no goods, or find goods: these promises cannot be kept. The earliest deadline comes first.
    Shortfalls(Vec<&'r Short>),
    /// Look into orders that differ without an explanation.
    OrdersDiffer {
        /// The connection.
        day: &'r ConnectionDay,
        /// Orders that differ; 0 where only the sums of money do.
        orders: u64,
        /// The first of them that a person must look at.
        first: Option<&'r Difference>,
    },
    /// The channel's list could not be read.
    ListUnreadable(&'r ConnectionDay),
    /// A settlement file could not be read, or does not agree.
    Settlement(&'r Settlement),
    /// Sign in again: the channel takes the login no more.
    LoginLost(&'r ConnectionDay, Timestamp),
    /// Sign in again before the login ends.
    LoginEnds(&'r ConnectionDay, Timestamp),
    /// Switch the channel's webhooks on again.
    WebhooksOff(&'r ConnectionDay, Timestamp),
    /// Say what is right: these listings were left as they are.
    DriftLeft(u64),
    /// Call whoever runs it: the ledger does not add up.
    Ledger {
        /// Places where lines are missing.
        gaps: u64,
        /// Balances that are not the sum of their lines.
        wrong_folds: u64,
    },
    /// Put goods on sale that are shown nowhere.
    Stranded(u64),
    /// Decide on what was parked.
    Parked(&'r ParkedGroup),
    /// What an alert asks for that is still open and is about nothing of the above.
    Alert(&'r Alert),
}

/// All that is to be done. An alert that lasts is named only when its topic is not named already.
pub fn of(report: &ShopReport) -> Vec<Todo<'_>> {
    let mut found = Vec::new();
    found.extend(shortfalls(report));
    found.extend(report.connections.iter().filter_map(|day| orders(day)));
    found.extend(report.connections.iter().filter_map(login));
    found.extend(ledger(report));
    found.extend(drift(report));
    found.extend(report.connections.iter().filter_map(webhooks));
    found.extend(report.settlements.iter().flatten().filter_map(settlement));
    found.extend(report.parked.iter().flatten().map(parked));
    found.extend(stranded(report));
    for alert in report.alerts.iter().flatten().filter(|alert| alert.ended.is_none()) {
        if !found.iter().any(|todo| todo.topic == alert.topic) {
            found.push(Todo { urgency: urgency(alert.topic), topic: alert.topic, task: Task::Alert(alert) });
        }
    }
    // Stable: within an urgency the order above stays.
    found.sort_by_key(|todo| todo.urgency);
    found
}

fn urgency(topic: Topic) -> Urgency {
    match topic {
        Topic::Oversell | Topic::Orders | Topic::Shortfall | Topic::Ledger => Urgency::Today,
        _ => Urgency::Soon,
    }
}

fn shortfalls(report: &ShopReport) -> Option<Todo<'_>> {
    let mut open: Vec<&Short> = report.shortfalls.iter().flatten().collect();
    if open.is_empty() {
        return None;
    }
    open.sort_by_key(|short| short.deadline);
    Some(Todo { urgency: Urgency::Today, topic: Topic::Shortfall, task: Task::Shortfalls(open) })
}

fn orders(day: &ConnectionDay) -> Option<Todo<'_>> {
    if matches!(day.proof, Proof::Unreadable { .. }) {
        let task = Task::ListUnreadable(day);
        return Some(Todo { urgency: Urgency::Soon, topic: Topic::Orders, task });
    }
    let compared = compared(day).filter(|compared| compared.verdict() == Verdict::Differs)?;
    let first = compared.differences.iter().find(|difference| difference.is_open());
    let task = Task::OrdersDiffer { day, orders: compared.unexplained(), first };
    Some(Todo { urgency: Urgency::Today, topic: Topic::Orders, task })
}

fn login(day: &ConnectionDay) -> Option<Todo<'_>> {
    let (urgency, task) = match day.login {
        Login::Lost { since } => (Urgency::Today, Task::LoginLost(day, since)),
        Login::EndsSoon { at } => (Urgency::Soon, Task::LoginEnds(day, at)),
        Login::NotMeasured | Login::Good => return None,
    };
    Some(Todo { urgency, topic: Topic::Login, task })
}

fn ledger(report: &ShopReport) -> Option<Todo<'_>> {
    let check = report.ledger.as_ref()?;
    let (gaps, wrong_folds) = (check.gaps.len() as u64, check.wrong_folds.len() as u64);
    let task = Task::Ledger { gaps, wrong_folds };
    (gaps + wrong_folds > 0).then_some(Todo { urgency: Urgency::Today, topic: Topic::Ledger, task })
}

fn drift(report: &ShopReport) -> Option<Todo<'_>> {
    let left = report.drift.as_ref()?.lines.iter().filter(|line| line.done.is_left()).count() as u64;
    let task = Task::DriftLeft(left);
    (left > 0).then_some(Todo { urgency: Urgency::Soon, topic: Topic::Drift, task })
}

fn webhooks(day: &ConnectionDay) -> Option<Todo<'_>> {
    let Webhooks::Off { since } = day.webhooks else { return None };
    Some(Todo { urgency: Urgency::Soon, topic: Topic::Webhooks, task: Task::WebhooksOff(day, since) })
}

fn settlement(settlement: &Settlement) -> Option<Todo<'_>> {
    let wrong = match &settlement.proof {
        Proof::Compared(compared) => compared.verdict() == Verdict::Differs,
        Proof::Unreadable { .. } => true,
        Proof::NoOrderList | Proof::NotCompared => false,
    };
    let task = Task::Settlement(settlement);
    wrong.then_some(Todo { urgency: Urgency::Soon, topic: Topic::Orders, task })
}

fn parked(group: &ParkedGroup) -> Todo<'_> {
    Todo { urgency: Urgency::Soon, topic: Topic::Parked, task: Task::Parked(group) }
}

fn stranded(report: &ShopReport) -> Option<Todo<'_>> {
    let lines = report.stranded.as_ref()?.lines.len() as u64;
    let task = Task::Stranded(lines);
    (lines > 0).then_some(Todo { urgency: Urgency::Soon, topic: Topic::Stranded, task })
}
