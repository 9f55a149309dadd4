//! What can go wrong: only the reading of our own records. A message itself is never an error, it has flaws.

/// A stored piece that cannot be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes are of a version that this program does not know.
    #[error("unknown version {0} of a parsed message")]
    UnknownVersion(u8),
    /// The bytes end too early, or hold a value that is out of its bounds.
    #[error("a parsed message is damaged")]
    Damaged,
}
