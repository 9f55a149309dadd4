//! ENVELOPE (RFC 3501, 7.4.2 and 9, envelope): what the message says of itself, as it says it.
use super::{nstring, quoted_or_literal};
use message::{Address, Envelope};

/// Prints an `envelope`.
pub fn envelope(out: &mut Vec<u8>, envelope: &Envelope) {
    out.push(b'(');
    nstring(out, envelope.date.as_deref());
    out.push(b' ');
    nstring(out, envelope.subject.as_deref());
    // RFC 3501, 7.4.2: an absent or empty Sender or Reply-To is what From is.
    let or_from = |list| or(list, &envelope.from);
    let lists = [
        &envelope.from,
        or_from(&envelope.sender),
        or_from(&envelope.reply_to),
        &envelope.to,
        &envelope.cc,
        &envelope.bcc,
    ];
    for list in lists {
        out.push(b' ');
        addresses(out, list);
    }
    out.push(b' ');
    nstring(out, envelope.in_reply_to.as_deref());
    out.push(b' ');
    nstring(out, envelope.message_id.as_deref());
    out.push(b')');
}

fn or<'a>(list: &'a [Address], other: &'a [Address]) -> &'a [Address] {
    if list.is_empty() { other } else { list }
}

/// `"(" 1*address ")" / nil`
fn addresses(out: &mut Vec<u8>, list: &[Address]) {
    if list.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    out.push(b'(');
    for entry in list {
        let [name, route, local, domain] = match entry {
            Address::Mailbox { name, route, local, domain } => {
                // RFC 3501, 7.4.2: NIL as host marks a group, so an address without one has an empty host.
                [name.as_deref(), route.as_deref(), Some(&**local), Some(&**domain)]
            }
            Address::GroupStart(name) => [None, None, Some(&**name), None],
            Address::GroupEnd => [None, None, None, None],
        };
        out.push(b'(');
        for (index, part) in [name, route, local, domain].into_iter().enumerate() {
            if index > 0 {
                out.push(b' ');
            }
            nstring(out, part);
        }
        out.push(b')');
    }
    out.push(b')');
}

/// A string that is always there.
pub(super) fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    quoted_or_literal(out, bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Value, check_envelope};
    use crate::{Cursor, client};
    use message::{Limits, parse};
    use proptest::prelude::*;

    fn printed(message: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        envelope(&mut out, &parse(message, Limits::default()).envelope);
        out
    }

    #[test]
    fn table() {
        for (message, wanted) in [
            ("\r\n", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
            (
                "Date: Wed, 17 Jul 1996 02:23:25 -0700\r\nFrom: Terry Gray <gray@cac.washington.edu>\r\nSubject: a \"b\"\r\n\
                 To: imap@cac.washington.edu\r\nMessage-Id: <B27397@x>\r\n\r\n",
                "(\"Wed, 17 Jul 1996 02:23:25 -0700\" \"a \\\"b\\\"\" \
                 ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
                 ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) ((NIL NIL \"imap\" \"cac.washington.edu\")) \
                 NIL NIL NIL \"<B27397@x>\")",
            ),
            (
                "To: friends: a@x.nl, b;\r\n\r\n",
                "(NIL NIL NIL NIL NIL ((NIL NIL \"friends\" NIL)(NIL NIL \"a\" \"x.nl\")(NIL NIL \"b\" \"\")(NIL NIL NIL NIL)) \
                 NIL NIL NIL NIL)",
            ),
        ] {
            assert_eq!(String::from_utf8(printed(message.as_bytes())).unwrap(), wanted, "{message}");
        }
    }

    proptest! {
        // docs/security.md, I20: no header can forge a reply.
        #[test]
        fn a_strict_client_reads_it(
            subject in proptest::collection::vec(any::<u8>(), 0..40),
            from in "[ -~\r\n\u{0}\u{e9}]{0,40}",
        ) {
            let mut message = b"Subject: ".to_vec();
            message.extend(subject);
            message.extend(b"\r\nFrom: ");
            message.extend(from.as_bytes());
            message.extend(b"\r\n\r\n");
            let mut reply = b"* 1 FETCH (ENVELOPE ".to_vec();
            reply.extend(printed(&message));
            reply.extend(b")\r\n");
            prop_assert_eq!(client::read_all(&reply).unwrap().len(), 1);
            let out = printed(&message);
            let value = Value::read(&mut Cursor::new(&out)).unwrap();
            prop_assert!(check_envelope(&value));
        }
    }
}
