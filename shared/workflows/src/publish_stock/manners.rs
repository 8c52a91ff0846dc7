//! How one connection's channel behaves: how it is written to, what it does with cancelled units, and how slow it may be.

use channels::facts::{Facts, Verb, WriteClass};
use channels::registry;
use commerce::catalogue::Connection;
use commerce::cover::{Class, Pace};
use commerce::effect::Restores;
use commerce::list_lag::waited_for;
use table::pass_item::PassState;

/// How one connection's channel behaves, by its facts and the connection's own settings.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// How it is written to; none where we never write.
    pub class: Option<Class>,
    /// What it does with a cancelled order's units.
    pub restores: Restores,
    /// How slow it may be.
    pub pace: Pace,
    /// Whether its orders can be listed, so that it can be drained.
    pub lists_orders: bool,
}

impl Manners {
    /// The manners of a connection; none for a channel that nobody knows. The account settings `list_lag_ms` and
    /// `applied_within_ms` replace what the channel's facts assume.
    pub fn of(connection: &Connection) -> Option<Self> {
        let channel = registry::find(&connection.channel)?;
        let facts: &Facts = channel.facts();
        let number =
            |setting: &str, usual: u32| connection.number(setting).unwrap_or(i64::from(usual)).max(0);
        Some(Self {
            class: match registry::write_class(connection) {
                WriteClass::CompareAndSet => Some(Class::Compare),
                WriteClass::Delta => Some(Class::Add),
                WriteClass::Gross => Some(Class::Gross),
                WriteClass::BlindAbsolute => Some(Class::Blind),
                WriteClass::None => None,
            },
            restores: facts.restores_on_cancel,
            pace: Pace {
                applied_within_ms: number("applied_within_ms", facts.applied_within_ms),
                list_lag_ms: number("list_lag_ms", facts.order_list_lag_ms),
            },
            lists_orders: facts.can(Verb::ListOrders),
        })
    }

    /// The same with the lag of its list of orders that passes have seen, where that is longer than the stated one.
    pub fn as_seen(self, pass: Option<&PassState>) -> Self {
        let list_lag_ms = waited_for(self.pace.list_lag_ms, pass.and_then(|pass| pass.seen_lag));
        Self { pace: Pace { list_lag_ms, ..self.pace }, ..self }
    }
}
