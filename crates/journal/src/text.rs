//! Words of a peer, made safe to keep and to show.
use serde::{Deserialize, Serialize};
use std::fmt;

/// Words that came from outside: at most [`Text::LIMIT`] bytes, without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Text(Box<str>);

impl Text {
    /// More than this many bytes are cut off.
    pub const LIMIT: usize = 500;

    /// Takes `words`; control characters become `?`, what is too long ends in `…`.
    pub fn new(words: &str) -> Self {
        let whole = words.len() <= Self::LIMIT;
        let end = if whole { words.len() } else { words.floor_char_boundary(Self::LIMIT - '…'.len_utf8()) };
        let kept = words.get(..end).unwrap_or_default();
        let mut text: String = kept.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        if !whole {
            text.push('…');
        }
        Self(text.into())
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::new(words)
    }
}

impl From<String> for Text {
    fn from(words: String) -> Self {
        Self::new(&words)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_little_and_nothing_that_moves_a_cursor() {
        assert_eq!(Text::new("550 no\r\n\x1b[2J").as_str(), "550 no???[2J");
        let long = Text::new(&"é".repeat(5_000));
        assert!(long.as_str().len() <= Text::LIMIT && long.as_str().ends_with("é…"));
        let exact = "a".repeat(Text::LIMIT);
        assert_eq!(Text::new(&exact).as_str(), exact);
    }
}
