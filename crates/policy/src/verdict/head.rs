//! What stands before the results in such a field, as lenient readers cut it.

/// What a reader knows of RFC 5322, 3.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lexer {
    /// Comments and quoted strings.
    Strict,
    /// Comments alone.
    WithoutQuotes,
}

/// The begin of a value in lower case, without backslashes and controls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Head {
    /// With its comments.
    pub(super) told: String,
    /// Without them.
    pub(super) bare: String,
}

impl Head {
    /// Reads up to the `;` that ends the last of so many segments; up to the end of the value where a comment or a string
    /// is not closed. A segment in which no word stands is none: some readers pass over it.
    pub(super) fn read(value: &[u8], lexer: Lexer, segments: usize) -> Self {
        let (mut told, mut bare, mut left) = (Vec::new(), Vec::new(), segments);
        let (mut depth, mut quoted, mut escaped, mut filled) = (0_usize, false, false, false);
        for &byte in value {
            // RFC 5322, 3.2.1: a quoted pair, which stands in comments and strings alone
            let literal = std::mem::take(&mut escaped);
            let within = depth > 0;
            match byte {
                b'\\' if !literal => {
                    escaped = within || quoted;
                    continue;
                }
                b'"' if !literal && !within && lexer == Lexer::Strict => quoted = !quoted,
                b'(' if !literal && !quoted => depth += 1,
                b')' if !literal && within => depth -= 1,
                b';' if !within && !quoted && filled => {
                    left -= 1;
                    filled = false;
                    if left == 0 {
                        break;
                    }
                }
                _ => {}
            }
            told.push(byte);
            if !within && depth == 0 {
                filled |= byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') || !byte.is_ascii();
                bare.push(byte);
            }
        }
        Self { told: text(&told), bare: text(&bare) }
    }
}

/// Bytes as text; made text only when the backslashes are gone, which may stand within a letter.
fn text(bytes: &[u8]) -> String {
    // quirk: some readers drop what they cannot show
    let shown = |sign: &char| !sign.is_control() || sign.is_whitespace();
    String::from_utf8_lossy(bytes).chars().filter(shown).flat_map(char::to_lowercase).collect()
}
