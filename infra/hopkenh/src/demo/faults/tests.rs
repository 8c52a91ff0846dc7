//! A small day with faults: the report names each of them and nothing else; and where it did not, the day would fail.

use super::super::figures::Figures;
use super::super::texts::Language;
use super::super::{CHANNELS, Wishes, run};
use super::{Fault, Night, Reported, reported, table};
use reports::shop::ShopReport;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn wishes(data: &Path) -> Wishes {
    Wishes {
        channels: CHANNELS.split(',').map(str::to_owned).collect(),
        orders: 60,
        seed: 7,
        latency: Duration::from_millis(5),
        data: data.to_owned(),
        language: Language::Vi,
        watch: false,
        lookup_workers: 1,
        lazada_adds: false,
        faults: true,
    }
}

/// The report as it lies in the archive of a day that was played.
fn report(data: &Path) -> ShopReport {
    let folders = std::fs::read_dir(data.join("archive/reports/demo")).unwrap();
    let mut reports = folders.map(|entry| entry.unwrap().path().join("report.json"));
    let report = reports.find(|path| path.exists()).unwrap();
    serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap()
}

fn night(injected: Vec<Fault>, reported: Vec<Reported>) -> Night {
    Night { injected, reported, pages: PathBuf::new() }
}

/// What the day would come to with that report in place of its own.
fn with(figures: &Figures, report: &ShopReport) -> Figures {
    let mut figures = figures.clone();
    night(figures.faults_injected.clone().unwrap(), reported::read(report)).enter(&mut figures);
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_names_every_fault_and_no_other() {
    let data = std::env::temp_dir().join(format!("hopkenh-faults-{}", std::process::id()));
    let figures = run(&wishes(&data)).await.unwrap();
    let report = report(&data);
    std::fs::remove_dir_all(&data).unwrap();
    let injected = figures.faults_injected.clone().unwrap();
    let named: Vec<Fault> = figures.faults_reported.iter().flatten().map(|r| r.fault.clone()).collect();
    assert_eq!(named, injected);
    assert!(figures.is_clean(), "{:?}", figures.must_be_zero());
    let mut kinds: Vec<&str> = injected.iter().map(|fault| fault.kind.as_str()).collect();
    kinds.dedup();
    let all = [
        "campaign_lock",
        "edited_down",
        "edited_up",
        "login_ended",
        "lost_news",
        "push_ignored",
        "till_shortfall",
        "unknown_product",
        "unreadable_message",
    ];
    assert_eq!(kinds, all);
    a_report_that_is_silent_or_makes_something_up_fails_the_day(&figures, report);
}

/// With the very report of that day, but for one part of it.
fn a_report_that_is_silent_or_makes_something_up_fails_the_day(figures: &Figures, report: ShopReport) {
    assert_eq!(with(figures, &report).faults_differ, 0);
    let mut silent = report.clone();
    silent.drift.as_mut().unwrap().lines.clear();
    let silent = with(figures, &silent);
    assert_eq!((silent.faults_differ, silent.is_clean()), (4, false), "two edits, a lie and a campaign");
    let mut made_up = report;
    let parked = made_up.parked.as_mut().unwrap();
    parked[0].subjects.push("nobody sent this".to_owned());
    let made_up = with(figures, &made_up);
    assert_eq!((made_up.faults_differ, made_up.is_clean()), (1, false));
}

#[test]
fn a_fault_that_is_not_reported_stands_in_the_table_and_fails_the_day() {
    let (told, untold) = (Fault::new("edited_up", "web", "1"), Fault::new("edited_down", "web", "2"));
    let made_up = Fault::new("oversell", "hn", "AO-M");
    let entry = |fault: &Fault| Reported {
        fault: fault.clone(),
        found: "foreign_edit".to_owned(),
        done: "raising".to_owned(),
    };
    let night = night(vec![told.clone(), untold.clone()], vec![entry(&told), entry(&made_up)]);
    assert_eq!(night.one_sided(), (vec![&untold], vec![&made_up]));
    let rows = table::rows(&night, Language::En);
    assert_eq!(rows[1][3..], ["foreign_edit", "being raised"]);
    assert_eq!(rows[2][3], "NOT REPORTED");
    assert!(rows[3][0].starts_with("(never injected)"), "{rows:?}");
    let mut figures = Figures::default();
    night.enter(&mut figures);
    assert_eq!((figures.faults_differ, figures.is_clean()), (2, false));
}
