//! What one call may tell, and how long it may work, whatever is in the messages that it asks for.
use super::query::SEARCH_TIME;
use crate::budget::weight_of;
use crate::jmap::Parts;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use search::Effort;
use serde_json::{Map, Value};
use store::Error;

/// Bytes that one call tells of emails.
const MAX_TOLD: usize = 16 << 20;
/// Octets that are looked through in a step ([`Effort::spend`]).
const LOOKED_THROUGH: usize = 16;

/// Why an email is not told.
#[derive(Debug)]
pub(crate) enum Untold {
    Store(Error),
    /// The call asks for too much.
    TooMuch,
}

impl From<Error> for Untold {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

impl Untold {
    /// Why the call is refused.
    pub(crate) fn refusal(&self) -> MethodError {
        match self {
            Self::Store(error) => refusal::method(error),
            Self::TooMuch => MethodError::RequestTooLarge,
        }
    }
}

/// What is left of one call.
pub(crate) struct Allowance<'e> {
    bytes: usize,
    effort: Effort<'e>,
}

impl<'e> Allowance<'e> {
    /// All of it.
    pub(crate) fn begin(parts: &'e Parts, opened: &Opened) -> Self {
        Self { bytes: MAX_TOLD, effort: Effort::within(&parts.searches, SEARCH_TIME, opened.caller) }
    }

    /// Tells a property.
    pub(crate) fn tell(&mut self, told: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), Untold> {
        let bytes = name.len() + weight_of(&value);
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Untold::TooMuch)?;
        told.insert(name.to_owned(), value);
        Ok(())
    }

    /// Counts octets that are looked through.
    pub(crate) async fn look(&mut self, octets: usize) -> Result<(), Untold> {
        self.effort.spend(1 + octets / LOOKED_THROUGH).await.map_err(|_| Untold::TooMuch)
    }
}
