//! What stands between the octets of APPEND and REPLACE.
use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Append, Error> {
    Append::read(&mut Cursor::new(text.as_bytes()))
}

/// The steps in a few words.
fn words(steps: &[AppendStep]) -> String {
    let word = |step: &AppendStep| match step {
        AppendStep::Message(flags, date) => format!("message {}{}", flags.len(), if date.is_some() { "d" } else { "" }),
        AppendStep::Octets { binary: true, .. } => "octets8".to_owned(),
        AppendStep::Octets { binary: false, .. } => "octets".to_owned(),
        AppendStep::Url(url) => String::from_utf8_lossy(url).into_owned(),
        AppendStep::Whole => "whole".to_owned(),
        AppendStep::End => "end".to_owned(),
    };
    steps.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The bytes of a command between its octets.
fn told(pieces: &[&str]) -> Result<String, Error> {
    let mut append = read(pieces[0])?;
    let mut told = words(&append.steps);
    for piece in &pieces[1..] {
        let steps = append.reader.read(&mut Cursor::new(piece.as_bytes()))?;
        told = format!("{told} | {}", words(&steps));
    }
    Ok(told)
}

#[test]
fn table() {
    for (pieces, steps) in [
        (&["Sent (\\Seen $x) \" 1-Jan-2026 10:00:00 +0100\" {310}\r\n", ""][..], "message 2d, octets | whole, end"),
        (&["{4}\r\nSent {310+}\r\n"], "message 0, octets"),
        (&["Sent ~{5+}\r\n", " (\\Seen) {0+}\r\n", ""], "message 0, octets8 | whole, message 1, octets | whole, end"),
        (&["Sent (\\Seen) utf8 (~{5}\r\n", ")"], "message 1, octets8 | whole, end"),
        (&["Sent CATENATE (URL /a/;UID=1)"], "message 0, /a/;UID=1, whole, end"),
        (&["Sent catenate (url {3}\r\na b URL \"c\")"], "message 0, a b, c, whole, end"),
        (
            &["Sent () CATENATE (URL x TEXT {42}\r\n", " URL y TEXT ~{1}\r\n", " UTF8 (~{3}\r\n", "))", ""],
            "message 0, x, octets | y, octets8 | octets8 | whole, end | end",
        ),
        (
            &["Sent CATENATE (URL x) (\\Seen) CATENATE (TEXT {1}\r\n", ") {1}\r\n", ""],
            "message 0, x, whole, message 1, octets | whole, message 0, octets | whole, end",
        ),
    ] {
        assert_eq!(told(pieces).as_deref(), Ok(steps), "{pieces:?}");
    }
    for announced in ["{4}\r\n", "Sent CATENATE (URL {4}\r\n", "Sent CATENATE (URL a URL {4+}\r\n"] {
        assert_eq!(read(announced), Err(Error::Announced), "{announced}");
    }
    for pieces in [
        &[""][..],
        &["Sent"],
        &["Sent ()"],
        &["Sent \"x\""],
        &["Sent () () {1}\r\n"],
        &["Sent {1}"],
        &["Sent {1}\r\nx"],
        &["Sent \"1-Jan-2026\" {1}\r\n"],
        &["Sent UTF8 ({5}\r\n"],
        &["Sent UTF8 ~{5}\r\n"],
        &["Sent UTF8(~{5}\r\n"],
        &["Sent UTF8 (~{5}"],
        &["Sent UTF8 (~{5}\r\n)"],
        &["Sent CATENATE"],
        &["Sent CATENATE ()"],
        &["Sent CATENATE (URL)"],
        &["Sent CATENATE (URL a"],
        &["Sent CATENATE (URL a URL b"],
        &["Sent CATENATE (URL a b)"],
        &["Sent CATENATE (URL aURL b)"],
        &["Sent CATENATE ( URL a)"],
        &["Sent CATENATE (TEXT a)"],
        &["Sent CATENATE (TEXT {1}\r\nx)"],
        &["Sent CATENATE ({1}\r\n"],
        &["Sent CATENATE (UTF8 ({1}\r\n"],
        &["Sent CATENATE (URL a) x"],
        &["Sent {1}\r\n", "{2}\r\n"],
        &["Sent {1}\r\n", " x {2}\r\n"],
        &["Sent {1}\r\n", ")"],
        &["Sent UTF8 (~{1}\r\n", ""],
        &["Sent CATENATE (TEXT {1}\r\n", ""],
        &["Sent CATENATE (TEXT {1}\r\n", "URL a)"],
        &["Sent CATENATE (UTF8 (~{1}\r\n", ")"],
    ] {
        assert!(told(pieces).is_err_and(|error| error != Error::Announced), "{pieces:?}");
    }
}

#[test]
fn replace_is_of_one() {
    let replace = |text: &str| Replace::read(&mut Cursor::new(text.as_bytes()));
    assert!(replace("4 Drafts (\\Seen \\Draft) {312}\r\n").is_ok_and(|replace| replace.append.announces()));
    assert!(replace("* Drafts ~{3+}\r\n").is_ok());
    assert!(replace("4 Drafts CATENATE (URL a)").is_ok_and(|replace| !replace.append.announces()));
    assert_eq!(replace("4 {6}\r\n"), Err(Error::Announced));
    for text in ["", "4", "4 Drafts", "4:5 Drafts {1}\r\n", "$ Drafts {1}\r\n", "0 Drafts {1}\r\n"] {
        assert!(replace(text).is_err_and(|error| error != Error::Announced), "{text}");
    }
}

#[test]
fn parts_are_bounded() {
    let many = |count| format!("Sent CATENATE ({})", vec!["URL a"; count].join(" "));
    assert!(read(&many(4_990)).is_ok());
    assert!(matches!(read(&many(5_000)), Err(Error::TooMany { .. })));
}

proptest! {
    /// What fails leaves the reader where it was.
    #[test]
    fn an_error_reads_nothing(text in "( URL [a-c]{1,3}| TEXT|\\)| \\{1\\}\r\n| CATENATE \\(){0,6}") {
        let mut append = read("Sent CATENATE (TEXT {1}\r\n").unwrap();
        let before = append.reader;
        if append.reader.read(&mut Cursor::new(text.as_bytes())).is_err() {
            prop_assert_eq!(append.reader, before);
        }
    }
}
