//! Questions to web servers.
use crate::CertificateFault;
use futures_util::future::BoxFuture;
use std::time::Duration;
use thiserror::Error;

/// What is asked of a web server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsRequest {
    /// The host's name; its certificate must be for it.
    pub host: String,
    /// The path, with a query perhaps; it begins with `/`.
    pub path: String,
    /// What is posted: its media type and its bytes; `None` asks by GET.
    pub post: Option<(&'static str, Vec<u8>)>,
    /// What its header says beside that.
    pub fields: Vec<(&'static str, String)>,
    /// The largest body of an answer.
    pub limit: usize,
    /// How long all of it may take.
    pub timeout: Duration,
}

/// What it answers. Redirections are answers like others: nobody follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpsAnswer {
    /// The status, such as 200.
    pub status: u16,
    /// The media type, lower case and without its parameters; empty where none is said.
    pub media_type: String,
    /// Where it says that what was asked for is (RFC 9110, 10.2.2).
    pub location: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HttpsFault {
    /// The host has no address, or cannot be reached.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// Its certificate proves nothing.
    #[error(transparent)]
    Certificate(CertificateFault),
    /// TLS or HTTP broke off.
    #[error("the conversation broke off: {0}")]
    Broken(String),
    /// The answer is larger than asked for.
    #[error("its answer is too large")]
    TooLarge,
    /// It took too long.
    #[error("it took too long")]
    TimedOut,
}

/// Asks web servers.
pub trait Https: Send + Sync {
    /// Asks once.
    ///
    /// # Errors
    /// There is no answer; a status that says no is one.
    fn ask(&self, request: HttpsRequest) -> BoxFuture<'_, Result<HttpsAnswer, HttpsFault>>;
}
