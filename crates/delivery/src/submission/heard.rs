//! Notices that come in about what an account has sent: that a message was displayed (RFC 8098), that it was delivered or never
//! will be (RFC 3464). They belong to the submission with the Message-ID that they name (RFC 8621, 7).
use message::{Envelope, HeaderFields, Parsed, Part, TransferDecoder, message_ids};
use std::ops::Range;
use store::BlobSource;

/// The most octets of a part of a notice that are read.
const MOST_OCTETS: u64 = 64 * 1024;
/// The most recipients of one notice.
const MOST_RECIPIENTS: usize = 1_000;
/// Letters of a reply that are kept.
const MOST_REPLY: usize = 200;

/// What a notice says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The Message-ID of what it is about, without angle brackets.
    pub(crate) about: String,
    pub(crate) kind: Kind,
    pub(crate) said: Vec<Said>,
}

/// Which notice it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By the reader's program (RFC 8098).
    Disposition,
    /// By a mail server (RFC 3464).
    Status,
}

/// What it says of a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// By which addresses he may be known.
    pub(crate) of: Vec<String>,
    pub(crate) what: What,
    /// What a server replied.
    pub(crate) reply: Option<String>,
}

/// What became of the message there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Displayed,
    Delivered,
    Failed,
    /// Something that changes nothing, such as a delay.
    Else,
}

/// Where the parts of a notice are.
struct Parts<'a> {
    kind: Kind,
    fields: &'a Part,
    original: Option<&'a Part>,
}

impl<'a> Parts<'a> {
    /// A report whose second part is for programs (RFC 6522, 3).
    fn of(parsed: &'a Parsed) -> Option<Self> {
        let structure = &parsed.structure;
        structure.root().filter(|root| root.media.is_exactly("multipart", "report"))?;
        let mut parts = structure.children(0).skip(1).filter_map(|index| structure.part(index));
        let fields = parts.next()?;
        let kind = if fields.media.is_exactly("message", "disposition-notification") {
            Kind::Disposition
        } else if fields.media.is_exactly("message", "delivery-status") {
            Kind::Status
        } else {
            return None;
        };
        Some(Self { kind, fields, original: parts.next() })
    }
}

/// Whether a message is such a notice, as far as its structure says.
pub(crate) fn is_notice(parsed: &Parsed) -> bool {
    Parts::of(parsed).is_some()
}

/// Reads a notice; nothing where it does not say which message it is about.
///
/// # Errors
/// When its bytes cannot be read.
pub(crate) async fn read(parsed: &Parsed, source: &dyn BlobSource) -> Result<Option<Heard>, store::Error> {
    let Some(Parts { kind, fields, original }) = Parts::of(parsed) else { return Ok(None) };
    let fields = body(fields, source).await?;
    let mut about = named(&fields, "Original-Message-ID");
    if about.is_none()
        && let Some(original) = original
    {
        about = match original.envelope() {
            Some(Envelope { message_id: Some(id), .. }) => id_of(id),
            Some(_) => None,
            // `text/rfc822-headers` (RFC 6522, 4)
            None => named(&body(original, source).await?, "Message-ID"),
        };
    }
    let said = match kind {
        Kind::Disposition => disposition(&fields).into_iter().collect(),
        Kind::Status => statuses(&fields),
    };
    Ok(about.map(|about| Heard { about, kind, said }))
}

async fn body(part: &Part, source: &dyn BlobSource) -> Result<Vec<u8>, store::Error> {
    let Range { start, end } = part.body.range();
    let bytes = source.read(start..end.min(start.saturating_add(MOST_OCTETS))).await?;
    Ok(TransferDecoder::whole(&part.encoding, &bytes).into_owned())
}

fn id_of(value: &[u8]) -> Option<String> {
    String::from_utf8(message_ids(value, 1).pop()?.to_vec()).ok()
}

fn named(fields: &[u8], name: &str) -> Option<String> {
    HeaderFields::new(fields).find(|field| field.is(name)).and_then(|field| id_of(&field.unfolded()))
}

