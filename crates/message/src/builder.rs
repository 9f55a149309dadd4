//! Messages of our own are put together: text, and multiparts for reports (RFC 6522). They are small and in memory.

use memchr::memmem;

use crate::header_writer::HeaderWriter;
use crate::transfer_encode::quoted_printable;

/// One part of a message that is built.
#[derive(Clone, Debug)]
pub struct BuiltPart {
    content_type: String,
    encoding: &'static str,
    body: Vec<u8>,
}

impl BuiltPart {
    /// `text/plain` in UTF-8. Line ends become CRLF.
    pub fn text(text: &str) -> Self {
        Self::written("plain", text)
    }

    /// `text/html` in UTF-8. Line ends become CRLF.
    pub fn html(html: &str) -> Self {
        Self::written("html", html)
    }

    fn written(subtype: &str, text: &str) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let simple = text.is_ascii()
            && lines.iter().all(|line| line.len() <= 78 && !line.bytes().any(|byte| byte < b' ' && byte != b'\t'));
        let body = if simple {
            lines.iter().flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect()
        } else {
            quoted_printable(text)
        };
        let encoding = if simple { "7bit" } else { "quoted-printable" };
        Self { content_type: format!("text/{subtype}; charset=utf-8"), encoding, body }
    }

    /// `message/delivery-status` (RFC 3464, 2.1): groups of fields with an empty line between.
    pub fn delivery_status(groups: Vec<HeaderWriter>) -> Self {
        let groups: Vec<Vec<u8>> = groups.into_iter().map(HeaderWriter::into_bytes).collect();
        Self::raw("message/delivery-status", groups.join(&b"\r\n"[..]))
    }

    /// `message/rfc822`: a whole message with CRLF line ends, as it stands; with a header in UTF-8 `message/global`.
    pub fn message(message: Vec<u8>) -> Self {
        let header = memmem::find(&message, b"\r\n\r\n")
            .map_or(message.as_slice(), |end| message.get(..end).unwrap_or_default());
        if header.is_ascii() {
            Self::raw("message/rfc822", message)
        } else {
            Self::global(message, ["message/global", "message/rfc822"])
        }
    }

    /// `text/rfc822-headers` (RFC 6522, 4): the header of a message with CRLF line ends; in UTF-8 `message/global-headers`.
    pub fn headers(header: Vec<u8>) -> Self {
        let kind = "text/rfc822-headers";
        if header.is_ascii() { Self::raw(kind, header) } else { Self::global(header, ["message/global-headers", kind]) }
    }

    /// Of a kind that may have a header in UTF-8 (RFC 6532, 3.7; RFC 6533, 6.3). Unlike `message/rfc822` such may be encoded,
    /// so that it goes by servers without SMTPUTF8 too. What is no UTF-8 stays what it was, of the other kind.
    fn global(bytes: Vec<u8>, [kind, otherwise]: [&str; 2]) -> Self {
        match str::from_utf8(&bytes) {
            Ok(text) => {
                Self { content_type: kind.to_owned(), encoding: "quoted-printable", body: quoted_printable(text) }
            }
            Err(_) => Self::raw(otherwise, bytes),
        }
    }

    /// A file of any kind, in base64. `name` is ASCII without quotes.
    pub fn file(content_type: &str, name: &str, bytes: &[u8]) -> Self {
        let text = data_encoding::BASE64.encode(bytes);
        // RFC 2045, 6.8: lines of 76
        let lines: Vec<&[u8]> = text.as_bytes().chunks(76).collect();
        let mut body = lines.join(&b"\r\n"[..]);
        body.extend_from_slice(b"\r\n");
        Self { content_type: format!("{content_type}; name=\"{name}\""), encoding: "base64", body }
    }

    fn raw(content_type: &str, body: Vec<u8>) -> Self {
        let encoding = if body.is_ascii() { "7bit" } else { "8bit" };
        Self { content_type: content_type.to_owned(), encoding, body }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let header = HeaderWriter::new().field("Content-Type", &self.content_type);
        out.extend_from_slice(&header.field("Content-Transfer-Encoding", self.encoding).into_bytes());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.body);
    }
}

/// What holds the parts together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multipart {
    /// `multipart/mixed`.
    Mixed,
    /// `multipart/alternative` (RFC 2046, 5.1.4): the last one that a reader can show is the best.
    Alternative,
    /// `multipart/report` with `report-type=delivery-status` (RFC 3464, 2).
    DeliveryStatus,
    /// `multipart/report` with `report-type="tlsrpt"` (RFC 8460, 5.3).
    TlsReport,
}

/// Builds a message behind the fields it is given; MIME-Version and the Content-* fields are its own.
#[derive(Clone, Debug)]
pub struct Builder {
    header: HeaderWriter,
}

