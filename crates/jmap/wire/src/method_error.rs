//! Why a call was refused (RFC 8620, 3.6.2, and the errors of the standard methods).
use serde_json::{Map, Value};
use thiserror::Error;

/// Why a call was refused. Where nothing else is said, nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MethodError {
    /// Something inside is away for now; the same may be asked again later.
    #[error("serverUnavailable")]
    ServerUnavailable,
    /// A fault of this server.
    #[error("serverFail")]
    ServerFail(String),
    /// Some of it was done; the client must ask anew for what it has.
    #[error("serverPartialFail")]
    ServerPartialFail,
    /// There is no such method.
    #[error("unknownMethod")]
    UnknownMethod,
    /// An argument is missing, unknown, or of the wrong kind.
    #[error("invalidArguments")]
    InvalidArguments(String),
    /// A reference to an earlier answer leads nowhere.
    #[error("invalidResultReference")]
    InvalidResultReference(String),
    /// It is not permitted.
    #[error("forbidden")]
    Forbidden,
    /// There is no such account, or it may not be known.
    #[error("accountNotFound")]
    AccountNotFound,
    /// The account has not what the method is about.
    #[error("accountNotSupportedByMethod")]
    AccountNotSupportedByMethod,
    /// The account may be read only.
    #[error("accountReadOnly")]
    AccountReadOnly,
    /// It is more than a limit of this server allows.
    #[error("requestTooLarge")]
    RequestTooLarge,
    /// The state is another than `ifInState` says.
    #[error("stateMismatch")]
    StateMismatch,
    /// The anchor is not among the results.
    #[error("anchorNotFound")]
    AnchorNotFound,
    /// A property or collation by which this server does not sort.
    #[error("unsupportedSort")]
    UnsupportedSort(String),
    /// A filter that this server does not know, or that is too large.
    #[error("unsupportedFilter")]
    UnsupportedFilter(String),
    /// A type that the method does not know (RFC 9404, 4.3).
    #[error("unknownDataType")]
    UnknownDataType(String),
    /// What changed since then is not known any more.
    #[error("cannotCalculateChanges")]
    CannotCalculateChanges,
    /// There are more changes than `maxChanges`.
    #[error("tooManyChanges")]
    TooManyChanges,
    /// There is no account to copy from.
    #[error("fromAccountNotFound")]
    FromAccountNotFound,
    /// It was asked too often: for so many seconds it is not done (Glaspost's own).
    #[error("rateLimit")]
    RateLimit(u64),
    /// The password that was to be proved is wrong (Glaspost's own).
    #[error("wrongPassword")]
    WrongPassword,
    /// The password that was to be cannot be (Glaspost's own).
    #[error("weakPassword")]
    WeakPassword {
        /// What is wrong with it.
        reason: &'static str,
        /// How many characters one has at least.
        min_length: u64,
    },
    /// The account to copy from has not what the method is about.
    #[error("fromAccountNotSupportedByMethod")]
    FromAccountNotSupportedByMethod,
}

impl MethodError {
    /// The arguments of the answer.
    #[must_use]
    pub fn arguments(&self) -> Map<String, Value> {
        let mut arguments = Map::new();
        arguments.insert("type".to_owned(), self.to_string().into());
        if let Self::ServerFail(text)
        | Self::InvalidArguments(text)
        | Self::InvalidResultReference(text)
        | Self::UnsupportedSort(text)
        | Self::UnsupportedFilter(text)
        | Self::UnknownDataType(text) = self
        {
            arguments.insert("description".to_owned(), text.as_str().into());
        }
        if let Self::WeakPassword { reason, min_length } = self {
            arguments.insert("reason".to_owned(), (*reason).into());
            arguments.insert("minLength".to_owned(), (*min_length).into());
        }
        if let Self::RateLimit(wait) = self {
            arguments.insert("retryAfter".to_owned(), (*wait).into());
        }
        arguments
    }
}
