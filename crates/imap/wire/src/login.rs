//! Arguments of the commands about the client itself: LOGIN, AUTHENTICATE, ID, ENABLE, COMPRESS.
use crate::{Cursor, Error};
use std::borrow::Cow;

/// `login = "LOGIN" SP userid SP password` (RFC 3501, 6.2.3). Not `Debug`: it holds a password.
pub struct Login<'a> {
    /// The account, as typed.
    pub user: Cow<'a, [u8]>,
    /// The password.
    pub password: Cow<'a, [u8]>,
}

impl<'a> Login<'a> {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When they are something else.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let user = cursor.astring()?;
        cursor.space()?;
        let password = cursor.astring()?;
        cursor.end()?;
        Ok(Self { user, password })
    }
}

/// `authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")]` (RFC 3501, 6.2.2; RFC 4959, 3). Not `Debug`: it
/// may hold a password.
pub struct Authenticate<'a> {
    /// The mechanism, in capitals.
    pub mechanism: String,
    /// The initial response, still in base64; `=` is the empty one.
    pub initial: Option<&'a [u8]>,
}

impl<'a> Authenticate<'a> {
    /// Reads the arguments.
    ///
    /// # Errors
    /// When they are something else.
    pub fn read(cursor: &mut Cursor<'a>) -> Result<Self, Error> {
        let mechanism = cursor.atom()?.to_ascii_uppercase();
        let mut initial = None;
        if cursor.eat(b' ') {
            let response = cursor.run(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
            if response.is_empty() {
                return cursor.expected("an initial response");
            }
            initial = Some(response);
        }
        cursor.end()?;
        Ok(Self { mechanism, initial })
    }
}

/// Reads a response of SASL: base64, or `=` for an empty initial one (RFC 4959, 3). `None` when it is not base64.
pub fn sasl_response(coded: &[u8]) -> Option<Vec<u8>> {
    if coded == b"=" { Some(Vec::new()) } else { data_encoding::BASE64.decode(coded).ok() }
}

/// The fields of ID (RFC 2971, 3.1): names and values as text, nothing for NIL.
pub type IdFields = Vec<(String, Option<String>)>;

/// RFC 2971, 3.3: at most 30 pairs, names of 30 bytes, values of 1,024.
const ID_FIELDS: usize = 30;
const ID_NAME: usize = 30;
const ID_VALUE: usize = 1_024;

/// `id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)`
///
/// # Errors
/// When the arguments are something else, or longer than RFC 2971 allows.
pub fn id(cursor: &mut Cursor<'_>) -> Result<IdFields, Error> {
    if cursor.keyword("NIL") {
        cursor.end()?;
        return Ok(Vec::new());
    }
    let fields = cursor.list("fields", |cursor| {
        let name = cursor.string()?;
        cursor.space()?;
        let value = cursor.nstring()?;
        if name.len() > ID_NAME {
            return Err(Error::TooMany { what: "bytes in a field's name", limit: ID_NAME });
        }
        if value.as_ref().is_some_and(|value| value.len() > ID_VALUE) {
            return Err(Error::TooMany { what: "bytes in a field's value", limit: ID_VALUE });
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok((text(&name), value.as_deref().map(text)))
    })?;
    cursor.end()?;
    if fields.len() > ID_FIELDS {
        return Err(Error::TooMany { what: "fields", limit: ID_FIELDS });
    }
    Ok(fields)
}

/// `enable = "ENABLE" 1*(SP capability)` (RFC 5161, 3.1): the names in capitals.
///
/// # Errors
/// When the arguments are something else.
pub fn enable(cursor: &mut Cursor<'_>) -> Result<Vec<String>, Error> {
    let mut names = vec![cursor.atom()?.to_ascii_uppercase()];
    while cursor.eat(b' ') {
        names.push(cursor.atom()?.to_ascii_uppercase());
    }
    cursor.end()?;
    Ok(names)
}

/// `compress = "COMPRESS" SP "DEFLATE"` (RFC 4978, 5)
///
/// # Errors
/// When the arguments are something else.
pub fn compress(cursor: &mut Cursor<'_>) -> Result<(), Error> {
    if cursor.keyword("DEFLATE") { cursor.end() } else { cursor.expected("DEFLATE") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn login() {
        for (text, user, password) in [
            ("anna geheim", "anna", "geheim"),
            ("\"a b\" \"x\\\"y\"", "a b", "x\"y"),
            ("{4}\r\nanna {3+}\r\na b", "anna", "a b"),
        ] {
            let login = Login::read(&mut Cursor::new(text.as_bytes())).ok().unwrap();
            assert_eq!((&*login.user, &*login.password), (user.as_bytes(), password.as_bytes()));
        }
        for text in ["", "anna", "anna ", "anna  x", "anna x y", "(a) b"] {
            assert!(Login::read(&mut Cursor::new(text.as_bytes())).is_err(), "{text}");
        }
    }

    #[test]
    fn authenticate() {
        let read = |text: &'static str| Authenticate::read(&mut Cursor::new(text.as_bytes())).ok();
        assert_eq!(read("plain").unwrap().mechanism, "PLAIN");
        assert_eq!(read("PLAIN AGEAYg==").unwrap().initial.and_then(sasl_response), Some(b"\0a\0b".to_vec()));
        assert_eq!(read("PLAIN =").unwrap().initial.and_then(sasl_response), Some(Vec::new()));
        for text in ["", "PLAIN ", "PLAIN a b", "PLAIN !"] {
            assert!(read(text).is_none(), "{text}");
        }
        assert_eq!(sasl_response(b"a"), None);
    }

    #[test]
    fn id_fields() {
        let read = |text: &str| id(&mut Cursor::new(text.as_bytes()));
        assert_eq!(read("NIL"), Ok(vec![]));
        assert_eq!(read("()"), Ok(vec![]));
        assert_eq!(
            read("(\"name\" \"x\" \"os\" NIL)"),
            Ok(vec![("name".into(), Some("x".into())), ("os".into(), None)])
        );
        let (long, many) =
            (format!("(\"a\" \"{}\")", "x".repeat(1_025)), format!("({})", vec!["\"a\" NIL"; 31].join(" ")));
        for text in ["", "(", "(\"a\")", "(a b)", "((\"a\" \"b\"))", &long, &many, &"(".repeat(1_000_000)] {
            assert!(read(text).is_err());
        }
    }

    #[test]
    fn compressed() {
        assert!(compress(&mut Cursor::new(b"deflate")).is_ok());
        for text in ["", "LZW", "DEFLATE x", "DEFLATED"] {
            assert!(compress(&mut Cursor::new(text.as_bytes())).is_err(), "{text}");
        }
    }

    #[test]
    fn enabled() {
        assert_eq!(enable(&mut Cursor::new(b"condstore X")), Ok(vec!["CONDSTORE".into(), "X".into()]));
        assert!(enable(&mut Cursor::new(b"")).is_err());
    }
}
