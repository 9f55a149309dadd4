//! `glaspost message show`.
use crate::program::{golden, run};
use std::fs;

const LETTER: &str = "\
From: =?utf-8?q?Anna_de_Vri=C3=ABs?= <anna@example.nl>\r\n\
To: Bram <bram@example.nl>, carla@example.org\r\n\
Subject: =?utf-8?q?Foto=27s?=\r\n\
Date: Tue, 24 Nov 2026 10:11:12 +0100\r\n\
Message-ID: <1@example.nl>\r\n\
MIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\
\r\n\
--b\r\n\
Content-Type: multipart/alternative; boundary=c\r\n\
\r\n\
--c\r\n\
Content-Type: text/plain; charset=utf-8\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\
\r\n\
Hallo =E2=82=AC 5 \x1b[31m\r\n\
--c\r\n\
Content-Type: text/html; charset=utf-8\r\n\
\r\n\
<p>Hallo</p>\r\n\
--c--\r\n\
--b\r\n\
Content-Type: message/rfc822\r\n\
\r\n\
Subject: inner\r\n\
\r\n\
inner text\r\n\
--b\r\n\
Content-Type: image/png; name=foto.png\r\n\
Content-Disposition: attachment\r\n\
Content-Transfer-Encoding: base64\r\n\
\r\n\
iVBORw0KGgo=\r\n";

#[test]
fn a_letter_is_shown() {
    let shown = run(&["message", "show", "-"], LETTER);
    golden("message-show.txt", shown.ok());
}

#[test]
fn the_same_from_a_file_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("letter.eml");
    fs::write(&file, LETTER).unwrap();
    let shown = run(&["message", "show", "--json", file.to_str().unwrap()], "");
    golden("message-show.json", shown.ok());
    let numbers: Vec<_> = shown.json()["parts"].as_array().unwrap().iter().map(|part| part["part"].clone()).collect();
    assert_eq!(serde_json::json!(numbers), serde_json::json!([null, "1", "1.1", "1.2", "2", "2.1", "3"]));
}

#[test]
fn text_alone_is_the_whole_text() {
    let text = "line\r\n".repeat(100_000);
    let message = format!("Subject: long\r\n\r\n{text}");
    let shown = run(&["message", "show", "--text", "-"], &message);
    assert_eq!(shown.ok().lines().filter(|line| *line == "line").count(), 100_000);
    let summary = run(&["message", "show", "--json", "-"], &message).json();
    assert_eq!(summary["text_cut"], true);
    assert_eq!(summary["text"].as_str().unwrap().len(), 256 * 1024);
}

#[test]
fn no_file_is_66_and_nothing_is_a_message_too() {
    let missing = run(&["message", "show", "/does/not/exist.eml"], "");
    assert!(missing.fails(66).contains("/does/not/exist.eml"));
    assert_eq!(run(&["message", "show", "--json", "-"], "").json()["size"], 0);
}
