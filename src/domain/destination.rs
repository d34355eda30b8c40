//! Where a tenant may have events sent.
//!
//! The URL is checked as the client that sends will read it (WHATWG), never as text: `http://2130706433`, `http://0x7f.1` and
//! `http://127。0。0。1` are all 127.0.0.1. What a *name* leads to is only known when it is connected to; the guard of the deliveries
//! checks it then.

use super::networks::Networks;
use reqwest::Url;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest URL, in bytes.
pub const MAX_BYTES: usize = 2000;

/// Names that by agreement mean something only near by: RFC 6762, ICANN's resolution 2024.07.29.06, RFC 8375.
const LOCAL: [&str; 3] = ["local", "internal", "home.arpa"];

/// The URL of a webhook endpoint that may be sent to, as far as it can be known without looking its name up.
#[derive(Clone, PartialEq, Eq)]
pub struct Destination(Url);

/// Why nothing can be sent to a URL, and what would do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum DestinationError {
    #[error("This is longer than 2000 bytes. Shorten its path or its query.")]
    TooLong,
    #[error(
        "A URL consists of visible ASCII characters without backslashes (RFC 3986). Percent-encode the others; write a host name in its ASCII form, such as `xn--bcher-kva.example`."
    )]
    Characters,
    #[error("This must be a whole URL such as `https://example.com/hooks`.")]
    NotAUrl,
    #[error("Events are sent over https. Begin the URL with `https://`.")]
    Scheme,
    #[error("Events are sent over https, so that nobody reads them on their way. Give the receiver a certificate and begin the URL with `https://`.")]
    Unencrypted,
    #[error("A user name or a password in a URL gets into logs. Leave it out: the signature of each event tells the receiver who sends it.")]
    Credentials,
    #[error("The part of a URL after `#` is never sent. Leave it out.")]
    Fragment,
    #[error("Port {0} is not for webhooks. Use 443, which is the port when none is given, or one from 1024 on.")]
    Port(u16),
    #[error("{0} is no address of the public internet. Use one that is, or have the operator allow its network with SLIPFORM_WEBHOOK_NETWORKS.")]
    Address(IpAddr),
    #[error("`{0}` is not a name of the public internet. Use one that is, or have the operator allow its network with SLIPFORM_WEBHOOK_NETWORKS.")]
    LocalName(String),
    #[error("`{0}` is no host name: labels of 1 to 63 of a–z, 0–9, `-` and `_`, with single dots between them and none at the end.")]
    HostName(String),
}

impl Destination {
    /// Reads a URL, as a tenant gives it or as it was stored: what was allowed once need not be any more.
    pub fn parse(text: &str, allowed: &Networks) -> Result<Self, DestinationError> {
        if text.len() > MAX_BYTES {
            return Err(DestinationError::TooLong);
        }
        // WHATWG drops tabs and line breaks, and reads `\` as `/`. Others do not, and a person who looks at it neither.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(DestinationError::Characters);
        }
        let url: Url = text.parse().map_err(|_| DestinationError::NotAUrl)?;
        let default = match url.scheme() {
            "https" => 443,
            "http" => 80,
            _ => return Err(DestinationError::Scheme),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(DestinationError::Credentials);
        }
        if url.fragment().is_some() {
            return Err(DestinationError::Fragment);
        }
        let plain = url.scheme() == "http";
        let host = url.host_str().ok_or(DestinationError::NotAUrl)?;
        match literal(host) {
            Some(ip) if !allowed.admits(ip) => return Err(DestinationError::Address(ip)),
            Some(ip) if plain && !allowed.trusts(ip) => return Err(DestinationError::Unencrypted),
            Some(_) => {}
            None => name(host, plain, allowed)?,
        }
        let port = url.port().unwrap_or(default);
        // Below 1024 live the system's own services, whose protocols a request could be mistaken for.
        if port != default && port < 1024 {
            return Err(DestinationError::Port(port));
        }
        // Some characters grow when they are percent-encoded.
        if url.as_str().len() > MAX_BYTES { Err(DestinationError::TooLong) } else { Ok(Self(url)) }
    }

    /// The URL as it is requested, and to be stored.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is sent to without TLS.
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

