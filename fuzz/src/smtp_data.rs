//! The end of a message: any split finds the same end, it is the first CR LF . CR LF and nothing else, and what is
//! stuffed again for the next server ends there too.
use smtp_wire::{DataReader, DotStuffer, Piece};

/// Content, and where the next command begins if the message ended.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    content: Vec<u8>,
    end: Option<usize>,
    bare: bool,
}

pub(crate) fn smtp_data(data: &[u8]) {
    let whole = read(&[data]);
    for cut in 0..data.len().min(300) {
        let (head, tail) = data.split_at(cut);
        assert_eq!(read(&[head, tail]), whole);
    }
    let behind_a_line = [b"\r\n", data].concat();
    let end = behind_a_line.windows(5).position(|window| window == b"\r\n.\r\n").map(|at| at + 3);
    assert_eq!(whole.end, end);
    let mut wire = Vec::new();
    let mut stuffer = DotStuffer::new();
    stuffer.write(&whole.content, &mut wire);
    stuffer.finish(&mut wire);
    let again = read(&[&wire]);
    assert!(!again.bare && again.end == Some(wire.len()));
    if !whole.bare && whole.end.is_some() {
        assert_eq!(again.content, whole.content);
    }
}

fn read(pieces: &[&[u8]]) -> Found {
    let mut reader = DataReader::new();
    let (mut content, mut at) = (Vec::new(), 0);
    for piece in pieces {
        let mut rest = *piece;
        loop {
            let (used, found) = reader.next(rest);
            rest = rest.get(used..).unwrap_or_default();
            at += used;
            match found {
                Piece::Content(bytes) => content.extend_from_slice(bytes),
                Piece::End => return Found { content, end: Some(at), bare: reader.bare_line_ends().any() },
                Piece::More => break,
            }
        }
    }
    Found { content, end: None, bare: reader.bare_line_ends().any() }
}
