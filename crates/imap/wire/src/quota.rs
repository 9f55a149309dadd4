//! GETQUOTA (RFC 9208, 4.1.1); GETQUOTAROOT has one mailbox and nothing else.
use crate::{Cursor, Error};

/// `getquota = "GETQUOTA" SP quota-root-name`: the name, as bytes of the wire.
///
/// # Errors
/// When the arguments are something else.
pub fn get_quota(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, Error> {
    let root = cursor.astring()?.into_owned();
    cursor.end()?;
    Ok(root)
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
}