/// `Disposition: manual-action/MDN-sent-manually; displayed` (RFC 8098, 3.2.6), with modifiers behind the type.
fn disposition(fields: &[u8]) -> Option<Said> {
    let mut said = Said { of: Vec::new(), what: What::Else, reply: None };
    for field in HeaderFields::new(fields) {
        let value = String::from_utf8_lossy(&field.unfolded()).into_owned();
        if field.is("Disposition") {
            let kind = value.split_once(';')?.1.split(['/', ',']).next().unwrap_or_default().trim().to_owned();
            if kind.eq_ignore_ascii_case("displayed") {
                said.what = What::Displayed;
            }
        } else if field.is("Final-Recipient") || field.is("Original-Recipient") {
            said.of.extend(address(&value));
        }
    }
    Some(said)
}

/// The groups of fields behind the first one, each of a recipient (RFC 3464, 2.1).
fn statuses(fields: &[u8]) -> Vec<Said> {
    let text = String::from_utf8_lossy(fields).replace("\r\n", "\n");
    text.split("\n\n").skip(1).take(MOST_RECIPIENTS).filter(|group| !group.trim().is_empty()).map(status).collect()
}

fn status(group: &str) -> Said {
    let mut said = Said { of: Vec::new(), what: What::Else, reply: None };
    let block = format!("{}\r\n", group.trim_matches('\n').replace('\n', "\r\n"));
    for field in HeaderFields::new(block.as_bytes()) {
        let value = String::from_utf8_lossy(&field.unfolded()).trim().to_owned();
        if field.is("Action") {
            // RFC 8621, 7: "Receipt of any other DSN SHOULD NOT affect this property"
            said.what = match value.to_ascii_lowercase().as_str() {
                "delivered" => What::Delivered,
                "failed" => What::Failed,
                _ => What::Else,
            };
        } else if field.is("Final-Recipient") || field.is("Original-Recipient") {
            said.of.extend(address(&value));
        } else if field.is("Diagnostic-Code")
            && let Some(("smtp", reply)) = value.split_once(';').map(|(kind, reply)| (kind.trim(), reply.trim()))
        {
            let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
            said.reply = Some(reply.chars().map(clean).take(MOST_REPLY).collect());
        }
    }
    said
}

/// `rfc822; anna@example.org` (RFC 3464, 2.1.2).
fn address(value: &str) -> Option<String> {
    let (_, address) = value.split_once(';')?;
    let address = address.trim().trim_start_matches('<').trim_end_matches('>');
    (!address.is_empty()).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{What, disposition, named, status, statuses};

    #[test]
    fn a_disposition_says_who_has_seen_it() {
        let fields = b"Final-Recipient: rfc822; bram@far.example\r\nOriginal-Message-ID: <a@b>\r\n\
            Disposition: manual-action/MDN-sent-manually; displayed/processed\r\n";
        let said = disposition(fields).unwrap();
        assert_eq!((said.of, said.what), (vec!["bram@far.example".to_owned()], What::Displayed));
        assert_eq!(named(fields, "Original-Message-ID").as_deref(), Some("a@b"));
        let deleted = disposition(b"Disposition: automatic-action/MDN-sent-automatically; deleted\r\n").unwrap();
        assert_eq!(deleted.what, What::Else);
    }

    #[test]
    fn a_status_has_a_group_for_each_recipient() {
        let fields = b"Reporting-MTA: dns; mx.far.example\r\n\r\nFinal-Recipient: RFC822; <bram@far.example>\r\n\
            Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1\r\n nobody\r\n\r\n\
            Original-Recipient: rfc822;carla@far.example\r\nFinal-Recipient: rfc822;c@far.example\r\n\
            Action: Delivered\r\n\r\n";
        let said = statuses(fields);
        assert_eq!(said.len(), 2);
        assert_eq!((said[0].what, said[0].reply.as_deref()), (What::Failed, Some("550 5.1.1 nobody")));
        assert_eq!((said[1].what, said[1].of.len()), (What::Delivered, 2));
        assert_eq!(status("Action: relayed").what, What::Else);
    }
}
