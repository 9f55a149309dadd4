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
}

/// One MX record (RFC 5321, 5.1). The exchanger `.` is a null MX (RFC 7505) and arrives as an empty name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MailExchanger {
    /// Lower is tried first.
    pub preference: u16,
    /// The host's name, lower case, without the final dot; empty for a null MX.
    pub host: String,
}

/// Asks the DNS. Names are ASCII, without the final dot; answers keep the order in which they came.
pub trait Dns: Send + Sync {
    /// The mail exchangers of `domain`, sorted by preference; CNAMEs are followed.
    fn mx(&self, domain: &str) -> BoxFuture<'_, Result<Vec<MailExchanger>, DnsError>>;

    /// The IPv6 and IPv4 addresses of `host`, IPv6 first. One family may be absent.
    fn addresses(&self, host: &str) -> BoxFuture<'_, Result<Vec<IpAddr>, DnsError>>;

    /// The names of `address` (PTR), lower case, without the final dot.
    fn names(&self, address: IpAddr) -> BoxFuture<'_, Result<Vec<String>, DnsError>>;

    /// The text records of `name`, each joined to one string of bytes.
    fn texts(&self, name: &str) -> BoxFuture<'_, Result<Vec<Vec<u8>>, DnsError>>;

    /// Whether `name` exists at all, with records of any kind: `Err(NoSuchName)` is the only denial.
    fn exists(&self, name: &str) -> BoxFuture<'_, Result<(), DnsError>>;
}
