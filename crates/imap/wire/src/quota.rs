//! GETQUOTA (RFC 9208, 4.1.1) and SETQUOTA (RFC 9208, 4.1.3); GETQUOTAROOT has one mailbox and nothing else.
use crate::{Cursor, Error};

/// The limits that SETQUOTA asks for: a resource and its limit, in the resource's unit.
pub type QuotaLimits = Vec<(String, u64)>;

/// `getquota = "GETQUOTA" SP quota-root-name`: the name, as bytes of the wire.
///
/// # Errors
/// When the arguments are something else.
pub fn get_quota(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, Error> {
    let root = cursor.astring()?.into_owned();
    cursor.end()?;
    Ok(root)
}

/// `setquota = "SETQUOTA" SP quota-root-name SP "(" [setquota-resource *(SP setquota-resource)] ")"`, with
/// `setquota-resource = resource-name SP resource-limit`: the root and the limits.
///
/// # Errors
/// When the arguments are something else.
pub fn set_quota(cursor: &mut Cursor<'_>) -> Result<(Vec<u8>, QuotaLimits), Error> {
    let root = cursor.astring()?.into_owned();
    cursor.space()?;
    let limits = cursor.list("resources", |cursor| {
        let name = cursor.atom()?.to_ascii_uppercase();
        cursor.space()?;
        // RFC 9208, 7: number64, which has 63 bits, as a mod-sequence has.
        Ok((name, cursor.mod_sequence()?))
    })?;
    cursor.end()?;
    Ok((root, limits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| get_quota(&mut Cursor::new(text.as_bytes()));
        for (text, root) in
            [("account", "account"), ("\"\"", ""), ("\"#user/alice\"", "#user/alice"), ("{1}\r\nx", "x")]
        {
            assert_eq!(read(text), Ok(root.as_bytes().to_vec()), "{text}");
        }
        for text in ["", "a b", "(a)", "\"a"] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn limits() {
        let read = |text: &str| set_quota(&mut Cursor::new(text.as_bytes()));
        let wanted = vec![("STORAGE".to_owned(), 512), ("MESSAGE".to_owned(), 9)];
        assert_eq!(read("account (STORAGE 512 message 9)").map(|(_, limits)| limits), Ok(wanted));
        assert_eq!(read("\"\" ()"), Ok((Vec::new(), Vec::new())));
        for text in
            ["account", "account STORAGE 5", "account (STORAGE)", "account (5 5", "account (STORAGE -1)", "a () x"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
