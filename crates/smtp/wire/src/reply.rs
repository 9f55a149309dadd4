//! Replies (RFC 5321, 4.2), with enhanced status codes (RFC 2034, RFC 3463).
use std::fmt;

/// The longest text of a reply line, so that the line fits in 512 bytes (RFC 5321, 4.5.3.1.5).
const MAX_TEXT: usize = 490;

/// The most text of a reply that is kept beside many others.
const MAX_BESIDE: usize = 4 * 1024;

/// An enhanced status code: class, subject, detail (RFC 3463, 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnhancedCode(pub u8, pub u16, pub u16);

impl EnhancedCode {
    /// Reads a code at the begin of a text; gives what follows it too.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut numbers = word.split('.');
        let class = numbers.next().filter(|class| matches!(*class, "2" | "4" | "5"))?;
        let (subject, detail) = (number(numbers.next()?)?, number(numbers.next()?)?);
        if numbers.next().is_some() {
            return None;
        }
        Some((Self(class.parse().ok()?, subject, detail), rest))
    }
}

/// RFC 3463, 2: one to three digits.
fn number(text: &str) -> Option<u16> {
    let fits = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// A reply: what the server said, or says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The enhanced code, where there is one.
    pub enhanced: Option<EnhancedCode>,
    /// The text, a line each, without codes; at least one.
    pub lines: Vec<String>,
}

impl Reply {
    /// A reply of one line.
    pub fn new(code: u16, enhanced: EnhancedCode, text: impl Into<String>) -> Self {
        Self { code, enhanced: Some(enhanced), lines: vec![text.into()] }
    }

    /// A reply of one line that has no enhanced code: the greeting, HELO and EHLO, 334, 354 (RFC 2034, 3).
    pub fn plain(code: u16, text: impl Into<String>) -> Self {
        Self { code, enhanced: None, lines: vec![text.into()] }
    }

    /// Whether it says yes (2xx).
    pub const fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// Whether it says "not now" (4xx).
    pub const fn is_transient(&self) -> bool {
        self.code / 100 == 4
    }

    /// Whether it says "never" (5xx).
    pub const fn is_permanent(&self) -> bool {
        self.code / 100 == 5
    }

    /// As much of it as is kept beside the replies about other recipients: its first lines.
    #[must_use]
    pub(crate) fn shortened(mut self) -> Self {
        let mut kept = 0;
        let fit = self.lines.iter().take_while(|line| {
            kept += line.len();
            kept <= MAX_BESIDE
        });
        let fit = fit.count().max(1);
        self.lines.truncate(fit);
        self
    }

    /// Appends the reply to `out`. Bytes that a reply line cannot carry are shown as `?` (RFC 5321, 4.2: `textstring`
    /// is printable ASCII), so no text of a peer can make a second line.
    pub fn write_to(&self, out: &mut Vec<u8>) {
        let last = self.lines.len().saturating_sub(1);
        for (at, line) in self.lines.iter().enumerate() {
            out.extend_from_slice(self.code.to_string().as_bytes());
            out.push(if at == last { b' ' } else { b'-' });
            if let Some(enhanced) = self.enhanced {
                out.extend_from_slice(format!("{enhanced} ").as_bytes());
            }
            let shown = line.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' });
            out.extend(shown.take(MAX_TEXT).filter_map(|c| u8::try_from(c).ok()));
            out.extend_from_slice(b"\r\n");
        }
    }

    /// The reply as it goes out.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out);
        out
    }
}

impl fmt::Display for Reply {
    /// In one line, for people: `550 5.1.1 no such user`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(enhanced) = self.enhanced {
            write!(f, " {enhanced}")?;
        }
        for line in self.lines.iter().filter(|line| !line.is_empty()) {
            write!(f, " {line}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints() {
        let ok = Reply::new(250, EnhancedCode(2, 0, 0), "queued as q1");
        assert_eq!(ok.to_bytes(), b"250 2.0.0 queued as q1\r\n");
        let many = Reply { code: 250, enhanced: None, lines: vec!["mx".into(), "SIZE 10".into(), "HELP".into()] };
        assert_eq!(many.to_bytes(), b"250-mx\r\n250-SIZE 10\r\n250 HELP\r\n");
        assert_eq!(many.to_string(), "250 mx SIZE 10 HELP");
        let nasty = Reply::plain(550, "Bad HELO: a\r\n250 ok\0é");
        assert_eq!(nasty.to_bytes(), b"550 Bad HELO: a??250 ok??\r\n");
        assert!(Reply::plain(250, "x".repeat(10_000)).to_bytes().len() <= 512);
    }

    #[test]
    fn little_is_kept_beside_others() {
        let reply = |lines: &[usize]| Reply {
            code: 450,
            enhanced: None,
            lines: lines.iter().map(|len| "x".repeat(*len)).collect(),
        };
        for (lines, kept) in [(&[10, 20][..], 2), (&[4_000, 97, 1], 1), (&[4_000, 96, 1], 2), (&[5_000, 1], 1)] {
            assert_eq!(reply(lines).shortened(), reply(&lines[..kept]), "{lines:?}");
        }
    }

    #[test]
    fn reads_enhanced_codes() {
        assert_eq!(EnhancedCode::read("5.1.1 no"), Some((EnhancedCode(5, 1, 1), "no")));
        assert_eq!(EnhancedCode::read("2.0.0"), Some((EnhancedCode(2, 0, 0), "")));
        for text in ["", "5", "5.1", "5.1.1.1 x", "3.1.1 x", "5.1111.1 x", "5.x.1 x", "5.1. x"] {
            assert_eq!(EnhancedCode::read(text), None, "{text}");
        }
    }
}
