//! Names and addresses.
use futures_util::future::BoxFuture;
use std::net::IpAddr;
use thiserror::Error;

/// Why DNS gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DnsError {
    /// The name does not exist (NXDOMAIN). Final.
    #[error("the name does not exist")]
    NoSuchName,
    /// The name exists, without a record of the kind asked for (NODATA). Final.
    #[error("the name has no such record")]
    NoSuchRecord,
    /// No answer, SERVFAIL, or a broken one. Try again later.
    #[error("no answer: {0}")]
    Temporary(String),
    /// The answer ought to be signed and is not, or wrongly (RFC 4033, 5). Nothing in it is believed; try again later.
    #[error("the answer does not validate (DNSSEC)")]
    Bogus,
}

/// Whether DNSSEC vouches for an answer (RFC 4033, 5). What is bogus is no answer: [`DnsError::Bogus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// The zone is not signed, or nobody checked.
    Insecure,
    /// Signed, with a chain up to a key that we trust.
    Secure,
}

/// Records, and whether DNSSEC vouches for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The records, in the order in which they came; never none.
    pub records: Vec<T>,
    /// Whether all of them, and all aliases (CNAME) that lead to them, are authenticated.
    pub proof: Proof,
    /// Whether what stands at the very name that was asked is authenticated: the records, or the first alias.
    pub first: Proof,
    /// The name at which the records stand: the one that was asked, or the last of a chain of aliases.
    pub name: String,
}

/// One MX record (RFC 5321, 5.1). The exchanger `.` is a null MX (RFC 7505) and arrives as an empty name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailExchanger {
    /// Lower is tried first.
    pub preference: u16,
    /// The host's name, lower case, without the final dot; empty for a null MX.
    pub host: String,
}

/// One TLSA record (RFC 6698, 2.1): which certificate a service has. The numbers are those of the registry (RFC 7218).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tlsa {
    /// 0 PKIX-TA, 1 PKIX-EE, 2 DANE-TA, 3 DANE-EE.
    pub usage: u8,
    /// 0 the whole certificate, 1 its public key (SubjectPublicKeyInfo).
    pub selector: u8,
    /// 0 the bytes themselves, 1 their SHA-256, 2 their SHA-512.
    pub matching: u8,
    /// What the certificate is compared with.
    pub data: Vec<u8>,
}

impl Tlsa {
    /// Whether a mail server's certificate can be compared with it. RFC 7672, 3.1.3: the usages that lean on public
    /// authorities (0, 1) say nothing between mail servers; what is not registered, or has another length than its
    /// digest, says nothing at all.
    pub fn is_usable(&self) -> bool {
        let length = match self.matching {
            0 => !self.data.is_empty(),
            1 => self.data.len() == 32,
            2 => self.data.len() == 64,
            _ => false,
        };
        matches!(self.usage, 2 | 3) && self.selector <= 1 && length
    }
}

/// Asks the DNS. Names are ASCII, without the final dot; answers keep the order in which they came.
pub trait Dns: Send + Sync {
    /// The mail exchangers of `domain`, sorted by preference; CNAMEs are followed.
    fn mx(&self, domain: &str) -> BoxFuture<'_, Result<Answer<MailExchanger>, DnsError>>;

    /// The IPv6 and IPv4 addresses of `host`, IPv6 first. One family may be absent.
    fn addresses(&self, host: &str) -> BoxFuture<'_, Result<Answer<IpAddr>, DnsError>>;

    /// The TLSA records at `name`, such as `_25._tcp.mx.example`; CNAMEs are followed.
    fn tlsa(&self, name: &str) -> BoxFuture<'_, Result<Answer<Tlsa>, DnsError>>;

    /// The names of `address` (PTR), lower case, without the final dot.
    fn names(&self, address: IpAddr) -> BoxFuture<'_, Result<Vec<String>, DnsError>>;

    /// The text records of `name`, each joined to one string of bytes.
    fn texts(&self, name: &str) -> BoxFuture<'_, Result<Vec<Vec<u8>>, DnsError>>;

    /// Whether `name` exists at all, with records of any kind: `Err(NoSuchName)` is the only denial.
    fn exists(&self, name: &str) -> BoxFuture<'_, Result<(), DnsError>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_tlsa_records_can_be_used() {
        for (usage, selector, matching, length, usable) in [
            (3, 1, 1, 32, true),
            (3, 0, 2, 64, true),
            (2, 0, 0, 700, true),
            (2, 1, 1, 32, true),
            (0, 1, 1, 32, false),
            (1, 1, 1, 32, false),
            (4, 1, 1, 32, false),
            (255, 1, 1, 32, false),
            (3, 2, 1, 32, false),
            (3, 1, 3, 32, false),
            (3, 1, 1, 31, false),
            (3, 1, 2, 32, false),
            (3, 1, 0, 0, false),
        ] {
            let record = Tlsa { usage, selector, matching, data: vec![7; length] };
            assert_eq!(record.is_usable(), usable, "{usage} {selector} {matching} {length}");
        }
    }
}
