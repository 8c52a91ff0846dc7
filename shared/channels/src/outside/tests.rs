//! Addresses that may and may not be called, channel by channel, with the usual ways of dressing one up as
//! another.

use super::*;
use crate::registry;

fn permit(channel: &str, address: &str) -> Result<Url, NotAllowed> {
    Outside::Public.permit(registry::find(channel).unwrap().facts().hosts, address)
}

#[test]
fn a_channel_is_called_at_its_own_hosts() {
    let allowed = [
        ("shopee", "https://partner.shopeemobile.com"),
        ("shopee", "https://partner.shopeemobile.com:443/api/v2/order/get_order_detail?sign=x"),
        ("shopee", "HTTPS://Partner.ShopeeMobile.COM/"),
        // Letters of another width are the same name once read; the request goes to the name as read.
        ("shopee", "https://ｐartner.shopeemobile.com"),
        // A backslash ends the host just as a slash does.
        ("shopee", "https://partner.shopeemobile.com\\@evil.example/"),
        ("shopee", "https://openplatform.shopee.cn"),
        ("shopee", "https://openplatform.shopee.com.br"),
        ("shopee", "https://openplatform.sandbox.test-stable.shopee.sg"),
        ("shopee", "https://openplatform.sandbox.test-stable.shopee.cn"),
        ("kiotviet", "https://public.kiotapi.com/orders/1"),
        ("kiotviet", "https://id.kiotviet.vn/connect/token"),
        ("shopify", "https://lan-shop.myshopify.com/admin/api/2026-07/graphql.json"),
        ("shopify", "https://LAN.MyShopify.com"),
        ("woocommerce", "https://lan-shop.vn"),
        ("woocommerce", "https://www.lan-shop.com.vn/cua-hang/wp-json/wc/v3"),
        ("woocommerce", "https://cửahànglan.vn"),
        ("woocommerce", "https://localhost.lan-shop.vn"),
        ("woocommerce", "https://mylocal.vn"),
    ];
    for (channel, address) in allowed {
        let url = permit(channel, address).unwrap_or_else(|why| panic!("{channel} {address}: {why}"));
        let known = match registry::find(channel).unwrap().facts().hosts {
            Hosts::Fixed(hosts) => hosts.iter().any(|host| Some(host.name) == url.host_str()),
            Hosts::Below(hosts) => hosts.iter().any(|host| url.host_str().unwrap().ends_with(host.name)),
            Hosts::ShopsOwn => true,
        };
        assert!(known && url.scheme() == "https", "{channel} {address}: {url}");
    }
}

#[test]
fn a_channel_is_called_nowhere_else() {
    let not_on_list = [
        ("shopee", "https://partner.shopeemobile.com.evil.example"),
        ("shopee", "https://evil-partner.shopeemobile.com"),
        ("shopee", "https://a.partner.shopeemobile.com"),
        ("shopee", "https://shopeemobile.com"),
        ("shopee", "https://public.kiotapi.com"),
        ("shopee", "https://evil.example/partner.shopeemobile.com"),
        ("shopee", "https://evil.example?https://partner.shopeemobile.com"),
        ("shopee", "https://evil.example#@partner.shopeemobile.com"),
        // The first letter is Cyrillic.
        ("shopee", "https://раrtner.shopeemobile.com"),
        ("shopify", "https://myshopify.com"),
        ("shopify", "https://lan.evil.myshopify.com"),
        ("shopify", "https://evilmyshopify.com"),
        ("shopify", "https://lan.myshopify.com.evil.example"),
        ("kiotviet", "https://kiotviet.vn"),
        ("kiotviet", "https://id.kiotviet.vn.evil.example/connect/token"),
        ("kiotviet", "https://partner.shopeemobile.com"),
    ];
    for (channel, address) in not_on_list {
        let refusal = permit(channel, address);
        assert!(matches!(refusal, Err(NotAllowed::NotOnList { .. })), "{channel} {address}: {refusal:?}");
    }
}

