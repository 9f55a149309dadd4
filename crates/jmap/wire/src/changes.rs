//! `/changes` (RFC 8620, 5.2).
use crate::{Arguments, Id, MethodError};

/// What every `/changes` is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// In which account.
    pub account: Id,
    /// Since which state.
    pub since: String,
    /// How many ids the answer may have; as many as the server likes for `None`.
    pub max: Option<u64>,
}

impl Changes {
    /// Takes them.
    ///
    /// # Errors
    /// `invalidArguments`, also for a `maxChanges` of 0.
    pub fn take(arguments: &mut Arguments) -> Result<Self, MethodError> {
        Ok(Self {
            account: arguments.required_id("accountId")?,
            since: arguments.required_text("sinceState")?,
            max: max_changes(arguments)?,
        })
    }
}

/// "a positive integer greater than 0"
pub(crate) fn max_changes(arguments: &mut Arguments) -> Result<Option<u64>, MethodError> {
    match arguments.unsigned("maxChanges")? {
        Some(0) => Err(MethodError::InvalidArguments("`maxChanges` is at least 1".to_owned())),
        max => Ok(max),
    }
}
