//! What a channel says about an account of ours, before the first order: rights, stores, webhooks.

/// A store or warehouse as the channel names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelLocation {
    /// The channel's id of it.
    pub id: String,
    /// What people call it there.
    pub name: String,
}

/// Whether the channel will tell us what happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscription {
    /// It will.
    Active,
    /// Nothing of ours is registered, or only for some of what we need.
    Missing {
        /// Topics that nobody listens to, as the channel calls them; empty where it has no topics.
        topics: Vec<String>,
    },
    /// It has stopped because of too many bad answers, or somebody switched it off.
    Suspended,
    /// The channel does not tell: a person registers the address in its console.
    NotTold,
    /// The channel has no webhooks: we ask by ourselves.
    None,
}

/// What was found at the account. A part that the channel does not tell is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountReport {
    /// Who the channel thinks we are: a shop's name or number.
    pub name: Option<String>,
    /// Rights that we need and do not have.
    pub missing_scopes: Option<Vec<String>>,
    /// Its stores.
    pub locations: Option<Vec<ChannelLocation>>,
    /// Its webhooks.
    pub subscription: Subscription,
    /// The channel's own time when it answered, from its `Date` header, so that a wrong clock of ours is found.
    pub answered_at: Option<commerce::Timestamp>,
}
