//! ACL, LISTRIGHTS and MYRIGHTS (RFC 4314, 3.6 to 3.8).
use super::{mailbox, put, quoted_or_literal};
use crate::Named;
use crate::acl::with_virtual;

/// `rights = astring`; letters of [`RIGHTS`](crate::RIGHTS), to which the virtual ones come.
fn rights(out: &mut Vec<u8>, letters: &str) {
    match with_virtual(letters) {
        none if none.is_empty() => put(out, "\"\""),
        some => put(out, some),
    }
}

/// `* ACL mailbox *(identifier rights)`
pub fn acl(out: &mut Vec<u8>, name: Named<'_>, entries: &[(String, String)]) {
    put(out, "* ACL ");
    mailbox(out, name);
    for (identifier, letters) in entries {
        out.push(b' ');
        quoted_or_literal(out, identifier.as_bytes());
        out.push(b' ');
        rights(out, letters);
    }
    put(out, "\r\n");
}

/// `* LISTRIGHTS mailbox identifier required *(optional)`: no right is tied to another. The virtual ones stand by
/// themselves, or among those that are always granted (RFC 4314, 2.1.1).
pub fn list_rights(out: &mut Vec<u8>, name: Named<'_>, identifier: &str, required: &str, optional: &str) {
    put(out, "* LISTRIGHTS ");
    mailbox(out, name);
    out.push(b' ');
    quoted_or_literal(out, identifier.as_bytes());
    out.push(b' ');
    rights(out, required);
    // RFC 4314, 3.7: no right twice.
    let already = with_virtual(required);
    for letter in with_virtual(optional).chars().filter(|letter| !already.contains(*letter)) {
        put(out, format_args!(" {letter}"));
    }
    put(out, "\r\n");
}

/// `* MYRIGHTS mailbox rights`
pub fn my_rights(out: &mut Vec<u8>, name: Named<'_>, letters: &str) {
    put(out, "* MYRIGHTS ");
    mailbox(out, name);
    out.push(b' ');
    rights(out, letters);
    put(out, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::read_all;
    use crate::{MailboxName, NameCoding, RIGHTS};

    #[test]
    fn table() {
        let mut out = Vec::new();
        let name = MailboxName::new("a b");
        let named = (&name, NameCoding::Utf7);
        let entries = [("anna@example.nl", RIGHTS), ("-b\"b", ""), ("j\u{f6}", "lr")]
            .map(|(identifier, letters)| (identifier.to_owned(), letters.to_owned()));
        acl(&mut out, named, &entries);
        acl(&mut out, named, &[]);
        list_rights(&mut out, named, "bob", "", RIGHTS);
        list_rights(&mut out, named, "anna", "la", "rswipkxte");
        my_rights(&mut out, named, "lrk");
        assert_eq!(read_all(&out).map(|replies| replies.len()), Ok(5));
        let wanted = "* ACL \"a b\" \"anna@example.nl\" lrswipkxteacd \"-b\\\"b\" \"\" {3}\r\nj\u{f6} lr\r\n\
                      * ACL \"a b\"\r\n\
                      * LISTRIGHTS \"a b\" \"bob\" \"\" l r s w i p k x t e a c d\r\n\
                      * LISTRIGHTS \"a b\" \"anna\" la r s w i p k x t e c d\r\n\
                      * MYRIGHTS \"a b\" lrkc\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }
}
