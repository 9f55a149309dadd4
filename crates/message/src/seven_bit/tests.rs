//! Messages before and after.
use super::*;
use crate::{TransferDecoder, parse};
use proptest::prelude::*;

fn look(message: &[u8]) -> SevenBitLook {
    let mut scan = SevenBitScan::new(Limits::default());
    scan.push(message);
    scan.finish()
}

fn write(plan: &SevenBit, pieces: &[&[u8]]) -> Vec<u8> {
    let (mut out, mut writer) = (Vec::new(), plan.writer());
    pieces.iter().for_each(|piece| writer.push(piece, &mut out));
    writer.finish(&mut out);
    out
}

fn converted(message: &str) -> Result<String, Unconvertible> {
    let plan = look(message.as_bytes()).plan?;
    let out = write(&plan, &[message.as_bytes()]);
    for cut in 0..=message.len() {
        let (before, behind) = message.as_bytes().split_at(cut);
        assert_eq!(write(&plan, &[before, behind]), out, "at {cut}");
    }
    Ok(String::from_utf8(out).unwrap())
}

/// Types and decoded bodies of the leaves.
fn leaves(message: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let parsed = parse(message, Limits::default());
    let leaf = |part: &Part| {
        let body = TransferDecoder::whole(&part.encoding, part.body.within(message));
        (part.media.subtype.to_vec(), body.into_owned())
    };
    parsed.structure.parts().iter().filter(|part| part.shape == Shape::Leaf).map(leaf).collect()
}

const MIME: &str = "From: a@b.example\r\nMIME-Version: 1.0\r\n";

#[test]
fn a_text_becomes_quoted_printable() {
    let message = format!(
        "{MIME}Content-Type: text/plain; charset=utf-8\r\ncontent-transfer-encoding:\r\n 8bit\r\nTo: c@d.example\r\n\r\n\
         Café \r\n.x\r\n=\t\r\n"
    );
    let expected = format!(
        "{MIME}Content-Type: text/plain; charset=utf-8\r\nTo: c@d.example\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         Caf=C3=A9=20\r\n=2Ex\r\n=3D=09\r\n"
    );
    assert_eq!(converted(&message), Ok(expected));
}

#[test]
fn lines_of_any_length_are_wrapped() {
    let message = format!("{MIME}\r\n{}é{}\r\n", "a ".repeat(2_000), "b".repeat(700));
    let out = converted(&message).unwrap();
    assert!(out.split("\r\n").all(|line| line.len() <= 76), "{out}");
    assert_eq!(leaves(out.as_bytes()), leaves(message.as_bytes()));
}

#[test]
fn a_line_that_is_cut_makes_no_boundary() {
    for dashes in 60..80 {
        let text = format!("é{}--x\r\n", "a".repeat(dashes));
        let message = format!("{MIME}Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n{text}\r\n--x--\r\n");
        let out = converted(&message).unwrap();
        assert_eq!(leaves(out.as_bytes()), [(b"plain".to_vec(), text.into_bytes())], "{out}");
    }
}

#[test]
fn each_part_by_itself() {
    let message = format!(
        "{MIME}Content-Type: multipart/mixed; boundary=x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         --x\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhéllo\r\n\
         --x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\nw6k=\r\n\
         --x\r\nContent-Type: application/x-y\r\nContent-Transfer-Encoding: 8bit\r\n\r\ny\u{e9}y\r\n\
         --x\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\nascii\r\n\
         --x\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: in\r\nMIME-Version: 1.0\r\n\r\nfünf stuks\r\n\
         --x--\r\n"
    );
    let out = converted(&message).unwrap();
    for part in [
        "boundary=x\r\nContent-Transfer-Encoding: 7bit\r\n\r\n--x\r\n",
        "\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nh=C3=A9llo\r\n--x\r\n",
        "\r\nContent-Transfer-Encoding: base64\r\n\r\nw6k=\r\n--x\r\n",
        "x-y\r\nContent-Transfer-Encoding: base64\r\n\r\necOpeQ==\r\n--x\r\n",
        "plain\r\nContent-Transfer-Encoding: 7bit\r\n\r\nascii\r\n",
        "rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\nSubject: in\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nf=C3=BCnf stuks",
    ] {
        assert!(out.contains(part), "{part:?} is not in\n{out}");
    }
    assert_eq!(leaves(out.as_bytes()), leaves(message.as_bytes()));
}

#[test]
fn what_is_ascii_stays_as_it_is() {
    for message in
        ["", "Subject: x\r\n\r\nbody\r\n", "no header at all", "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x"]
    {
        let look = look(message.as_bytes());
        assert!(look.ascii_headers && look.plan.unwrap().is_as_it_is(), "{message}");
    }
}

