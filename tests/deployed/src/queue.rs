//! A queue as a person looks at it: how much waits, what it says, and how soon a message comes back.

use crate::Problem;
use crate::until::until_equal;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{QueueAttributeName, SendMessageBatchRequestEntry};
use std::time::Duration;

/// One queue of the stack.
#[derive(Clone)]
pub struct Line {
    client: Client,
    /// Its address.
    pub url: String,
}

impl Line {
    /// The queue at that address.
    pub fn new(client: Client, url: &str) -> Self {
        Self { client, url: url.to_owned() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.url.rsplit('/').next().unwrap_or_default()
    }

    /// Messages that wait, and messages that somebody is working on.
    pub async fn waiting_and_taken(&self) -> Result<(u64, u64), Problem> {
        use QueueAttributeName::{
            ApproximateNumberOfMessages as Waiting, ApproximateNumberOfMessagesNotVisible as Taken,
        };
        let asked = self.client.get_queue_attributes().queue_url(&self.url);
        let answer = asked.attribute_names(Waiting).attribute_names(Taken).send().await?;
        let attributes = answer.attributes.unwrap_or_default();
        let number = |name| attributes.get(&name).and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok((number(Waiting), number(Taken)))
    }

    /// Waits until nothing waits and nobody works on anything.
    pub async fn until_empty(&self, patience: Duration) -> Result<(), Problem> {
        let what = format!("{} to be empty", self.name());
        until_equal(&what, &(0, 0), patience, async || self.waiting_and_taken().await).await
    }

    /// Sends these texts as one batch; `group` for a FIFO queue.
    pub async fn send(&self, texts: &[String], group: Option<&str>) -> Result<(), Problem> {
        let mut request = self.client.send_message_batch().queue_url(&self.url);
        for (n, text) in texts.iter().enumerate() {
            let now = lambda_kit::clock::system()().as_nanosecond();
            let entry = SendMessageBatchRequestEntry::builder()
                .id(n.to_string())
                .message_body(text)
                .set_message_group_id(group.map(str::to_owned))
                .set_message_deduplication_id(group.map(|_| format!("{now}-{n}")));
            request = request.entries(entry.build()?);
        }
        let answer = request.send().await?;
        match answer.failed().first() {
            None => Ok(()),
            Some(refused) => Err(format!("{}: {}", self.name(), refused.code()).into()),
        }
    }

    /// Looks at up to ten messages and leaves them where they are.
    pub async fn look(&self) -> Result<Vec<String>, Problem> {
        let asked = self.client.receive_message().queue_url(&self.url);
        let answer = asked.max_number_of_messages(10).visibility_timeout(0).send().await?;
        Ok(answer.messages.unwrap_or_default().into_iter().filter_map(|message| message.body).collect())
    }

    /// After how many seconds a message comes back that nobody finished.
    pub async fn comes_back_after(&self, seconds: u32) -> Result<(), Problem> {
        let name = QueueAttributeName::VisibilityTimeout;
        let request = self.client.set_queue_attributes().queue_url(&self.url);
        request.attributes(name, seconds.to_string()).send().await?;
        Ok(())
    }
}
