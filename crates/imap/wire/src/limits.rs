//! How much a client may make the server hold.

/// Bounds on what is read of one command; the session passes those of its phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest line in bytes, without its line end.
    pub line: usize,
    /// Largest literal in bytes that is kept with its command (APPEND's message is streamed, not kept).
    pub literal: usize,
    /// Largest whole command in bytes: its lines and its literals together.
    pub command: usize,
}

impl Limits {
    /// Before login: 8 KiB a line, 8 KiB a literal, 16 KiB a command.
    pub const BEFORE_LOGIN: Self = Self { line: 8 << 10, literal: 8 << 10, command: 16 << 10 };
    /// After login: 64 KiB a line, 64 KiB a literal, 128 KiB a command.
    pub const AFTER_LOGIN: Self = Self { line: 64 << 10, literal: 64 << 10, command: 128 << 10 };
}

/// Deepest nesting of parentheses in one command.
pub const MAX_DEPTH: usize = 32;
/// Most items in one parenthesised list of a command (FETCH items, header names, patterns, flags).
pub const MAX_ITEMS: usize = 2_000;
/// Most numbers in one part specifier, `BODY[1.2.3]`: one more than the depth that structures are read to.
pub const MAX_PART_DEPTH: usize = 101;
/// Longest mailbox pattern in bytes; no name is that long.
pub const MAX_PATTERN: usize = 1_024;
/// Most keys in one search program.
pub const MAX_SEARCH_KEYS: usize = 5_000;
