//! What there is to say. A language is one value of [`Texts`], so a missing text does not compile.
use crate::settings_page::SettingsPage;
use std::fmt;
use std::str::FromStr;

/// A language that the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Nederlands.
    Dutch,
    /// English.
    English,
}

impl Language {
    /// Every language, the first one first.
    pub const ALL: [Self; 2] = [Self::Dutch, Self::English];

    /// The language tag (RFC 5646).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
        }
    }

    /// Its texts.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::Dutch => &crate::nl::TEXTS,
            Self::English => &crate::en::TEXTS,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A tag that is no language of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownLanguage;

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads a tag; what follows the first subtag is ignored (`nl-BE` is Dutch).
    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        let first = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(first)).ok_or(UnknownLanguage)
    }
}

/// Everything that the server says to people, in one language.
#[derive(Debug)]
pub struct Texts {
    /// The language's own name for itself.
    pub name: &'static str,
    /// The page of settings.
    pub settings_page: SettingsPage,
    /// Reports about delivery.
    pub report: Report,
    /// Answers while the reader is away.
    pub vacation: Vacation,
    /// Notices of what became of a message.
    pub notice: Notice,
    /// That an account's mail goes on to others, or does no more.
    pub forwarding: Forwarding,
}

/// What a customer is told in his inbox when his mail goes on to others. Lines are wrapped by who prints them.
#[derive(Debug)]
pub struct Forwarding {
    /// The subject when mail goes on.
    pub on_subject: &'static str,
    /// The subject when it does no more.
    pub off_subject: &'static str,
    /// That it goes on, given the account; the addresses stand below, a line each.
    pub on: fn(account: &str) -> String,
    /// That it does no more, given the account.
    pub off: fn(account: &str) -> String,
    /// That a copy stays.
    pub copy: &'static str,
    /// That none does.
    pub no_copy: &'static str,
    /// What to do when it was somebody else.
    pub not_you: &'static str,
}

/// What a notice says where its sender has not written it himself (RFC 8098, 3; RFC 9007, 1.3.1).
#[derive(Debug)]
pub struct Notice {
    /// The subject, given that of the message.
    pub subject: fn(subject: &str) -> String,
    /// The text.
    pub text: &'static str,
}

/// What an answer says where the reader has not written it himself (RFC 8621, 8; RFC 5230, 4.3).
#[derive(Debug)]
pub struct Vacation {
    /// The subject, given that of the message.
    pub subject: fn(subject: &str) -> String,
    /// The text.
    pub text: &'static str,
}

/// What a delivery status notification says (RFC 3461, RFC 3464). Lines are wrapped by who prints them.
#[derive(Debug)]
pub struct Report {
    /// Subject when a recipient was given up.
    pub failed_subject: &'static str,
    /// Subject when a recipient must wait.
    pub delayed_subject: &'static str,
    /// Subject when all went well.
    pub delivered_subject: &'static str,
    /// Who writes, given the name of the server.
    pub opening: fn(server: &str) -> String,
    /// Above the recipients that were given up.
    pub failed: &'static str,
    /// Above the recipients that must wait.
    pub delayed: &'static str,
    /// Above the recipients that have it in their mailbox.
    pub delivered: &'static str,
    /// Above the recipients whose server took it over and sends no report of its own.
    pub relayed: &'static str,
    /// Above the recipients who are several, to all of whom it goes.
    pub expanded: &'static str,
    /// Until when it is tried, given a date.
    pub until: fn(date: &str) -> String,
    /// What the other server said, given its name and words.
    pub words: fn(server: &str, words: &str) -> String,
    /// That the whole message is attached.
    pub whole: &'static str,
    /// That only its headers are attached.
    pub headers: &'static str,
    /// What a status means, and what the sender can do.
    pub meaning: Meanings,
}

/// A sentence for each kind of status (RFC 3463).
#[derive(Debug)]
pub struct Meanings {
    /// X.1.1, X.1.6, X.1.3: nobody has that address.
    pub no_such_address: &'static str,
    /// X.1.2, X.1.10: the domain does not exist or takes no mail.
    pub no_such_domain: &'static str,
    /// X.2.1: the mailbox is closed.
    pub mailbox_closed: &'static str,
    /// X.2.2: the mailbox is full.
    pub mailbox_full: &'static str,
    /// X.2.3, X.3.4: the message is too large.
    pub too_large: &'static str,
    /// 4.4.4, X.4.1, X.4.3: the server is not reached.
    pub unreachable: &'static str,
    /// 5.4.4: there is no server that could be reached.
    pub no_server: &'static str,
    /// X.4.6: mail goes round in circles.
    pub circle: &'static str,
    /// X.4.7: the time was up.
    pub time_up: &'static str,
    /// X.6.3: bytes beyond ASCII, which the other server does not take, in a message that cannot be converted.
    pub no_eight_bit: &'static str,
    /// X.6.7: letters beyond ASCII in an address or a header, which the other server cannot read.
    pub no_utf8: &'static str,
    /// X.7.x: the other server does not want it.
    pub not_wanted: &'static str,
    /// Any other.
    pub other: &'static str,
}

impl Meanings {
    /// What the status `class.subject.detail` means, such as `5.1.1`.
    pub fn of(&self, status: &str) -> &'static str {
        let mut numbers = status.split('.').skip(1).map(|number| number.parse().unwrap_or(0_u16));
        match (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) {
            (1, 1 | 3 | 6) => self.no_such_address,
            (1, 2 | 10) => self.no_such_domain,
            (2, 1) => self.mailbox_closed,
            (2, 2) => self.mailbox_full,
            (2, 3) | (3, 4) => self.too_large,
            (4, 4) if status.starts_with('5') => self.no_server,
            (4, 1 | 3 | 4 | 5) => self.unreachable,
            (4, 6) => self.circle,
            (4, 7) => self.time_up,
            (6, 3) => self.no_eight_bit,
            (6, 7) => self.no_utf8,
            (7, _) => self.not_wanted,
            _ => self.other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tags() {
        for (tag, language) in [("nl", Language::Dutch), ("NL-be", Language::Dutch), ("en-GB", Language::English)] {
            assert_eq!(tag.parse(), Ok(language));
        }
        for tag in ["", "de", "nld", "*"] {
            assert_eq!(tag.parse::<Language>(), Err(UnknownLanguage), "{tag}");
        }
    }

    #[test]
    fn a_status_has_a_meaning() {
        for language in Language::ALL {
            let meaning = &language.texts().report.meaning;
            for (status, expected) in [
                ("5.1.1", meaning.no_such_address),
                ("5.1.10", meaning.no_such_domain),
                ("4.2.2", meaning.mailbox_full),
                ("4.4.4", meaning.unreachable),
                ("5.4.4", meaning.no_server),
                ("4.4.7", meaning.time_up),
                ("5.6.3", meaning.no_eight_bit),
                ("5.6.7", meaning.no_utf8),
                ("5.7.26", meaning.not_wanted),
                ("5.0.0", meaning.other),
                ("", meaning.other),
            ] {
                assert_eq!(meaning.of(status), expected, "{status}");
            }
        }
    }
}
