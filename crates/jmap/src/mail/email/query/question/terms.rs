//! The terms of a text that somebody looks for (RFC 8621, 4.4.1): words of which all must be there, and phrases in quotes.

/// Terms of one text.
const MAX_TERMS: usize = 32;

/// Splits a text into terms; what follows the last one that counts is not looked for.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let (mut terms, mut term, mut quote) = (Vec::new(), String::new(), None);
    let mut end = |term: &mut String| {
        let term = std::mem::take(term);
        if !term.trim().is_empty() && terms.len() < MAX_TERMS {
            terms.push(term);
        }
    };
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            // "\" before a quote makes it a letter
            ('\\', _) if matches!(letters.peek(), Some('"' | '\'' | '\\')) => term.extend(letters.next()),
            (mark, Some(open)) if mark == open => {
                quote = None;
                end(&mut term);
            }
            ('"' | '\'', None) if term.is_empty() => quote = Some(letter),
            (letter, None) if letter.is_whitespace() => end(&mut term),
            (letter, _) => term.push(letter),
        }
    }
    end(&mut term);
    terms
}

#[cfg(test)]
mod tests {
    use super::{MAX_TERMS, terms};

    #[test]
    fn words_and_phrases() {
        for (text, expected) in [
            ("", vec![]),
            ("  ", vec![]),
            ("one two", vec!["one", "two"]),
            ("\"one two\" three", vec!["one two", "three"]),
            ("'one two'three", vec!["one two", "three"]),
            ("don't stop", vec!["don't", "stop"]),
            ("\\\"one two", vec!["\"one", "two"]),
            ("\"open end", vec!["open end"]),
            ("\"\" a", vec!["a"]),
        ] {
            assert_eq!(terms(text), expected, "{text}");
        }
        assert_eq!(terms(&"a ".repeat(1_000)).len(), MAX_TERMS);
    }
}
