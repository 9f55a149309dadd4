//! JMAP as bytes in and values out (RFC 8620): requests, references between calls, patches, what the standard methods
//! are asked, and errors.
//!
//! [`Request::parse`] reads a request; [`resolve`] puts earlier answers in the place of references; [`Arguments`] takes
//! a call's arguments apart, and [`Get`], [`Changes`], [`Set`], [`Query`], [`QueryChanges`] and [`struct@Copy`] are those of
//! the standard methods; [`patch()`] applies a PatchObject; [`Response`] is what goes back.
//!
//! Invariants: no runtime, clock, store or log; nothing recurses but over JSON of at most [`MAX_DEPTH`] levels; what a
//! request can make this crate hold is bounded by [`MAX_VALUES`] and by the [`Budget`] of its references.
mod arguments;
mod changes;
mod copy;
mod date;
mod envelope;
mod filter;
mod get;
mod id;
mod json;
mod method_error;
mod patch;
mod pointer;
mod query;
mod reference;
mod request;
mod request_error;
mod response;
mod set;
mod set_error;
pub use arguments::{Arguments, Object};
pub use changes::Changes;
pub use copy::Copy;
pub use date::{UtcDate, utc_date};
pub use envelope::Envelope;
pub use filter::{Filter, MAX_CONDITIONS, MAX_FILTER_DEPTH, Step};
pub use get::Get;
pub use id::{Id, IdError};
pub use json::{MAX_DEPTH, MAX_VALUES};
pub use method_error::MethodError;
pub use patch::{InvalidPatch, patch};
pub use query::{Comparator, Place, Query, QueryChanges};
pub use reference::{Budget, resolve};
pub use request::{Call, Request};
pub use request_error::RequestError;
pub use response::{Answer, Response};
pub use set::{Set, updates};
pub use set_error::SetError;
