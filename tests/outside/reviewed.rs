//! A signed message full of broken rows leaves one note for a person, and its good rows count all the same.

use commerce::park::ParkReason;
use hopkenh_tests::fake_channels::{FakeChannels, KIOT_STOCK};
use hopkenh_tests::house::{House, shops_file, until};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// A stock message of the till with these rows in front of its good one.
fn stock_with(bad_rows: usize) -> Vec<u8> {
    let mut message: Value = serde_json::from_str(KIOT_STOCK).unwrap();
    let rows = message["Notifications"][0]["Data"].as_array_mut().unwrap();
    for number in 0..bad_rows {
        rows.insert(0, json!({"ProductId": format!("no number {number}"), "BranchId": 55, "OnHand": "many"}));
    }
    serde_json::to_vec(&message).unwrap()
}

/// 400 bad rows are summed up; of more than 1,000 rows none is read. One note each, and the till hears 200.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundreds_of_bad_rows_in_one_message_of_the_till_leave_one_note() {
    let channels = FakeChannels::start();
    let folder = tempfile::tempdir().unwrap();
    let house = House::start(folder.path(), &shops_file(&channels.addresses())).await;
    house.settle().await;
    assert_eq!(house.stock("AO-M", "hn").await.on_hand, 10, "the count to begin from");
    for (bad_rows, said, notes_so_far) in [(400, "400 parts", 1), (1_200, "1201 parts", 2)] {
        assert_eq!(house.push_kiot(&stock_with(bad_rows)).await, 200);
        house.settle().await;
        let notes = house.parked().await;
        assert_eq!(notes.len(), notes_so_far, "{bad_rows} bad rows: {notes:?}");
        assert!(notes.iter().all(|note| note.connection.as_str() == "till"), "{notes:?}");
        let is_told = |reason: &ParkReason| match reason {
            ParkReason::Unreadable { detail } => detail.contains(said) && detail.len() < 300,
            _ => false,
        };
        assert!(notes.iter().any(|note| note.reasons.len() == 1 && is_told(&note.reasons[0])), "{notes:?}");
        until("7 as the till says", PATIENCE, async || house.stock("AO-M", "hn").await.on_hand == 7).await;
        assert_eq!(house.counter("webhook_unreadable").await, notes_so_far as u64);
    }
}
