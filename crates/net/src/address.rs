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

#[cfg(test)]
mod tests {
    use super::household;

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
