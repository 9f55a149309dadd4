//! Fields in which somebody says what was found out about a sender: what would be believed is claimed, and once what is claimed
//! has gone, the rest stands as it was, whatever the pieces in which it came.
use message::HeaderPass;
use policy::OwnNames;

pub(crate) fn verdict_fields(data: &[u8]) {
    let names = ["mx.example.org", "example.org", "xn--bcher-kva.example"];
    let own: OwnNames = names.iter().filter_map(|name| name.parse().ok()).collect();
    let field = [b"Authentication-Results:", data].concat();
    assert!(!own.vouch_for(data) || own.are_claimed_by(&field));
    let mut header = HeaderPass::new(usize::MAX);
    header.push(data);
    let mut pieces = HeaderPass::new(usize::MAX);
    data.chunks(1).for_each(|piece| pieces.push(piece));
    let kept = header.block_without(|line| own.are_claimed_by(line.raw));
    assert_eq!(kept, pieces.block_without(|line| own.are_claimed_by(line.raw)));
    let mut again = HeaderPass::new(usize::MAX);
    again.push(&kept);
    assert_eq!(again.block_without(|line| own.are_claimed_by(line.raw)), again.block());
    let believed = again.fields().find(|field| field.is("Authentication-Results") && own.vouch_for(field.value));
    assert_eq!(believed, None);
}