#[test]
fn no_channel_is_called_through_a_back_door() {
    let not_public = |host: &str| NotAllowed::NotPublicName { host: host.to_owned() };
    let refused = [
        ("http://partner.shopeemobile.com", NotAllowed::NotHttps),
        ("http://lan-shop.vn", NotAllowed::NotHttps),
        ("ftp://lan-shop.vn", NotAllowed::NotAnAddress),
        ("file:///etc/passwd", NotAllowed::NotAnAddress),
        ("", NotAllowed::NotAnAddress),
        ("partner.shopeemobile.com", NotAllowed::NotAnAddress),
        ("https://", NotAllowed::NotAnAddress),
        ("https://exa mple.vn", NotAllowed::NotAnAddress),
        ("https://1.2.3.4.5", NotAllowed::NotAnAddress),
        ("https://partner.shopeemobile.com@evil.example", NotAllowed::UserInfo),
        ("https://lan:secret@lan-shop.vn", NotAllowed::UserInfo),
        ("https://:secret@lan-shop.vn", NotAllowed::UserInfo),
        ("https://lan-shop.vn:8443", NotAllowed::Port(8443)),
        ("https://lan-shop.vn:80", NotAllowed::Port(80)),
        ("https://127.0.0.1", NotAllowed::Number),
        ("https://127.1", NotAllowed::Number),
        ("https://0x7f.1", NotAllowed::Number),
        ("https://0177.0.0.1", NotAllowed::Number),
        ("https://2130706433/", NotAllowed::Number),
        ("https://0xa9fea9fe/latest/meta-data", NotAllowed::Number),
        ("https://%31%32%37.0.0.1", NotAllowed::Number),
        ("https://①②⑦.0.0.1", NotAllowed::Number),
        ("https://127.0.0.1.", NotAllowed::Number),
        ("https://8.8.8.8", NotAllowed::Number),
        ("https://[::1]", NotAllowed::Number),
        ("https://[::ffff:10.0.0.1]", NotAllowed::Number),
        ("https://[fd00:ec2::254]/latest/meta-data", NotAllowed::Number),
        ("https://localhost", not_public("localhost")),
        ("https://LOCALHOST.", not_public("localhost.")),
        ("https://shop.localhost", not_public("shop.localhost")),
        ("https://intranet", not_public("intranet")),
        ("https://printer.local", not_public("printer.local")),
        ("https://metadata.google.internal", not_public("metadata.google.internal")),
        ("https://ip-10-0-0-1.ec2.internal", not_public("ip-10-0-0-1.ec2.internal")),
        ("https://router.home.arpa", not_public("router.home.arpa")),
        ("https://home.arpa", not_public("home.arpa")),
        ("https://lan-shop.vn.", not_public("lan-shop.vn.")),
        ("https://partner.shopeemobile.com.", not_public("partner.shopeemobile.com.")),
        ("https://lan-shop..vn", not_public("lan-shop..vn")),
    ];
    for (address, why) in refused {
        for channel in registry::all() {
            let name = channel.facts().channel;
            assert_eq!(permit(name, address).unwrap_err(), why, "{name} {address}");
        }
    }
}

#[test]
fn a_refusal_repeats_no_more_than_the_host() {
    let addresses = [
        "https://lan:canary@lan-shop.vn",
        "https://evil.example/canary?key=canary#canary",
        "https://evil.local/canary?key=canary",
        "http://lan-shop.vn/?key=canary",
        "https://lan-shop.vn:99999/?key=canary",
    ];
    for address in addresses {
        let text = permit("shopee", address).unwrap_err().to_string();
        assert!(!text.contains("canary"), "{address}: {text}");
    }
}

#[test]
fn stand_ins_are_called_at_any_address() {
    for hosts in registry::all().iter().map(|channel| channel.facts().hosts) {
        for address in ["http://127.0.0.1:8080", "http://localhost:3000/x", "https://[::1]", "https://a.vn"] {
            assert!(Outside::Any.permit(hosts, address).is_ok(), "{address}");
        }
        assert_eq!(Outside::Any.permit(hosts, "ftp://a.vn"), Err(NotAllowed::NotAnAddress));
        assert_eq!(Outside::Any.permit(hosts, "127.0.0.1:8080"), Err(NotAllowed::NotAnAddress));
    }
}

#[test]
fn a_stand_in_on_this_machine_is_told_from_any_other_inside_address() {
    let hosts = registry::find("shopee").unwrap().facts().hosts;
    let permit = |address: &str| Outside::ThisMachineToo.permit(hosts, address).is_ok();
    for address in
        ["http://127.0.0.1:9001/api", "http://localhost:9001", "http://[::1]:9001", "https://127.0.0.1"]
    {
        assert!(permit(address), "{address}");
        assert!(Outside::Public.permit(hosts, address).is_err(), "{address}");
    }
    assert!(permit("https://partner.shopeemobile.com"));
    let inside = [
        "http://192.168.1.7",
        "http://169.254.169.254/latest",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://partner.shopeemobile.com",
        "https://evil.example",
    ];
    for address in inside {
        assert!(!permit(address), "{address}");
    }
}
