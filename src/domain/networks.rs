//! Which addresses belong to the public internet, and which others an operator allows.
//!
//! What a tenant may name and Slipform then connects to must be public. Otherwise a tenant could reach through Slipform what only
//! Slipform can reach: its own ports, its neighbours, the metadata service of its cloud.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// What is not public in IPv4: the IANA registry of special-purpose addresses (RFC 6890), whatever it says of their reach. A few
/// anycast services apart, nobody receives anything there.
const SPECIAL_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),        // "this network", RFC 791
    v4(10, 0, 0, 0, 8),       // private, RFC 1918
    v4(100, 64, 0, 0, 10),    // shared by carrier-grade NAT, RFC 6598; the metadata of Alibaba Cloud
    v4(127, 0, 0, 0, 8),      // loopback, RFC 1122
    v4(168, 63, 129, 16, 32), // Azure's WireServer: a public address by its number, and the host's own agent by what answers
    v4(169, 254, 0, 0, 16),   // link-local, RFC 3927; the metadata of most clouds
    v4(172, 16, 0, 0, 12),    // private, RFC 1918
    v4(192, 0, 0, 0, 24),     // protocol assignments, RFC 6890; the metadata of Oracle's cloud
    v4(192, 0, 2, 0, 24),     // documentation, RFC 5737
    v4(192, 88, 99, 0, 24),   // relays of 6to4, RFC 7526
    v4(192, 168, 0, 0, 16),   // private, RFC 1918
    v4(198, 18, 0, 0, 15),    // benchmarks, RFC 2544
    v4(198, 51, 100, 0, 24),  // documentation, RFC 5737
    v4(203, 0, 113, 0, 24),   // documentation, RFC 5737
    v4(224, 0, 0, 0, 4),      // multicast, RFC 5771
    v4(240, 0, 0, 0, 4),      // reserved, RFC 1112; the last one is broadcast, RFC 919
];

/// All that IANA hands out as unicast (RFC 4291). Loopback, `fc00::/7`, `fe80::/10`, multicast, NAT64 and the rest lie outside.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What is not public within [`GLOBAL_V6`].
const SPECIAL_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0], 23),     // protocol assignments, RFC 2928; Teredo, RFC 4380, is among them
    v6([0x2001, 0xdb8, 0], 32), // documentation, RFC 3849
    v6([0x2002, 0, 0], 16),     // 6to4, RFC 3056
    v6([0x3fff, 0, 0], 20),     // documentation, RFC 9637
];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c]: [u16; 3], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

/// Whether anybody on the internet could reach the address, and a tenant may therefore name it.
pub fn is_public(ip: IpAddr) -> bool {
    canonical(ip).all(is_plainly_public)
}

/// The address as it is connected to, and the IPv4 address in it, at which a translator or a tunnel would come out. An IPv4-mapped
/// address *is* the IPv4 address (RFC 4291, 2.5.5.2), so that one stands alone.
pub fn canonical(ip: IpAddr) -> impl Iterator<Item = IpAddr> {
    let ip = ip.to_canonical();
    let embedded = if let IpAddr::V6(ip) = ip { embedded(ip) } else { None };
    std::iter::once(ip).chain(embedded.map(IpAddr::V4))
}

fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let bytes = ip.octets();
    let at = |from: usize| Ipv4Addr::new(bytes[from], bytes[from + 1], bytes[from + 2], bytes[from + 3]);
    match ip.segments() {
        _ if ip.is_unspecified() || ip.is_loopback() => None,
        // IPv4-compatible (RFC 4291, 2.5.5.1) and IPv4-translated (RFC 2765), both given up; NAT64 with the well-known prefix (RFC 6052)
        // and with those for local use (RFC 8215), which usually have 96 bits.
        [0, 0, 0, 0, 0 | 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] | [0x64, 0xff9b, 1, ..] => Some(at(12)),
        // 6to4 (RFC 3056, 2).
        [0x2002, ..] => Some(at(2)),
        // Teredo writes the client's address inverted (RFC 4380, 4).
        [0x2001, 0, ..] => Some(!at(12)),
        _ => None,
    }
}

fn is_plainly_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|special| special.contains(&ip)),
        IpAddr::V6(ip) => GLOBAL_V6.contains(&ip) && !SPECIAL_V6.iter().any(|special| special.contains(&ip)),
    }
}

/// Networks that the operator allows although they are not public. None by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

/// Why a text is no list of networks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum NetworksError {
    #[error("{0:?} is no network; write networks or addresses such as 10.1.0.0/16, fd00:1::/32 or 10.1.2.3, separated by commas")]
    NotANetwork(String),
    #[error("{given} says more than a network; write {network} for the whole network, or the address alone")]
    BeyondPrefix { given: IpNet, network: IpNet },
    #[error("{0} is IPv4 in the form of IPv6; write it as IPv4")]
    Mapped(IpNet),
}

impl FromStr for Networks {
    type Err = NetworksError;

    /// Networks and addresses, separated by commas: `10.1.0.0/16, fd00:1::/32, 10.2.0.7`.
    fn from_str(text: &str) -> Result<Self, NetworksError> {
        text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, NetworksError> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network = network.map_err(|_| NetworksError::NotANetwork(text.to_owned()))?;
    // A slip of the finger would otherwise open a network where a single address was meant.
    if network != network.trunc() {
        return Err(NetworksError::BeyondPrefix { given: network, network: network.trunc() });
    }
    // Addresses are compared in their canonical form: this would allow nothing.
    if network.prefix_len() >= 96 && network.addr().to_canonical() != network.addr() {
        return Err(NetworksError::Mapped(network));
    }
    Ok(network)
}

impl Networks {
    /// Whether nothing is allowed but what is public.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the operator names this address.
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        self.0.iter().any(|network| network.contains(&ip))
    }

    /// Whether Slipform may connect to the address for a tenant: it, and what is embedded in it, is public or allowed. Where IPv4
    /// is reached through NAT64 alone, the operator therefore allows `64:ff9b::/96`; what is private stays private behind it.
    pub fn admits(&self, ip: IpAddr) -> bool {
        canonical(ip).all(|ip| is_plainly_public(ip) || self.contains(ip))
    }

    /// Whether the operator names the address and what is embedded in it: such a one may be spoken to without TLS.
    pub fn trusts(&self, ip: IpAddr) -> bool {
        canonical(ip).all(|ip| self.contains(ip))
    }
}

#[cfg(test)]
mod tests;
