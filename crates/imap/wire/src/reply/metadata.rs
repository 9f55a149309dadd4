//! METADATA (RFC 5464, 4.4): entries with their values, or the names of those that have changed.
use super::{mailbox, nstring, put};
use crate::Named;
use crate::reply::quoted_or_literal;

/// `* METADATA mailbox (entry value …)`; a value is `NIL` where there is none. The server has the empty name.
pub fn metadata<'a>(out: &mut Vec<u8>, of: Named<'_>, entries: impl IntoIterator<Item = (&'a str, Option<&'a [u8]>)>) {
    put(out, "* METADATA ");
    mailbox(out, of);
    for (index, (name, value)) in entries.into_iter().enumerate() {
        put(out, if index == 0 { " (" } else { " " });
        entry(out, name);
        out.push(b' ');
        match value {
            // value = nstring / literal8 (RFC 5464, 5): only the latter may hold a NUL.
            Some(value) if value.contains(&0) => {
                put(out, format_args!("~{{{}}}\r\n", value.len()));
                out.extend_from_slice(value);
            }
            value => nstring(out, value),
        }
    }
    put(out, ")\r\n");
}

/// `* METADATA mailbox entry …`: these have changed (RFC 5464, 4.4.2).
pub fn metadata_changed<'a>(out: &mut Vec<u8>, of: Named<'_>, entries: impl IntoIterator<Item = &'a str>) {
    put(out, "* METADATA ");
    mailbox(out, of);
    for name in entries {
        out.push(b' ');
        entry(out, name);
    }
    put(out, "\r\n");
}

/// `entry = astring`
fn entry(out: &mut Vec<u8>, name: &str) {
    if name.bytes().all(crate::cursor::is_astring_char) {
        put(out, name);
    } else {
        quoted_or_literal(out, name.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::{Data, Response, Value, read_all};
    use crate::{MailboxName, NameCoding};
    use proptest::prelude::*;

    #[test]
    fn table() {
        let mut out = Vec::new();
        let (inbox, server) = (MailboxName::new("INBOX"), MailboxName::new(""));
        let values = [("/private/a", None), ("/shared/a b", Some(&b"x \"y\""[..])), ("/shared/c", Some(b"\0"))];
        metadata(&mut out, (&inbox, NameCoding::Utf7), values);
        metadata_changed(&mut out, (&server, NameCoding::Utf7), ["/private/a", "/shared/a b"]);
        assert_eq!(read_all(&out).map(|replies| replies.len()), Ok(2));
        let wanted = "* METADATA INBOX (/private/a NIL \"/shared/a b\" \"x \\\"y\\\"\" /shared/c ~{1}\r\n\0)\r\n\
                      * METADATA \"\" /private/a \"/shared/a b\"\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }

    proptest! {
        #[test]
        fn a_value_comes_back(value in proptest::collection::vec(any::<u8>(), 0..1_200)) {
            let mut out = Vec::new();
            metadata(&mut out, (&MailboxName::new("a b"), NameCoding::Utf7), [("/private/x", Some(&value[..]))]);
            let wanted = Data::Metadata(MailboxName::new("a b"), vec![("/private/x".into(), Value::String(value))]);
            prop_assert_eq!(read_all(&out), Ok(vec![Response::Data(wanted)]));
        }
    }
}
