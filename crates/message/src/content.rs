//! The Content-* fields (RFC 2045, RFC 2183), read leniently: a value that is not quoted goes on up to the next semicolon or comment.

use crate::flaw::{Flaw, Flaws};
use crate::parameter::Parameters;
use crate::scan::Scan;
use crate::structure::Octets;

/// A media type with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaType {
    /// `text`, as written.
    pub kind: Octets,
    /// `plain`, as written.
    pub subtype: Octets,
    /// The parameters.
    pub parameters: Parameters,
}

impl MediaType {
    /// `text/plain; charset=us-ascii`, what a part without Content-Type is (RFC 2045, 5.2).
    pub fn text_plain() -> Self {
        let mut media = Self::bare("text", "plain");
        media.parameters.push("charset", "us-ascii");
        media
    }

    /// A type without parameters.
    pub(crate) fn bare(kind: &str, subtype: &str) -> Self {
        Self { kind: kind.as_bytes().into(), subtype: subtype.as_bytes().into(), parameters: Parameters::default() }
    }

    /// Whether it is of this type, `text`; case does not matter.
    pub fn is(&self, kind: &str) -> bool {
        self.kind.eq_ignore_ascii_case(kind.as_bytes())
    }

    /// Whether it is this type and subtype.
    pub fn is_exactly(&self, kind: &str, subtype: &str) -> bool {
        self.is(kind) && self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    /// Whether the part is a message in itself: `message/rfc822` or `message/global` (RFC 6532, 3.7).
    pub fn is_message(&self) -> bool {
        self.is_exactly("message", "rfc822") || self.is_exactly("message", "global")
    }

    /// Reads the value of a Content-Type field (RFC 2045, 5.1). `None` if there is no type or no subtype.
    pub fn parse(value: &[u8], room: &mut usize, flaws: &mut Flaws) -> Option<Self> {
        let mut scan = Scan::new(value);
        scan.skip_space();
        let kind = scan.token();
        scan.skip_space();
        if kind.is_empty() || !scan.take(b'/') {
            return None;
        }
        scan.skip_space();
        let subtype = scan.token();
        if subtype.is_empty() {
            return None;
        }
        Some(Self { kind: kind.into(), subtype: subtype.into(), parameters: Parameters::scan(&mut scan, room, flaws) })
    }
}

/// How a part is to be shown (RFC 2183).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disposition {
    /// `inline` or `attachment`, as written.
    pub kind: Octets,
    /// `filename` and others.
    pub parameters: Parameters,
}

impl Disposition {
    /// Reads the value of a Content-Disposition field.
    pub fn parse(value: &[u8], room: &mut usize, flaws: &mut Flaws) -> Option<Self> {
        let mut scan = Scan::new(value);
        scan.skip_space();
        let kind = scan.token();
        if kind.is_empty() {
            return None;
        }
        Some(Self { kind: kind.into(), parameters: Parameters::scan(&mut scan, room, flaws) })
    }
}

/// A Content-Transfer-Encoding (RFC 2045, 6.1).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Encoding {
    /// `7bit`, also when the field is absent.
    #[default]
    SevenBit,
    /// `8bit`.
    EightBit,
    /// `binary`.
    Binary,
    /// `quoted-printable`.
    QuotedPrintable,
    /// `base64`.
    Base64,
    /// Anything else, as written; such a part is not read as text (RFC 2045, 6.4).
    Other(Octets),
}

impl Encoding {
    /// Reads the value of the field.
    pub fn parse(value: &[u8], flaws: &mut Flaws) -> Self {
        let mut scan = Scan::new(value);
        scan.skip_space();
        let word = scan.token();
        let known = [
            ("7bit", Self::SevenBit),
            ("8bit", Self::EightBit),
            ("binary", Self::Binary),
            ("quoted-printable", Self::QuotedPrintable),
            ("base64", Self::Base64),
        ];
        match known.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes())) {
            Some((_, encoding)) => encoding,
            None if word.is_empty() => Self::SevenBit,
            None => {
                flaws.insert(Flaw::UnknownEncoding);
                Self::Other(word.into())
            }
        }
    }

    /// As it is printed.
    pub fn name(&self) -> &[u8] {
        match self {
            Self::SevenBit => b"7bit",
            Self::EightBit => b"8bit",
            Self::Binary => b"binary",
            Self::QuotedPrintable => b"quoted-printable",
            Self::Base64 => b"base64",
            Self::Other(word) => word,
        }
    }

    /// Whether the bytes have to be decoded.
    pub fn is_transforming(&self) -> bool {
        matches!(self, Self::QuotedPrintable | Self::Base64)
    }
}

