//! How strings are ordered and compared: `i;unicode-casemap` (RFC 5051), as RFC 5256, 7 and RFC 5255, 3.1 ask.
use unicode_normalization::UnicodeNormalization;

/// Appends `text` as it is compared, octet by octet: in title case, decomposed (RFC 5051, 2.3).
pub(crate) fn casemap(text: &str, mapped: &mut String) {
    if text.is_ascii() {
        mapped.extend(text.chars().map(|c| c.to_ascii_uppercase()));
    } else {
        mapped.extend(text.chars().map(title).nfkd());
    }
}

/// The title case of one character, where it is one character.
fn title(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(text: &str) -> String {
        let mut mapped = String::new();
        casemap(text, &mut mapped);
        mapped
    }

    #[test]
    fn table() {
        for (one, other) in [("Anna", "aNNA"), ("\u{e9}", "E\u{301}"), ("ñandú", "ÑANDÚ")] {
            assert_eq!(mapped(one), mapped(other), "{one} {other}");
        }
        // An accent is decided after the letter.
        assert!(mapped("eend") < mapped("één") && mapped("één") < mapped("zee"));
        // What has no title case of one character keeps its own.
        assert_eq!((mapped("straße").as_str(), mapped("ﬁ").as_str()), ("STRAßE", "fi"));
    }
}
