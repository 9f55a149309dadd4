//! Search programs: flat, children before parents, bounded whatever the nesting.
use imap_wire::{Cursor, MAX_SEARCH_KEYS, Node, Search};

pub(crate) fn imap_search(data: &[u8]) {
    let Ok(search) = Search::read(&mut Cursor::new(data)) else { return };
    let nodes = &search.program.nodes;
    assert!(!nodes.is_empty() && nodes.len() <= 3 * MAX_SEARCH_KEYS);
    for (index, node) in nodes.iter().enumerate() {
        let before = match node {
            Node::Key(_) | Node::Fuzzy(_) => true,
            Node::And(keys) => keys.iter().all(|key| *key < index),
            Node::Or(one, two) => *one < index && *two < index,
            Node::Not(one) => *one < index,
        };
        assert!(before);
    }
}
