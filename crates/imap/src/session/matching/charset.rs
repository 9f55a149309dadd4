//! The charset of a search's strings (RFC 3501, 6.4.4).
use encoding_rs::Encoding;

/// A charset that the strings of a search can be in.
pub(super) struct Charset(&'static Encoding);

impl Charset {
    /// The charset of that name; UTF-7 and other stateful ones are not known.
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = if name.eq_ignore_ascii_case("US-ASCII") {
            Some(encoding_rs::UTF_8)
        } else {
            Encoding::for_label(name.as_bytes())
        };
        known.filter(|encoding| *encoding != encoding_rs::REPLACEMENT).map(Self)
    }

    /// The text of `bytes`, if they are of this charset.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<String> {
        self.0.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::Charset;

    #[test]
    fn charsets() {
        assert_eq!(Charset::named("ISO-8859-1").unwrap().decode(b"\xe9").as_deref(), Some("\u{e9}"));
        assert_eq!(Charset::named("us-ascii").unwrap().decode(b"a").as_deref(), Some("a"));
        assert_eq!(Charset::named("UTF-8").unwrap().decode(b"\xe9"), None);
        assert!(Charset::named("x-nowhere").is_none());
        assert!(Charset::named("UTF-7").is_none());
    }
}
