use super::*;
use proptest::prelude::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn networks(text: &str) -> Networks {
    text.parse().unwrap()
}

#[test]
fn what_everybody_can_reach_is_public() {
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "::ffff:1.1.1.1",
        "2000::1",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db7:ffff::1",
        "2001:db9::1",
        "2003::1",
        "2606:4700:4700::1111",
        "2a00:1450:4001:830::200e",
        "3ffe:ffff::1",
        "3fff:1000::1",
    ] {
        assert!(is_public(ip(public)), "{public}");
        assert!(Networks::default().admits(ip(public)) && !Networks::default().trusts(ip(public)), "{public}");
    }
}

#[test]
fn the_first_and_the_last_address_of_each_special_network_is_not_public() {
    for special in SPECIAL_V4 {
        for ip in [special.network(), special.broadcast()] {
            assert!(!is_public(ip.into()), "{ip} of {special}");
            assert!(!is_public(ip.to_ipv6_mapped().into()), "{ip} of {special}, mapped");
        }
    }
    for special in SPECIAL_V6 {
        assert!(GLOBAL_V6.contains(&special), "{special} needs no line of its own");
        for ip in [special.network(), special.broadcast()] {
            assert!(!is_public(ip.into()), "{ip} of {special}");
        }
    }
}

#[test]
fn what_only_some_can_reach_is_not_public_in_whatever_form() {
    for special in [
        // Unspecified, loopback, private, link-local, shared.
        "0.0.0.0",
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.0.1",
        "100.64.0.1",
        "::",
        "::1",
        "fc00::1",
        "fd12:3456:789a::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        // Metadata: AWS, GCP, Azure, Tencent, Alibaba, Oracle; and theirs over IPv6.
        "169.254.169.254",
        "169.254.170.2",
        "169.254.0.23",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
        "fe80::a9fe:a9fe",
        // Mapped, compatible, translated.
        "::ffff:127.0.0.1",
        "::ffff:7f00:1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:0:127.0.0.1",
        "::ffff:0:8.8.8.8",
        // NAT64, 6to4, Teredo: also to what is public, because nobody receives anything there without a translator of ours.
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::10.0.0.1",
        "64:ff9b:1:ffff::8.8.8.8",
        "2002:7f00:1::",
        "2002:808:808::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "2001::1",
        // Discard, segment routing, ORCHID, benchmarks, documentation, and what nobody was given.
        "100::1",
        "100:0:0:1::1",
        "5f00::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "3fff:fff:ffff::1",
        "1000::1",
        "1fff:ffff::1",
        "4000::1",
        "8000::1",
        "e000::1",
        "64:ff9a::8.8.8.8",
    ] {
        assert!(!is_public(ip(special)), "{special}");
        assert!(!Networks::default().admits(ip(special)), "{special}");
    }
}

#[test]
fn the_address_at_the_far_end_of_a_tunnel_is_found() {
    let forms = |text: &str| canonical(ip(text)).map(|ip| ip.to_string()).collect::<Vec<_>>();
    assert_eq!(forms("10.0.0.1"), ["10.0.0.1"]);
    assert_eq!(forms("::ffff:10.0.0.1"), ["10.0.0.1"]);
    assert_eq!(forms("::10.0.0.1"), ["::a00:1", "10.0.0.1"]);
    assert_eq!(forms("::ffff:0:10.0.0.1"), ["::ffff:0:a00:1", "10.0.0.1"]);
    assert_eq!(forms("64:ff9b::10.0.0.1"), ["64:ff9b::a00:1", "10.0.0.1"]);
    assert_eq!(forms("64:ff9b:1:2:3:4:10.0.0.1"), ["64:ff9b:1:2:3:4:a00:1", "10.0.0.1"]);
    assert_eq!(forms("2002:a00:1:2::3"), ["2002:a00:1:2::3", "10.0.0.1"]);
    assert_eq!(forms("2001:0:4136:e378:8000:63bf:f5ff:fffe"), ["2001:0:4136:e378:8000:63bf:f5ff:fffe", "10.0.0.1"]);
    for plain in ["::", "::1", "64:ff9b:2::1", "64:ff9b::1:0:0", "2001:1::1", "2606:4700::1"] {
        assert_eq!(forms(plain), [plain]);
    }
}

