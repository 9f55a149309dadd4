//! What a line of the server must look like.
use super::parse::unescape;

/// Literal pieces with anything between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The text as written.
    pub(super) text: String,
    pieces: Vec<Vec<u8>>,
}

impl Pattern {
    /// Reads an `S:` text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = vec![String::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match (character, pieces.last_mut()) {
                ('*', _) => pieces.push(String::new()),
                ('\\', Some(piece)) => match characters.next() {
                    Some('*') => piece.push('*'),
                    other => piece.extend(Some('\\').into_iter().chain(other)),
                },
                (other, Some(piece)) => piece.push(other),
                (_, None) => {}
            }
        }
        let pieces = pieces.iter().map(|piece| unescape(piece)).collect::<Result<_, _>>()?;
        Ok(Self { text: text.to_owned(), pieces })
    }

    /// Whether `line` fits. Each star takes as little as it can; the last piece must be the line's end.
    pub(super) fn fits(&self, line: &[u8]) -> bool {
        let Some((first, more)) = self.pieces.split_first() else { return false };
        let Some((last, middle)) = more.split_last() else { return line == first.as_slice() };
        let Some(mut rest) = line.strip_prefix(first.as_slice()) else { return false };
        for piece in middle {
            match find(rest, piece) {
                Some(end) => rest = rest.get(end..).unwrap_or_default(),
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

/// Where the first `piece` in `text` ends.
fn find(text: &[u8], piece: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    text.windows(piece.len()).position(|window| window == piece).map(|at| at + piece.len())
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn stars_take_anything() {
        for (pattern, line, fits) in [
            ("250 ok", "250 ok", true),
            ("250 ok", "250 ok ", false),
            ("250 *", "250 ", true),
            ("250 *", "250", false),
            ("* 3 EXISTS", "* 3 EXISTS", true),
            (r"\* 3 EXISTS", "* 3 EXISTS", true),
            (r"\* 3 EXISTS", "x 3 EXISTS", false),
            ("a*b*c", "a--b--c", true),
            ("a*b*c", "abbcc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("*", "", true),
            (r"\xe9\\\x2a", "no", false),
            (r"a\n", "a\n", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().fits(line.as_bytes()), fits, "{pattern} {line}");
        }
        assert!(Pattern::parse(r"\q").is_err());
        assert!(Pattern::parse(r"\").is_err());
    }
}