impl Builder {
    /// With the fields From, To, Subject, Date, Message-ID and others.
    pub fn new(header: HeaderWriter) -> Self {
        Self { header: header.field("MIME-Version", "1.0") }
    }

    /// A message of one text.
    pub fn text(self, text: &str) -> Vec<u8> {
        let mut out = self.header.into_bytes();
        BuiltPart::text(text).write(&mut out);
        out
    }

    /// A message of several parts. The boundary is made of `random` and stands in none of them.
    pub fn multipart(self, kind: Multipart, parts: &[BuiltPart], random: u64) -> Vec<u8> {
        let boundary = boundary(parts, random);
        let content_type = match kind {
            Multipart::Mixed => format!("multipart/mixed; boundary=\"{boundary}\""),
            Multipart::Alternative => format!("multipart/alternative; boundary=\"{boundary}\""),
            Multipart::DeliveryStatus => {
                format!("multipart/report; report-type=delivery-status; boundary=\"{boundary}\"")
            }
            Multipart::TlsReport => format!("multipart/report; report-type=\"tlsrpt\"; boundary=\"{boundary}\""),
        };
        let eight_bit = parts.iter().any(|part| part.encoding == "8bit");
        let header = self.header.field("Content-Type", &content_type);
        let encoding = if eight_bit { "8bit" } else { "7bit" };
        let mut out = header.field("Content-Transfer-Encoding", encoding).into_bytes();
        for part in parts {
            out.extend_from_slice(format!("\r\n--{boundary}\r\n").as_bytes());
            part.write(&mut out);
        }
        out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        out
    }
}

fn boundary(parts: &[BuiltPart], random: u64) -> String {
    let mut number = random;
    loop {
        let boundary = format!("=_{number:016x}");
        if parts.iter().all(|part| memmem::find(&part.body, boundary.as_bytes()).is_none()) {
            return boundary;
        }
        number = number.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Flaws, Limits, parse};

    fn header() -> HeaderWriter {
        HeaderWriter::new().addresses("From", &[(Some("Pöst"), "a@b.example")]).text("Subject", "Niet bezorgd: café")
    }

    #[test]
    fn a_text_comes_back() {
        for text in ["short\n", "café\n  \n.\nFrom x\n", &"long ".repeat(100), "", "tab\tand\u{1}"] {
            let message = Builder::new(header()).text(text);
            assert!(message.is_ascii());
            let parsed = parse(&message, Limits { preview: 10_000, ..Limits::default() });
            assert_eq!(parsed.flaws, Flaws::NONE);
            let words = text.replace('\u{1}', "");
            assert_eq!(&*parsed.preview, words.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    #[test]
    fn a_file_comes_back() {
        let bytes: Vec<u8> = (0..1_000).map(|number| u8::try_from(number % 251).unwrap()).collect();
        let file = BuiltPart::file("application/tlsrpt+gzip", "a!b.json.gz", &bytes);
        let message = Builder::new(header()).multipart(Multipart::TlsReport, &[BuiltPart::text("x\n"), file], 7);
        let parsed = parse(&message, Limits::default());
        assert_eq!(parsed.flaws, Flaws::NONE);
        let body = parsed.structure.part(2).unwrap().body.within(&message);
        let text: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
        assert_eq!(data_encoding::BASE64.decode(&text).unwrap(), bytes);
        assert!(body.split(|byte| *byte == b'\n').all(|line| line.len() <= 77));
    }

    #[test]
    fn a_report_has_its_three_parts() {
        let status = BuiltPart::delivery_status(vec![
            HeaderWriter::new().field("Reporting-MTA", "dns; mx.example"),
            HeaderWriter::new().field("Final-Recipient", "rfc822; a@b.example").field("Action", "failed"),
        ]);
        let returned = b"Subject: x\r\n\r\n=_0000000000000007 in the text".to_vec();
        let parts = [BuiltPart::text("Sorry.\n"), status, BuiltPart::message(returned.clone())];
        let message = Builder::new(header()).multipart(Multipart::DeliveryStatus, &parts, 7);
        let parsed = parse(&message, Limits::default());
        assert_eq!(parsed.flaws, Flaws::NONE);
        assert_eq!(parsed.envelope.subject_text().as_deref(), Some("Niet bezorgd: café"));
        let kinds: Vec<_> = parsed
            .structure
            .parts()
            .iter()
            .map(|part| String::from_utf8_lossy(&part.media.subtype).into_owned())
            .collect();
        assert_eq!(kinds, ["report", "plain", "delivery-status", "rfc822", "plain"]);
        assert_eq!(parsed.structure.part(3).unwrap().body.within(&message), returned);
        assert_eq!(
            parsed.structure.part(2).unwrap().body.within(&message),
            b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed\r\n"
        );
    }
}
