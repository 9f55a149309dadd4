//! A POP3 command line, and the answer's dot-stuffing for any split of a message.
use pop3::wire::{Body, Command, Multiline};

/// Reads the bytes as a line, then sends them as a message: what a client un-stuffs is what was stored.
pub(crate) fn pop3_command(data: &[u8]) {
    drop(Command::parse(data));
    let whole = sent(data, data.len().max(1), Body::Whole);
    for piece in [1, 2, 3, 7] {
        assert_eq!(sent(data, piece, Body::Whole), whole);
        assert_eq!(sent(data, piece, Body::Lines(2)), sent(data, data.len().max(1), Body::Lines(2)));
    }
    assert!(whole.ends_with(b".\r\n"));
    let ends = (0..whole.len()).filter(|at| ends_answer(&whole, *at)).count();
    assert_eq!(ends, 1, "one end and no more");
}

/// Whether the lone dot that ends an answer stands here.
fn ends_answer(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b".\r\n") && (at == 0 || bytes[..at].ends_with(b"\r\n"))
}

fn sent(message: &[u8], piece: usize, wanted: Body) -> Vec<u8> {
    let (mut machine, mut out) = (Multiline::new(wanted), Vec::new());
    message.chunks(piece).for_each(|piece| machine.push(piece, &mut out));
    machine.finish(&mut out);
    out
}