#[test]
fn an_operator_allows_networks_and_nothing_beside_them() {
    let allowed = networks("10.1.0.0/16, fd00:1::/32,, 192.168.7.9 ,::1");
    for fine in ["10.1.2.3", "::ffff:10.1.2.3", "fd00:1::7", "192.168.7.9", "::1"] {
        assert!(allowed.admits(ip(fine)) && allowed.trusts(ip(fine)), "{fine}");
    }
    assert!(allowed.admits(ip("1.1.1.1")) && !allowed.trusts(ip("1.1.1.1")), "what is public stays so, and needs TLS");
    for not in ["10.2.0.1", "fd00:2::7", "192.168.7.8", "127.0.0.1", "::10.1.2.3", "64:ff9b::10.1.2.3", "2002:a01:203::"] {
        assert!(!allowed.admits(ip(not)) && !allowed.trusts(ip(not)), "{not}");
    }
    assert!(networks(" , ").is_empty() && !allowed.is_empty());
}

#[test]
fn a_translator_that_is_allowed_leads_to_what_is_public_and_not_to_what_is_private() {
    let translator = networks("64:ff9b::/96");
    assert!(translator.admits(ip("64:ff9b::8.8.8.8")));
    assert!(!translator.trusts(ip("64:ff9b::8.8.8.8")), "beyond it lies the internet");
    for private in ["64:ff9b::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254"] {
        assert!(!translator.admits(ip(private)), "{private}");
        assert!(networks("64:ff9b::/96, 0.0.0.0/0").trusts(ip(private)), "{private}");
    }
}

#[test]
fn a_list_that_cannot_be_read_says_which_part_and_what_would_do() {
    let error = |text: &str| text.parse::<Networks>().unwrap_err();
    for (text, part) in
        [("10.0.0.0/8, example.com", "example.com"), ("10.0.0.0/33", "10.0.0.0/33"), ("10.0.0/8", "10.0.0/8"), ("10.0.0.0/8 ::1", "10.0.0.0/8 ::1")]
    {
        assert_eq!(error(text), NetworksError::NotANetwork(part.to_owned()));
        assert!(error(text).to_string().contains(part) && error(text).to_string().contains("10.1.0.0/16"), "{}", error(text));
    }
    assert_eq!(error("10.1.2.3/8").to_string(), "10.1.2.3/8 says more than a network; write 10.0.0.0/8 for the whole network, or the address alone");
    assert_eq!(error("::ffff:10.0.0.0/104").to_string(), "::ffff:10.0.0.0/104 is IPv4 in the form of IPv6; write it as IPv4");
}

proptest! {
    #[test]
    fn ipv4_is_judged_alike_mapped_or_not_and_no_other_form_of_it_is_public(bits: u32, low: u64) {
        let ip = Ipv4Addr::from_bits(bits);
        prop_assert_eq!(is_public(ip.into()), is_public(ip.to_ipv6_mapped().into()));
        let (v4, low, wide) = (u128::from(bits), u128::from(low), u128::from(!bits));
        let given_up = [v4, (0xffff << 48) | v4];
        let nat64 = [(0x64_ff9b << 96) | v4, (0x64_ff9b_0001 << 80) | v4];
        let tunnels = [(0x2002 << 112) | (v4 << 80) | low, (0x2001_0000 << 96) | (low << 32) | wide];
        for form in [given_up, nat64, tunnels].concat() {
            let form = Ipv6Addr::from_bits(form);
            prop_assert!(!is_public(form.into()), "{}", form);
            let last = canonical(form.into()).last();
            prop_assert!(last == Some(ip.into()) || bits < 2, "{form} leads to {last:?}");
        }
    }

    #[test]
    fn what_is_public_is_so_in_each_form_and_lies_within_the_global_unicast(bits: u128) {
        let ip = IpAddr::from(Ipv6Addr::from_bits(bits));
        if is_public(ip) {
            prop_assert!(canonical(ip).all(is_public));
            prop_assert!(ip.to_canonical().is_ipv4() || bits >> 125 == 1);
        }
    }

    #[test]
    fn allowing_networks_takes_nothing_away_and_allowing_all_admits_all(bits: u128, v4: u32) {
        for ip in [IpAddr::from(Ipv6Addr::from_bits(bits)), Ipv4Addr::from_bits(v4).into()] {
            prop_assert!(networks("::/0, 0.0.0.0/0").trusts(ip));
            let some = networks("10.0.0.0/8, fd00::/8");
            prop_assert!(some.admits(ip) || !is_public(ip));
            prop_assert!(some.admits(ip) || !some.trusts(ip), "what is trusted is admitted");
        }
    }

    #[test]
    fn no_text_is_too_strange_to_be_read_or_refused(text: String) {
        let _ = text.parse::<Networks>();
    }

    #[test]
    fn a_network_that_is_written_contains_its_ends(bits: u32, prefix in 0u8..=32) {
        let network = Ipv4Net::new(Ipv4Addr::from_bits(bits), prefix).unwrap().trunc();
        let read = networks(&network.to_string());
        prop_assert!(read.contains(network.network().into()) && read.contains(network.broadcast().into()));
    }
}
