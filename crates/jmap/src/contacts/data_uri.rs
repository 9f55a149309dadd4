//! `data:` URLs (RFC 2397), as which pictures and sounds stand in cards.
use data_encoding::{BASE64, BASE64_NOPAD};

/// What one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataUri {
    /// Its media type, without parameters.
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
}

impl DataUri {
    /// Reads one; nothing where the text is none.
    pub(crate) fn read(uri: &str) -> Option<Self> {
        let (head, data) = split(uri)?;
        let base64 = head.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
        let plain = unescaped(data)?;
        let bytes = if base64 {
            let text: Vec<u8> = plain.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
            BASE64.decode(&text).or_else(|_| BASE64_NOPAD.decode(&text)).ok()?
        } else {
            plain
        };
        Some(Self { media_type: media_type(head), bytes })
    }

    /// Writes it.
    pub(crate) fn write(&self) -> String {
        format!("data:{};base64,{}", self.media_type, BASE64.encode(&self.bytes))
    }
}

/// The media type of one, however its data are; nothing where the text is none.
pub(crate) fn media_type_of(uri: &str) -> Option<String> {
    split(uri).map(|(head, _)| media_type(head))
}

fn split(uri: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = uri.split_once(':')?;
    if scheme.eq_ignore_ascii_case("data") { rest.split_once(',') } else { None }
}

/// RFC 2397, 3: "text/plain;charset=US-ASCII" where it is left out.
fn media_type(head: &str) -> String {
    let told = head.split(';').next().unwrap_or_default().trim();
    if told.contains('/') { told.to_ascii_lowercase() } else { "text/plain".to_owned() }
}

/// RFC 3986, 2.1.
fn unescaped(data: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut plain) = (data.bytes(), Vec::with_capacity(data.len()));
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'%' => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::{DataUri, media_type_of};

    #[test]
    fn what_is_inside_is_read() {
        for (uri, media_type, bytes) in [
            ("data:image/png;base64,aGVsbG8=", "image/png", &b"hello"[..]),
            ("DATA:IMAGE/PNG;charset=x;base64,aGVs\r\n bG8", "image/png", b"hello"),
            ("data:image/svg+xml,%3Csvg/%3E", "image/svg+xml", b"<svg/>"),
            ("data:,a%20b", "text/plain", b"a b"),
        ] {
            let read = DataUri::read(uri).unwrap();
            assert_eq!((read.media_type.as_str(), &read.bytes[..]), (media_type, bytes), "{uri}");
            assert_eq!(DataUri::read(&read.write()), Some(read));
            assert_eq!(media_type_of(uri).as_deref(), Some(media_type));
        }
        for wrong in ["", "https://x/y.png", "data:image/png;base64", "data:image/png;base64,%%", "data:a/b;base64,a"] {
            assert_eq!(DataUri::read(wrong), None, "{wrong}");
        }
    }
}
