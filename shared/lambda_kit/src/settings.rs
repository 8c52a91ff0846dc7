//! Settings of a function: read once at start; a missing one stops start-up and names itself.

/// A setting by its environment name, with what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// The environment variable.
    pub name: &'static str,
    /// What it holds, for the error and the docs.
    pub meaning: &'static str,
}

/// The bucket of shops' files.
pub const SHOPS_BUCKET: Setting =
    Setting { name: "SHOPS_BUCKET", meaning: "bucket of shops' files, one object shops/<shop>.toml each" };
/// Where secrets lie.
pub const SECRETS_PATH: Setting =
    Setting { name: "SECRETS_PATH", meaning: "how the names of the parameters with accounts' secrets begin" };
/// What secrets are encrypted with.
pub const SECRETS_KEY: Setting =
    Setting { name: "SECRETS_KEY", meaning: "key that tokens are stored under: an ARN or an alias" };
/// Which hosts channel calls may reach.
pub const CHANNEL_HOSTS: Setting = Setting {
    name: "CHANNEL_HOSTS",
    meaning: "public (each channel's own hosts) or any (stand-ins, for rehearsals)",
};
/// The table.
pub const TABLE_NAME: Setting = Setting { name: "TABLE_NAME", meaning: "name of the DynamoDB table" };
/// The queue of thin pushes.
pub const LOOKUPS_QUEUE_URL: Setting =
    Setting { name: "LOOKUPS_QUEUE_URL", meaning: "address of the queue that look-up-orders reads" };
/// The queue of orders.
pub const ORDERS_QUEUE_URL: Setting =
    Setting { name: "ORDERS_QUEUE_URL", meaning: "address of the queue that record-orders reads" };
/// The queue of listings to publish.
pub const PUBLISH_QUEUE_URL: Setting =
    Setting { name: "PUBLISH_QUEUE_URL", meaning: "address of the FIFO queue that publish-stock reads" };
/// The queue of orders for tills and websites.
pub const FORWARD_QUEUE_URL: Setting =
    Setting { name: "FORWARD_QUEUE_URL", meaning: "address of the FIFO queue that forward-orders reads" };
/// The queue of passes asked for.
pub const PASSES_QUEUE_URL: Setting = Setting {
    name: "PASSES_QUEUE_URL",
    meaning: "address of the queue by which fetch-orders is asked to read an account's orders",
};
/// The queue of shops to compare.
pub const RECONCILE_QUEUE_URL: Setting = Setting {
    name: "RECONCILE_QUEUE_URL",
    meaning: "address of the queue by which reconcile is asked to compare a shop with its channels",
};
/// Where webhooks arrive.
pub const WEBHOOK_BASE_URL: Setting = Setting {
    name: "WEBHOOK_BASE_URL",
    meaning: "address that channels send webhooks to; an account's own adds /<shop>/<connection>",
};
/// Who letters come from.
pub const MAIL_FROM: Setting =
    Setting { name: "MAIL_FROM", meaning: "address that SES sends letters from, or nobody" };
/// The bucket.
pub const ARCHIVE_BUCKET: Setting =
    Setting { name: "ARCHIVE_BUCKET", meaning: "bucket of the ledger and of unreadable bodies" };
/// The region.
pub const AWS_REGION: Setting = Setting { name: "AWS_REGION", meaning: "region of table, queues and bucket" };

/// A setting that start-up needs and did not find.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("setting {name} is missing: {meaning}")]
pub struct MissingSetting {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub meaning: &'static str,
}

impl Setting {
    /// The value from the environment; empty counts as missing.
    pub fn required(self) -> Result<String, MissingSetting> {
        let value = std::env::var(self.name).ok().filter(|value| !value.trim().is_empty());
        value.ok_or(MissingSetting { name: self.name, meaning: self.meaning })
    }
}