/// An address in the place of a host name. The parser of URLs has brought it into its usual form.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    bare.map_or_else(|| host.parse::<Ipv4Addr>().ok().map(IpAddr::V4), |v6| v6.parse::<Ipv6Addr>().ok().map(IpAddr::V6))
}

/// Who is sent to, without what only a receiver should know: for logs.
pub fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}

fn name(host: &str, plain: bool, allowed: &Networks) -> Result<(), DestinationError> {
    let fits = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if host.len() > 253 || !host.split('.').all(fits) {
        return Err(DestinationError::HostName(host.to_owned()));
    }
    let below = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    // Such a name is loopback, whatever a resolver says (RFC 6761, 6.3).
    let loopback = below(&"localhost") && ![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()].iter().any(|ip| allowed.contains(*ip));
    let local = !host.contains('.') || LOCAL.iter().any(below);
    if loopback || local && allowed.is_empty() {
        return Err(DestinationError::LocalName(host.to_owned()));
    }
    // Which of the allowed networks it is in, if in any, shows when it is connected to.
    if plain && allowed.is_empty() { Err(DestinationError::Unencrypted) } else { Ok(()) }
}

/// Whoever knows the path of some receivers may send to them, so that it stays out of logs.
impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({}://{}/***)", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Destination, DestinationError> {
        Destination::parse(text, &Networks::default())
    }

    #[test]
    fn receivers_on_the_internet_are_sent_to_over_https() {
        for (text, url) in [
            ("https://example.com", "https://example.com/"),
            ("https://example.com/hooks?for=slipform&b=%20", "https://example.com/hooks?for=slipform&b=%20"),
            ("HTTPS://Hooks.Example.COM:443/", "https://hooks.example.com/"),
            ("https://example.com:8443/a/../b", "https://example.com:8443/b"),
            ("https://example.com:1024/", "https://example.com:1024/"),
            ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
            ("https://a_b.example.com/@me", "https://a_b.example.com/@me"),
            ("https://93.184.216.34/", "https://93.184.216.34/"),
            ("https://[2606:4700:4700::1111]:8443/", "https://[2606:4700:4700::1111]:8443/"),
            ("https://notlocalhost.example/", "https://notlocalhost.example/"),
            ("https://myinternal.example/", "https://myinternal.example/"),
        ] {
            assert_eq!(parse(text).map(|destination| destination.url().to_string()).as_deref(), Ok(url), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_url_is_said_with_the_way_out() {
        use DestinationError::{Address, Characters, Credentials, Fragment, HostName, LocalName, NotAUrl, Port, Scheme, TooLong, Unencrypted};
        let long = |bytes: usize| format!("https://example.com/{}", "a".repeat(bytes - 20));
        assert!(parse(&long(2000)).is_ok());
        assert_eq!(parse(&long(2001)), Err(TooLong));
        assert_eq!(parse(&format!("https://example.com/{}", "\"".repeat(900))), Err(TooLong), "2720 bytes when they are encoded");
        for (text, error) in [
            ("", NotAUrl),
            ("example.com/hooks", NotAUrl),
            ("/hooks", NotAUrl),
            ("https://", NotAUrl),
            ("https://[::1", NotAUrl),
            ("https://example.com:99999/", NotAUrl),
            ("https://1.2.3.4.5/", NotAUrl),
            ("https://bücher.example/", Characters),
            ("https://example.com/a b", Characters),
            ("https://example.com/\n", Characters),
            ("https:\\\\example.com/", Characters),
            ("ftp://example.com/", Scheme),
            ("file:///etc/passwd", Scheme),
            ("javascript:alert(1)", Scheme),
            ("http://example.com/", Unencrypted),
            ("http://93.184.216.34/", Unencrypted),
            ("https://user@example.com/", Credentials),
            ("https://:secret@example.com/", Credentials),
            ("https://example.com/#part", Fragment),
            ("https://example.com/#", Fragment),
            ("https://example.com:22/", Port(22)),
            ("https://example.com:80/", Port(80)),
            ("https://example.com:1023/", Port(1023)),
            ("https://example.com:0/", Port(0)),
            ("https://10.0.0.1/", Address("10.0.0.1".parse().unwrap())),
            ("https://[::1]/", Address("::1".parse().unwrap())),
            ("https://localhost/", LocalName("localhost".into())),
            ("https://app.localhost/", LocalName("app.localhost".into())),
            ("https://intranet/", LocalName("intranet".into())),
            ("https://printer.local/", LocalName("printer.local".into())),
            ("https://metadata.google.internal/", LocalName("metadata.google.internal".into())),
            ("https://nas.home.arpa/", LocalName("nas.home.arpa".into())),
            ("https://example.com./", HostName("example.com.".into())),
            ("https://example..com/", HostName("example..com".into())),
            ("https://*.example.com/", HostName("*.example.com".into())),
        ] {
            assert_eq!(parse(text), Err(error.clone()), "{text}");
            assert!(error.to_string().ends_with('.'), "{error}");
        }
    }

    #[test]
    fn an_operator_allows_plain_http_and_local_names_with_a_network() {
        let allowed: Networks = "10.0.0.0/8".parse().unwrap();
        let parse = |text: &str| Destination::parse(text, &allowed);
        for text in ["http://10.1.2.3/", "http://10.1.2.3:8080/", "https://10.1.2.3/", "http://intranet/", "https://ci.internal/", "http://hooks.example.com/"]
        {
            assert_eq!(parse(text).unwrap().is_plain(), text.starts_with("http:"), "{text}");
        }
        assert_eq!(parse("http://93.184.216.34/"), Err(DestinationError::Unencrypted));
        assert_eq!(parse("http://10.1.2.3:25/"), Err(DestinationError::Port(25)));
        assert_eq!(parse("http://10.1.2.3:443/"), Err(DestinationError::Port(443)));
        assert!(matches!(parse("http://192.168.0.1/"), Err(DestinationError::Address(_))));
        assert!(matches!(parse("http://localhost:8080/"), Err(DestinationError::LocalName(_))), "loopback is not in the network");
        for loopback in ["127.0.0.0/8", "::1"] {
            assert!(Destination::parse("http://localhost:8080/", &loopback.parse().unwrap()).is_ok(), "{loopback}");
        }
    }

    #[test]
    fn the_path_of_a_receiver_stays_out_of_logs() {
        let destination = parse("https://hooks.example.com:8443/services/T0/B0/secret?token=secret").unwrap();
        assert_eq!(format!("{destination:?}"), "Destination(https://hooks.example.com/***)");
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_accepted_again_as_it_is_stored(text in "(https?|ftp)://[a-z0-9.:@%\\[\\]-]{0,24}(:[0-9]{1,5})?(/[ -~]{0,24})?") {
            if let Ok(destination) = parse(&text) {
                prop_assert_eq!(parse(destination.url().as_str()), Ok(destination.clone()));
                prop_assert!(!destination.is_plain());
                let host = destination.url().host_str().unwrap();
                prop_assert!(literal(host).is_none_or(|ip| Networks::default().admits(ip)), "{}", host);
            }
        }

        #[test]
        fn no_text_is_too_strange_to_be_read_or_refused(text: String) {
            let _ = parse(&text);
        }

        #[test]
        fn an_address_that_is_not_public_is_refused_however_it_is_written(bits: u32, form in 0..6) {
            let ip = Ipv4Addr::from_bits(bits);
            let [a, b, c, d] = ip.octets();
            let host = match form {
                0 => bits.to_string(),
                1 => format!("{bits:#x}"),
                2 => format!("0{bits:o}"),
                3 => format!("{a:#x}.0{b:o}.{c}.{d}"),
                4 => format!("{a}.{}", bits & 0x00ff_ffff),
                _ => format!("[::ffff:{ip}]"),
            };
            let public = crate::domain::networks::is_public(ip.into());
            prop_assert_eq!(parse(&format!("https://{host}/")).is_ok(), public, "{}", host);
        }
    }
}
