//! `/copy` (RFC 8620, 5.4).
use crate::{Arguments, Id, MethodError, Object};

/// What every `/copy` is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// From which account.
    pub from: Id,
    /// Only while the type has this state there.
    pub if_from_in_state: Option<String>,
    /// Into which account.
    pub account: Id,
    /// Only while the type has this state here.
    pub if_in_state: Option<String>,
    /// What is copied, by creation id: an `id`, and what is other in the copy.
    pub create: Vec<(Id, Object)>,
    /// Whether the originals go when the copies are there.
    pub destroy_originals: bool,
    /// Only while the type has this state when they go.
    pub destroy_from_if_in_state: Option<String>,
}

impl Copy {
    /// Takes them.
    ///
    /// # Errors
    /// `invalidArguments`, also where both accounts are one; `requestTooLarge` beyond `max` objects.
    pub fn take(arguments: &mut Arguments, max: usize) -> Result<Self, MethodError> {
        let copy = Self {
            from: arguments.required_id("fromAccountId")?,
            if_from_in_state: arguments.text("ifFromInState")?,
            account: arguments.required_id("accountId")?,
            if_in_state: arguments.text("ifInState")?,
            create: arguments.objects("create")?.unwrap_or_default(),
            destroy_originals: arguments.truth("onSuccessDestroyOriginal")?,
            destroy_from_if_in_state: arguments.text("destroyFromIfInState")?,
        };
        if copy.from == copy.account {
            return Err(MethodError::InvalidArguments("`fromAccountId` and `accountId` are the same".to_owned()));
        }
        if copy.create.len() > max {
            return Err(MethodError::RequestTooLarge);
        }
        Ok(copy)
    }
}
