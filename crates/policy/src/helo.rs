//! What a client calls itself in HELO, EHLO or LHLO (RFC 5321, 4.1.1.1 and 4.1.3).
//!
//! The strict rule refuses what cannot be a name, then asks the DNS about dotted names; only NXDOMAIN denies. So a
//! resolver that fails or is slow never costs a customer his mail.
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use thiserror::Error;
use world::{Dns, DnsError};

/// How long the DNS may take.
const DNS_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest name that is shown in the reply.
const MAX_SHOWN: usize = 255;
/// Names that every machine has for itself (RFC 6761, 6.3).
const LOCALHOST: [&str; 6] =
    ["localhost", "localhost.localdomain", "localdomain", "localhost6", "localhost6.localdomain6", "localhost4"];

/// What a bad name gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeloRule {
    /// `550 Bad HELO`.
    Strict,
    /// Any name is taken.
    #[default]
    Lenient,
}

/// Why a name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HeloFault {
    /// There is no argument at all. Under either rule.
    #[error("no name was given")]
    Missing,
    /// `localhost` or its kin.
    #[error("that name is every machine's own")]
    Localhost,
    /// A character other than a letter, a digit, a hyphen, a dot.
    #[error("a character that no host name has")]
    BadCharacter,
    /// An empty or overlong label, a hyphen at the edge of one, only numbers.
    #[error("not the form of a host name")]
    Malformed,
    /// An address literal that is none.
    #[error("not an address literal")]
    BadLiteral,
    /// A dotted name that the DNS denies.
    #[error("the DNS denies that name")]
    DoesNotExist,
}

/// The rule of a listener.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeloPolicy {
    rule: HeloRule,
    allowed: BTreeSet<String>,
}

impl HeloPolicy {
    /// Takes any name, but not none.
    pub fn lenient() -> Self {
        Self::default()
    }

    /// Refuses bad names; `allowed` are names that are good although the DNS may deny them.
    pub fn strict<I: IntoIterator<Item = S>, S: AsRef<str>>(allowed: I) -> Self {
        let allowed = allowed.into_iter().map(|name| name.as_ref().trim_end_matches('.').to_ascii_lowercase());
        Self { rule: HeloRule::Strict, allowed: allowed.collect() }
    }

    /// Which rule it is.
    pub const fn rule(&self) -> HeloRule {
        self.rule
    }

    /// Judges a name, as it was sent.
    ///
    /// # Errors
    /// Why it is refused.
    pub async fn judge(&self, name: &[u8], dns: &dyn Dns) -> Result<(), HeloFault> {
        if name.is_empty() {
            return Err(HeloFault::Missing);
        }
        if self.rule == HeloRule::Lenient {
            return Ok(());
        }
        let Some(dotted) = syntax(name)? else { return Ok(()) };
        if self.allowed.contains(&dotted) {
            return Ok(());
        }
        match in_time(dns.exists(&dotted)).await {
            Some(Err(DnsError::NoSuchName)) => Err(HeloFault::DoesNotExist),
            Some(Ok(()) | Err(DnsError::NoSuchRecord | DnsError::Temporary(_) | DnsError::Bogus)) | None => Ok(()),
        }
    }
}

/// The answer, or `None` after [`DNS_TIMEOUT`].
async fn in_time<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(DNS_TIMEOUT, answer).await.ok()
}

impl HeloFault {
    /// The reply's text behind its code, to the letter as the provider's page has it. What a reply line cannot carry
    /// is shown as `?`.
    pub fn text(self, name: &[u8]) -> String {
        if self == Self::Missing {
            return "a host name or an address literal is needed".to_owned();
        }
        let shown =
            name.iter().take(MAX_SHOWN).map(|byte| if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '?' });
        let shown: String = shown.collect();
        format!("Bad HELO: {shown} does not exist - Please see RFC 2821 section 4.1.1.1")
    }
}

/// Reads the name. Gives the dotted name that the DNS is asked about; `None` for a good name without dots, and for an
/// address literal.
fn syntax(name: &[u8]) -> Result<Option<String>, HeloFault> {
    if name.first() == Some(&b'[') {
        return literal(name).map(|()| None).ok_or(HeloFault::BadLiteral);
    }
    let good = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let text = std::str::from_utf8(name).ok().filter(|text| text.as_bytes().iter().all(good));
    let text = text.ok_or(HeloFault::BadCharacter)?;
    // one trailing dot is allowed
    let text = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if LOCALHOST.contains(&text.as_str()) || text.ends_with(".localhost") {
        return Err(HeloFault::Localhost);
    }
    let dotted = text.contains('.');
    let numeric = dotted && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if numeric || text.len() > 253 || !text.split('.').all(is_label) {
        return Err(HeloFault::Malformed);
    }
    Ok(dotted.then_some(text))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

/// RFC 5321, 4.1.3. No tag but `IPv6` is registered.
fn literal(name: &[u8]) -> Option<()> {
    let text = std::str::from_utf8(name).ok()?.strip_prefix('[')?.strip_suffix(']')?;
    match text.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => address.parse::<Ipv6Addr>().map(|_| ()).ok(),
        _ => text.parse::<Ipv4Addr>().map(|_| ()).ok(),
    }
}

#[cfg(test)]
mod tests;
