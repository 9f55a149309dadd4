//! Why something is not believed.
use crate::{Counted, HeloFault, Span};
use std::time::Duration;
use thiserror::Error;

/// A refusal, by who must act: always the peer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// The name in HELO or EHLO.
    #[error(transparent)]
    Helo(#[from] HeloFault),
    /// More was sent than one sender may send.
    #[error("more than {limit} {what} {per}")]
    RateExceeded {
        /// Of what.
        what: Counted,
        /// What is allowed.
        limit: u32,
        /// In what time.
        per: Span,
        /// When there is room again for as much.
        wait: Duration,
    },
}
