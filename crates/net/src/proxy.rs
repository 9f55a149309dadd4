//! The PROXY protocol, versions 1 and 2, as HAProxy's proxy-protocol.txt defines it.
//!
//! [`parse`] is pure: it is handed what has come so far, and says how much more may be read without reading beyond
//! the header.
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::io::{AsyncRead, AsyncReadExt};

/// The first twelve bytes of version 2.
const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// The shortest header of all: `PROXY UNKNOWN` and CR LF.
const SHORTEST: usize = 15;
/// The longest line of version 1, its CR LF included (proxy-protocol.txt, 2.1).
const LINE: usize = 107;
/// The most bytes of addresses and TLVs that are taken in version 2.
const MOST: usize = 4096;

/// For whom a proxy speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// For a client.
    Client {
        /// Where the client speaks from.
        source: SocketAddr,
        /// Where the client spoke to.
        destination: SocketAddr,
    },
    /// For itself (`LOCAL`, a health check), or it does not know (`UNKNOWN`): the connection's own addresses hold.
    Itself,
}

/// What has come so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Header {
    /// Everything, in the first `used` bytes.
    Complete {
        /// What it says.
        told: Told,
        /// The length of the header.
        used: usize,
    },
    /// At least `need` bytes are missing.
    Incomplete {
        /// How many bytes may be read without reading beyond the header.
        need: usize,
    },
}

/// Reads a header at the beginning of `bytes`.
///
/// # Errors
/// What is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<Header, &'static str> {
    if bytes.is_empty() {
        return Ok(Header::Incomplete { need: SHORTEST });
    }
    let seen = bytes.len().min(SIGNATURE.len());
    if bytes.get(..seen) == SIGNATURE.get(..seen) {
        return version2(bytes);
    }
    let seen = bytes.len().min(6);
    if bytes.get(..seen) == b"PROXY ".get(..seen) { version1(bytes) } else { Err("not a PROXY header") }
}

/// Reads a header from `stream`, and not a byte beyond it.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Told> {
    let mut bytes = Vec::new();
    loop {
        let need = match parse(&bytes) {
            Ok(Header::Complete { told, .. }) => return Ok(told),
            Ok(Header::Incomplete { need }) => need,
            Err(fault) => return Err(io::Error::new(io::ErrorKind::InvalidData, fault)),
        };
        let read = (&mut *stream).take(need as u64).read_buf(&mut bytes).await?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the header ends in the middle"));
        }
    }
}

/// `PROXY TCP4 source destination port port CR LF` (proxy-protocol.txt, 2.1).
fn version1(bytes: &[u8]) -> Result<Header, &'static str> {
    let within = bytes.get(..bytes.len().min(LINE)).unwrap_or_default();
    let Some(end) = within.windows(2).position(|pair| pair == b"\r\n") else {
        if bytes.len() >= LINE {
            return Err("the line is too long");
        }
        let shortest = SHORTEST.saturating_sub(bytes.len());
        return Ok(Header::Incomplete { need: shortest.max(if bytes.ends_with(b"\r") { 1 } else { 2 }) });
    };
    let line = within.get(..end).and_then(|line| std::str::from_utf8(line).ok()).ok_or("not a line of ASCII")?;
    let mut words = line.split(' ').skip(1);
    let told = match words.next() {
        Some("UNKNOWN") => Told::Itself,
        Some("TCP4") => client::<Ipv4Addr>(&mut words)?,
        Some("TCP6") => client::<Ipv6Addr>(&mut words)?,
        _ => return Err("an unknown family"),
    };
    Ok(Header::Complete { told, used: end + 2 })
}

fn client<'a, A>(words: &mut impl Iterator<Item = &'a str>) -> Result<Told, &'static str>
where
    A: std::str::FromStr + Into<IpAddr>,
{
    let mut address = || words.next().and_then(|word| word.parse::<A>().ok()).ok_or("not an address");
    let (source, destination) = (address()?.into(), address()?.into());
    let mut port = || words.next().and_then(port).ok_or("not a port");
    let (source_port, destination_port) = (port()?, port()?);
    if words.next().is_some() {
        return Err("words behind the ports");
    }
    Ok(Told::Client { source: folded(source, source_port), destination: folded(destination, destination_port) })
}

/// Digits without a sign or leading zeros.
fn port(word: &str) -> Option<u16> {
    let plain = word.bytes().all(|byte| byte.is_ascii_digit()) && (word == "0" || !word.starts_with('0'));
    plain.then(|| word.parse().ok()).flatten()
}

/// Signature, version and command, family, length, addresses, TLVs (proxy-protocol.txt, 2.2).
fn version2(bytes: &[u8]) -> Result<Header, &'static str> {
    let Some((fixed, rest)) = bytes.split_at_checked(16) else {
        return Ok(Header::Incomplete { need: 16 - bytes.len() });
    };
    let &[command, family, high, low] = fixed.get(12..).and_then(|end| end.first_chunk()).unwrap_or(&[0; 4]);
    let length = usize::from(u16::from_be_bytes([high, low]));
    if command >> 4 != 2 {
        return Err("an unknown version");
    }
    if length > MOST {
        return Err("the header is too long");
    }
    let Some(body) = rest.get(..length) else {
        return Ok(Header::Incomplete { need: length - rest.len() });
    };
    let told = match (command & 15, family) {
        (0, _) => Told::Itself,
        (1, 0x11) => addresses::<4>(body, IpAddr::from)?,
        (1, 0x21) => addresses::<16>(body, IpAddr::from)?,
        // an unspecified family: the proxy does not know
        (1, 0x00) => Told::Itself,
        (1, _) => return Err("not a family of TCP over IP"),
        _ => return Err("an unknown command"),
    };
    Ok(Header::Complete { told, used: 16 + length })
}

/// Two addresses of `N` bytes, two ports, and TLVs whose lengths must add up.
fn addresses<const N: usize>(body: &[u8], address: fn([u8; N]) -> IpAddr) -> Result<Told, &'static str> {
    const SHORT: &str = "the addresses are too short";
    let (source, rest) = body.split_first_chunk::<N>().ok_or(SHORT)?;
    let (destination, rest) = rest.split_first_chunk::<N>().ok_or(SHORT)?;
    let (source_port, rest) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
    let (destination_port, mut tlvs) = rest.split_first_chunk::<2>().ok_or(SHORT)?;
    while !tlvs.is_empty() {
        let ([_kind, high, low], value) = tlvs.split_first_chunk::<3>().ok_or("a broken TLV")?;
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        tlvs = value.get(length..).ok_or("a broken TLV")?;
    }
    Ok(Told::Client {
        source: folded(address(*source), u16::from_be_bytes(*source_port)),
        destination: folded(address(*destination), u16::from_be_bytes(*destination_port)),
    })
}

fn folded(address: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(address.to_canonical(), port)
}

#[cfg(test)]
mod tests;
