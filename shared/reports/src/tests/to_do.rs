//! What a person is to do: nothing is left out, and nothing is named twice.

use crate::sample::{busy_day, quiet_day};
use crate::shop::{Alert, Proof, ShopReport, Topic, Webhooks};
use crate::to_do::{self, Task, Urgency};
use crate::{Language, Said, message};
use commerce::ids::ConnectionId;

fn topics(report: &ShopReport) -> Vec<Topic> {
    to_do::of(report).iter().map(|to_do| to_do.topic).collect()
}

#[test]
fn the_most_urgent_comes_first_and_each_trouble_is_named() {
    use Topic::{Drift, Login, Orders, Parked, Shortfall, Stranded};
    let report = busy_day().unwrap();
    assert_eq!(topics(&report), [Shortfall, Orders, Orders, Login, Drift, Orders, Parked, Parked, Stranded]);
    let list = to_do::of(&report);
    assert!(list.is_sorted_by_key(|to_do| to_do.urgency));
    assert_eq!(list.iter().filter(|to_do| to_do.urgency == Urgency::Today).count(), 2);
    assert_eq!(topics(&quiet_day().unwrap()), []);
}

#[test]
fn an_alert_is_named_unless_its_subject_is() {
    let alert = |connection: &str, ended: bool| Alert {
        topic: Topic::Webhooks,
        connection: Some(ConnectionId::new(connection).unwrap()),
        what: Said::new("gì đó", "something"),
        since: crate::sample::at(9, 0),
        ended: ended.then(|| crate::sample::at(10, 0)),
        costs: Said::new("", ""),
        to_do: Said::new("", ""),
    };
    let mut report = quiet_day().unwrap();
    report.connections[1].webhooks =
        Webhooks::Off { since: crate::sample::at(8, 0), missed: 0, orders: Vec::new() };
    assert_eq!(report.connections[1].connection.as_str(), "website");
    report.alerts = Some(vec![alert("website", false)]);
    assert_eq!(topics(&report), [Topic::Webhooks], "the alert is about the same");
    report.alerts = Some(vec![alert("shopee-main", true)]);
    assert_eq!(topics(&report), [Topic::Webhooks], "the alert is over");
    report.alerts = Some(vec![alert("shopee-main", false)]);
    let list = to_do::of(&report);
    assert!(list.len() == 2 && matches!(list[1].task, Task::Alert(_)), "{list:?}");
}

#[test]
fn an_oversell_is_named_once_whether_it_is_still_short_or_not() {
    let busy = busy_day().unwrap();
    let mut report = quiet_day().unwrap();
    report.oversells = busy.oversells.clone();
    assert_eq!(topics(&report), [Topic::Oversell]);
    report.shortfalls = busy.oversells;
    assert_eq!(topics(&report), [Topic::Shortfall]);
}

#[test]
fn a_message_counts_what_it_leaves_out() {
    let mut report = busy_day().unwrap();
    let group = report.parked.clone().unwrap().remove(0);
    report.parked = Some(vec![group; 40]);
    for language in Language::ALL {
        let text = message(&report, language);
        let shown = text.lines().filter(|line| line.starts_with('•')).count();
        let left = to_do::of(&report).len() - shown;
        assert!(text.lines().last().unwrap().contains(&left.to_string()), "{text}");
    }
}

#[test]
fn a_list_that_cannot_be_read_is_never_called_the_same() {
    let mut report = quiet_day().unwrap();
    report.connections[0].proof = Proof::Unreadable { reason: Said::new("lỗi 503", "error 503") };
    let text = message(&report, Language::Vi);
    assert!(
        text.contains("khớp 38/38") && text.contains("1 kênh chưa đối soát") && text.contains("🟡"),
        "{text}"
    );
    report.connections[1].proof = Proof::NotCompared;
    let text = message(&report, Language::Vi);
    assert!(text.contains("chưa đối soát được với sàn nào") && !text.contains("khớp"), "{text}");
}
