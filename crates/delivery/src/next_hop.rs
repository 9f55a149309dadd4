//! A host that takes mail for others, as an operator names it.
use names::Domain;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use thiserror::Error;

/// The port where none is named.
const SMTP: u16 = 25;

/// A host that takes mail for others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NextHop {
    /// Its name, or its address.
    pub host: String,
    /// Its port.
    pub port: u16,
}

/// A text that names no host.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no host: a name or an address, and a port if it is not 25, such as `relay.example.net:2525`")]
pub struct NextHopError(String);

/// The host and `:` and the port; an IPv6 address in brackets.
impl fmt::Display for NextHop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.parse::<Ipv6Addr>() {
            Ok(address) => write!(f, "[{address}]:{}", self.port),
            Err(_) => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl NextHop {
    /// Reads a host; where the text names no port it is this one.
    ///
    /// # Errors
    /// A text that names no host.
    pub fn read(text: &str, port: u16) -> Result<Self, NextHopError> {
        let wrong = || NextHopError(text.to_owned());
        if let Ok(address) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
            return Ok(Self { host: address.to_string(), port });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?),
            None => (text, port),
        };
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Ok(Self { host: address.to_string(), port });
        }
        let name: Domain = host.parse().map_err(|_| wrong())?;
        Ok(Self { host: name.to_string(), port })
    }
}

impl FromStr for NextHop {
    type Err = NextHopError;

    fn from_str(text: &str) -> Result<Self, NextHopError> {
        Self::read(text, SMTP)
    }
}

impl TryFrom<String> for NextHop {
    type Error = NextHopError;

    fn try_from(text: String) -> Result<Self, NextHopError> {
        text.parse()
    }
}

impl From<NextHop> for String {
    fn from(hop: NextHop) -> Self {
        hop.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_and_reads() {
        for (text, printed) in [
            ("relay.example.net:2525", "relay.example.net:2525"),
            ("Relay.example.net", "relay.example.net:25"),
            ("192.0.2.1", "192.0.2.1:25"),
            ("192.0.2.1:26", "192.0.2.1:26"),
            ("2001:db8::1", "[2001:db8::1]:25"),
            ("[2001:db8::1]", "[2001:db8::1]:25"),
            ("[2001:db8::1]:26", "[2001:db8::1]:26"),
        ] {
            let hop: NextHop = text.parse().unwrap();
            assert_eq!(hop.to_string(), printed);
            assert_eq!(printed.parse(), Ok(hop));
        }
        for (text, printed) in [("relay.example.net", "relay.example.net:24"), ("[2001:db8::1]:26", "[2001:db8::1]:26")]
        {
            assert_eq!(NextHop::read(text, 24).unwrap().to_string(), printed);
        }
        for wrong in ["", ":25", "a b", "host:", "host:0", "host:65536", "host:x", "[relay]:25", "a..b"] {
            assert!(wrong.parse::<NextHop>().is_err(), "{wrong}");
        }
    }
}
