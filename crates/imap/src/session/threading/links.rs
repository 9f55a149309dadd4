//! Steps 1 to 3 of threading by references: who is below whom.
use super::hashed::ByHash;
use super::{Forest, Item, Node, Root};
use std::hash::BuildHasherDefault;

/// Messages, and Message-IDs that messages refer to, in one THREAD.
const NODES: usize = 1_000_000;
/// Steps in the search for loops, by node: who makes long chains from behind does without some of their links.
pub(super) const CLIMBS: u64 = 64;

/// There are more Message-IDs than are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// Who is whose parent, as far as messages have said.
#[derive(Debug, Default)]
pub(crate) struct Links {
    nodes: Vec<Node>,
    ids: ByHash<u32>,
    /// Steps in the search for loops.
    pub(super) climbed: u64,
}

impl Links {
    /// Room for the Message-IDs of so many messages, without a step on the way there.
    pub(super) fn with_room(messages: usize) -> Self {
        let room = messages.min(NODES);
        let ids = ByHash::with_capacity_and_hasher(room, BuildHasherDefault::default());
        Self { nodes: Vec::with_capacity(room), ids, climbed: 0 }
    }

    /// Step 1; messages come in the order of the mailbox.
    pub(super) fn add(&mut self, item: Item<'_>) -> Result<(), TooMany> {
        let known = item.id.and_then(|id| self.ids.get(&id).copied());
        // A Message-ID is that of the first message that has it.
        let node = match known.filter(|node| self.node(*node).sequence.is_none()) {
            Some(dummy) => dummy,
            None => self.new_node(item.id.filter(|_| known.is_none()))?,
        };
        let Item { sequence, date, subject, is_reply, references, .. } = item;
        self.change(node, |node| {
            (node.sequence, node.date, node.subject, node.is_reply) = (Some(sequence), date, subject, is_reply);
        });
        // (1.A)
        let mut parent = None;
        for id in references {
            let child = match self.ids.get(id) {
                Some(child) => *child,
                None => self.new_node(Some(*id))?,
            };
            if let Some(parent) = parent
                && self.node(child).parent.is_none()
            {
                self.link(parent, child);
            }
            parent = Some(child);
        }
        // (1.B): what the message itself says of its parent is better than what others have said.
        self.unlink(node);
        if let Some(parent) = parent {
            self.link(parent, node);
        }
        Ok(())
    }

    fn node(&self, at: u32) -> &Node {
        const NONE: &Node =
            &Node { parent: None, children: 0, sequence: None, date: 0, subject: None, is_reply: false };
        self.nodes.get(at as usize).unwrap_or(NONE)
    }

    fn change(&mut self, at: u32, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(at as usize) {
            change(node);
        }
    }

    fn new_node(&mut self, id: Option<u64>) -> Result<u32, TooMany> {
        if self.nodes.len() == NODES {
            return Err(TooMany);
        }
        let node = u32::try_from(self.nodes.len()).map_err(|_| TooMany)?;
        self.nodes.push(Node::default());
        self.ids.extend(id.map(|id| (id, node)));
        Ok(node)
    }

    fn link(&mut self, parent: u32, child: u32) {
        if !self.is_ancestor(child, parent) {
            self.change(child, |child| child.parent = Some(parent));
            self.change(parent, |parent| parent.children += 1);
        }
    }

    fn unlink(&mut self, child: u32) {
        if let Some(parent) = self.node(child).parent {
            self.change(child, |child| child.parent = None);
            self.change(parent, |parent| parent.children -= 1);
        }
    }

    /// Whether `node` is `below`, or an ancestor of it.
    fn is_ancestor(&mut self, node: u32, below: u32) -> bool {
        let mut at = Some(below);
        while let Some(here) = at {
            if here == node {
                return true;
            }
            // Who has no children is nobody's ancestor.
            if self.node(node).children == 0 {
                return false;
            }
            self.climbed += 1;
            if self.climbed > CLIMBS * (self.nodes.len() as u64 + 1_000) {
                return true;
            }
            at = self.node(here).parent;
        }
        false
    }

    /// Steps 2 and 3: every message under the nearest message above it; where there is none, with its siblings.
    fn forest(self) -> Forest {
        let (mut tops, mut places) = (vec![None; self.nodes.len()], vec![None; self.nodes.len()]);
        let (mut pairs, mut roots, mut path) = (Vec::new(), Vec::new(), Vec::new());
        let count = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        for at in (0..count).filter(|at| self.node(*at).sequence.is_some()) {
            let top = self.top(at, &mut tops, &mut path);
            if self.node(top).sequence.is_some() && top != at {
                pairs.push((top, at));
                continue;
            }
            let place = places.get_mut(top as usize).map(|place| *place.get_or_insert(roots.len()));
            match place.and_then(|place| roots.get_mut(place)) {
                Some(root) => Root::join(root, at),
                None => roots.push(Root::Message(at)),
            }
        }
        Forest { nodes: self.nodes, pairs, roots, ..Forest::default() }
    }

    /// The nearest message above a node, else the highest dummy above it, else the node itself. `path` is room for it.
    fn top(&self, at: u32, tops: &mut [Option<u32>], path: &mut Vec<u32>) -> u32 {
        path.clear();
        let mut top = at;
        while let Some(parent) = self.node(top).parent {
            path.push(top);
            top = parent;
            if self.node(top).sequence.is_some() {
                break;
            }
            if let Some(known) = tops.get(top as usize).copied().flatten() {
                top = known;
                break;
            }
        }
        // Whoever comes by one of these dummies again goes the same way.
        for passed in path.iter().skip(1) {
            if let Some(place) = tops.get_mut(*passed as usize) {
                *place = Some(top);
            }
        }
        top
    }

    /// REFERENCES: by who answers whom, and by subject.
    pub(super) fn by_references(self) -> Forest {
        let mut forest = self.forest();
        forest.sort();
        forest.merge_subjects();
        forest.sort();
        forest.grown()
    }

    /// REFS: by who answers whom; the thread with the newest message is the last (draft-ietf-morg-inthread).
    pub(super) fn by_refs(self) -> Forest {
        let mut forest = self.forest().grown();
        forest.sort();
        let mut roots = std::mem::take(&mut forest.roots);
        roots.sort_by_cached_key(|root| forest.newest(root));
        forest.roots = roots;
        forest
    }
}
