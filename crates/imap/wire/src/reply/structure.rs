//! BODY and BODYSTRUCTURE (RFC 3501, 7.4.2 and 9, body), written without recursion from the flat list of parts.
use super::envelope::string;
use super::{nstring, put};
use message::{Disposition, Octets, Parameters, Part, Shape, Structure};

/// Whether extension data is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extensions {
    /// `BODY`
    Left,
    /// `BODYSTRUCTURE`
    Told,
}

/// What is still to be written.
enum Work {
    /// The part at an index.
    Begin(usize),
    /// What follows the children of the multipart, or the message within the part, at an index.
    End(usize),
}

/// Prints a `body`.
pub fn structure(out: &mut Vec<u8>, structure: &Structure, extensions: Extensions) {
    let mut waiting = vec![Work::Begin(0)];
    while let Some(work) = waiting.pop() {
        let (index, ends) = match work {
            Work::Begin(index) => (index, false),
            Work::End(index) => (index, true),
        };
        let Some(part) = structure.part(index) else {
            // A message without any part: an empty text.
            out.extend_from_slice(b"(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)");
            continue;
        };
        match (&part.shape, ends) {
            (Shape::Leaf, _) => {
                fields(out, part);
                if part.media.is("text") {
                    put(out, format_args!(" {}", part.lines));
                }
                single_extensions(out, part, extensions);
                out.push(b')');
            }
            (Shape::Multipart, false) => {
                out.push(b'(');
                waiting.push(Work::End(index));
                let children: Vec<usize> = structure.children(index).collect();
                waiting.extend(children.into_iter().rev().map(Work::Begin));
            }
            (Shape::Multipart, true) => {
                out.push(b' ');
                string(out, &part.media.subtype);
                multipart_extensions(out, part, extensions);
                out.push(b')');
            }
            (Shape::Message(envelope), false) => {
                fields(out, part);
                out.push(b' ');
                super::envelope(out, envelope);
                out.push(b' ');
                waiting.push(Work::End(index));
                waiting.push(Work::Begin(index + 1));
            }
            (Shape::Message(_), true) => {
                put(out, format_args!(" {}", part.lines));
                single_extensions(out, part, extensions);
                out.push(b')');
            }
        }
    }
}

/// `"(" media-basic SP body-fields`; a `message/rfc822` that was not opened (too deep) is told as bytes of another type,
/// since the grammar wants an envelope behind that one.
fn fields(out: &mut Vec<u8>, part: &Part) {
    out.push(b'(');
    let closed = matches!(part.shape, Shape::Leaf) && part.media.is_exactly("message", "rfc822");
    let (kind, subtype): (&[u8], &[u8]) =
        if closed { (b"application", b"octet-stream") } else { (&part.media.kind, &part.media.subtype) };
    string(out, kind);
    out.push(b' ');
    string(out, subtype);
    out.push(b' ');
    parameters(out, &part.media.parameters);
    out.push(b' ');
    nstring(out, part.id.as_deref());
    out.push(b' ');
    nstring(out, part.description.as_deref());
    out.push(b' ');
    string(out, part.encoding.name());
    put(out, format_args!(" {}", part.body.len()));
}

/// `body-fld-param`
fn parameters(out: &mut Vec<u8>, parameters: &Parameters) {
    let mut first = true;
    for parameter in parameters.iter() {
        out.push(if first { b'(' } else { b' ' });
        first = false;
        string(out, &parameter.name);
        out.push(b' ');
        string(out, &parameter.value);
    }
    out.extend_from_slice(if first { b"NIL" } else { b")" });
}

/// `[SP body-ext-1part]`
fn single_extensions(out: &mut Vec<u8>, part: &Part, extensions: Extensions) {
    if extensions == Extensions::Told {
        out.push(b' ');
        nstring(out, part.md5.as_deref());
        tail(out, part);
    }
}

/// `[SP body-ext-mpart]`
fn multipart_extensions(out: &mut Vec<u8>, part: &Part, extensions: Extensions) {
    if extensions == Extensions::Told {
        out.push(b' ');
        parameters(out, &part.media.parameters);
        tail(out, part);
    }
}

