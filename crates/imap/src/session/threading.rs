//! Threads of what a search has found (RFC 5256, BASE.6.4.THREAD), in time and memory that grow with the messages
//! (docs/security.md, I22): Message-IDs and subjects are numbers, and nothing recurses.
mod children;
mod hashed;
mod links;
mod pieces;
mod reader;
mod subjects;
mod table;
mod threader;
pub(crate) use links::TooMany;
pub(crate) use pieces::Piece;
pub(crate) use reader::{Batch, Reader};
pub(crate) use table::{BYTES, Of, Table, Tables};
pub(crate) use threader::Threader;

use children::Children;
use hashed::ByHash;

/// A message as it is threaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item<'r> {
    pub(crate) sequence: u32,
    /// When it was sent; for REFS when it came.
    pub(crate) date: i64,
    /// Its Message-ID.
    pub(crate) id: Option<u64>,
    /// Message-IDs of its ancestors, the oldest first.
    pub(crate) references: &'r [u64],
    /// Its base subject; nothing for an empty one.
    pub(crate) subject: Option<u64>,
    /// Whether its subject is that of a reply or forward.
    pub(crate) is_reply: bool,
}

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

impl Node {
    /// What siblings are sorted by: when they were sent, and where they are (RFC 5256, 2.2).
    fn key(&self) -> (i64, u32) {
        (self.date, self.sequence.unwrap_or(0))
    }
}

/// A thread: a message, or siblings whose parent is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Root {
    Message(u32),
    Siblings(Vec<u32>),
}

impl Root {
    /// The message that a thread is sorted and named by.
    fn head(&self) -> u32 {
        match self {
            Self::Message(at) => *at,
            Self::Siblings(all) => all.first().copied().unwrap_or(u32::MAX),
        }
    }

    /// Adds a sibling.
    fn join(&mut self, sibling: u32) {
        match self {
            Self::Message(at) => *self = Self::Siblings(vec![*at, sibling]),
            Self::Siblings(all) => all.push(sibling),
        }
    }
}

/// Threads, each member with its children.
#[derive(Debug, Default)]
pub(crate) struct Forest {
    nodes: Vec<Node>,
    /// Who is whose child, as far as that is known.
    pairs: Vec<(u32, u32)>,
    /// All of them, once it is.
    children: Children,
    roots: Vec<Root>,
}

impl Forest {
    /// ORDEREDSUBJECT: the first of a subject is the parent of all others.
    pub(crate) fn by_subject(mut items: Vec<Item<'_>>) -> Self {
        let mut forest = Self::default();
        items.sort_unstable_by_key(|item| (item.date, item.sequence));
        let (mut first, mut first_without) = (ByHash::default(), None);
        for (at, item) in (0_u32..).zip(items) {
            let Item { sequence, date, subject, is_reply, .. } = item;
            forest.nodes.push(Node { sequence: Some(sequence), date, subject, is_reply, ..Node::default() });
            let parent = match subject {
                Some(subject) => *first.entry(subject).or_insert(at),
                None => *first_without.get_or_insert(at),
            };
            if parent == at {
                forest.roots.push(Root::Message(at));
            } else {
                forest.pairs.push((parent, at));
            }
        }
        forest.grown()
    }

    /// The same when all pairs are known.
    fn grown(mut self) -> Self {
        self.children = Children::of(&self.nodes, &std::mem::take(&mut self.pairs));
        self
    }

    fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    fn key(&self, at: u32) -> (i64, u32) {
        self.node(at).map_or((0, 0), Node::key)
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
            open.extend(self.children.below(at));
        }
        newest
    }

    /// Steps 4 and 6, but for children: those have their order from the beginning.
    fn sort(&mut self) {
        let mut roots = std::mem::take(&mut self.roots);
        for root in &mut roots {
            if let Root::Siblings(all) = root {
                all.sort_unstable_by_key(|at| self.key(*at));
            }
        }
        roots.sort_by_cached_key(|root| self.key(root.head()));
        self.roots = roots;
    }
}

#[cfg(test)]
mod tests;
