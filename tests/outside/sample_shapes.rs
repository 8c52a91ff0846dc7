//! Sample events have the shape that Lambda sends, each belongs to a function, and each has its expected answer.

use crate::sample_events::{names, root, samples};
use serde_json::Value;

#[test]
fn every_function_has_a_folder_of_sample_events_and_none_is_left_over() {
    let mut folders = names(&root().join("events"));
    // Files that a person hands over at a terminal; `operator/settlements.rs` runs them.
    folders.retain(|name| name != "settlements");
    assert_eq!(folders, names(&root().join("functions")));
}

#[test]
fn every_expected_answer_belongs_to_a_sample() {
    for function in names(&root().join("events")) {
        for entry in std::fs::read_dir(root().join("events").join(&function)).unwrap().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(sample) = name.strip_suffix(".expected.json") else { continue };
            let sample = entry.path().with_file_name(format!("{sample}.json"));
            assert!(sample.exists(), "events/{function}/{name} belongs to no sample");
        }
    }
}

#[test]
fn samples_carry_every_field_that_lambda_sends() {
    let sqs = ["messageId", "receiptHandle", "body", "attributes", "messageAttributes", "md5OfBody"];
    let sqs = sqs.iter().chain(&["eventSource", "eventSourceARN", "awsRegion"]);
    let stream =
        ["eventID", "eventName", "eventVersion", "eventSource", "awsRegion", "dynamodb", "eventSourceARN"];
    for function in names(&root().join("events")) {
        for path in samples(&function) {
            let event: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let Some(records) = event["Records"].as_array() else {
                // What the schedule sends is up to its template, and nothing is read from it.
                let is_schedule =
                    ["sweep-due", "fetch-orders", "renew-logins", "reconcile"].contains(&function.as_str());
                assert!(is_schedule || event["version"] == "2.0", "{}", path.display());
                continue;
            };
            for record in records {
                let is_stream = record["eventSource"] == "aws:dynamodb";
                let fields: Vec<&str> =
                    if is_stream { stream.to_vec() } else { sqs.clone().copied().collect() };
                for field in fields {
                    assert!(record.get(field).is_some(), "{}: {field}", path.display());
                }
                if is_stream {
                    for field in [
                        "ApproximateCreationDateTime",
                        "Keys",
                        "SequenceNumber",
                        "SizeBytes",
                        "StreamViewType",
                    ] {
                        assert!(record["dynamodb"].get(field).is_some(), "{}: {field}", path.display());
                    }
                }
            }
        }
    }
}
