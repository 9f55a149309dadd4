//! The language of what people read behind OK, NO, BAD and BYE (RFC 5255, 3).
//!
//! The English text is the key under which the Dutch one stands; a test looks for texts of this crate that have none.
//! What is wrong with the grammar of a command is told in English alone: its readers write programs.
mod dutch;

use std::borrow::Cow;
use texts::Language;

/// What is spoken: a language, and the tag by which the client knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Speech {
    language: Language,
    pub(crate) tag: &'static str,
}

impl Default for Speech {
    /// RFC 5255, 3.1: `i-default` (RFC 2277, 4.5) until the client asks for another.
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl Speech {
    const DEFAULT: Self = Self { language: Language::English, tag: "i-default" };

    const fn of(language: Language) -> Self {
        Self { language, tag: language.tag() }
    }

    /// The tags of all that is spoken.
    pub(crate) fn tags() -> Vec<&'static str> {
        Language::ALL.into_iter().map(Language::tag).chain([Self::DEFAULT.tag]).collect()
    }

    /// What comes nearest to a range (RFC 4647, 3.4). `preferred` is the provider's own language.
    pub(crate) fn near(range: &str, preferred: Language) -> Option<Self> {
        if range.eq_ignore_ascii_case("default") {
            return Some(Self::of(preferred));
        }
        if range.eq_ignore_ascii_case(Self::DEFAULT.tag) {
            return Some(Self::DEFAULT);
        }
        range.parse().ok().map(Self::of)
    }

    /// `text` in this language.
    pub(crate) fn said(self, text: &str) -> Cow<'_, str> {
        match self.language {
            Language::English => Cow::Borrowed(text),
            Language::Dutch => dutch::said(text).unwrap_or(Cow::Borrowed(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        for (range, tag) in [
            ("NL", Some("nl")),
            ("nl-BE", Some("nl")),
            ("en-GB-oed", Some("en")),
            ("default", Some("nl")),
            ("I-DEFAULT", Some("i-default")),
            ("de", None),
            ("*", None),
        ] {
            assert_eq!(Speech::near(range, Language::Dutch).map(|speech| speech.tag), tag, "{range}");
        }
        assert_eq!(Speech::tags(), ["nl", "en", "i-default"]);
    }
}
