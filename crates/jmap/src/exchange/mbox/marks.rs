//! What a mailbox says of a message, as fields in front of it.
use store::{Flags, Keyword, Message, SystemFlags};

/// Keywords of one message that are taken in.
const MOST: usize = 100;

/// The fields that say what `message` is in its mailbox.
pub(in crate::exchange) fn marks(message: &Message<'_>) -> String {
    let has = |flag| message.system.contains(flag);
    let mut text = format!("Status: {}O\n", if has(SystemFlags::SEEN) { "R" } else { "" });
    let letters = [(SystemFlags::ANSWERED, 'A'), (SystemFlags::FLAGGED, 'F'), (SystemFlags::DRAFT, 'T')];
    let more: String = letters.into_iter().filter(|(flag, _)| has(*flag)).map(|(_, letter)| letter).collect();
    if !more.is_empty() {
        text.push_str(&format!("X-Status: {more}\n"));
    }
    if !message.keywords.is_empty() {
        let words: Vec<&str> = message.keywords.iter().map(Keyword::as_str).collect();
        text.push_str(&format!("X-Keywords: {}\n", words.join(" ")));
    }
    text
}

/// Takes a line of a header into `flags`, where it is one of those fields; whether it was.
pub(in crate::exchange) fn take_mark(line: &[u8], flags: &mut Flags) -> bool {
    let Some((name, value)) = std::str::from_utf8(line).ok().and_then(|line| line.split_once(':')) else {
        return false;
    };
    let letters = |flags: &mut Flags| {
        for letter in value.chars() {
            let flag = match letter {
                'R' => SystemFlags::SEEN,
                'A' => SystemFlags::ANSWERED,
                'F' => SystemFlags::FLAGGED,
                'T' => SystemFlags::DRAFT,
                _ => SystemFlags::NONE,
            };
            flags.system = flags.system.with(flag);
        }
    };
    if name.eq_ignore_ascii_case("status") || name.eq_ignore_ascii_case("x-status") {
        letters(flags);
        return true;
    }
    if !name.eq_ignore_ascii_case("x-keywords") {
        return false;
    }
    for word in value.split([' ', ',', '\t', '\r', '\n']).filter_map(Keyword::new) {
        if flags.keywords.len() < MOST && !flags.keywords.contains(&word) {
            flags.keywords.push(word);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::take_mark;
    use store::{Flags, Keyword, SystemFlags};

    #[test]
    fn fields_of_the_mailbox_are_read_and_no_others() {
        let mut flags = Flags::default();
        for line in ["Status: RO\n", "X-Status: AF\r\n", "x-keywords: $label1, holiday \\Bad\n"] {
            assert!(take_mark(line.as_bytes(), &mut flags), "{line}");
        }
        assert_eq!(flags.system, SystemFlags::SEEN.with(SystemFlags::ANSWERED).with(SystemFlags::FLAGGED));
        assert_eq!(flags.keywords, ["$label1", "holiday"].map(|word| Keyword::new(word).unwrap()));
        for line in ["Status-Of: R\n", "Subject: Status: R\n", " Status: R\n", "\n", "\u{e9}\n"] {
            assert!(!take_mark(line.as_bytes(), &mut flags), "{line}");
        }
    }
}
