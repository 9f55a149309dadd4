//! What Python's email package and the mail-parser crate read in the corpus, beside what we read. Where they differ the table says why we stay.

use std::path::Path;
use std::process::Command;

use mail_parser::{MessageParser, MimeHeaders, PartType};
use message::{Limits, parse};

use crate::corpus::{files, outline};

/// Files that Python reads otherwise, and why ours stays.
const PYTHON: Table = &[
    ("boundary-at-once", "a multipart has parts (RFC 2046, 5.1.1); one without is shown as text, not hidden"),
    ("boundary-empty", "a boundary has one character at least (RFC 2046, 5.1.1)"),
    ("boundary-missing", "without boundary the type cannot be understood: text/plain (RFC 2045, 5.2)"),
    ("boundary-never", "the same"),
    ("content-type-no-semicolon", "we see the type and the parameter; Python takes both for the subtype"),
    ("eight-bit-header-latin1", "we read windows-1252 where it is no UTF-8; Python replaces"),
    ("header-nul", "we make a space of NUL"),
    ("line-ends-cr", "CR alone is no line end for us"),
    ("obsolete", "we take the obsolete space before the colon (RFC 5322, 4.5)"),
    ("parameters-comments", "comments are allowed in Content-Type (RFC 2045, 5.1); Python does not see them"),
    ("parts-without-header-end", "every boundary line begins a part, also right behind another"),
    ("same-boundary-nested", "of two open multiparts the inner one takes the line, so that nothing is lost"),
    ("words-broken", "a word without charset is no word (RFC 2047, 2)"),
    ("words-hostile", "we replace NUL"),
    ("words-unknown-charset", "we read windows-1252 where the charset is unknown; utf-7 is never decoded"),
];

/// Files that mail-parser reads otherwise, and why ours stays.
const MAIL_PARSER: Table = &[
    ("boundary-at-once", "a multipart has parts (RFC 2046, 5.1.1); one without is shown as text, not hidden"),
    ("boundary-empty", "a boundary has one character at least (RFC 2046, 5.1.1)"),
    ("boundary-in-header", "mail-parser does not see the boundary and loses the second part"),
    ("boundary-missing", "without boundary the type cannot be understood: text/plain (RFC 2045, 5.2)"),
    ("boundary-never", "the same"),
    ("content-type-bad", "a type without subtype cannot be understood: text/plain (RFC 2045, 5.2)"),
    ("content-type-no-semicolon", "we see the type and the parameter; mail-parser takes both for the subtype"),
    ("eight-bit-header-latin1", "we read windows-1252 where it is no UTF-8; mail-parser replaces"),
    ("empty", "mail-parser gives nothing"),
    ("fields-twice", "the first field counts; mail-parser takes the last"),
    ("header-no-line-end", "mail-parser gives nothing"),
    ("header-nul", "we make a space of NUL"),
    ("line-ends-cr", "CR alone is no line end for us; mail-parser gives nothing"),
    ("missing-end-cut-header", "mail-parser loses the last part, which has no empty line behind its header"),
    ("missing-end-inner", "mail-parser loses what follows an inner multipart without end"),
    ("parameters-comments", "comments are allowed in Content-Type (RFC 2045, 5.1); mail-parser loses the boundary"),
    ("parts-without-header-end", "every boundary line begins a part, also right behind another"),
    ("rfc822-empty", "an attached message of no octets is a message with an empty text"),
    ("word-big5", "mail-parser is built without its charsets"),
    ("word-euc-jp", "mail-parser is built without its charsets"),
    ("word-euc-kr", "mail-parser is built without its charsets"),
    ("word-gb18030", "mail-parser is built without its charsets"),
    ("word-gb2312", "mail-parser is built without its charsets"),
    ("word-iso-2022-jp", "mail-parser is built without its charsets"),
    ("word-shift_jis", "mail-parser is built without its charsets"),
    ("words-adjacent", "we decode neighbouring words of one charset together, so a cut character is whole"),
    ("words-broken", "text right behind a word is not parted from it by a space"),
    ("words-hostile", "we replace NUL"),
    ("words-unknown-charset", "we read windows-1252 where the charset is unknown; utf-7 is never decoded"),
];

type Table = &'static [(&'static str, &'static str)];

/// Collects which files are read in two ways, and compares that with the table.
struct Differences {
    table: Table,
    seen: Vec<String>,
    faults: Vec<String>,
}

impl Differences {
    fn new(table: Table) -> Self {
        Self { table, seen: Vec::new(), faults: Vec::new() }
    }

    fn compare(&mut self, name: &str, ours: (&str, &str), theirs: (&str, &str)) {
        if ours == theirs {
            return;
        }
        self.seen.push(name.to_owned());
        if !self.table.iter().any(|(listed, _)| *listed == name) {
            self.faults.push(format!("{name}\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }

    fn are_those_of_the_table(&self) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        let listed: Vec<_> = self.table.iter().map(|(name, _)| *name).collect();
        assert_eq!(self.seen, listed);
    }
}

/// One line, without the difference between kinds of white space and controls.
fn line(text: Option<&str>) -> String {
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn python_reads_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("python3")
        .arg(folder.join("tests/it/second_opinion.py"))
        .arg(folder.join("corpus"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let mut differences = Differences::new(PYTHON);
    for ((name, message), theirs) in files().iter().zip(lines.lines()) {
        let theirs: serde_json::Value = serde_json::from_str(theirs).unwrap();
        assert_eq!(theirs["name"], **name);
        let ours = parse(message, Limits::default());
        differences.compare(
            name,
            (&outline(&ours.structure), &line(ours.envelope.subject_text().as_deref())),
            (theirs["outline"].as_str().unwrap(), &line(theirs["subject"].as_str())),
        );
    }
    differences.are_those_of_the_table();
}

/// The outline as mail-parser sees it.
fn their_outline(message: &mail_parser::Message<'_>, part: u32) -> String {
    let part = &message.parts[part as usize];
    let kind = part.content_type().map_or("text/plain".to_owned(), |kind| {
        format!("{}/{}", kind.c_type.to_lowercase(), kind.c_subtype.as_deref().unwrap_or("").to_lowercase())
    });
    match &part.body {
        PartType::Multipart(children) => {
            let children: Vec<_> = children.iter().map(|&child| their_outline(message, child)).collect();
            format!("{kind}({})", children.join(" "))
        }
        PartType::Message(inside) => format!("message/rfc822({})", their_outline(inside, 0)),
        _ => kind,
    }
}

#[test]
fn mail_parser_reads_the_same() {
    let mut differences = Differences::new(MAIL_PARSER);
    for (name, message) in files() {
        let ours = parse(&message, Limits::default());
        let theirs = MessageParser::default().parse(&message);
        let their_parts = theirs.as_ref().map(|theirs| their_outline(theirs, 0)).unwrap_or_default();
        let their_subject = theirs.as_ref().and_then(|theirs| theirs.subject());
        differences.compare(
            &name,
            (&outline(&ours.structure), &line(ours.envelope.subject_text().as_deref())),
            (&their_parts, &line(their_subject)),
        );
    }
    differences.are_those_of_the_table();
}
