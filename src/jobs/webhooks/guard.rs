//! The way out to receivers: to addresses that are public or allowed, and to no other.
//!
//! A literal address was checked when its [`Destination`] was read. A name is checked when it is connected to: what the resolver below
//! returns *is* what is connected to, nothing looks the name up again, and so an answer that changes meanwhile (DNS rebinding) gets
//! nobody in.

use crate::domain::destination::Destination;
use crate::domain::networks::Networks;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, RequestBuilder, redirect};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// To look a name up and to connect, TLS included.
pub const CONNECT: Duration = Duration::from_secs(5);
/// For all of an attempt, until the last byte of the answer (Standard Webhooks 1.0 recommends 15 to 30 s).
pub const TOTAL: Duration = Duration::from_secs(15);

const USER_AGENT: &str = "Slipform-Webhooks/1";

/// No address of a name may be connected to. It says the same of a name that does not exist: otherwise whoever asks would learn which
/// names there are in a private network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its name leads to no address of the public internet")]
pub struct NoAddress;

/// Looks names up as the system does.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Resolve for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move { Ok(Box::new(tokio::net::lookup_host((name.as_str(), 0)).await?.collect::<Vec<_>>().into_iter()) as Addrs) })
    }
}

/// Which of its addresses a name may lead to.
type Rule = fn(&Networks, IpAddr) -> bool;

/// Looks names up with another resolver, and leaves out what its rule does.
struct Filtered {
    inner: Arc<dyn Resolve>,
    allowed: Arc<Networks>,
    rule: Rule,
}

impl Resolve for Filtered {
    fn resolve(&self, name: Name) -> Resolving {
        let (answer, allowed, rule) = (self.inner.resolve(name), self.allowed.clone(), self.rule);
        Box::pin(async move {
            let found = answer.await.map_err(|_| NoAddress)?.map(|found| found.ip().to_canonical());
            // Port 0 stands for the URL's: a resolver's own could be that of another service.
            let kept: Vec<SocketAddr> = found.filter(|ip| rule(&allowed, *ip)).map(|ip| SocketAddr::new(ip, 0)).collect();
            if kept.is_empty() { Err(NoAddress.into()) } else { Ok(Box::new(kept.into_iter()) as Addrs) }
        })
    }
}

/// Sends to [`Destination`]s. One serves the whole process.
#[derive(Debug, Clone)]
pub struct Guard {
    secure: Client,
    plain: Client,
}

impl Guard {
    /// `allowed` are the operator's networks, as the destinations are read with; `resolver` is [`System`] outside of tests; `roots` are
    /// certificates that are trusted besides the system's. An error if the system has none and `roots` is empty.
    pub fn new(allowed: &Networks, resolver: impl Resolve + 'static, roots: &[Certificate]) -> reqwest::Result<Self> {
        let (allowed, resolver): (_, Arc<dyn Resolve>) = (Arc::new(allowed.clone()), Arc::new(resolver));
        let filtered = |rule: Rule| Filtered { inner: resolver.clone(), allowed: allowed.clone(), rule };
        // Without TLS nothing leaves the networks that the operator names, also when a name leads elsewhere tomorrow.
        Ok(Self { secure: client(filtered(Networks::admits), roots)?, plain: client(filtered(Networks::trusts), roots)? })
    }

    /// Begins a request. There is no other way to one: whatever is sent to was read as a [`Destination`].
    pub fn post(&self, destination: &Destination) -> RequestBuilder {
        let client = if destination.is_plain() { &self.plain } else { &self.secure };
        client.post(destination.url().clone())
    }
}

fn client(resolver: Filtered, roots: &[Certificate]) -> reqwest::Result<Client> {
    Client::builder()
        .user_agent(USER_AGENT)
        .dns_resolver(resolver)
        // A proxy would look the name up itself, and so would whoever follows a redirect.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(TOTAL)
        // Each attempt has its own connection: one that went stale would fail an attempt for nothing.
        .pool_max_idle_per_host(0)
        .tls_certs_merge(roots.iter().cloned())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(&'static [&'static str]);

    impl Resolve for Fixed {
        fn resolve(&self, _: Name) -> Resolving {
            let found: Vec<SocketAddr> = self.0.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 22)).collect();
            Box::pin(async move { if found.is_empty() { Err("no such name".into()) } else { Ok(Box::new(found.into_iter()) as Addrs) } })
        }
    }

    async fn kept(found: &'static [&'static str], allowed: &str, rule: Rule) -> Result<Vec<String>, NoAddress> {
        let filtered = Filtered { inner: Arc::new(Fixed(found)), allowed: Arc::new(allowed.parse().unwrap()), rule };
        let answer = filtered.resolve("hooks.example.com".parse().unwrap()).await;
        answer.map(|kept| kept.map(|address| address.to_string()).collect()).map_err(|error| *error.downcast().unwrap())
    }

    #[tokio::test]
    async fn of_what_a_name_leads_to_only_public_and_allowed_addresses_are_left_without_a_port() {
        let mixed: &[&str] =
            &["10.1.2.3", "93.184.216.34", "::1", "2606:4700::1111", "169.254.169.254", "64:ff9b::a00:1", "::ffff:1.1.1.1", "::ffff:127.0.0.1"];
        let public = ["93.184.216.34:0", "[2606:4700::1111]:0", "1.1.1.1:0"];
        assert_eq!(kept(mixed, "", Networks::admits).await.unwrap(), public);
        assert_eq!(kept(mixed, "10.0.0.0/8", Networks::admits).await.unwrap(), [&["10.1.2.3:0"], &public[..]].concat());
        assert_eq!(kept(mixed, "10.0.0.0/8", Networks::trusts).await.unwrap(), ["10.1.2.3:0"]);
    }

    #[tokio::test]
    async fn a_name_that_leads_to_nothing_public_looks_like_one_that_does_not_exist() {
        for found in [&[][..], &["127.0.0.1"], &["10.0.0.1", "fd00::1"], &["0.0.0.0"], &["::ffff:169.254.169.254"], &["fe80::1"]] {
            assert_eq!(kept(found, "", Networks::admits).await, Err(NoAddress), "{found:?}");
        }
        assert_eq!(kept(&["93.184.216.34"], "10.0.0.0/8", Networks::trusts).await, Err(NoAddress), "http to the internet");
    }

    #[tokio::test]
    async fn the_system_resolves_names() {
        let found: Vec<_> = System.resolve("localhost".parse().unwrap()).await.unwrap().collect();
        assert!(!found.is_empty() && found.iter().all(|address| address.ip().is_loopback()), "{found:?}");
    }
}
