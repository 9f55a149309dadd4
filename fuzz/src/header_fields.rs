//! Header blocks: fields lie in order inside the block, an unfolded value is one line, and the pass by pieces sees the same.
use message::{HeaderFields, HeaderPass};

pub(crate) fn header_fields(data: &[u8]) {
    let mut end = 0;
    for field in HeaderFields::new(data) {
        assert!(field.whole.start >= end && field.whole.end <= data.len() as u64);
        end = field.whole.end;
        let whole = field.whole.within(data);
        assert!(whole.starts_with(field.name) && !field.name.is_empty());
        let line = field.unfolded();
        assert!(!line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
        assert!(line.len() <= field.value.len());
    }
    let mut pass = HeaderPass::new(usize::MAX);
    data.chunks(1).for_each(|piece| pass.push(piece));
    assert!(data.starts_with(pass.block()));
    assert_eq!(pass.fields().count(), HeaderFields::new(data).count());
    let mut whole = HeaderPass::new(usize::MAX);
    whole.push(data);
    assert_eq!((whole.block(), whole.facts()), (pass.block(), pass.facts()));
    let _ = message::base_subject(data);
    for id in message::message_ids(data, 100) {
        assert!(!id.is_empty() && !id.iter().any(u8::is_ascii_whitespace));
    }
}
