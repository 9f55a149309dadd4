//! What a server offers in its answer to EHLO (RFC 5321, 4.1.1.1).
use crate::Reply;

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
    /// The mechanisms of AUTH (RFC 4954), upper case, at most 32.
    pub auth: Vec<String>,
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
}
