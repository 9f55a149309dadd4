//! The report in a message (RFC 8460, 5.3): a part of one of two types, in a message that says that it is a report.
use super::{MAX_ENCODED, ReportRefused, unavailable};
use bytes::Bytes;
use message::{Encoding, HeaderFields, MediaType, Shape, Span, Structure, TransferDecoder};
use policy::{ReportFault, ReportForm};
use std::borrow::Cow;
use store::BlobSource;

/// The most of a header that is read.
const HEADER: u64 = 64 * 1024;

/// Where the report is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportPart {
    pub(super) form: ReportForm,
    encoding: Encoding,
    body: Span,
    /// The header of the message, where that has to say that it is a report.
    header: Option<Span>,
}

impl ReportPart {
    /// The first part that may be a report; what is in an attached message is none of this one.
    pub(super) fn find(structure: &Structure) -> Option<Self> {
        let root = structure.root()?;
        let mut at = 0;
        while let Some(part) = structure.part(at) {
            if let Some(form) = form(&part.media) {
                let kind = root.media.parameters.text("report-type");
                let is_report = root.media.is_exactly("multipart", "report")
                    && kind.is_some_and(|kind| kind.eq_ignore_ascii_case("tlsrpt"));
                let header = (!is_report).then_some(root.header);
                return Some(Self { form, encoding: part.encoding.clone(), body: part.body, header });
            }
            at = match part.shape {
                Shape::Message(_) => (part.end as usize).max(at + 1),
                Shape::Leaf | Shape::Multipart => at + 1,
            };
        }
        None
    }

    /// The bytes of the part, still encoded; `None` where the message says nowhere that it is a report.
    pub(super) async fn read(&self, source: &dyn BlobSource) -> Result<Option<Bytes>, ReportRefused> {
        let read = async |span: Span| source.read(span.range()).await.map_err(unavailable);
        if let Some(header) = self.header {
            let header = read(Span::new(header.start, header.end.min(header.start + HEADER))).await?;
            if !HeaderFields::new(&header).any(|field| field.is("TLS-Report-Domain")) {
                return Ok(None);
            }
        }
        if self.body.len() > MAX_ENCODED {
            return Err(ReportFault::TooLong.into());
        }
        read(self.body).await.map(Some)
    }

    /// What the bytes of the part stand for.
    pub(super) fn decoded<'a>(&self, encoded: &'a [u8]) -> Cow<'a, [u8]> {
        TransferDecoder::whole(&self.encoding, encoded)
    }
}

fn form(media: &MediaType) -> Option<ReportForm> {
    // most parts are something else altogether
    let subtype = std::str::from_utf8(&media.subtype).ok().filter(|_| media.is("application"))?;
    ReportForm::of(&format!("application/{subtype}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use message::{Limits, parse};

    /// What is found: the form, the text of the part as it stands, and whether the header is asked.
    fn found(text: &str) -> Option<(ReportForm, &str, bool)> {
        let part = ReportPart::find(&parse(text.as_bytes(), Limits::default()).structure)?;
        let range = usize::try_from(part.body.start).unwrap()..usize::try_from(part.body.end).unwrap();
        Some((part.form, &text[range], part.header.is_some()))
    }

    fn multipart(kind: &str, part: &str) -> String {
        let text = "--b\r\nContent-Type: text/plain\r\n\r\nA report\r\n";
        format!("Content-Type: {kind}; boundary=b\r\n\r\n{text}--b\r\n{part}\r\n--b--\r\n")
    }

    #[test]
    fn reports_are_found_by_their_types() {
        let part = "Content-Type: application/tlsrpt+gzip\r\n\r\nabc";
        let report = multipart("multipart/report; report-type=\"TLSRPT\"", part);
        assert_eq!(found(&report), Some((ReportForm::Gzip, "abc", false)));
        for other in ["multipart/mixed; report-type=tlsrpt", "multipart/report", "multipart/report; report-type=dsn"] {
            assert_eq!(found(&multipart(other, part)), Some((ReportForm::Gzip, "abc", true)), "{other}");
        }
        let alone = "Content-Type: Application/TLSRPT+JSON; charset=utf-8\r\n\r\n{}";
        assert_eq!(found(alone), Some((ReportForm::Json, "{}", true)));
        // a list's footer around it
        let within = multipart("multipart/mixed", &report);
        assert_eq!(found(&within), Some((ReportForm::Gzip, "abc", true)));
    }

    #[test]
    fn what_is_none_or_another_message_s_is_not_found() {
        let report =
            multipart("multipart/report; report-type=tlsrpt", "Content-Type: application/tlsrpt+json\r\n\r\n{}");
        let forwarded = multipart("multipart/mixed", &format!("Content-Type: message/rfc822\r\n\r\n{report}"));
        assert_eq!(found(&forwarded), None);
        let forwarded =
            multipart("multipart/report; report-type=tlsrpt", &format!("Content-Type: message/rfc822\r\n\r\n{report}"));
        assert_eq!(found(&forwarded), None);
        assert_eq!(
            found(&multipart("multipart/report; report-type=tlsrpt", "Content-Type: application/gzip\r\n\r\nx")),
            None
        );
        assert_eq!(found("Subject: application/tlsrpt+gzip\r\n\r\nhello"), None);
    }
}
