//! How the client's bytes are cut.

/// How the client's bytes are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segments {
    /// Neighbouring client lines go in one segment.
    AsWritten,
    /// Each byte goes alone.
    OneByte,
}

impl Segments {
    /// The bytes of one segment after the other.
    pub(super) fn cut(self, bytes: &[u8]) -> std::slice::Chunks<'_, u8> {
        bytes.chunks(match self {
            Self::AsWritten => bytes.len().max(1),
            Self::OneByte => 1,
        })
    }
}
