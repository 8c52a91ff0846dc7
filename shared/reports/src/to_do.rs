//! What a person is to do after reading a report: one entry per subject, the most urgent first.

use crate::shop::{
    Alert, ConnectionDay, Difference, Login, ParkedGroup, Proof, Settlement, ShopReport, Short, Topic,
    Verdict, Webhooks,
};
use crate::summary::compared;
use commerce::Timestamp;
use commerce::ids::ConnectionId;

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
pub struct ToDo<'r> {
    /// How soon.
    pub urgency: Urgency,
    /// What it is about.
    pub topic: Topic,
    /// The connection it concerns; none where it is the shop's as a whole.
    pub connection: Option<&'r ConnectionId>,
    /// What it is.
    pub task: Task<'r>,
}

/// What is to be done, with the part of the report that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task<'r> {
    /// Decide who gets no goods, or find goods: these promises cannot be kept. The earliest deadline comes first.
    Shortfalls(Vec<&'r Short>),
    /// See why units were sold beyond what was there. What is still short is named as a shortfall only.
    Oversold(Vec<&'r Short>),
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

/// All that is to be done. An alert that lasts is named unless something of its topic is named already for its connection.
pub fn of(report: &ShopReport) -> Vec<ToDo<'_>> {
    let mut found = Vec::new();
    found.extend(shortfalls(report));
    found.extend(oversold(report));
    found.extend(report.connections.iter().filter_map(orders));
    found.extend(report.connections.iter().filter_map(login));
    found.extend(ledger(report));
    found.extend(drift(report));
    found.extend(report.connections.iter().filter_map(webhooks));
    found.extend(report.settlements.iter().flatten().filter_map(settlement));
    found.extend(report.parked.iter().flatten().map(parked));
    found.extend(stranded(report));
    for alert in report.alerts.iter().flatten().filter(|alert| alert.ended.is_none()) {
        if !found.iter().any(|to_do| names(to_do, alert)) {
            let connection = alert.connection.as_ref();
            found.push(ToDo {
                urgency: urgency(alert.topic),
                topic: alert.topic,
                connection,
                task: Task::Alert(alert),
            });
        }
    }
    // Stable: within an urgency the order above stays.
    found.sort_by_key(|to_do| to_do.urgency);
    found
}

/// Whether what an alert asks for is on the list already.
fn names(to_do: &ToDo<'_>, alert: &Alert) -> bool {
    let same = match (to_do.connection, &alert.connection) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    to_do.topic == alert.topic && same
}

fn urgency(topic: Topic) -> Urgency {
    match topic {
        Topic::Oversell | Topic::Orders | Topic::Shortfall | Topic::Ledger | Topic::PickUps => Urgency::Today,
        _ => Urgency::Soon,
    }
}

fn shortfalls(report: &ShopReport) -> Option<ToDo<'_>> {
    let mut open: Vec<&Short> = report.shortfalls.iter().flatten().collect();
    if open.is_empty() {
        return None;
    }
    open.sort_by_key(|short| short.deadline);
    Some(ToDo {
        urgency: Urgency::Today,
        topic: Topic::Shortfall,
        connection: None,
        task: Task::Shortfalls(open),
    })
}

/// An oversell that is still short is named once, as a shortfall.
fn oversold(report: &ShopReport) -> Option<ToDo<'_>> {
    let open = |short: &Short| report.shortfalls.iter().flatten().any(|other| other == short);
    let settled: Vec<&Short> = report.oversells.iter().flatten().filter(|short| !open(short)).collect();
    let task = Task::Oversold(settled.clone());
    (!settled.is_empty()).then_some(ToDo {
        urgency: Urgency::Today,
        topic: Topic::Oversell,
        connection: None,
        task,
    })
}

fn orders(day: &ConnectionDay) -> Option<ToDo<'_>> {
    if matches!(day.proof, Proof::Unreadable { .. }) {
        let task = Task::ListUnreadable(day);
        return Some(ToDo {
            urgency: Urgency::Soon,
            topic: Topic::Orders,
            connection: Some(&day.connection),
            task,
        });
    }
    let compared = compared(day).filter(|compared| compared.verdict() == Verdict::Differs)?;
    let first = compared.differences.iter().find(|difference| difference.is_open());
    let task = Task::OrdersDiffer { day, orders: compared.unexplained(), first };
    Some(ToDo { urgency: Urgency::Today, topic: Topic::Orders, connection: Some(&day.connection), task })
}

fn login(day: &ConnectionDay) -> Option<ToDo<'_>> {
    let (urgency, task) = match day.login {
        Login::Lost { since } => (Urgency::Today, Task::LoginLost(day, since)),
        Login::EndsSoon { at } => (Urgency::Soon, Task::LoginEnds(day, at)),
        Login::NotMeasured | Login::Good | Login::Renewed { .. } => return None,
    };
    Some(ToDo { urgency, topic: Topic::Login, connection: Some(&day.connection), task })
}

fn ledger(report: &ShopReport) -> Option<ToDo<'_>> {
    let check = report.ledger.as_ref()?;
    let (gaps, wrong_folds) = (check.gaps.len() as u64, check.wrong_folds.len() as u64);
    let task = Task::Ledger { gaps, wrong_folds };
    (gaps + wrong_folds > 0).then_some(ToDo {
        urgency: Urgency::Today,
        topic: Topic::Ledger,
        connection: None,
        task,
    })
}

fn drift(report: &ShopReport) -> Option<ToDo<'_>> {
    let left = report.drift.as_ref()?.lines.iter().filter(|line| line.done.is_left()).count() as u64;
    let task = Task::DriftLeft(left);
    (left > 0).then_some(ToDo { urgency: Urgency::Soon, topic: Topic::Drift, connection: None, task })
}

fn webhooks(day: &ConnectionDay) -> Option<ToDo<'_>> {
    let Webhooks::Off { since, .. } = day.webhooks else { return None };
    Some(ToDo {
        urgency: Urgency::Soon,
        topic: Topic::Webhooks,
        connection: Some(&day.connection),
        task: Task::WebhooksOff(day, since),
    })
}

fn settlement(settlement: &Settlement) -> Option<ToDo<'_>> {
    let wrong = match &settlement.proof {
        Proof::Compared(compared) => compared.verdict() == Verdict::Differs,
        Proof::Unreadable { .. } => true,
        Proof::NoOrderList | Proof::NotCompared => false,
    };
    let task = Task::Settlement(settlement);
    wrong.then_some(ToDo {
        urgency: Urgency::Soon,
        topic: Topic::Orders,
        connection: Some(&settlement.connection),
        task,
    })
}

fn parked(group: &ParkedGroup) -> ToDo<'_> {
    ToDo {
        urgency: Urgency::Soon,
        topic: Topic::Parked,
        connection: group.connection.as_ref(),
        task: Task::Parked(group),
    }
}

fn stranded(report: &ShopReport) -> Option<ToDo<'_>> {
    let lines = report.stranded.as_ref()?.lines.len() as u64;
    let task = Task::Stranded(lines);
    (lines > 0).then_some(ToDo { urgency: Urgency::Soon, topic: Topic::Stranded, connection: None, task })
}
