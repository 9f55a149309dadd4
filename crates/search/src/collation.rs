//! How strings are ordered and compared: `i;unicode-casemap` (RFC 5051), as RFC 5256, 7 and RFC 5255, 4.3 ask (I18NLEVEL=1).
use unicode_normalization::UnicodeNormalization;

/// Appends `text` as it is compared, octet by octet: in title case, decomposed (RFC 5051, 2.3). Differs from it in that
/// marks on one letter have one order (NFKD), so that what looks the same is the same.
pub fn casemap(text: &str, mapped: &mut String) {
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = if rest.is_ascii() { rest.len() } else { rest.bytes().take_while(u8::is_ascii).count() };
        let (plain, other) = rest.split_at(ascii);
        let begin = mapped.len();
        mapped.push_str(plain);
        if let Some(added) = mapped.get_mut(begin..) {
            added.make_ascii_uppercase();
        }
        // Letters of ASCII are never marks, so what stands between them is decomposed by itself.
        let (other, after) = other.split_at(other.find(|letter: char| letter.is_ascii()).unwrap_or(other.len()));
        mapped.extend(other.chars().map(title).nfkd());
        rest = after;
    }
}

/// `Simple_Titlecase_Mapping` of `UnicodeData.txt`: that of upper case, but for a few.
fn title(c: char) -> char {
    match c {
        '\u{1c4}'..='\u{1c6}' => '\u{1c5}',
        '\u{1c7}'..='\u{1c9}' => '\u{1c8}',
        '\u{1ca}'..='\u{1cc}' => '\u{1cb}',
        '\u{1f1}'..='\u{1f3}' => '\u{1f2}',
        // Georgian has no title case.
        '\u{10d0}'..='\u{10ff}' => c,
        // Greek with an iota below.
        '\u{1f80}'..='\u{1faf}' => char::from_u32(u32::from(c) | 8).unwrap_or(c),
        '\u{1fb3}' => '\u{1fbc}',
        '\u{1fc3}' => '\u{1fcc}',
        '\u{1ff3}' => '\u{1ffc}',
        _ => {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(one), None) => one,
                // A letter that becomes several has no simple mapping.
                _ => c,
            }
        }
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
        for (one, other) in [
            ("Anna", "aNNA"),
            ("\u{e9}", "E\u{301}"),
            ("ñandú", "ÑANDÚ"),
            ("\u{1f80}\u{1fb3}", "\u{1f88}\u{1fbc}"),
            ("\u{1c6}", "\u{1c4}"),
            ("a\u{323}\u{301}", "\u{e1}\u{323}"),
            ("\u{ff21}\u{212b}", "a\u{e5}"),
        ] {
            assert_eq!(mapped(one), mapped(other), "{one} {other}");
        }
        // An accent is decided after the letter.
        assert!(mapped("eend") < mapped("één") && mapped("één") < mapped("zee"));
        // What has no title case of one character keeps its own.
        assert_eq!((mapped("straße").as_str(), mapped("ﬁ").as_str()), ("STRAßE", "fi"));
        // RFC 5051, 2.3: title case first, then decomposed.
        assert_eq!((mapped("\u{1c4}").as_str(), mapped("\u{10d0}").as_str()), ("Dz\u{30c}", "\u{10d0}"));
    }
}
