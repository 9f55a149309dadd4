//! Threads of what a search has found (RFC 5256, BASE.6.4.THREAD), in time and memory that grow with the messages
//! (THREATS I22): Message-IDs and subjects are numbers, and nothing recurses.
mod pieces;
pub(crate) use pieces::Piece;

use std::collections::HashMap;

/// Messages, and Message-IDs that messages refer to, in one THREAD.
const NODES: usize = 1_000_000;
/// Steps in the search for loops, by node: who makes long chains from behind does without some of their links.
const CLIMBS: u64 = 64;

/// A message as it is threaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) sequence: u32,
    /// When it was sent; for REFS when it came.
    pub(crate) date: i64,
    /// Its Message-ID.
    pub(crate) id: Option<u64>,
    /// Message-IDs of its ancestors, the oldest first.
    pub(crate) references: Vec<u64>,
    /// Its base subject; nothing for an empty one.
    pub(crate) subject: Option<u64>,
    /// Whether its subject is that of a reply or forward.
    pub(crate) is_reply: bool,
}

/// There are more Message-IDs than are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// A message, or a dummy in the place of one that is not there.
#[derive(Debug, Clone, Default)]
struct Node {
    parent: Option<u32>,
    children: u32,
    /// Nothing in a dummy.
    sequence: Option<u32>,
    date: i64,
    subject: Option<u64>,
    is_reply: bool,
}

/// Who is whose parent, as far as messages have said.
#[derive(Debug, Default)]
pub(crate) struct Links {
    nodes: Vec<Node>,
    ids: HashMap<u64, u32>,
    climbed: u64,
}

/// A thread: a message, or siblings whose parent is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Root {
    Message(u32),
    Siblings(Vec<u32>),
}

/// Threads, each member with its children.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    nodes: Vec<Node>,
    children: HashMap<u32, Vec<u32>>,
    roots: Vec<Root>,
}

impl Links {
    /// Step 1; messages come in the order of the mailbox.
    pub(crate) fn add(&mut self, item: Item) -> Result<(), TooMany> {
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
            let child = match self.ids.get(&id) {
                Some(child) => *child,
                None => self.new_node(Some(id))?,
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
        let mut tops: Vec<Option<u32>> = vec![None; self.nodes.len()];
        let mut groups: HashMap<u32, Vec<u32>> = HashMap::new();
        let mut order = Vec::new();
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        let count = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        for at in (0..count).filter(|at| self.node(*at).sequence.is_some()) {
            let top = self.top(at, &mut tops);
            if self.node(top).sequence.is_some() && top != at {
                children.entry(top).or_default().push(at);
            } else {
                let group = groups.entry(top).or_default();
                if group.is_empty() {
                    order.push(top);
                }
                group.push(at);
            }
        }
        let root = |top: u32| {
            let group = groups.remove(&top).unwrap_or_default();
            match group.as_slice() {
                [one] => Root::Message(*one),
                _ => Root::Siblings(group),
            }
        };
        let roots = order.into_iter().map(root).collect();
        Forest { nodes: self.nodes, children, roots }
    }

    /// The nearest message above a node, else the highest dummy above it, else the node itself.
    fn top(&self, at: u32, tops: &mut [Option<u32>]) -> u32 {
        let mut path = Vec::new();
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
        for passed in path.into_iter().skip(1) {
            if let Some(place) = tops.get_mut(passed as usize) {
                *place = Some(top);
            }
        }
        top
    }

    /// REFERENCES: by who answers whom, and by subject.
    pub(crate) fn by_references(self) -> Forest {
        let mut forest = self.forest();
        forest.sort();
        forest.merge_subjects();
        forest.sort();
        forest
    }

    /// REFS: by who answers whom; the thread with the newest message is the last (draft-ietf-morg-inthread).
    pub(crate) fn by_refs(self) -> Forest {
        let mut forest = self.forest();
        forest.sort();
        let mut roots = std::mem::take(&mut forest.roots);
        roots.sort_by_cached_key(|root| forest.newest(root));
        forest.roots = roots;
        forest
    }
}

impl Forest {
    /// ORDEREDSUBJECT: the first of a subject is the parent of all others.
    pub(crate) fn by_subject(items: &[Item]) -> Self {
        let mut forest = Self::default();
        let mut items: Vec<&Item> = items.iter().collect();
        items.sort_unstable_by_key(|item| (item.date, item.sequence));
        let mut first: HashMap<Option<u64>, u32> = HashMap::new();
        for (at, item) in (0_u32..).zip(items) {
            let Item { sequence, date, subject, is_reply, .. } = *item;
            forest.nodes.push(Node { sequence: Some(sequence), date, subject, is_reply, ..Node::default() });
            match first.get(&subject) {
                Some(parent) => forest.children.entry(*parent).or_default().push(at),
                None => {
                    first.insert(subject, at);
                    forest.roots.push(Root::Message(at));
                }
            }
        }
        forest
    }

    fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    /// What siblings are sorted by: when they were sent, and where they are (RFC 5256, 2.2).
    fn key(&self, at: u32) -> (i64, u32) {
        self.node(at).map_or((0, 0), |node| (node.date, node.sequence.unwrap_or(0)))
    }

    /// The message that a thread is sorted and named by.
    fn head(root: &Root) -> u32 {
        match root {
            Root::Message(at) => *at,
            Root::Siblings(all) => all.first().copied().unwrap_or(u32::MAX),
        }
    }

    /// The largest key in a thread.
    fn newest(&self, root: &Root) -> (i64, u32) {
        let mut open = match root {
            Root::Message(at) => vec![*at],
            Root::Siblings(all) => all.clone(),
        };
        let mut newest = (i64::MIN, 0);
        while let Some(at) = open.pop() {
            newest = newest.max(self.key(at));
            open.extend(self.children.get(&at).into_iter().flatten());
        }
        newest
    }

    /// Steps 4 and 6.
    fn sort(&mut self) {
        let mut children = std::mem::take(&mut self.children);
        for siblings in children.values_mut() {
            siblings.sort_unstable_by_key(|at| self.key(*at));
        }
        let mut roots = std::mem::take(&mut self.roots);
        for root in &mut roots {
            if let Root::Siblings(all) = root {
                all.sort_unstable_by_key(|at| self.key(*at));
            }
        }
        roots.sort_by_key(|root| self.key(Self::head(root)));
        (self.children, self.roots) = (children, roots);
    }

    /// Step 5: threads of one subject become one.
    fn merge_subjects(&mut self) {
        let mut roots: Vec<Option<Root>> = std::mem::take(&mut self.roots).into_iter().map(Some).collect();
        let subjects: Vec<Option<u64>> = roots
            .iter()
            .map(|root| root.as_ref().and_then(|root| self.node(Self::head(root))).and_then(|node| node.subject))
            .collect();
        let is_reply = |root: &Root| match root {
            Root::Message(at) => self.node(*at).is_some_and(|node| node.is_reply),
            Root::Siblings(_) => false,
        };
        // (5.B)
        let mut table: HashMap<u64, usize> = HashMap::new();
        for (index, (root, subject)) in roots.iter().zip(&subjects).enumerate() {
            let (Some(root), Some(subject)) = (root, subject) else { continue };
            let place = table.entry(*subject).or_insert(index);
            if let Some(Some(before @ Root::Message(_))) = roots.get(*place)
                && (matches!(root, Root::Siblings(_)) || (is_reply(before) && !is_reply(root)))
            {
                *place = index;
            }
        }
        // (5.C)
        let replies: Vec<bool> = roots.iter().map(|root| root.as_ref().is_some_and(is_reply)).collect();
        for (index, subject) in subjects.iter().enumerate() {
            let Some(target) = subject.and_then(|subject| table.get(&subject).copied()).filter(|at| *at != index)
            else {
                continue;
            };
            let (Some(current), Some(into)) =
                (roots.get_mut(index).and_then(Option::take), roots.get_mut(target).and_then(Option::take))
            else {
                continue;
            };
            let reply = |at: usize| replies.get(at).copied().unwrap_or(false);
            let merged = match (into, current) {
                (Root::Siblings(mut all), Root::Siblings(more)) => {
                    all.extend(more);
                    Root::Siblings(all)
                }
                (Root::Siblings(mut all), Root::Message(one)) => {
                    all.push(one);
                    Root::Siblings(all)
                }
                (Root::Message(parent), Root::Message(child)) if reply(index) && !reply(target) => {
                    self.children.entry(parent).or_default().push(child);
                    Root::Message(parent)
                }
                (Root::Message(one), Root::Message(other)) => Root::Siblings(vec![one, other]),
                // The table prefers siblings.
                (Root::Message(one), Root::Siblings(mut all)) => {
                    all.push(one);
                    Root::Siblings(all)
                }
            };
            if let Some(place) = roots.get_mut(target) {
                *place = Some(merged);
            }
        }
        self.roots = roots.into_iter().flatten().collect();
    }
}

#[cfg(test)]
mod tests;
