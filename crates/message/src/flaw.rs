//! Where a message could be read in two ways, and the one way that Glaspost reads it. Every face (IMAP, JMAP, the webmail,
//! the scanners) works on this one reading; the flags tell policy and people that another program may read otherwise.

/// One ambiguity or fault, with the reading that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Flaw {
    /// A field that may stand once stands twice; the first one is read.
    DuplicateField = 0,
    /// White space between field name and colon (RFC 5322, 4.5); it is taken away.
    SpaceBeforeColon = 1,
    /// A header line that is no field and no continuation; it is skipped.
    JunkInHeader = 2,
    /// The header has no empty line at its end; all of it is header.
    NoHeaderEnd = 3,
    /// NUL, or CR or LF alone, in a header; read as a space.
    ControlInHeader = 4,
    /// Bytes above 127 in a header that are no UTF-8; read as windows-1252.
    NotUtf8InHeader = 5,
    /// A Content-Type without type and subtype; read as `text/plain` (RFC 2045, 5.2).
    BadContentType = 6,
    /// A multipart without a usable boundary parameter; read as one `text/plain` part.
    NoBoundary = 7,
    /// A multipart in which its boundary never opens a part; read as one `text/plain` part, of which a search and the preview
    /// see the first 64 KiB.
    EmptyMultipart = 8,
    /// A multipart without its last boundary; it ends where the outer part ends.
    MissingEnd = 9,
    /// A boundary that an open outer multipart has too; the inner one takes the line.
    SameBoundary = 10,
    /// base64 or quoted-printable on a multipart or an attached message (RFC 2045, 6.4 forbids it); not decoded.
    EncodedComposite = 11,
    /// A Content-Transfer-Encoding that is unknown; the part is read as it stands, and is no text.
    UnknownEncoding = 12,
    /// A parameter that stands twice in one field; the first one is read.
    DuplicateParameter = 13,
    /// Nested deeper than [`crate::Limits::depth`]; the rest is one opaque part.
    TooDeep = 14,
    /// More parts than [`crate::Limits::parts`]; the last one takes the rest.
    TooManyParts = 15,
    /// More header bytes than [`crate::Limits::header_bytes`]; later fields are not seen.
    HeaderCut = 16,
    /// More addresses than [`crate::Limits::addresses`]; later ones are not seen.
    TooManyAddresses = 17,
    /// More parameters than [`crate::Limits::parameters`]; later ones are not seen.
    TooManyParameters = 18,
    /// A line that would end the header of a part by being a boundary; the part has no body.
    BoundaryInHeader = 19,
}

impl Flaw {
    /// Every flaw, in the order of their numbers.
    pub const ALL: [Self; 20] = [
        Self::DuplicateField,
        Self::SpaceBeforeColon,
        Self::JunkInHeader,
        Self::NoHeaderEnd,
        Self::ControlInHeader,
        Self::NotUtf8InHeader,
        Self::BadContentType,
        Self::NoBoundary,
        Self::EmptyMultipart,
        Self::MissingEnd,
        Self::SameBoundary,
        Self::EncodedComposite,
        Self::UnknownEncoding,
        Self::DuplicateParameter,
        Self::TooDeep,
        Self::TooManyParts,
        Self::HeaderCut,
        Self::TooManyAddresses,
        Self::TooManyParameters,
        Self::BoundaryInHeader,
    ];

    const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// The set of flaws of one message.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Flaws(u32);

impl Flaws {
    /// A set without any.
    pub const NONE: Self = Self(0);

    /// Adds one.
    pub fn insert(&mut self, flaw: Flaw) {
        self.0 |= flaw.bit();
    }

    /// Adds all of another set.
    pub fn extend(&mut self, others: Self) {
        self.0 |= others.0;
    }

    /// Whether this one is there.
    pub fn contains(self, flaw: Flaw) -> bool {
        self.0 & flaw.bit() != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The flaws in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Flaw> {
        Flaw::ALL.into_iter().filter(move |&flaw| self.contains(flaw))
    }

    /// The set as a number, for a record.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// The set of a record; bits that no flaw has are dropped.
    pub fn from_bits(bits: u32) -> Self {
        let known = Flaw::ALL.iter().fold(0, |known, flaw| known | flaw.bit());
        Self(bits & known)
    }
}

impl std::fmt::Debug for Flaws {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_set().entries(self.iter()).finish()
    }
}
