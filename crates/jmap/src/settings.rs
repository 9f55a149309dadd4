//! What an operator set.
use names::ByteSize;
use texts::Language;

/// How JMAP behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The largest message; an upload may be as large.
    pub max_message_size: ByteSize,
    /// Whether `\Seen` in what is shared is each account's own.
    pub own_seen: bool,
    /// The provider's own language.
    pub language: Language,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_message_size: ByteSize::mib(50), own_seen: true, language: Language::English }
    }
}
