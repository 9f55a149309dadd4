//! MTA-STS (RFC 8461): what a domain asks of those who send to it. The words alone: nothing here fetches or keeps.
use names::Domain;
use std::time::Duration;
use thiserror::Error;

/// The largest policy that is read (RFC 8461, 3.3).
pub const MAX_POLICY: usize = 64 * 1024;
/// Patterns of one policy that are kept; further ones are left out.
const MAX_PATTERNS: usize = 1_000;
/// RFC 8461, 3.2: at most so many seconds, about a year.
const MAX_AGE: u64 = 31_557_600;

/// The id of the policy that a domain announces in the DNS, by the text records at `_mta-sts.DOMAIN`.
///
/// ```text
/// sts-text-record = sts-version 1*(sts-field-delim sts-field) [sts-field-delim]   (RFC 8461, 3.1)
/// sts-id          = %s"id" *WSP "=" *WSP 1*32(ALPHA / DIGIT)
/// ```
pub fn announced(texts: &[Vec<u8>]) -> Option<String> {
    // RFC 8461, 3.1: what does not begin with the version and a delimiter is no such record
    let mut records = texts.iter().filter_map(|text| {
        let behind = text.strip_prefix(b"v=STSv1".as_slice())?.trim_ascii_start();
        behind.strip_prefix(b";".as_slice())
    });
    let fields = records.next()?;
    // of several records none counts
    if records.next().is_some() {
        return None;
    }
    let mut fields = std::str::from_utf8(fields).ok()?.split(';');
    let id = fields.find_map(|field| {
        let (name, value) = field.split_once('=')?;
        (name.trim_matches([' ', '\t']) == "id").then(|| value.trim_matches([' ', '\t']))
    })?;
    let fits = (1..=32).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    fits.then(|| id.to_owned())
}

/// What happens to a host that does not do what the policy asks (RFC 8461, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StsMode {
    /// Nothing is sent to it.
    Enforce,
    /// It is told of, and sent to.
    Testing,
    /// The policy asks for nothing.
    None,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StsPolicy {
    /// How strictly it is meant.
    pub mode: StsMode,
    /// How long it holds from when it was fetched.
    pub max_age: Duration,
    /// Names of hosts, lower case; `*.` stands for one label.
    pub hosts: Vec<String>,
}

/// Why a text is no policy.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StsFault {
    /// It is too large.
    #[error("a policy of more than 65536 bytes")]
    TooLarge,
    /// A line that is none, or bytes that are no text.
    #[error("line {0} is not `key: value`")]
    Line(usize),
    /// A key that must be there.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A value that cannot be meant.
    #[error("`{0}` has a value that is not known")]
    Value(&'static str),
}

impl StsPolicy {
    /// Reads a policy (RFC 8461, 3.2). Keys that are not known are skipped; of a key that comes again, but `mx`, the
    /// first counts. Lines end with CRLF or LF.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &[u8]) -> Result<Self, StsFault> {
        if text.len() > MAX_POLICY {
            return Err(StsFault::TooLarge);
        }
        let (mut version, mut mode, mut max_age, mut hosts) = (None, None, None, Vec::new());
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            let line = std::str::from_utf8(line).map_err(|_| StsFault::Line(number + 1))?;
            let line = line.trim_matches([' ', '\t', '\r']);
            if line.is_empty() {
                continue;
            }
            let (key, value) = line.split_once(':').ok_or(StsFault::Line(number + 1))?;
            let value = value.trim_matches([' ', '\t']);
            match key.trim_matches([' ', '\t']) {
                "version" => version = version.or(Some(value)),
                "mode" => mode = mode.or(Some(value)),
                "max_age" => max_age = max_age.or(Some(value)),
                "mx" if hosts.len() < MAX_PATTERNS => hosts.push(pattern(value).ok_or(StsFault::Value("mx"))?),
                _ => {}
            }
        }
        if version.ok_or(StsFault::Missing("version"))? != "STSv1" {
            return Err(StsFault::Value("version"));
        }
        let mode = match mode.ok_or(StsFault::Missing("mode"))? {
            "enforce" => StsMode::Enforce,
            "testing" => StsMode::Testing,
            "none" => StsMode::None,
            _ => return Err(StsFault::Value("mode")),
        };
        if hosts.is_empty() && mode != StsMode::None {
            return Err(StsFault::Missing("mx"));
        }
        Ok(Self { mode, max_age: age(max_age.ok_or(StsFault::Missing("max_age"))?)?, hosts })
    }

    /// Whether the policy names this host: exactly, or by a star for its first label alone (RFC 8461, 4.1).
    pub fn covers(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let behind = host.split_once('.').map(|(_, behind)| behind);
        self.hosts.iter().any(|pattern| match pattern.strip_prefix("*.") {
            Some(of_all) => behind == Some(of_all),
            None => *pattern == host,
        })
    }
}

/// A host's name, or one with a star as its first label.
fn pattern(value: &str) -> Option<String> {
    let (star, name) = value.strip_prefix("*.").map_or(("", value), |name| ("*.", name));
    let name: Domain = name.parse().ok()?;
    Some(format!("{star}{name}"))
}

/// 1*10(DIGIT) (RFC 8461, 3.2).
fn age(value: &str) -> Result<Duration, StsFault> {
    let digits = (1..=10).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = if digits { value.parse::<u64>().ok() } else { None };
    Ok(Duration::from_secs(seconds.ok_or(StsFault::Value("max_age"))?.min(MAX_AGE)))
}

#[cfg(test)]
mod tests;
