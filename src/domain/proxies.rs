//! Reverse proxies of the operator, whose word about a client's address is believed.

use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Networks from which `X-Forwarded-For` is believed. None by default: whoever connects could claim any address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl FromStr for TrustedProxies {
    type Err = String;

    /// Addresses and networks, separated by commas: `10.0.0.7, fd00::/8`.
    fn from_str(text: &str) -> Result<Self, String> {
        let network = |text: &str| text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| text.to_owned());
        text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl TrustedProxies {
    /// The client's address, as the chain of proxies tells it: the last one in `X-Forwarded-For` that is no proxy of ours. What
    /// stands before it was written by somebody who is not believed.
    pub fn client<'a>(&self, peer: IpAddr, forwarded_for: impl DoubleEndedIterator<Item = &'a str>) -> IpAddr {
        let mut client = peer.to_canonical();
        for hop in forwarded_for.rev().flat_map(|list| list.rsplit(',')) {
            if !self.0.iter().any(|network| network.contains(&client)) {
                break;
            }
            let hop = hop.trim();
            // Some proxies write the port too.
            let Ok(hop) = hop.parse::<IpAddr>().or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip())) else { break };
            client = hop.to_canonical();
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_that_are_trusted_say_who_the_client_is() {
        let client = |trusted: &str, peer: &str, headers: &[&str]| {
            trusted.parse::<TrustedProxies>().unwrap().client(peer.parse().unwrap(), headers.iter().copied()).to_string()
        };
        assert_eq!(client("", "10.0.0.1", &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "::ffff:10.0.0.1", &["1.2.3.4"]), "1.2.3.4");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["6.6.6.6, 1.2.3.4, 10.0.0.2"]), "1.2.3.4", "6.6.6.6 was claimed by 1.2.3.4");
        assert_eq!(client("10.0.0.1,10.0.0.2", "10.0.0.1", &["6.6.6.6", "1.2.3.4:5678, 10.0.0.2"]), "1.2.3.4");
        assert_eq!(client("fd00::/8", "fd00::1", &["2001:db8::1"]), "2001:db8::1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(client("10.0.0.0/8", "10.0.0.1", &[]), "10.0.0.1");
        assert!("10.0.0.0/8, example.com".parse::<TrustedProxies>().is_err());
    }
}
