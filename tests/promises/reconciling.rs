//! The book is compared with its channels: what is missing is recorded, what is wrong is mended within limits, and a channel
//! that does not tell the truth is told of and mends nothing.

use commerce::money::Money;
use commerce::reconcile::{Class, Decision, Finding, Found, Heal, Left, NotRead, Total};
use hopkenh_tests::shelf::Manner;
use hopkenh_tests::stock_story::Stage;
use workflows::reconcile::Findings;
use workflows::reconcile::findings::{Compared, Done, DriftLine, Proof};

/// Ten shirts, five for each channel.
const MORNING: &str = "
time  | what happens     | where | units | → mall | web | on hand | sold | free
08:00 | counted          | hn    | 10    | 0/0    | 0/0 | 10      | 0    | 10
08:05 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0
08:06 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0
";
const HEADER: &str = "time  | what happens     | where | units | → mall | web | on hand | sold | free\n";

async fn morning() -> Stage {
    let mut stage = Stage::open().await;
    stage.play(MORNING).await;
    stage
}

async fn play(stage: &mut Stage, rows: &str) {
    stage.play(&format!("{HEADER}{}", rows.trim_start())).await;
}

fn compared<'f>(findings: &'f Findings, connection: &str) -> &'f Compared {
    let found = findings.connections.iter().find(|found| found.connection.as_str() == connection).unwrap();
    match &found.proof {
        Proof::Compared(compared) => compared,
        other => panic!("{connection}: {other:?}"),
    }
}

fn lines<'f>(findings: &'f Findings, connection: &str) -> &'f [DriftLine] {
    let found = findings.connections.iter().find(|found| found.connection.as_str() == connection).unwrap();
    &found.drift.lines
}

/// The one listing of a connection that does not show what it should.
fn line(findings: &Findings, connection: &str) -> (Finding, Decision) {
    match lines(findings, connection) {
        [line] => (line.finding.clone(), line.decision),
        other => panic!("{connection}: {other:?}"),
    }
}

fn assert_all_well(findings: &Findings) {
    for found in &findings.connections {
        assert!(found.drift.lines.is_empty(), "{:?}", found.drift);
        if let Proof::Compared(compared) = &found.proof {
            assert!(compared.differences.is_empty(), "{compared:?}");
        }
    }
    assert!(
        findings.ledger.gaps.is_empty() && findings.ledger.wrong_folds.is_empty(),
        "{:?}",
        findings.ledger
    );
    assert!(findings.remarks.is_empty(), "{:?}", findings.remarks);
}

#[tokio::test]
async fn a_quiet_shop_has_nothing_to_tell() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | sold, and told   | mall  | 2     | 3/3    | 5/5 | 10      | 2    | 0").await;
    let findings = stage.compare("08:10").await;
    assert_all_well(&findings);
    let mall = compared(&findings, "mall");
    assert_eq!((mall.theirs, mall.same), (mall.ours, 1));
    assert_eq!((findings.ledger.balances, findings.ledger.behind), (1, 0));
    let shown: Vec<_> = findings.connections.iter().map(|f| (f.drift.compared, f.drift.even)).collect();
    assert_eq!(shown, [(1, 1), (0, 0), (1, 1)], "mall, till, web");
}

/// No webhook came. The channel lists the order, and the second look counts it on both sides.
#[tokio::test]
async fn an_order_that_nobody_told_is_fetched_and_n_is_n() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | sold, not told   | mall  | 2     | 3/5    | 5/5 | 10      | 0    | 0").await;
    let findings = stage.compare("08:10").await;
    let mall = compared(&findings, "mall");
    let [mended] = &mall.differences[..] else { panic!("{mall:?}") };
    assert_eq!(
        (mended.order.as_str(), &mended.found, &mended.done),
        ("O1", &Found::MissingHere, &Done::Recorded)
    );
    assert_eq!((mall.ours_found, mall.fetched), (Total::default(), 1));
    assert_eq!((mall.ours, mall.same), (mall.theirs, 1));
    assert_eq!(mall.hours.len(), 1);
    assert!(mall.theirs.money.is_some_and(|money: Money| money.amount_minor > 0));
    assert!(lines(&findings, "mall").is_empty(), "with the order, the number is explained");
    play(&mut stage, "08:11 | nothing          |       |       | 3/3    | 5/5 | 10      | 2    | 0").await;
    assert_all_well(&stage.compare("08:12").await);
}

