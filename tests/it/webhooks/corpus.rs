//! URLs and names with which somebody would like to reach what only Slipform can reach.

use super::{MESSAGE, guard, networks};
use slipform::domain::destination::Destination;
use slipform::domain::networks::Networks;
use slipform::domain::sign::Secret;
use slipform::jobs::webhooks::send::{Attempt, send};

/// Refused when they are read.
const URLS: &[&str] = &[
    // Loopback, plainly and in every notation that a parser of URLs knows.
    "https://127.0.0.1/",
    "https://127.0.0.1:8400/v1/me",
    "https://127.1/",
    "https://127.0.1/",
    "https://127.127.127.127/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7F.0x0.0x0.0x1/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://00000177.0.0.1/",
    "https://127.0.0.1./",
    "https://0x7f.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://0.0.0.0:8443/",
    "https://%31%32%37.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    "https://127.0.0.1%2f@example.com/",
    "https:127.0.0.1/",
    "https:/127.0.0.1/",
    "https:///127.0.0.1/",
    "https:////127.0.0.1/",
    // The same over IPv6, and IPv4 within it.
    "https://[::1]/",
    "https://[::]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[0000:0000:0000:0000:0000:0000:0000:0001]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::127.0.0.1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[fc00::1]/",
    "https://[fd12:3456:789a::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[::1]:8443/",
    "https://[2001:db8::1]/",
    "https://[100::1]/",
    "https://[5f00::1]/",
    // Private and other special networks.
    "https://10.0.0.1/",
    "https://10.255.255.255/",
    "https://012.0.0.1/",
    "https://167772161/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.0.1/",
    "https://3232235521/",
    "https://100.64.0.1/",
    "https://192.0.0.1/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    // Metadata: AWS, its containers and IPv6; GCP; Azure and its WireServer; Alibaba; Oracle; Tencent; OpenStack over IPv6.
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "https://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials/",
    "https://169.254.170.23/v1/credentials",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "https://[fd00:ec2::254]/latest/meta-data/",
    "https://[fd20:ce::254]/computeMetadata/v1/",
    "https://[fe80::a9fe:a9fe]/",
    "https://2852039166/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://0251.0376.0251.0376/",
    "https://169.254.43518/",
    "https://169.16689662/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://metadata.google.internal./computeMetadata/v1/",
    "https://metadata/computeMetadata/v1/",
    "https://metadata.azure.internal/metadata/instance?api-version=2021-02-01",
    "https://168.63.129.16/machine?comp=goalstate",
    "https://100.100.100.200/latest/meta-data/",
    "https://1684301000/",
    "https://192.0.0.192/opc/v2/instance/",
    "https://169.254.0.23/latest/meta-data/",
    "https://instance-data.ec2.internal/latest/meta-data/",
    // Names that mean something near by.
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://localhost:8443/",
    "https://foo.localhost/",
    "https://postgres/",
    "https://kubernetes.default.svc.cluster.local/",
    "https://vault.internal/",
    "https://router.home.arpa/",
    // Another letter, dot or digit that is made one of ours.
    "https://127。0。0。1/",
    "https://127．0．0．1/",
    "https://127｡0｡0｡1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://loc\u{ad}alhost/",
    "https://loca\u{200b}lhost/",
    "https://%E2%91%A0%E2%91%A1%E2%91%A6.0.0.1/",
    "https://127%E3%80%820%E3%80%820%E3%80%821/",
    // User names, backslashes, white space: what one parser takes for the host, and another does not.
    "https://example.com@127.0.0.1/",
    "https://example.com:443@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://example.com%40127.0.0.1/",
    "https://example.com#@127.0.0.1/",
    "https://127.0.0.1#@example.com/",
    "https://127.0.0.1?@example.com/",
    "https://127.0.0.1\\@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https:\\\\127.0.0.1\\",
    "https://1.1.1.1 &@127.0.0.1# @example.com/",
    "https://example.com/ HTTP/1.1\r\nHost: 127.0.0.1",
    "https://127.0.0.1\t/",
    "https://127.0\n.0.1/",
    "\u{0}https://127.0.0.1/",
    "https://example.com\u{0}.127.0.0.1/",
    // Other schemes and ports.
    "http://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "dict://127.0.0.1:11211/stats",
    "ftp://127.0.0.1/",
    "ldap://127.0.0.1/",
    "unix:/var/run/docker.sock",
    "data:text/plain,hello",
    "jar:https://127.0.0.1!/",
    "blob:https://127.0.0.1/",
    "//127.0.0.1/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:0/",
    "https://example.com:80/",
    "https://example.com:65536/",
];

