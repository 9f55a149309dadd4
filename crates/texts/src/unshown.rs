//! Characters that must not reach a terminal, a log or a report as they are.

/// Whether a character is not seen, and may make what is seen another text: controls, and marks of direction (Unicode UAX 9).
pub fn is_unshown(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::is_unshown;

    #[test]
    fn what_turns_a_line_is_not_shown() {
        assert!("\u{0}\n\u{7f}\u{85}\u{61c}\u{200e}\u{202e}\u{2066}\u{2069}\u{feff}".chars().all(is_unshown));
        assert!(!"a é\u{5d0}\u{645}—€ \u{200d}".chars().any(is_unshown));
    }
}
