//! Replies about any message: a strict client reads ENVELOPE, BODY and BODYSTRUCTURE of whatever was stored (I20), and
//! the client itself stands whatever a server says.
use imap_wire::client::read_all;
use imap_wire::reply::{Extensions, FetchReply, envelope, structure};
use message::{Limits, parse};

pub(crate) fn imap_replies(data: &[u8]) {
    let message = parse(data, Limits::default());
    let mut out = Vec::new();
    let mut fetch = FetchReply::begin(&mut out, 1);
    fetch.named(&mut out, "ENVELOPE");
    envelope(&mut out, &message.envelope);
    for (name, extensions) in [("BODY", Extensions::Left), ("BODYSTRUCTURE", Extensions::Told)] {
        fetch.named(&mut out, name);
        structure(&mut out, &message.structure, extensions);
    }
    fetch.end(&mut out);
    assert_eq!(read_all(&out).map(|replies| replies.len()), Ok(1));
    let _ = read_all(data);
}
