//! Who is at the other end.
use crate::CertificateFault;
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// The other end of a connection, and how it came in.
///
/// IPv4 addresses mapped into IPv6 have been folded to IPv4. A connection by Unix socket has the remote address
/// `127.0.0.1:0`.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The address that the peer speaks from; behind a listed proxy, the one that the proxy told.
    pub remote: SocketAddr,
    /// The address that the peer spoke to.
    pub local: SocketAddr,
    /// The name of the listener.
    pub listener: Arc<str>,
    /// The number of this session.
    pub session: SessionId,
    /// How the connection is protected; `None` while it is plain.
    pub tls: Option<TlsInfo>,
}

/// The number of a session: in every log line, every journal event and the id of a Received field.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl fmt::Display for SessionId {
    /// `s` and the number in lower-case base32 (the alphabet of RFC 4648, 6), most significant digit first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let mut text = String::from("s");
        let digits = (64 - self.0.leading_zeros()).div_ceil(5).max(1);
        for digit in (0..digits).rev() {
            let value = usize::try_from((self.0 >> (digit * 5)) & 31).unwrap_or(0);
            text.extend(ALPHABET.get(value).map(|letter| char::from(*letter)));
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How a connection is protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsInfo {
    /// `TLSv1.2` or `TLSv1.3`.
    pub version: String,
    /// The cipher suite by its IANA name, such as `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// The host name that the client asked for (SNI, RFC 6066, 3).
    pub server_name: Option<String>,
    /// Whether the peer's certificate was checked and found good, by an authority or by DANE; of a client without a
    /// certificate, `false`.
    pub verified: bool,
    /// What is wrong with it, where it was checked and is not good.
    pub fault: Option<CertificateFault>,
    /// Whether an earlier session was taken up again (RFC 8446, 2.2).
    pub resumed: bool,
}

#[cfg(test)]
mod tests {
    use super::SessionId;

    #[test]
    fn prints_base32() {
        for (number, text) in [(0, "sa"), (1, "sb"), (31, "s7"), (32, "sba"), (u64::MAX, "sp777777777777")] {
            assert_eq!(SessionId(number).to_string(), text);
        }
    }
}
