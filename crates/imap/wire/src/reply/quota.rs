//! QUOTA and QUOTAROOT (RFC 9208, 4.2).
use super::{mailbox, put, quoted_or_literal};
use crate::Named;

/// How much is used of a resource that has a limit, in the resource's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resource {
    /// `STORAGE` (in units of 1,024 octets), and others.
    pub name: &'static str,
    /// How much is used.
    pub used: u64,
    /// How much may be used.
    pub limit: u64,
}

/// `* QUOTA root (…)`; resources that are not named have no limit.
pub fn quota(out: &mut Vec<u8>, root: &str, resources: &[Resource]) {
    put(out, "* QUOTA ");
    quoted_or_literal(out, root.as_bytes());
    put(out, " (");
    for (index, Resource { name, used, limit }) in resources.iter().enumerate() {
        put(out, format_args!("{}{name} {used} {limit}", if index == 0 { "" } else { " " }));
    }
    put(out, ")\r\n");
}

/// `* QUOTAROOT mailbox root`
pub fn quota_root(out: &mut Vec<u8>, name: Named<'_>, root: &str) {
    put(out, "* QUOTAROOT ");
    mailbox(out, name);
    out.push(b' ');
    quoted_or_literal(out, root.as_bytes());
    put(out, "\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::read_all;
    use crate::{MailboxName, NameCoding};

    #[test]
    fn table() {
        let mut out = Vec::new();
        quota_root(&mut out, (&MailboxName::new("a b"), NameCoding::Utf7), "account");
        quota(&mut out, "account", &[Resource { name: "STORAGE", used: 10, limit: 512 }]);
        quota(&mut out, "", &[]);
        assert_eq!(read_all(&out).map(|replies| replies.len()), Ok(3));
        let wanted = "* QUOTAROOT \"a b\" \"account\"\r\n* QUOTA \"account\" (STORAGE 10 512)\r\n* QUOTA \"\" ()\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }
}
