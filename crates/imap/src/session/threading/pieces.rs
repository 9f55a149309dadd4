//! Threads, piece by piece, as they are told (RFC 5256, 5, thread-list).
use super::{Forest, Root};

/// A piece of the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    Open,
    Message(u32),
    /// Between a message and what follows it.
    Space,
    Close,
}

impl Forest {
    /// The threads as they are told (RFC 5256, 5, thread-list).
    pub(crate) fn pieces(&self) -> Pieces<'_> {
        Pieces { forest: self, roots: self.roots.iter(), waiting: Vec::new() }
    }
}

/// What is still to be told.
enum Waiting {
    Thread(u32),
    /// A message that follows its only parent.
    Message(u32),
    Piece(Piece),
}

/// The pieces of a reply, one after the other.
pub(crate) struct Pieces<'f> {
    forest: &'f Forest,
    roots: std::slice::Iter<'f, Root>,
    waiting: Vec<Waiting>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let Some(next) = self.waiting.pop() else {
            match self.roots.next()? {
                Root::Message(at) => self.waiting.extend([Waiting::Piece(Piece::Close), Waiting::Message(*at)]),
                Root::Siblings(all) => {
                    self.waiting.push(Waiting::Piece(Piece::Close));
                    self.waiting.extend(all.iter().rev().map(|at| Waiting::Thread(*at)));
                }
            }
            return Some(Piece::Open);
        };
        match next {
            Waiting::Piece(piece) => Some(piece),
            Waiting::Thread(at) => {
                self.waiting.extend([Waiting::Piece(Piece::Close), Waiting::Message(at)]);
                Some(Piece::Open)
            }
            Waiting::Message(at) => {
                match self.forest.children.below(at) {
                    [] => {}
                    [only] => self.waiting.extend([Waiting::Message(*only), Waiting::Piece(Piece::Space)]),
                    several => {
                        self.waiting.extend(several.iter().rev().map(|at| Waiting::Thread(*at)));
                        self.waiting.push(Waiting::Piece(Piece::Space));
                    }
                }
                self.forest.node(at).and_then(|node| node.sequence).map(Piece::Message)
            }
        }
    }
}
