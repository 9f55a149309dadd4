//! How much of a message the parsed view keeps. Beyond a limit the view is cut and flagged; the message itself is untouched.

/// The limits of one parse, each with its default in [`Limits::default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nesting of multiparts and attached messages; a composite part deeper than this is one opaque part. Default 100.
    pub depth: usize,
    /// Parts; the last one kept takes all that follows. Default 10,000.
    pub parts: usize,
    /// Bytes of all header blocks that are read for fields, together. Default 1 MiB.
    pub header_bytes: usize,
    /// Addresses kept in all envelopes together. Default 10,000.
    pub addresses: usize,
    /// Parameters kept in all Content-Type and Content-Disposition fields together. Default 10,000.
    pub parameters: usize,
    /// Message-IDs kept of References, counted from its end. Default 100.
    pub references: usize,
    /// Characters of the preview. Default 256 (RFC 8621, 4.1.4).
    pub preview: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 100,
            parts: 10_000,
            header_bytes: 1024 * 1024,
            addresses: 10_000,
            parameters: 10_000,
            references: 100,
            preview: 256,
        }
    }
}
