//! What a client waits for at each command: its parse, and the print of its answer.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]
use criterion::{Criterion, Throughput};
use imap_wire::reply::{self, Extensions, FetchReply};
use imap_wire::{Cursor, Fetch, Head, Search};
use message::{Limits, Parsed, Parser};
use std::hint::black_box;

const FETCH: &[u8] =
    b"a17 UID FETCH 1:5,8,900:* (UID FLAGS INTERNALDATE ENVELOPE BODY.PEEK[HEADER.FIELDS (To Cc)]<0.2048>)\r\n";
const SEARCH: &[u8] = b"a18 UID SEARCH RETURN (ALL) OR FROM \"anna\" (NOT SEEN SINCE 1-Feb-2026) BODY \"quokka\"\r\n";

/// The envelope and the structure of a letter with an attachment, as a mailbox of 10,000 has them.
fn parsed(number: u32) -> Parsed {
    let mut parser = Parser::new(Limits::default());
    let letter = format!(
        "From: Anna de Vries <anna@example.nl>\r\nTo: Bram <bram@example.nl>, =?utf-8?q?Ren=C3=A9?= <rene@example.nl>\r\n\
         Subject: letter {number} about \"this\" and that\r\nDate: Mon, 2 Feb 2026 10:11:12 +0100\r\n\
         Message-ID: <{number}@example.nl>\r\nIn-Reply-To: <{number}.before@example.nl>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGood day.\r\n\
         --b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\
         Content-Disposition: attachment; filename=\"a.pdf\"\r\n\r\nAAAA\r\n--b--\r\n"
    );
    parser.push(letter.as_bytes());
    parser.finish()
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("parse UID FETCH", |bencher| {
        bencher.iter(|| {
            let mut cursor = Cursor::new(black_box(FETCH.trim_ascii_end()));
            Head::read(&mut cursor).unwrap();
            cursor.space().unwrap();
            Fetch::read(&mut cursor).unwrap()
        });
    });
    criterion.bench_function("parse UID SEARCH", |bencher| {
        bencher.iter(|| {
            let mut cursor = Cursor::new(black_box(SEARCH.trim_ascii_end()));
            Head::read(&mut cursor).unwrap();
            cursor.space().unwrap();
            Search::read(&mut cursor).unwrap()
        });
    });
    let mailbox: Vec<Parsed> = (0..10_000).map(parsed).collect();
    let mut group = criterion.benchmark_group("print");
    group.throughput(Throughput::Elements(10_000)).sample_size(20);
    group.bench_function("10,000 envelopes with structures", |bencher| {
        bencher.iter(|| {
            let (mut out, mut bytes) = (Vec::new(), 0);
            for (message, sequence) in mailbox.iter().zip(1..) {
                let mut fetch = FetchReply::begin(&mut out, sequence);
                fetch.named(&mut out, "ENVELOPE");
                reply::envelope(&mut out, &message.envelope);
                fetch.named(&mut out, "BODYSTRUCTURE");
                reply::structure(&mut out, &message.structure, Extensions::Told);
                fetch.end(&mut out);
                bytes += out.len();
                out.clear();
            }
            bytes
        });
    });
    group.finish();
    criterion.final_summary();
}
