//! Why a command line could not be read.
use thiserror::Error;

/// What is wrong with a command line. The session turns it into a reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SyntaxError {
    /// Something that the grammar asks for is not there.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The path is none (RFC 5321, 4.1.2).
    #[error("{0}")]
    BadPath(&'static str),
    /// A parameter that no extension here owns (RFC 5321, 4.1.1.11).
    #[error("unknown parameter {0}")]
    UnknownParameter(String),
    /// A parameter stands twice.
    #[error("parameter {0} given twice")]
    RepeatedParameter(&'static str),
    /// A parameter has a value that it cannot have, or lacks one.
    #[error("bad value of parameter {0}")]
    BadParameter(&'static str),
    /// A number that no message can be as large as.
    #[error("the number is too large")]
    TooLarge,
    /// Something stands behind the end of the command.
    #[error("no argument allowed there")]
    Trailing,
    /// Not base64 (RFC 4954, 4).
    #[error("not base64")]
    BadBase64,
}
