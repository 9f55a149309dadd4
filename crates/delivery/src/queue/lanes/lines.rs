//! The lines of lanes whose turn comes.
use std::collections::VecDeque;
use std::sync::Arc;

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Something more urgent than usual waits there.
    Urgent = 1,
    /// They live, or are new.
    Ready = 2,
    /// They failed last time.
    Suspect = 4,
}

/// In which lines a lane stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing(u8);

impl Standing {
    /// Puts it into a line; false when it stood there.
    pub(super) fn enter(&mut self, line: Line) -> bool {
        let new = self.0 & line as u8 == 0;
        self.0 |= line as u8;
        new
    }

    pub(super) fn leave(&mut self, line: Line) {
        self.0 &= !(line as u8);
    }

    /// In how many it stands of those that live.
    pub(super) fn living(self) -> usize {
        usize::from(self.0 & Line::Urgent as u8 != 0) + usize::from(self.0 & Line::Ready as u8 != 0)
    }
}

/// The three of them.
#[derive(Debug, Default)]
pub(super) struct Lines {
    urgent: VecDeque<Arc<str>>,
    ready: VecDeque<Arc<str>>,
    suspects: VecDeque<Arc<str>>,
}

impl Lines {
    /// In which order they are called at turn number `turn`: lanes that failed have one turn in four, so that they are
    /// not forgotten, and of four turns one is not for the urgent ones.
    pub(super) const fn order(turn: u64) -> [Line; 3] {
        match turn % 4 {
            3 => [Line::Suspect, Line::Urgent, Line::Ready],
            1 => [Line::Ready, Line::Urgent, Line::Suspect],
            _ => [Line::Urgent, Line::Ready, Line::Suspect],
        }
    }

    pub(super) fn push(&mut self, line: Line, name: Arc<str>) {
        self.line(line).push_back(name);
    }

    pub(super) fn pop(&mut self, line: Line) -> Option<Arc<str>> {
        self.line(line).pop_front()
    }

    /// How many stand in those of lanes that live.
    pub(super) fn living(&self) -> usize {
        self.urgent.len() + self.ready.len()
    }

    fn line(&mut self, line: Line) -> &mut VecDeque<Arc<str>> {
        match line {
            Line::Urgent => &mut self.urgent,
            Line::Ready => &mut self.ready,
            Line::Suspect => &mut self.suspects,
        }
    }
}
