//! The channels this house speaks with: one line each, and that line enrols it everywhere.

use crate::channel::Channel;
use crate::facts::WriteClass;
use commerce::catalogue::Connection;
use std::sync::{Arc, LazyLock};

/// Every channel, bare: the gateway wraps them.
pub fn all() -> Vec<Arc<dyn Channel>> {
    vec![
        Arc::new(crate::shopee::Shopee),
        Arc::new(crate::tiktok::TikTok),
        Arc::new(crate::lazada::Lazada),
        Arc::new(crate::tiki::Tiki),
        Arc::new(crate::woocommerce::WooCommerce),
        Arc::new(crate::shopify::Shopify),
        Arc::new(crate::haravan::Haravan),
        Arc::new(crate::sapo::Sapo),
        Arc::new(crate::kiotviet::KiotViet),
        Arc::new(crate::till::Till),
        Arc::new(crate::social::Social),
    ]
}

/// Those that sell nothing and only carry messages to a shop's own people. No connection is of one of them.
pub fn messengers() -> Vec<Arc<dyn Channel>> {
    vec![Arc::new(crate::zalo::Zalo)]
}

/// Built once: every webhook looks its channel up here.
static CHANNELS: LazyLock<Vec<Arc<dyn Channel>>> = LazyLock::new(all);

/// The channel of that name, bare.
pub fn find(name: &str) -> Option<Arc<dyn Channel>> {
    CHANNELS.iter().find(|channel| channel.facts().channel == name).cloned()
}

/// The same, messengers too: all that have logins.
pub fn find_any(name: &str) -> Option<Arc<dyn Channel>> {
    find(name).or_else(|| messengers().into_iter().find(|channel| channel.facts().channel == name))
}

/// The write class in force for one account: the channel's own, unless the account's settings choose another. None of
/// them for a channel that is unknown.
pub fn write_class(connection: &Connection) -> WriteClass {
    let channel = find(&connection.channel);
    channel.map_or(WriteClass::None, |channel| channel.facts().write_class_of(connection))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Hosts;
    use crate::testing;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_found() {
        let names: BTreeSet<&str> = all().iter().map(|channel| channel.facts().channel).collect();
        assert_eq!(names.len(), all().len());
        assert!(names.iter().all(|name| find(name).is_some()));
        assert!(find("sendo").is_none());
    }

    #[test]
    fn an_account_may_choose_its_write_class_where_the_channel_has_a_choice() {
        let class =
            |channel: &str, account: &[(&str, &str)]| write_class(&testing::connection(channel, account));
        assert_eq!(class("lazada", &[]), WriteClass::BlindAbsolute);
        assert_eq!(class("lazada", &[("stock_write", "adjust")]), WriteClass::Delta);
        assert_eq!(class("lazada", &[("stock_write", "update")]), WriteClass::BlindAbsolute);
        assert_eq!(
            class("lazada", &[("stock_write", "?")]),
            WriteClass::BlindAbsolute,
            "it is refused at the start"
        );
        assert_eq!(class("shopee", &[("stock_write", "adjust")]), WriteClass::BlindAbsolute);
        assert_eq!(class("shopify", &[]), WriteClass::CompareAndSet);
        assert_eq!(class("tiki", &[]), WriteClass::Gross);
        assert_eq!(class("sendo", &[]), WriteClass::None);
    }

    #[test]
    fn every_fact_names_its_source() {
        for channel in all() {
            let facts = channel.facts();
            assert!(
                facts.orders_per_look_up_max > 0 && facts.listings_per_write_max > 0,
                "{}",
                facts.channel
            );
            assert!(facts.sources.len() >= 5, "{}", facts.channel);
            let hosts = match facts.hosts {
                Hosts::Fixed(hosts) | Hosts::Below(hosts) => hosts,
                Hosts::ShopsOwn => &[],
            };
            for source in facts.sources.iter().chain(hosts.iter().map(|host| &host.source)) {
                assert!(source.link.starts_with("https://"), "{}", source.claim);
                assert!(source.read_on.parse::<jiff::civil::Date>().is_ok(), "{}", source.claim);
            }
        }
    }
}
