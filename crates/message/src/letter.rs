//! Whether two messages are one letter: what a mail program sends, and the copy of it that it files. Their bodies are the same
//! octets; their headers may differ in what is for the sender's eyes, or the program's own.

use crate::field::{Field, HeaderFields};

/// Fields that one of the two may have alone: a program strips them from what it sends, or keeps notes in them.
const OWN: [&str; 4] = ["Bcc", "Resent-Bcc", "Fcc", "Status"];
/// Fields that are added on the way where they are missing (RFC 6409, 8).
const ADDED: [&str; 2] = ["From", "Date"];

/// Whether two header blocks are of one letter. All other fields are the same, in the same order; how a value is folded does
/// not matter.
///
/// ```
/// let sent = b"From: a@b.nl\r\nSubject: one\r\n\r\n";
/// let filed = b"From: a@b.nl\r\nBcc: c@d.nl\r\nSubject:\r\n one\r\n\r\n";
/// assert!(message::is_same_letter(sent, filed));
/// ```
pub fn is_same_letter(one: &[u8], other: &[u8]) -> bool {
    common(one, other).eq(common(other, one))
}

/// The fields of `block` that the other block must have too.
fn common<'a>(block: &'a [u8], other: &'a [u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let added: Vec<&str> = ADDED.into_iter().filter(|name| !has(other, name)).collect();
    HeaderFields::new(block)
        .filter(move |field| !is_own(field) && !added.iter().any(|name| field.is(name)))
        .map(|field| (field.name.to_ascii_lowercase(), field.unfolded()))
}

fn has(block: &[u8], name: &str) -> bool {
    HeaderFields::new(block).any(|field| field.is(name))
}

fn is_own(field: &Field<'_>) -> bool {
    let extension = field.name.get(..2).is_some_and(|begin| begin.eq_ignore_ascii_case(b"X-"));
    extension || OWN.iter().any(|name| field.is(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_senders_own_makes_no_other_letter() {
        let sent = "Date: d\r\nMessage-ID: <1@x>\r\nFrom: a@b\r\nTo: c@d\r\nSubject: s\r\n\r\n";
        for (filed, same) in [
            (sent.to_owned(), true),
            (sent.replace("Subject: s", "Subject:\r\n s\r\nBcc: e@f,\r\n g@h"), true),
            (sent.replace("To: c@d", "to: c@d\r\nX-Mozilla-Status: 1\r\nFcc: Sent"), true),
            (sent.replace("Date: d\r\n", ""), true),
            (sent.replace("From: a@b\r\n", ""), true),
            (sent.replace("Date: d", "Date: e"), false),
            (sent.replace("Subject: s", "Subject: t"), false),
            (sent.replace("To: c@d\r\n", ""), false),
            (sent.replace("To: c@d", "To: c@d\r\nCc: e@f"), false),
            (sent.replace("To: c@d\r\nSubject: s", "Subject: s\r\nTo: c@d"), false),
            (sent.replace("To: c@d", "To: c@d\r\nContent-Type: text/html"), false),
            ("\r\n".to_owned(), false),
        ] {
            assert_eq!(is_same_letter(sent.as_bytes(), filed.as_bytes()), same, "{filed}");
            assert_eq!(is_same_letter(filed.as_bytes(), sent.as_bytes()), same, "{filed}");
        }
    }
}
