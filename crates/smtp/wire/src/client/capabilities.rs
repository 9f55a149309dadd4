//! What a server offers in its answer to EHLO (RFC 5321, 4.1.1.1).
use crate::Reply;
use std::num::NonZeroU32;

/// The extensions that the client can use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// What the server calls itself (RFC 5321, 4.1.1.1).
    pub name: String,
    /// PIPELINING (RFC 2920).
    pub pipelining: bool,
    /// SIZE (RFC 1870); `Some(0)` is no fixed limit.
    pub size: Option<u64>,
    /// 8BITMIME (RFC 6152).
    pub eight_bit_mime: bool,
    /// SMTPUTF8 (RFC 6531).
    pub utf8: bool,
    /// CHUNKING (RFC 3030).
    pub chunking: bool,
    /// BINARYMIME (RFC 3030).
    pub binary_mime: bool,
    /// DSN (RFC 3461).
    pub dsn: bool,
    /// ENHANCEDSTATUSCODES (RFC 2034).
    pub enhanced_status_codes: bool,
    /// STARTTLS (RFC 3207).
    pub starttls: bool,
    /// DELIVERBY (RFC 2852), with the fewest seconds that it asks for.
    pub deliver_by: Option<u32>,
    /// MT-PRIORITY (RFC 6710).
    pub priority: bool,
    /// REQUIRETLS (RFC 8689).
    pub require_tls: bool,
    /// LIMITS (RFC 9422).
    pub limits: SessionLimits,
    /// The mechanisms of AUTH (RFC 4954), upper case, at most 32.
    pub auth: Vec<String>,
}

/// What a server takes in one session (RFC 9422, 4); `None` where it does not say. Zero is no limit that could be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionLimits {
    /// MAILMAX: messages.
    pub mails: Option<NonZeroU32>,
    /// RCPTMAX: recipients of one message.
    pub recipients: Option<NonZeroU32>,
    /// RCPTDOMAINMAX: domains of the recipients of all messages.
    pub domains: Option<NonZeroU32>,
}

impl SessionLimits {
    /// RFC 9422, 3: `name "=" value`; what is not known, or no number, is left out. The first of a name counts.
    fn read<'a>(words: impl Iterator<Item = &'a str>) -> Self {
        let mut found = Self::default();
        for word in words.take(32) {
            let Some((name, value)) = word.split_once('=') else { continue };
            let place = match name.to_ascii_uppercase().as_str() {
                "MAILMAX" => &mut found.mails,
                "RCPTMAX" => &mut found.recipients,
                "RCPTDOMAINMAX" => &mut found.domains,
                _ => continue,
            };
            *place = place.or_else(|| value.parse().ok());
        }
        found
    }
}

impl Capabilities {
    /// Reads the answer to EHLO or HELO: the first line begins with the server's name, each other one is a keyword.
    pub(crate) fn read(reply: &Reply) -> Self {
        let name = reply.lines.first().and_then(|line| line.split_ascii_whitespace().next()).unwrap_or_default();
        let mut found = Self { name: name.to_owned(), ..Self::default() };
        for line in reply.lines.iter().skip(1) {
            let mut words = line.split_ascii_whitespace();
            let keyword = words.next().unwrap_or_default().to_ascii_uppercase();
            match keyword.as_str() {
                "PIPELINING" => found.pipelining = true,
                "SIZE" => found.size = Some(words.next().and_then(|word| word.parse().ok()).unwrap_or(0)),
                "8BITMIME" => found.eight_bit_mime = true,
                "SMTPUTF8" => found.utf8 = true,
                "CHUNKING" => found.chunking = true,
                "BINARYMIME" => found.binary_mime = true,
                "DSN" => found.dsn = true,
                "ENHANCEDSTATUSCODES" => found.enhanced_status_codes = true,
                "STARTTLS" => found.starttls = true,
                // RFC 2852, 3: without a number there is no least time
                "DELIVERBY" => found.deliver_by = Some(words.next().and_then(|word| word.parse().ok()).unwrap_or(0)),
                "MT-PRIORITY" => found.priority = true,
                "REQUIRETLS" => found.require_tls = true,
                "LIMITS" => found.limits = SessionLimits::read(words),
                "AUTH" => found.auth = words.map(str::to_ascii_uppercase).take(32).collect(),
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_keywords_in_any_case() {
        let lines = ["STARTTLS", "pipelining", "SIZE 100", "Dsn", "AUTH PLAIN login", "X-OTHER", ""];
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        let found = Capabilities::read(&Reply { code: 250, enhanced: None, lines });
        let expected = Capabilities {
            name: "STARTTLS".into(),
            pipelining: true,
            size: Some(100),
            dsn: true,
            auth: vec!["PLAIN".into(), "LOGIN".into()],
            ..Capabilities::default()
        };
        // the first line is a name, not a keyword
        assert_eq!(found, expected);
    }

    #[test]
    fn reads_times_and_limits() {
        let read = |line: &str| {
            let lines = vec!["mx.example.org".to_owned(), line.to_owned()];
            Capabilities::read(&Reply { code: 250, enhanced: None, lines })
        };
        assert_eq!(read("DELIVERBY").deliver_by, Some(0));
        assert_eq!(read("deliverby 240").deliver_by, Some(240));
        assert!(read("MT-PRIORITY MIXER").priority && read("RequireTLS").require_tls);
        for (line, mails, recipients, domains) in [
            ("LIMITS MAILMAX=5 RCPTMAX=100 RCPTDOMAINMAX=1", Some(5), Some(100), Some(1)),
            ("limits rcptmax=20 other=x rcptmax=30", None, Some(20), None),
            ("LIMITS", None, None, None),
            ("LIMITS RCPTMAX=0 MAILMAX=-1 RCPTDOMAINMAX=99999999999", None, None, None),
            ("LIMITS RCPTMAX MAILMAX=", None, None, None),
        ] {
            let number = |number: Option<NonZeroU32>| number.map(NonZeroU32::get);
            let limits = read(line).limits;
            let found = (number(limits.mails), number(limits.recipients), number(limits.domains));
            assert_eq!(found, (mails, recipients, domains), "{line}");
        }
    }
}
