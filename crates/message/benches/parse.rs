//! What a delivery waits for: the parse of a message; and what a search does with one: its text.
use criterion::{Criterion, Throughput};
use message::{KnownText, Limits, Parser, SearchScope, TextExtractor};
use std::hint::black_box;

/// A letter of 16 KiB in two versions.
fn letter() -> Vec<u8> {
    let line = "Een regel tekst met een enkel accent (caf=C3=A9) en verder gewone letters.\r\n";
    let text = line.repeat(100);
    format!(
        "Received: from a.example by b.example; Mon, 2 Feb 2026 10:11:12 +0100\r\nFrom: Anna <anna@example.nl>\r\n\
         To: Bram <bram@example.nl>\r\nSubject: =?utf-8?q?over_caf=C3=A9s?=\r\nMessage-ID: <1@example.nl>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n\
         --=_b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{text}\r\n\
         --=_b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{}</p></body></html>\r\n--=_b--\r\n",
        text.replace("\r\n", "</p>\r\n<p>")
    )
    .into_bytes()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let letter = letter();
    let mut group = criterion.benchmark_group("a letter of 16 KiB");
    group.throughput(Throughput::Bytes(letter.len() as u64));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            let mut parser = Parser::new(Limits::default());
            black_box(&letter).chunks(8 * 1024).for_each(|piece| parser.push(piece));
            parser.finish()
        });
    });
    group.bench_function("text", |bencher| {
        bencher.iter(|| {
            let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Text);
            let mut text = String::new();
            extractor.push(black_box(&letter), &mut text);
            extractor.finish(&mut text);
            text
        });
    });
    let parsed = message::parse(&letter, Limits::default());
    group.bench_function("text, its parts being known", |bencher| {
        bencher.iter(|| {
            let known = KnownText::new(&parsed, black_box(&letter), SearchScope::Text).into_iter().flatten();
            known.map(|text| text.len()).sum::<usize>()
        });
    });
    group.finish();
    criterion.final_summary();
}
