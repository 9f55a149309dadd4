//! Addresses as they are compared and counted.
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Folds an IPv4 address that is mapped into IPv6 (RFC 4291, 2.5.5.2).
pub(crate) fn folded(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Whom an address counts for: itself, or its /64, since that is what one subscriber gets (RFC 6177, 2).
pub(crate) fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

/// Whether an address is one of the Internet: not of this machine, a link, a private network, a group, or set aside for
/// documents, tests and later (RFC 6890). A name that a stranger chooses must lead nowhere else.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, third, _] = address.octets();
            let set_aside = match first {
                0 | 240..=255 => true,
                // shared by the customers of a provider (RFC 6598)
                100 => (64..128).contains(&second),
                192 => second == 0 && third == 0,
                // for measurements (RFC 2544)
                198 => matches!(second, 18 | 19),
                _ => false,
            };
            !(set_aside
                || address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_documentation())
        }
        IpAddr::V6(address) => {
            // what is given out begins with 001 (RFC 4291, 2.4); 2001:db8::/32 and 3fff::/20 are for documents, 2001:10::/28 and
            // 2001:20::/28 for hashes, and 2001::/32 and 2002::/16 hide an IPv4 address
            let [first, second, ..] = address.segments();
            let set_aside = match first {
                0x2001 => matches!(second, 0 | 0x10..0x30 | 0xdb8),
                0x2002 => true,
                0x3fff => second < 0x1000,
                _ => false,
            };
            first & 0xe000 == 0x2000 && !set_aside
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{household, is_public};

    #[test]
    fn j05_only_addresses_of_the_internet_are_public() {
        for inner in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001:0:7f00::1",
            "2001:20::1",
            "3fff:1::1",
        ] {
            assert!(!is_public(inner.parse().unwrap()), "{inner}");
        }
        for outer in [
            "1.1.1.1",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "2a02:1::1",
            "2001:470::1",
            "::ffff:8.8.8.8",
        ] {
            assert!(is_public(outer.parse().unwrap()), "{outer}");
        }
    }

    #[test]
    fn counts_by_subscriber() {
        for (address, counts) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            assert_eq!(household(address.parse().unwrap()).to_string(), counts);
        }
    }
}
