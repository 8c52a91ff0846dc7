//! Which internet addresses are public, and a look-up of names that gives no other: a name may be public and
//! still lead into a private network.

use crate::outside::{NotAllowed, THIS_MACHINE};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// IPv4 blocks that are no destination in the public internet: the first address and how many bits are
/// fixed. (<https://www.iana.org/assignments/iana-ipv4-special-registry>, 2026-11-22)
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),       // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),      // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),   // shared by a carrier's customers
    (Ipv4Addr::new(127, 0, 0, 0), 8),     // this machine
    (Ipv4Addr::new(169, 254, 0, 0), 16),  // this link, with the clouds' metadata service
    (Ipv4Addr::new(172, 16, 0, 0), 12),   // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),    // protocols
    (Ipv4Addr::new(192, 0, 2, 0), 24),    // documents
    (Ipv4Addr::new(192, 88, 99, 0), 24),  // relays that are retired
    (Ipv4Addr::new(192, 168, 0, 0), 16),  // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),   // measurements
    (Ipv4Addr::new(198, 51, 100, 0), 24), // documents
    (Ipv4Addr::new(203, 0, 113, 0), 24),  // documents
    (Ipv4Addr::new(224, 0, 0, 0), 4),     // many receivers
    (Ipv4Addr::new(240, 0, 0, 0), 4),     // reserved, and the address of everybody
];

/// The one block from which public IPv6 addresses are given out.
const PUBLIC_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Blocks inside [`PUBLIC_V6`] that are no destination all the same.
/// (<https://www.iana.org/assignments/iana-ipv6-special-registry>, 2026-11-22)
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocols, Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documents
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4, which leads to an IPv4 address inside it
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documents
];

/// Blocks whose last four bytes are an IPv4 address, which decides.
const HOLDS_V4: [(Ipv6Addr, u32); 2] = [
    (Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96),
    (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96), // the translators of networks without IPv4
];

/// True for an address that anybody in the internet reaches.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !NOT_PUBLIC_V4.iter().any(|block| holds_v4(*block, v4)),
        IpAddr::V6(v6) if HOLDS_V4.iter().any(|block| holds_v6(*block, v6)) => {
            let [.., a, b, c, d] = v6.octets();
            is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)))
        }
        IpAddr::V6(v6) => holds_v6(PUBLIC_V6, v6) && !NOT_PUBLIC_V6.iter().any(|block| holds_v6(*block, v6)),
    }
}

fn holds_v4((first, bits): (Ipv4Addr, u32), address: Ipv4Addr) -> bool {
    (first.to_bits() ^ address.to_bits()).leading_zeros() >= bits
}

fn holds_v6((first, bits): (Ipv6Addr, u32), address: Ipv6Addr) -> bool {
    (first.to_bits() ^ address.to_bits()).leading_zeros() >= bits
}

/// Looks names up as the machine does, and refuses a name that leads to any address that is not public. The
/// addresses it gives are the ones that are then called: a name cannot change its mind in between.
pub(crate) struct PublicOnly {
    /// Whether `localhost` may lead back to ourselves.
    pub this_machine_too: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let leads_home = self.this_machine_too && name.as_str() == THIS_MACHINE;
        Box::pin(async move {
            // The port is put in by the caller.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            let found = if leads_home { found } else { all_public(name.as_str(), found)? };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn all_public(host: &str, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, NotAllowed> {
    match found.iter().map(SocketAddr::ip).find(|address| !is_public(*address)) {
        Some(address) => Err(NotAllowed::NotPublicAddress { host: host.to_owned(), address }),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_are_told_from_all_others() {
        let public = [
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2400:cb00::1",
            "2606:4700:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ];
        let others = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.0",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "169.254.170.2",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::10.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "4000::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for text in public {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        for text in others {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn one_address_that_is_not_public_spoils_the_name() {
        let found = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
        let good = found(&["8.8.8.8:0", "[2606:4700::1]:0"]);
        assert_eq!(all_public("web.vn", good.clone()), Ok(good));
        let address = "10.0.0.7".parse().unwrap();
        let refusal = NotAllowed::NotPublicAddress { host: "web.vn".to_owned(), address };
        assert_eq!(all_public("web.vn", found(&["8.8.8.8:0", "10.0.0.7:0"])), Err(refusal));
    }
}
