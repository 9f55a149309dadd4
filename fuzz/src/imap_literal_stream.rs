//! The stream of commands and literals: what is held is bounded, and every cut of the stream gives the same commands.
use imap_wire::{Framer, Limits, Step};

const LIMITS: Limits = Limits { line: 64, literal: 16, command: 128 };

pub(crate) fn imap_literal_stream(data: &[u8]) {
    let whole = run(data, data.len().max(1));
    for size in [1, 2, 3, 7, 64] {
        assert_eq!(run(data, size), whole, "pieces of {size}");
    }
}

/// What comes out when the stream comes in pieces of `size`.
fn run(data: &[u8], size: usize) -> Vec<Vec<u8>> {
    let (mut framer, mut out) = (Framer::default(), Vec::new());
    for mut piece in data.chunks(size) {
        loop {
            let (used, step) = framer.feed(piece, &LIMITS);
            piece = piece.get(used..).unwrap_or_default();
            assert!(framer.command().len() <= LIMITS.command.max(300));
            match step {
                Step::Incomplete => break,
                Step::Done => out.push(framer.take()),
                Step::TooLong => {
                    out.push(b"too long".to_vec());
                    framer.take();
                }
                Step::Literal { size, .. } if framer.has_room(size, &LIMITS) => framer.keep_literal(),
                Step::Literal { size, sync } => {
                    out.push(format!("refused {size}").into_bytes());
                    framer.refuse_literal(size, sync);
                }
            }
        }
        assert!(piece.is_empty());
    }
    out
}
