//! A comparison's screen in both languages, from made-up findings.

use super::text::text;
use crate::demo::texts::Language;
use serde_json::json;
use workflows::reconcile::Findings;

fn findings() -> Findings {
    let total = |orders: u64, amount: i64| json!({"orders": orders, "money": {"amount_minor": amount, "currency": "VND"}});
    let mended =
        json!({"hour": "2026-11-30T01:00:00Z", "order": "S1", "found": "missing_here", "done": "recorded"});
    let left = json!({
        "hour": "2026-11-30T02:00:00Z", "order": "S2", "found": "missing_there", "done": "left", "reason": "no such order"
    });
    let edited = json!({
        "listing": "1:0", "skus": ["AO-M"], "channel_shows": 9, "we_believed": 5, "rules_want": 5,
        "finding": {"finding": "drift", "of": "foreign_edit"}, "decision": {"decision": "heal", "how": "lower"}
    });
    let unread = json!({
        "listing": "2:0", "skus": ["AO-L"], "channel_shows": null, "we_believed": 2, "rules_want": 2,
        "finding": {"finding": "not_read", "of": {"why": "left_out"}}, "decision": {"decision": "nothing"}
    });
    let found = json!({
        "shop": "demo", "name": "Cửa hàng Mẫu", "day": "2026-11-30", "time_zone": "Asia/Ho_Chi_Minh",
        "made_at": "2026-11-30T17:30:00Z",
        "connections": [{
            "connection": "mall", "channel": "shopee", "is_covered": true,
            "proof": {
                "kind": "compared", "theirs": total(2, 300), "ours_found": total(2, 250), "ours": total(3, 350), "same": 2,
                "hours": [], "fetched": 1, "differences": [mended, left]
            },
            "drift": {"compared": 3, "even": 2, "on_its_way": 0, "lines": [edited, unread]},
            "login": {"login": "lost", "since": "2026-11-30T05:00:00Z"},
            "freshness": {
                "changes": 4, "p50_ms": 500, "p99_ms": 96_000,
                "oldest_stale": {"listing": "3:0", "product": "AO-S", "since": "2026-11-30T16:30:00Z"}
            }
        }, {
            "connection": "web", "channel": "woocommerce", "is_covered": true,
            "proof": {"kind": "unreadable", "reason": "no answer"},
            "drift": {"compared": 0, "even": 0, "on_its_way": 0, "lines": []},
            "login": {"login": "not_measured"}, "freshness": null
        }],
        "ledger": {
            "balances": 4, "behind": 0,
            "gaps": [{"sku": "AO-M", "location": "hn", "first_missing": 7, "missing": 2}], "wrong_folds": []
        },
        "stranded": {"after_minutes": 30, "lines": []}, "shortfalls": [], "parked": [], "remarks": [],
        "moved": {"skus": 1, "notes": 2}
    });
    serde_json::from_value(found).unwrap()
}

/// Spaces do not count.
fn has(screen: &str, words: &str) {
    let plain = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains(words), "{words:?} is missing in\n{screen}");
}

#[test]
fn each_finding_is_a_line_in_both_languages() {
    let [en, vi] = [Language::En, Language::Vi].map(|language| text(&findings(), language));
    has(&en, "mall 2 ≠ 3 300 VND ≠ 350 VND 1 1 3 2 1 0 1");
    has(&en, "mall 3:0 waits for its number since 2026-11-30T16:30:00Z");
    has(&vi, "mall 3:0: chờ hiện số mới từ 2026-11-30T16:30:00Z");
    has(&en, "web not read · · · 0 0 0 0 0");
    has(&en, "! mall order S1 was missing here; fetched and recorded");
    has(&en, "! mall order S2 is not in the channel's list; still differs: no such order");
    has(
        &en,
        "! mall 1:0 shows 9, believed 5, wanted 5: somebody else changed it at the channel; being lowered",
    );
    has(&en, "! mall 2:0 shows ?, believed 2, wanted 2: the channel's answer leaves it out; left alone");
    has(&en, "! mall: its login is lost since 2026-11-30T05:00:00Z");
    has(&en, "! ledger of AO-M · hn: 2 lines are missing from number 7 on");
    has(&vi, "! mall đơn S1: thiếu ở sổ; đã lấy về và ghi sổ");
    has(&vi, "! mall 1:0: kênh hiện 9, sổ nghĩ 5, cần 5: có ai khác sửa trên kênh; đang hạ");
    has(&vi, "! web: không đọc được danh sách đơn: no answer");
}

#[test]
fn a_quiet_day_says_so() {
    let mut findings = findings();
    findings.connections.clear();
    findings.ledger.gaps.clear();
    has(&text(&findings, Language::En), "Everything agrees.");
    has(&text(&findings, Language::Vi), "Mọi thứ khớp.");
}

#[test]
fn the_figures_read_back_as_they_were_written() {
    let written = serde_json::to_string(&findings()).unwrap();
    assert_eq!(serde_json::from_str::<Findings>(&written).unwrap(), findings());
}
