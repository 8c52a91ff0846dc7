//! How far the house reaches: a real shop's calls go over https to the channel's own hosts, or to a public
//! website, and never to a machine inside somebody's network.

use crate::facts::Hosts;
use reqwest::Url;
use std::net::IpAddr;

#[cfg(test)]
mod tests;

/// How far calls may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// For real shops: https only, at the usual port, to hosts the channel is known to answer at, and only
    /// if their names lead to public addresses.
    Public,
    /// The same, and stand-ins on this very machine, which `127.0.0.1`, `[::1]` and `localhost` name.
    ThisMachineToo,
    /// For rehearsals, tests and one machine with stand-ins: any address of http or https.
    Any,
}

/// Why an address may not be called. Of the address it repeats no more than the host: the rest may hold a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// It cannot be read, or is of another kind than http and https.
    #[error("it is not an address of http or https")]
    NotAnAddress,
    /// It would send keys in the open.
    #[error("it must begin with https")]
    NotHttps,
    /// What stands before an `@` makes a host look like another.
    #[error("it holds a user name or a password")]
    UserInfo,
    /// Another port than that of https.
    #[error("it names port {0}; only the usual port of https may be called")]
    Port(u16),
    /// A number in place of a name, in any of its spellings.
    #[error("it names its host by number; a name is needed")]
    Number,
    /// A name that means something only inside a network.
    #[error("{host:?} is not a name of the public internet")]
    NotPublicName {
        /// The host.
        host: String,
    },
    /// A public name, but not one of this channel.
    #[error("{host:?} is not a host of this channel")]
    NotOnList {
        /// The host.
        host: String,
    },
    /// The name leads into a private network or back to ourselves.
    #[error("the name {host:?} leads to {address}, which is not a public address")]
    NotPublicAddress {
        /// The host.
        host: String,
        /// Where its name leads.
        address: IpAddr,
    },
}

/// Last parts of names that mean something only inside a network or a machine. (RFC 6761; RFC 6762 with its
/// appendix G; RFC 7686; RFC 8375; ICANN's reservation of `.internal`, 2024-07-29; read 2026-11-22)
const INSIDE: [&str; 12] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "home.arpa",
    "onion",
    "test",
    "invalid",
];

/// The one name that leads back to ourselves by agreement.
pub(crate) const THIS_MACHINE: &str = "localhost";

impl Outside {
    /// The address as it will be called, if it may be. Where its name leads is checked later, when it is
    /// looked up for the call.
    pub fn permit(self, hosts: Hosts, address: &str) -> Result<Url, NotAllowed> {
        let url = Url::parse(address).map_err(|_| NotAllowed::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotAllowed::NotAnAddress);
        }
        match self {
            Outside::Any => Ok(url),
            Outside::ThisMachineToo if is_this_machine(&url) => Ok(url),
            Outside::Public | Outside::ThisMachineToo => public(&url, hosts).map(|()| url),
        }
    }
}

fn public(url: &Url, hosts: Hosts) -> Result<(), NotAllowed> {
    if url.scheme() != "https" {
        return Err(NotAllowed::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NotAllowed::UserInfo);
    }
    if let Some(port) = url.port() {
        return Err(NotAllowed::Port(port));
    }
    // Reading the address has put the name into small letters and foreign letters into their `xn--` form.
    let host = url.domain().ok_or(NotAllowed::Number)?;
    if !is_public_name(host) {
        return Err(NotAllowed::NotPublicName { host: host.to_owned() });
    }
    match hosts {
        Hosts::Fixed(list) if !list.iter().any(|known| known.name == host) => {
            Err(NotAllowed::NotOnList { host: host.to_owned() })
        }
        Hosts::Below(list) if !list.iter().any(|known| is_directly_below(known.name, host)) => {
            Err(NotAllowed::NotOnList { host: host.to_owned() })
        }
        Hosts::Fixed(_) | Hosts::Below(_) | Hosts::ShopsOwn => Ok(()),
    }
}

/// One more part in front of the name: neither the name itself nor something further below.
fn is_directly_below(name: &str, host: &str) -> bool {
    let part = host.strip_suffix(name).and_then(|rest| rest.strip_suffix('.'));
    part.is_some_and(|part| !part.is_empty() && !part.contains('.'))
}

fn is_this_machine(url: &Url) -> bool {
    let is_loopback = |number: &str| {
        number.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    url.host_str().is_some_and(|host| host == THIS_MACHINE || is_loopback(host))
}

/// At least two parts, none of them empty (so no dot at the end), and not of a kind that stays inside.
fn is_public_name(host: &str) -> bool {
    let stays_inside = |last: &str| match host.strip_suffix(last) {
        Some(rest) => rest.is_empty() || rest.ends_with('.'),
        None => false,
    };
    host.contains('.')
        && host.split('.').all(|part| !part.is_empty())
        && !INSIDE.iter().any(|last| stays_inside(last))
}
