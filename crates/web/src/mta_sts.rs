//! The policy of MTA-STS: mail to the domains here travels under TLS (RFC 8461, 3.2 and 3.3).
use std::fmt::Write as _;
use std::time::Duration;

/// The longest time that a policy may be kept (RFC 8461, 3.2).
pub const LONGEST: Duration = Duration::from_secs(31_557_600);

/// What a sender does when TLS fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MtaStsMode {
    /// It delivers as ever: how a policy is taken back (RFC 8461, 8.3).
    None,
    /// It delivers, and reports.
    Testing,
    /// It does not deliver.
    Enforce,
}

/// The policy of all domains here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MtaSts {
    /// What a sender does when TLS fails.
    pub mode: MtaStsMode,
    /// The names of the servers that take mail; `*.` in front stands for one label (RFC 8461, 4.1).
    pub hosts: Vec<String>,
    /// How long senders keep the policy; at most [`LONGEST`].
    pub max_age: Duration,
}

impl MtaSts {
    /// The policy's text (RFC 8461, 3.2).
    pub(crate) fn text(&self) -> String {
        let mode = match self.mode {
            MtaStsMode::None => "none",
            MtaStsMode::Testing => "testing",
            MtaStsMode::Enforce => "enforce",
        };
        let mut text = format!("version: STSv1\r\nmode: {mode}\r\n");
        for host in &self.hosts {
            // writing to a String cannot fail
            let _ = write!(text, "mx: {host}\r\n");
        }
        let _ = write!(text, "max_age: {}\r\n", self.max_age.min(LONGEST).as_secs());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, MtaSts, MtaStsMode};
    use std::time::Duration;

    #[test]
    fn the_text_is_as_the_rfc_has_it() {
        let policy = MtaSts {
            mode: MtaStsMode::Enforce,
            hosts: vec!["mail.example.com".to_owned(), "*.example.net".to_owned()],
            max_age: Duration::from_secs(604_800),
        };
        let text =
            "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n";
        assert_eq!(policy.text(), text);
    }

    #[test]
    fn no_policy_is_kept_for_longer_than_a_year() {
        let policy = MtaSts { mode: MtaStsMode::None, hosts: Vec::new(), max_age: LONGEST * 2 };
        assert_eq!(policy.text(), "version: STSv1\r\nmode: none\r\nmax_age: 31557600\r\n");
    }
}
