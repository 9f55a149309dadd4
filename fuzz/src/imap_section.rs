//! BODY sections and partials: a section prints as one that reads the same, and is never deeper than its limit.
use imap_wire::{Cursor, MAX_PART_DEPTH, Partial, Section};

pub(crate) fn imap_section(data: &[u8]) {
    let mut cursor = Cursor::new(data);
    let Ok(section) = Section::read(&mut cursor) else { return };
    assert!(section.part.len() <= MAX_PART_DEPTH && !section.part.contains(&0));
    let printed = section.to_string();
    assert_eq!(Section::read(&mut Cursor::new(printed.as_bytes())), Ok(section));
    if let Ok(Some(partial)) = Partial::read(&mut cursor) {
        assert!(partial.length > 0);
    }
}
