//! States within a commit (RFC 8620, 5.2: "an intermediate state"): one commit may touch more than a client takes at a time.
use crate::opened::Opened;
use jmap_wire::MethodError;
use store::ModSeq;

/// How far a client is: it knows a commit and all before it; of that one perhaps only what was told, in the order of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Partway {
    modseq: ModSeq,
    /// The last number of which it knows what the commit did; it knows all for `None`.
    known: Option<u64>,
}

impl Partway {
    /// Behind a whole commit.
    pub(crate) const fn behind(modseq: ModSeq) -> Self {
        Self { modseq, known: None }
    }

    /// Within a commit, behind what it did to this number.
    pub(crate) const fn within(modseq: ModSeq, number: u64) -> Self {
        Self { modseq, known: Some(number) }
    }

    /// Reads a state.
    ///
    /// # Errors
    /// `cannotCalculateChanges` for what was never told.
    pub(crate) fn read(opened: &Opened, told: &str) -> Result<Self, MethodError> {
        let Some((state, number)) = told.split_once('.') else { return Ok(Self::behind(opened.since(told)?)) };
        let number = number.parse().map_err(|_| MethodError::CannotCalculateChanges)?;
        let read = Self::within(opened.since(state)?, number);
        // only the one spelling that is told
        if read.told(opened) == told { Ok(read) } else { Err(MethodError::CannotCalculateChanges) }
    }

    /// As it is told.
    pub(crate) fn told(self, opened: &Opened) -> String {
        let state = opened.state(self.modseq);
        self.known.map_or_else(|| state.clone(), |number| format!("{state}.{number}"))
    }

    /// Behind which commit the log is read on: one that is known in part is read once more.
    pub(crate) const fn reads_on(self) -> ModSeq {
        match self.known {
            Some(_) => ModSeq(self.modseq.0.saturating_sub(1)),
            None => self.modseq,
        }
    }

    /// Whether it is known what a commit did to a number.
    pub(crate) fn knows(self, commit: ModSeq, number: u64) -> bool {
        self.knows_part_of(commit) && self.known.is_some_and(|known| number <= known)
    }

    /// Whether this commit is known in part.
    pub(crate) fn knows_part_of(self, commit: ModSeq) -> bool {
        self.known.is_some() && commit == self.modseq
    }

    /// Behind this commit, or behind a later one.
    pub(crate) fn or_behind(self, modseq: ModSeq) -> Self {
        Self::behind(modseq.max(self.modseq))
    }
}