#[test]
fn binary_becomes_base64_and_keeps_its_bytes() {
    let head = format!("{MIME}Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n");
    for body in [&b"\0\x01\n\r\xff"[..], b"a\nb", b"\r", &[b'x'; 999], &[0xff; 5_000]] {
        let message = [head.as_bytes(), body].concat();
        let out = write(&look(&message).plan.unwrap(), &[&message]);
        assert!(out.is_ascii());
        assert_eq!(leaves(&out), [(b"octet-stream".to_vec(), body.to_vec())]);
    }
    let lines = [head.as_bytes(), b"lines\r\n"].concat();
    let out = write(&look(&lines).plan.unwrap(), &[&lines]);
    assert!(out.ends_with(b"Content-Transfer-Encoding: 7bit\r\n\r\nlines\r\n"));
}

#[test]
fn what_is_signed_is_not_touched() {
    for kind in ["signed", "encrypted"] {
        let message = |text: &str| {
            format!(
                "{MIME}Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\
                 Content-Type: multipart/{kind}; boundary=x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
                 --x\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n--x\r\n\r\nsign\r\n--x--\r\n--o\r\n\r\nh\u{e9}llo there\r\n--o--\r\n"
            )
        };
        assert_eq!(converted(&message("h\u{e9}")), Err(Unconvertible::Signed));
        // beside it another part may be encoded
        let out = converted(&message("he")).unwrap();
        assert!(out.contains("--x\r\nContent-Transfer-Encoding: 8bit\r\n\r\nhe\r\n--x"), "{out}");
        assert!(out.contains("h=C3=A9"), "{out}");
    }
}

#[test]
fn what_cannot_be_converted_is_said() {
    use Unconvertible::{Header, Malformed};
    let part = |inner: &str| format!("{MIME}Content-Type: multipart/mixed; boundary=x\r\n\r\n{inner}");
    for (message, why) in [
        ("Subject: é\r\nMIME-Version: 1.0\r\n\r\nx\r\n".to_owned(), Header),
        (part("--x\r\nContent-Description: é\r\n\r\nx\r\n--x--"), Header),
        (part("--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: é\r\n\r\nx\r\n--x--"), Header),
        // no MIME: nobody knows what the letters mean
        ("Subject: x\r\n\r\né\r\n".to_owned(), Malformed),
        (part("é\r\n--x\r\n\r\nx\r\n--x--"), Malformed),
        (part("--x\r\n\r\nx\r\n--x--\r\né"), Malformed),
        (part("no part é"), Malformed),
        (format!("{MIME}Content-Type: multipart/mixed\r\n\r\né"), Malformed),
        (format!("{MIME}Content-Transfer-Encoding: base64\r\n\r\né"), Malformed),
        (format!("{MIME}Content-Transfer-Encoding: x-own\r\n\r\né"), Malformed),
        (format!("{MIME}Content-Type: message/partial\r\n\r\né"), Malformed),
        (format!("{MIME}junk\r\n\r\né"), Malformed),
        (format!("{MIME}Content-Type: text\r\n\r\né"), Malformed),
    ] {
        let look = look(message.as_bytes());
        assert_eq!(look.plan, Err(why), "{message}");
        assert_eq!(look.ascii_headers, why != Header, "{message}");
    }
}

#[test]
fn beyond_the_limits_it_is_refused_not_guessed() {
    let deep: String =
        (0..200).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    assert_eq!(look(format!("{MIME}{deep}\r\né\r\n").as_bytes()).plan, Err(Unconvertible::Malformed));
    let mut scan = SevenBitScan::new(Limits { header_bytes: 20, ..Limits::default() });
    scan.push(format!("{MIME}\r\né").as_bytes());
    assert_eq!(scan.finish().plan, Err(Unconvertible::Malformed));
}

proptest! {
    #[test]
    fn whatever_comes_is_converted_in_any_cut_or_refused(
        lines in proptest::collection::vec("--x|--x--|--y|Content-Type: text/plain|Content-Type: multipart/mixed; boundary=[xy]|\
            Content-Transfer-Encoding: (8bit|binary|7bit|base64)|MIME-Version: 1.0||[ aé=.F\tx-]{0,90}|ü{1,40}", 0..25),
        cut in 0..2_000_usize,
    ) {
        let message = lines.join("\r\n").into_bytes();
        if let Ok(plan) = look(&message).plan {
            let out = write(&plan, &[&message]);
            prop_assert!(out.is_ascii());
            prop_assert_eq!(leaves(&out), leaves(&message));
            let (before, behind) = message.split_at(cut.min(message.len()));
            prop_assert_eq!(&write(&plan, &[before, behind]), &out);
            prop_assert_eq!(look(&out).plan, Ok(SevenBit::default()), "nothing is left to do");
        }
    }
}