/// Somebody types 9 where 5 are covered. Nothing is sold meanwhile; it is found, covered, and taken back.
#[tokio::test]
async fn a_number_that_somebody_raised_is_lowered_again() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | edited           | mall  | 9     | 9/5    | 5/5 | 10      | 0    | 0").await;
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "mall"), (Finding::Drift(Class::ForeignEdit), Decision::Heal(Heal::Lower)));
    assert!(lines(&found, "web").is_empty());
    let again = stage.compare("08:11").await;
    assert!(lines(&again, "mall").is_empty(), "it is on its way: {again:?}");
    play(
        &mut stage,
        "
08:15 | orders are read  |       |       | 0/9    | 5/5 | 10      | 0    | -4
08:20 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0
",
    )
    .await;
    assert_all_well(&stage.compare("08:30").await);
}

#[tokio::test]
async fn a_number_that_somebody_lowered_is_raised_again() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | edited           | web   | 2     | 5/5    | 2/5 | 10      | 0    | 0").await;
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "web"), (Finding::Drift(Class::ForeignEdit), Decision::Heal(Heal::Raise)));
    play(&mut stage, "08:15 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0").await;
    assert_all_well(&stage.compare("08:30").await);
}

#[tokio::test]
async fn a_push_that_was_taken_and_not_done_is_made_again() {
    let mut stage = morning().await;
    stage.behaves("web", Manner::Deaf);
    play(&mut stage, "08:07 | counted          | hn    | 20    | 0/5    | 5/10 | 20      | 0    | 5").await;
    stage.behaves("web", Manner::Good);
    play(&mut stage, "08:08 | orders are read  |       |       | 10/10  | 5/10 | 20      | 0    | 0").await;
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "web"), (Finding::Drift(Class::LostPush), Decision::Heal(Heal::Raise)));
    play(&mut stage, "08:15 | orders are read  |       |       | 10/10  | 10/10 | 20      | 0    | 0").await;
    assert_all_well(&stage.compare("08:30").await);
}

#[tokio::test]
async fn a_campaign_is_told_of_and_left_until_it_is_over() {
    let mut stage = morning().await;
    stage.behaves("mall", Manner::Campaign);
    play(&mut stage, "08:07 | counted          | hn    | 20    | 5/5    | 10/10 | 20      | 0    | 5").await;
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "mall"), (Finding::Drift(Class::CampaignLock), Decision::Leave(Left::Locked)));
    play(&mut stage, "08:11 | nothing          |       |       | 5/5    | 10/10 | 20      | 0    | 5").await;
    stage.behaves("mall", Manner::Good);
    stage.look_at_moved("08:20").await;
    play(
        &mut stage,
        "
08:25 | orders are read  |       |       | 0/5    | 10/10 | 20      | 0    | 5
08:30 | orders are read  |       |       | 10/10  | 10/10 | 20      | 0    | 0
",
    )
    .await;
    assert_all_well(&stage.compare("08:40").await);
}

/// Somebody else's program lowers the website's number again and again: after four times we stop, and somebody has to look.
#[tokio::test]
async fn two_programs_do_not_correct_each_other_all_day() {
    let mut stage = morning().await;
    let edited = |hour: u32, units: i64| {
        format!(
            "{hour:02}:00 | orders are read  | |  | 5/5 | 5/5 | 10 | 0 | 0\n{hour:02}:01 | orders are read  | |  | 5/5 | 5/5 | 10 | 0 | 0\n{hour:02}:06 | edited | web | {units} | 5/5 | {units}/5 | 10 | 0 | 0"
        )
    };
    for (hour, units) in [(9, 2), (10, 3), (11, 1), (12, 2)] {
        play(&mut stage, &edited(hour, units)).await;
        let found = stage.compare(&format!("{hour:02}:10")).await;
        assert_eq!(line(&found, "web").1, Decision::Heal(Heal::Raise), "{hour}");
        let mended =
            format!("{hour:02}:15 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0");
        play(&mut stage, &mended).await;
    }
    play(&mut stage, &edited(13, 3)).await;
    let found = stage.compare("13:10").await;
    assert_eq!(line(&found, "web"), (Finding::Drift(Class::ForeignEdit), Decision::Leave(Left::BudgetSpent)));
    play(&mut stage, "13:15 | orders are read  |       |       | 5/5    | 3/5 | 10      | 0    | 0").await;
}

#[tokio::test]
async fn a_channel_that_says_two_numbers_is_believed_in_neither() {
    let mut stage = morning().await;
    stage.behaves("web", Manner::Unsteady);
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "web"), (Finding::NotRead(NotRead::Unsteady(6, 7)), Decision::Nothing));
    assert_eq!(compared(&found, "mall").differences, []);
    play(&mut stage, "08:15 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0").await;
}

#[tokio::test]
async fn an_answer_for_another_listing_is_no_answer() {
    let mut stage = morning().await;
    stage.behaves("web", Manner::Elsewhere);
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "web"), (Finding::NotRead(NotRead::LeftOut), Decision::Nothing));
}

