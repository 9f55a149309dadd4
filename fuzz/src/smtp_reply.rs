//! Replies of another server: any split gives the same replies, and each one prints as a reply that reads again.
use smtp_wire::{Reply, ReplyError, ReplyReader};

pub(crate) fn smtp_reply(data: &[u8]) {
    let whole = read(&[data]);
    for cut in 0..data.len().min(300) {
        let (head, tail) = data.split_at(cut);
        assert_eq!(read(&[head, tail]), whole);
    }
    for reply in whole.0 {
        let (_, again) = ReplyReader::new().read(&reply.to_bytes()).unwrap_or_default();
        assert_eq!(again.map(|again| again.code), Some(reply.code));
    }
}

fn read(pieces: &[&[u8]]) -> (Vec<Reply>, Option<ReplyError>) {
    let (mut reader, mut replies) = (ReplyReader::new(), Vec::new());
    for piece in pieces {
        let mut rest = *piece;
        while !rest.is_empty() {
            match reader.read(rest) {
                Ok((used, reply)) => {
                    rest = rest.get(used..).unwrap_or_default();
                    replies.extend(reply);
                }
                Err(error) => return (replies, Some(error)),
            }
        }
    }
    (replies, None)
}
