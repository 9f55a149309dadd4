//! The lists of the RFC's example and of what mail programs send.
use super::BodyLists;
use message::{Limits, Parsed, parse};

/// A message of parts as they are told: `mixed(`, `)` for a multipart, else a part with its type, `@` before an attachment,
/// `!` before one that is inline, `=` before one with a file name.
fn message(told: &str) -> Parsed {
    let mut text = String::new();
    let mut boundaries: Vec<usize> = Vec::new();
    let mut next = 0;
    for word in told.split_whitespace() {
        if word == ")" {
            text += &format!("\r\n--b{}x--\r\n", boundaries.pop().unwrap());
            continue;
        }
        if let Some(boundary) = boundaries.last() {
            text += &format!("\r\n--b{boundary}x\r\n");
        }
        if let Some(kind) = word.strip_suffix('(') {
            text += &format!("Content-Type: multipart/{kind}; boundary=b{next}x\r\n\r\n");
            boundaries.push(next);
            next += 1;
            continue;
        }
        let disposition = match word.chars().next() {
            Some('@') => "Content-Disposition: attachment\r\n",
            Some('!') => "Content-Disposition: inline\r\n",
            Some('=') => "Content-Disposition: inline; filename=f\r\n",
            _ => "",
        };
        let media = word.trim_start_matches(['@', '!', '=']);
        text += &format!("Content-Type: {media}\r\n{disposition}\r\nbody\r\n");
    }
    parse(text.as_bytes(), Limits::default())
}

/// The lists with parts by their place among those that are no multipart, from `a`.
fn lists(told: &str) -> (String, String, String, bool) {
    let parsed = message(told);
    let parts = parsed.structure.parts();
    let leaves: Vec<usize> = (0..parts.len()).filter(|index| !parts[*index].is_multipart()).collect();
    let letter = |index: &usize| {
        let at = leaves.iter().position(|leaf| leaf == index).unwrap();
        char::from(b'A' + u8::try_from(at).unwrap())
    };
    let lists = BodyLists::of(&parsed.structure);
    let told = |list: &[usize]| list.iter().map(letter).collect::<String>();
    let has = lists.has_attachment(&parsed.structure);
    (told(&lists.text), told(&lists.html), told(&lists.attachments), has)
}

#[test]
fn the_lists_are_those_of_the_rfc() {
    for (told, text, html, attachments, has) in [
        // RFC 8621, 4.1.4: the example, with its parts A to K
        (
            "mixed( !text/plain mixed( alternative( mixed( !text/plain !image/jpeg !text/plain ) related( text/html \
             image/jpeg ) ) @image/jpeg application/x-excel message/rfc822 ) !text/plain )",
            "ABCDK",
            "AEK",
            "CFGHI",
            true,
        ),
        ("text/plain", "A", "A", "", false),
        ("text/html", "A", "A", "", false),
        ("application/pdf", "", "", "A", true),
        ("image/png", "A", "A", "", false),
        ("alternative( text/plain text/html )", "A", "B", "", false),
        ("alternative( text/html )", "A", "A", "", false),
        ("alternative( text/plain )", "A", "A", "", false),
        ("alternative( text/plain text/calendar )", "A", "A", "B", true),
        ("alternative( text/plain related( text/html image/png ) )", "A", "B", "C", true),
        ("related( text/html !image/png )", "A", "A", "B", false),
        ("mixed( text/plain @application/pdf )", "A", "A", "B", true),
        ("mixed( text/plain =text/plain )", "A", "A", "B", false),
        ("mixed( =text/plain text/plain )", "AB", "AB", "", false),
        ("mixed( text/plain image/png )", "AB", "AB", "", false),
        ("mixed( text/plain =image/png )", "AB", "AB", "", false),
        ("mixed( text/html text/plain )", "AB", "AB", "", false),
        ("alternative( mixed( text/plain image/png ) text/html )", "AB", "C", "B", true),
        ("", "A", "A", "", false),
    ] {
        // an attached message's own part, `J` here, is none of this message
        let (is_text, is_html, is_attachments, is_has) = lists(told);
        let expected = (text.to_owned(), html.to_owned(), attachments.to_owned(), has);
        assert_eq!((is_text, is_html, is_attachments, is_has), expected, "{told}");
    }
}

#[test]
fn nesting_costs_no_stack() {
    let deep = format!("{} text/plain", "mixed( ".repeat(2_000));
    assert!(lists(&deep).0.len() <= 1);
}
