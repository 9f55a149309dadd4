use super::*;

fn get(text: &str) -> Result<GetMetadata, Error> {
    GetMetadata::read(&mut Cursor::new(text.as_bytes()))
}

fn set(text: &[u8]) -> Result<SetMetadata, Error> {
    SetMetadata::read(&mut Cursor::new(text))
}

#[test]
fn asking() {
    for (text, mailbox, entries, max_size, depth) in [
        ("\"\" /shared/comment", None, &["/shared/comment"][..], None, Depth::Named),
        (
            "inbox (/shared/comment /private/Comment)",
            Some("INBOX"),
            &["/shared/comment", "/private/Comment"],
            None,
            Depth::Named,
        ),
        ("(MAXSIZE 1024) INBOX /private/a", Some("INBOX"), &["/private/a"], Some(1_024), Depth::Named),
        ("(depth 1 maxsize 0) \"\" (/private)", None, &["/private"], Some(0), Depth::Children),
        ("INBOX (DEPTH infinity) /shared/vendor", Some("INBOX"), &["/shared/vendor"], None, Depth::All),
        ("INBOX (MAXSIZE 1) (/private/a)", Some("INBOX"), &["/private/a"], Some(1), Depth::Named),
        ("&AOk- {10}\r\n/private/a", Some("\u{e9}"), &["/private/a"], None, Depth::Named),
        ("a /shared/vendor/x/y", Some("a"), &["/shared/vendor/x/y"], None, Depth::Named),
        ("a \"/private/with a blank\"", Some("a"), &["/private/with a blank"], None, Depth::Named),
    ] {
        let read = get(text).unwrap();
        assert_eq!(read.mailbox.as_ref().map(MailboxName::as_str), mailbox, "{text}");
        assert_eq!(read.entries.iter().map(EntryPath::as_str).collect::<Vec<_>>(), entries, "{text}");
        assert_eq!((read.max_size, read.depth), (max_size, depth), "{text}");
    }
    let many = format!("a ({})", vec!["/private/a"; MAX_ENTRIES + 1].join(" "));
    let long = format!("a /private/{}", "x".repeat(MAX_NAME));
    for text in [
        "",
        "a",
        "a ()",
        "a /private/a /private/b",
        "() a /private/a",
        "(DEPTH 2) a /private/a",
        "(DEPTH 1 DEPTH 1) a /private/a",
        "(MAXSIZE x) a /private/a",
        "(MAXSIZE 4294967296) a /private/a",
        "(SHALLOW) a /private/a",
        "a (MAXSIZE 1)",
        "(DEPTH 1) a (MAXSIZE 1) /private/a",
        "a private/a",
        "a /private",
        "a /other/a",
        "a /private//a",
        "a /private/a/",
        "a /private/*",
        "a \"/private/%\"",
        "a \"/private/\u{e9}\"",
        "a \"/private/\x01\"",
        "a /shared/vendor/x",
        "a ((/private/a))",
        "((((((((",
        &many,
        &long,
    ] {
        assert!(get(text).is_err(), "{text}");
    }
    // docs/security.md, I05: nothing is nested here, however deep it comes.
    for depth in [64, 1_000, 100_000] {
        assert!(get(&format!("a {}", "(".repeat(depth))).is_err());
        assert!(get(&format!("{} a /private/a", "(".repeat(depth))).is_err());
        assert!(set(format!("a {}", "(".repeat(depth)).as_bytes()).is_err());
    }
}

#[test]
fn setting() {
    for (text, values) in [
        (&b"a (/private/a \"x\")"[..], vec![("/private/a", Some(&b"x"[..]))]),
        (b"\"\" (/private/a NIL /shared/b {2+}\r\n\r\n)", vec![("/private/a", None), ("/shared/b", Some(b"\r\n"))]),
        (b"a (/shared/b ~{3}\r\na\0b)", vec![("/shared/b", Some(b"a\0b"))]),
        (b"a (/shared/b ~{0+}\r\n)", vec![("/shared/b", Some(b""))]),
        (b"a (/shared/b \"NIL\")", vec![("/shared/b", Some(b"NIL"))]),
    ] {
        let read = set(text).unwrap();
        let read: Vec<_> = read.values.iter().map(|(entry, value)| (entry.as_str(), value.as_deref())).collect();
        assert_eq!(read, values);
    }
    for text in [
        &b""[..],
        b"a",
        b"a ()",
        b"a (/private/a)",
        b"a (/private/a x)",
        b"a /private/a \"x\"",
        b"a (/private \"x\")",
        b"a (/private/a {3}\r\na\0b)",
        b"a (/private/a \"x\") y",
        b"a (/private/a ~\"x\")",
        b"a (/private/a ~{2}\r\nx)",
    ] {
        assert!(set(text).is_err(), "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn below() {
    let entry = EntryPath::read(&mut Cursor::new(b"/Private/A")).unwrap();
    for (name, depths) in [
        ("/private/a", [true, true, true]),
        ("/private/a/b", [false, true, true]),
        ("/private/a/b/c", [false, false, true]),
        ("/private/ab", [false, false, false]),
        ("/private", [false, false, false]),
    ] {
        assert_eq!(
            [Depth::Named, Depth::Children, Depth::All].map(|depth| entry.covers(name, depth)),
            depths,
            "{name}"
        );
    }
}
