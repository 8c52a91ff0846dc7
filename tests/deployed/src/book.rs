//! What lies in the table and the buckets, read as a whole.

use crate::Problem;
use crate::account::all_between;
use crate::world::World;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::objects::Objects;
use std::collections::HashMap;

/// An item as the table holds it.
pub type Item = HashMap<String, AttributeValue>;

/// Every item of the table.
pub async fn items(world: &World) -> Result<Vec<Item>, Problem> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let asked = world.aws.dynamodb().scan().table_name(&world.names.table);
        let answer = asked.set_exclusive_start_key(start).consistent_read(true).send().await?;
        items.extend(answer.items.unwrap_or_default());
        start = answer.last_evaluated_key;
        if start.is_none() {
            return Ok(items);
        }
    }
}

/// Every object of a bucket below that prefix, with what it holds.
pub async fn objects(world: &World, bucket: &str, prefix: &str) -> Result<Vec<(String, String)>, Problem> {
    let place = Objects::bucket(&world.aws, bucket.to_owned())?;
    let mut found: Vec<(String, String)> = Vec::new();
    loop {
        // Names sort as they are listed, so the last one seen says where to go on.
        let after = found.last().map(|(name, _)| name.clone()).unwrap_or_default();
        let fields = [("list-type", "2"), ("prefix", prefix), ("start-after", &after)];
        let url = reqwest::Url::parse_with_params("http://bucket/", fields)?;
        let path = format!("/{bucket}?{}", url.query().unwrap_or_default());
        let page = world.calls.path("s3", "GET", &path, Vec::new()).await?;
        let names = all_between(&page, "Key");
        for name in &names {
            let content = place.get(name).await?.unwrap_or_default();
            found.push(((*name).to_owned(), String::from_utf8_lossy(&content).into_owned()));
        }
        if names.is_empty() || !page.contains("<IsTruncated>true") {
            return Ok(found);
        }
    }
}