/// Reads a Content-Language field (RFC 3282): tags between commas.
pub(crate) fn languages(value: &[u8]) -> Vec<Octets> {
    let mut scan = Scan::new(value);
    let mut tags: Vec<Octets> = Vec::new();
    while !scan.at_end() && tags.len() < 100 {
        scan.skip_space();
        let tag = scan.token();
        if !tag.is_empty() {
            tags.push(tag.into());
        }
        scan.skip_past(b',');
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(value: &str) -> Option<String> {
        let mut flaws = Flaws::NONE;
        let mut room = 100;
        MediaType::parse(value.as_bytes(), &mut room, &mut flaws).map(|media| {
            let mut text =
                format!("{}/{}", String::from_utf8_lossy(&media.kind), String::from_utf8_lossy(&media.subtype));
            for parameter in media.parameters.iter() {
                text += &format!(
                    ";{}={}",
                    String::from_utf8_lossy(&parameter.name),
                    String::from_utf8_lossy(&parameter.value)
                );
            }
            text
        })
    }

    #[test]
    fn media_types() {
        let cases = [
            ("text/plain", Some("text/plain")),
            ("TEXT / Html ; Charset=UTF-8", Some("TEXT/Html;Charset=UTF-8")),
            ("text/plain; charset=us-ascii (Plain text)", Some("text/plain;charset=us-ascii")),
            ("text/plain; charset=\"us-ascii\"; format=flowed", Some("text/plain;charset=us-ascii;format=flowed")),
            ("multipart/mixed; boundary=a=b/c:d", Some("multipart/mixed;boundary=a=b/c:d")),
            ("application/pdf; name=my file.pdf; x=y", Some("application/pdf;name=my file.pdf;x=y")),
            ("application/pdf;; name=\"a\\\"b;c\" ;", Some("application/pdf;name=a\"b;c")),
            ("(a)text(b)/(c)plain(d);(e)a(f)=(g)b (h)", Some("text/plain;a=b")),
            ("application/pdf; name=copy(1).pdf", Some("application/pdf;name=copy(1).pdf")),
            ("text/plain\r\n\t;a=b", Some("text/plain;a=b")),
            ("text/plain; a", Some("text/plain")),
            ("text/plain; a=", Some("text/plain;a=")),
            ("text/plain; =b; c=d", Some("text/plain;c=d")),
            ("text/plain charset=utf-8", Some("text/plain;charset=utf-8")),
            ("text/plain; a=\"open", Some("text/plain;a=open")),
            ("text", None),
            ("text/", None),
            ("/plain", None),
            ("", None),
        ];
        for (value, expected) in cases {
            assert_eq!(media(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn encodings() {
        let mut flaws = Flaws::NONE;
        assert_eq!(Encoding::parse(b" Base64 ", &mut flaws), Encoding::Base64);
        assert_eq!(Encoding::parse(b"8BIT (yes)", &mut flaws), Encoding::EightBit);
        assert_eq!(Encoding::parse(b"", &mut flaws), Encoding::SevenBit);
        assert!(flaws.is_empty());
        assert_eq!(Encoding::parse(b"x-uue", &mut flaws).name(), b"x-uue");
        assert!(flaws.contains(Flaw::UnknownEncoding));
    }

    #[test]
    fn language_tags() {
        let tags = languages(b"nl, en-GB (British),, de");
        assert_eq!(tags, [b"nl".as_slice().into(), b"en-GB".as_slice().into(), b"de".as_slice().into()] as [Octets; 3]);
    }
}
