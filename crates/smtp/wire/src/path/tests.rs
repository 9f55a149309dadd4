use super::*;
use proptest::prelude::*;

fn forward(text: &str) -> Result<ForwardPath, SyntaxError> {
    let mut cursor = Cursor::new(text.as_bytes());
    let path = ForwardPath::read(&mut cursor, Quirks::STRICT)?;
    cursor.end()?;
    Ok(path)
}

#[test]
fn reads_paths() {
    for (text, printed) in [
        ("<anna@example.org>", "<anna@example.org>"),
        ("<Anna@Example.ORG>", "<Anna@example.org>"),
        ("<\"anna b\"@example.org>", "<\"anna b\"@example.org>"),
        ("<\"a>b\"@example.org>", "<\"a>b\"@example.org>"),
        ("<\"a\\\"b\"@example.org>", "<\"a\\\"b\"@example.org>"),
        ("<\"anna\"@example.org>", "<anna@example.org>"),
        ("<@relay.example,@b.example:anna@example.org>", "<anna@example.org>"),
        ("<@[192.0.2.1]:anna@example.org>", "<anna@example.org>"),
        ("<anna@[192.0.2.1]>", "<anna@[192.0.2.1]>"),
        ("<anna@[IPv6:2001:db8::1]>", "<anna@[IPv6:2001:db8::1]>"),
        ("<anna@[ipv6:2001:db8::1]>", "<anna@[IPv6:2001:db8::1]>"),
        ("<jörg@bücher.example>", "<jörg@xn--bcher-kva.example>"),
        ("<u%other.example@example.org>", "<u%other.example@example.org>"),
        ("<other.example!u@example.org>", "<other.example!u@example.org>"),
        ("<postmaster>", "<postmaster>"),
        ("<PostMaster>", "<postmaster>"),
        ("<postmaster@example.org>", "<postmaster@example.org>"),
    ] {
        assert_eq!(forward(text).map(|path| path.to_string()), Ok(printed.to_owned()), "{text}");
    }
}

#[test]
fn refuses_what_is_no_path() {
    let long = format!("<{}@example.org>", "a".repeat(65));
    let route = format!("<{}:a@example.org>", vec!["@relay.example"; 100].join(","));
    for text in [
        "",
        "<",
        "<>",
        "<anna>",
        "<@>",
        "<\"\">",
        "<\"\"@example.org>",
        "<anna@>",
        "<@example.org>",
        "<anna@example.org",
        "anna@example.org",
        "<anna@@example.org>",
        "<an na@example.org>",
        "<a..b@example.org>",
        "<.a@example.org>",
        "<a.@example.org>",
        "<anna@exa_mple.org>",
        "<anna@-a.org>",
        "<anna@[192.0.2.1>",
        "<anna@[192.0.2.256]>",
        "<anna@[IPv6:192.0.2.1]>",
        "<anna@[x:y]>",
        "<\"a\0b\"@example.org>",
        "<\"a\\\0\"@example.org>",
        "<\"a@example.org>",
        "<anna@example.org>x",
        "<@a,@b@example.org>",
        "<@a;anna@example.org>",
        "<a@b.nl>>",
        "<a\rb@b.nl>",
        &long,
        &route,
    ] {
        assert!(forward(text).is_err(), "{text:?}");
    }
    let mut cursor = Cursor::new(b"<\xff@example.org>");
    assert!(ForwardPath::read(&mut cursor, Quirks::STRICT).is_err());
}

#[test]
fn a_sender_may_be_null_and_needs_a_domain() {
    let read = |text: &str| ReversePath::read(&mut Cursor::new(text.as_bytes()), Quirks::STRICT);
    assert_eq!(read("<>"), Ok(ReversePath::Null));
    assert!(read("<postmaster>").is_err());
    assert!(read("anna@example.org").is_err());
}

#[test]
fn quirk_an_address_without_brackets() {
    let read = |text: &str| ForwardPath::read(&mut Cursor::new(text.as_bytes()), Quirks::LENIENT);
    assert_eq!(read("anna@example.org SIZE=1").map(|path| path.to_string()), Ok("<anna@example.org>".to_owned()));
    assert!(read("").is_err());
    assert!(read("<anna@example.org").is_err());
}

proptest! {
    #[test]
    fn prints_what_it_reads(local in "[ -~é]{1,30}", domain in "[a-z]{1,10}(\\.[a-z]{1,10}){0,3}") {
        let path = ForwardPath::Mailbox(Address::new(LocalPart::new(&local).unwrap(), domain.parse().unwrap()));
        prop_assert_eq!(forward(&path.to_string()), Ok(path));
    }

    #[test]
    fn no_input_is_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = ForwardPath::read(&mut Cursor::new(&bytes), Quirks::LENIENT);
        let _ = ReversePath::read(&mut Cursor::new(&bytes), Quirks::LENIENT);
    }
}