/// What names can lead to that look like any other: `127.0.0.1.nip.io`, `localtest.me`, `spoofed.burpcollaborator.net`.
const ANSWERS: &[&[&str]] = &[
    &["127.0.0.1"],
    &["127.0.0.1", "::1"],
    &["0.0.0.0"],
    &["::"],
    &["10.0.0.1"],
    &["172.16.0.1"],
    &["192.168.0.1"],
    &["169.254.169.254"],
    &["100.100.100.200"],
    &["168.63.129.16"],
    &["fd00:ec2::254"],
    &["fe80::1"],
    &["::ffff:127.0.0.1"],
    &["::ffff:169.254.169.254"],
    &["::127.0.0.1"],
    &["64:ff9b::7f00:1"],
    &["2002:7f00:1::"],
    &["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    &["224.0.0.1"],
    &["255.255.255.255"],
    &[],
];

const NO_ADDRESS: &str = "Its name leads to no address of the public internet. Check its DNS records.";

async fn attempt(destination: &Destination, allowed: &Networks, answer: &'static [&'static str]) -> Attempt {
    send(&guard(allowed, &[answer]), destination, MESSAGE, &[Secret::generate()], chrono::Utc::now()).await
}

#[test]
fn each_hostile_url_is_refused_with_words_for_whoever_gave_it() {
    let nothing = Networks::default();
    assert!(URLS.len() >= 60);
    for url in URLS {
        let refused = Destination::parse(url, &nothing).expect_err(url).to_string();
        assert!(refused.ends_with('.') && refused.len() > 40, "{url}: {refused}");
    }
}

#[tokio::test]
async fn where_an_operator_allows_a_network_the_others_are_as_closed_as_before() {
    let allowed = networks("10.77.0.0/16, fd77::/16");
    for url in URLS {
        let Ok(destination) = Destination::parse(url, &allowed) else { continue };
        // Local names and http are possible now; what they lead to decides.
        let host = destination.url().host_str().unwrap();
        assert!(host.parse::<std::net::Ipv4Addr>().is_err() && !host.starts_with('['), "{url}");
        for answer in [&["127.0.0.1", "::1", "10.78.0.1", "169.254.169.254"][..], &[]] {
            let attempt = attempt(&destination, &allowed, answer).await;
            assert_eq!((attempt.status, attempt.error.as_deref()), (None, Some(NO_ADDRESS)), "{url}");
        }
    }
}

#[tokio::test]
async fn a_name_that_leads_to_what_is_not_public_is_not_connected_to() {
    let nothing = Networks::default();
    let destination = Destination::parse("https://127.0.0.1.nip.io:8443/", &nothing).unwrap();
    for answer in ANSWERS {
        let attempt = attempt(&destination, &nothing, answer).await;
        assert_eq!((attempt.status, attempt.error.as_deref()), (None, Some(NO_ADDRESS)), "{answer:?}");
    }
}

#[tokio::test]
async fn without_tls_nothing_leaves_the_networks_that_are_allowed() {
    let allowed = networks("10.77.0.0/16");
    let destination = Destination::parse("http://hooks.example.com/", &allowed).unwrap();
    let attempt = attempt(&destination, &allowed, &["93.184.216.34", "2606:4700:4700::1111"]).await;
    assert_eq!(attempt.error.as_deref(), Some(NO_ADDRESS));
}
