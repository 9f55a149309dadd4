//! Strings, numbers and words at the cursor.
use super::*;

#[test]
fn strings() {
    for (text, content) in [
        ("abc", "abc"),
        ("a]c", "a]c"),
        ("\"\"", ""),
        ("\"a b\"", "a b"),
        ("\"a\\\"b\\\\\"", "a\"b\\"),
        ("{3}\r\na b", "a b"),
        ("{3+}\r\na b", "a b"),
        ("{0}\r\n", ""),
        ("\"caf\u{e9}\"", "caf\u{e9}"),
    ] {
        let mut cursor = Cursor::new(text.as_bytes());
        assert_eq!(cursor.astring().unwrap(), content.as_bytes(), "{text}");
        assert!(cursor.end().is_ok(), "{text}");
    }
    for text in
        ["", "(", "\"a", "\"a\\b\"", "\"a\rb\"", "\"a\0b\"", "{3}\r\nab", "{3}ab", "{-1}\r\n", "{}\r\n", "{1}\r\n\0"]
    {
        assert!(Cursor::new(text.as_bytes()).astring().is_err(), "{text}");
    }
    assert_eq!(Cursor::new(b"{3}\r\n").string(), Err(Error::Announced));
    // RFC 9755, 3
    for (text, names, right) in [
        (&b"\"caf\xe9\""[..], NameCoding::Utf7, true),
        (b"\"caf\xe9\"", NameCoding::Utf8, false),
        (b"\"\\\"caf\xe9\"", NameCoding::Utf8, false),
        (b"\"\xc0\xaf\"", NameCoding::Utf8, false),
        (b"\"caf\xc3\xa9\"", NameCoding::Utf8, true),
        (b"{4}\r\ncaf\xe9", NameCoding::Utf8, true),
    ] {
        assert_eq!(Cursor::new(text).with_names(names).string().is_ok(), right, "{text:?}");
    }
}

#[test]
fn numbers() {
    assert_eq!(Cursor::new(b"4294967295").number(), Ok(u32::MAX));
    for text in ["", "4294967296", "99999999999999999999", "-1", "x"] {
        assert!(Cursor::new(text.as_bytes()).number().is_err(), "{text}");
    }
    assert!(Cursor::new(b"0").nz_number().is_err());
    assert_eq!(Cursor::new(b"9223372036854775807").mod_sequence(), Ok((1 << 63) - 1));
    assert!(Cursor::new(b"9223372036854775808").mod_sequence().is_err());
}

#[test]
fn a_keyword_is_a_whole_word() {
    assert!(Cursor::new(b"nil)").keyword("NIL"));
    assert!(!Cursor::new(b"nile").keyword("NIL"));
    assert!(Cursor::new(b"nile").prefix("NIL"));
}