/// Disposition, language, location.
fn tail(out: &mut Vec<u8>, part: &Part) {
    out.push(b' ');
    match &part.disposition {
        None => out.extend_from_slice(b"NIL"),
        Some(Disposition { kind, parameters: list }) => {
            out.push(b'(');
            string(out, kind);
            out.push(b' ');
            parameters(out, list);
            out.push(b')');
        }
    }
    out.push(b' ');
    languages(out, &part.language);
    out.push(b' ');
    nstring(out, part.location.as_deref());
}

/// `body-fld-lang`
fn languages(out: &mut Vec<u8>, tags: &[Octets]) {
    if tags.is_empty() {
        out.extend_from_slice(b"NIL");
        return;
    }
    for (index, tag) in tags.iter().enumerate() {
        out.push(if index == 0 { b'(' } else { b' ' });
        string(out, tag);
    }
    out.push(b')');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Value, check_body};
    use crate::{Cursor, client};
    use message::{Limits, parse};
    use proptest::prelude::*;

    fn printed(message: &[u8], extensions: Extensions) -> String {
        let mut out = Vec::new();
        structure(&mut out, &parse(message, Limits::default()).structure, extensions);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn table() {
        let mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: message/rfc822\r\n\
                     Content-Disposition: attachment; filename=\"a\\\"b\"\r\n\r\nSubject: x\r\n\r\nin\r\n--b--\r\n";
        assert_eq!(
            printed(mixed.as_bytes(), Extensions::Left),
            "((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 1)\
             (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 16 (NIL \"x\" NIL NIL NIL NIL NIL NIL NIL NIL) \
             (\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 2 1) 3) \"mixed\")"
        );
        assert_eq!(
            printed(b"\r\nhi\r\n", Extensions::Told),
            "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 4 1 NIL NIL NIL NIL)"
        );
    }

    /// Reads what is printed as a strict client does.
    fn reads(message: &[u8]) -> bool {
        [("BODY", Extensions::Left), ("BODYSTRUCTURE", Extensions::Told)].into_iter().all(|(name, extensions)| {
            let mut out = format!("* 1 FETCH ({name} ").into_bytes();
            structure(&mut out, &parse(message, Limits::default()).structure, extensions);
            out.extend(b")\r\n");
            client::read_all(&out).is_ok_and(|replies| replies.len() == 1)
        })
    }

    #[test]
    fn deep_messages_are_cut_and_read() {
        for depth in [1, 50, 100, 1_000] {
            let mut message = String::new();
            for level in 0..depth {
                message += &format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n");
            }
            assert!(reads(message.as_bytes()), "{depth} multiparts");
            let forwarded = "Content-Type: message/rfc822\r\n\r\n".repeat(depth);
            assert!(reads(forwarded.as_bytes()), "{depth} messages");
        }
        let out = printed(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n", Extensions::Told);
        assert!(check_body(&Value::read(&mut Cursor::new(out.as_bytes())).unwrap(), true), "{out}");
    }

    proptest! {
        // docs/security.md, I20
        #[test]
        fn a_strict_client_reads_it(
            kind in "(text|image|message|multipart)/(plain|rfc822|mixed|[ -~]{0,9})",
            parameter in proptest::collection::vec(any::<u8>(), 0..30),
            body in "(--b(--)?\r\n|Content-Type: (text/html|message/rfc822|multipart/digest; boundary=c)\r\n\r\n|--c(--)?\r\n|[a-z\r\n]{0,9}){0,9}",
        ) {
            let mut message = format!("Content-Type: {kind}; boundary=b; name=\"").into_bytes();
            message.extend(&parameter);
            message.extend(b"\"\r\nContent-Disposition: attachment; filename*=");
            message.extend(&parameter);
            message.extend(b"\r\nContent-Language: ");
            message.extend(&parameter);
            message.extend(b"\r\n\r\n");
            message.extend(body.as_bytes());
            prop_assert!(reads(&message));
        }
    }
}
