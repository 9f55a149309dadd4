//! What a method is.
use crate::capability::Capability;
use crate::context::Context;
use futures_util::future::BoxFuture;
use jmap_wire::{Answer, Arguments, MethodError};

/// What a call comes to: its answer, and those of calls that it implies (RFC 8620, 5.4; RFC 8621, 7.5).
pub(crate) type Answers = Result<Vec<Answer>, MethodError>;

/// Answers a call.
pub(crate) type Run = for<'a, 'c> fn(&'a mut Context<'c>, Arguments) -> BoxFuture<'a, Answers>;

/// One method.
pub(crate) struct Method {
    /// Its name, such as `Core/echo`.
    pub(crate) name: &'static str,
    /// The capability that a request must use to call it.
    pub(crate) capability: Capability,
    /// What it does.
    pub(crate) run: Run,
}