/// A list without an end, and a channel that does not answer: each is a line with its reason, and the other channel is
/// compared all the same.
#[tokio::test]
async fn a_broken_channel_is_told_of_and_holds_up_no_other() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | sold, not told   | mall  | 2     | 3/5    | 5/5 | 10      | 0    | 0").await;
    for (manner, reason) in [(Manner::Round, "page that was read already"), (Manner::Silent, "no answer")] {
        stage.behaves("web", manner);
        let found = stage.compare("08:10").await;
        let web = found.connections.iter().find(|found| found.connection.as_str() == "web").unwrap();
        let Proof::Unreadable { reason: told } = &web.proof else { panic!("{:?}", web.proof) };
        assert!(told.contains(reason), "{told}");
        assert_eq!(compared(&found, "mall").same, 1);
        assert_eq!(found.lists_unread(), 2, "and the till, which has no channel in these stories");
    }
    assert!(matches!(line(&stage.compare("08:12").await, "web").0, Finding::NotRead(NotRead::Channel(_))));
}

/// The list of the mall leads in a circle, so nobody knows what was sold before the number was read: nothing is mended.
#[tokio::test]
async fn without_its_orders_no_number_is_judged() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | edited           | mall  | 2     | 2/5    | 5/5 | 10      | 0    | 0").await;
    stage.behaves("mall", Manner::Round);
    let (finding, decision) = line(&stage.compare("08:10").await, "mall");
    assert!(matches!(finding, Finding::NotRead(NotRead::OrdersUnread(_))), "{finding:?}");
    assert_eq!(decision, Decision::Nothing);
}

#[tokio::test]
async fn a_lost_note_is_made_good_within_the_hour() {
    let mut stage = morning().await;
    assert_eq!(stage.look_at_moved("08:07").await.skus, None, "nobody had looked before");
    play(&mut stage, "09:29 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0\n09:30 | counted, note lost | hn  | 20    | 5/5    | 5/5 | 20      | 0    | 10").await;
    let moved = stage.look_at_moved("09:40").await;
    assert_eq!((moved.skus, moved.notes), (None, 2), "no mark is two hours old yet");
    play(&mut stage, "09:45 | orders are read  |       |       | 10/10  | 10/10 | 20      | 0    | 0").await;
    play(&mut stage, "10:09 | orders are read  |       |       | 10/10  | 10/10 | 20      | 0    | 0\n10:10 | counted, note lost | hn  | 30    | 10/10  | 10/10 | 30      | 0    | 10").await;
    assert_eq!(stage.look_at_moved("10:12").await.skus, Some(1));
    play(&mut stage, "10:14 | orders are read  |       |       | 10/10  | 15/15 | 30      | 0    | 5").await;
    assert_eq!(stage.look_at_moved("12:20").await.skus, Some(1), "what followed moved it once more");
    let quiet = stage.look_at_moved("14:30").await;
    assert_eq!((quiet.skus, quiet.notes), (Some(0), 0), "nothing has moved since");
}

#[tokio::test]
async fn a_doubt_about_a_right_number_changes_nothing() {
    let mut stage = morning().await;
    for _ in 0..2 {
        stage.doubt_web().await;
        play(&mut stage, "08:10 | orders are read  |       |       | 5/5    | 5/5 | 10      | 0    | 0")
            .await;
    }
    assert_all_well(&stage.compare("08:20").await);
}

/// An order of ours that its channel does not know any more stays a difference, with what the channel said.
#[tokio::test]
async fn an_order_that_the_channel_has_forgotten_is_told_of() {
    let mut stage = morning().await;
    play(&mut stage, "08:07 | sold, and told   | web   | 1     | 5/5    | 4/4 | 10      | 1    | 0").await;
    stage.forget_orders("web");
    let found = stage.compare("08:10").await;
    let [left] = &compared(&found, "web").differences[..] else { panic!("{found:?}") };
    assert_eq!(left.found, Found::MissingThere);
    assert!(matches!(&left.done, Done::Left { reason } if reason.contains("no such order")), "{left:?}");
    assert_eq!(found.orders_left(), 1);
}

/// Both channels of one product are wrong on the same morning: they share its budget, and neither takes the other's turn.
#[tokio::test]
async fn two_channels_of_one_product_are_mended_in_one_go() {
    let mut stage = morning().await;
    play(
        &mut stage,
        "
08:07 | edited           | mall  | 9     | 9/5    | 5/5 | 10      | 0    | 0
08:08 | edited           | web   | 2     | 9/5    | 2/5 | 10      | 0    | 0
",
    )
    .await;
    let found = stage.compare("08:10").await;
    assert_eq!(line(&found, "mall").1, Decision::Heal(Heal::Lower));
    assert_eq!(line(&found, "web").1, Decision::Heal(Heal::Raise));
}
