//! What a call runs in: the rooms, the caller, and what the request has named so far.
use crate::caller::Caller;
use crate::jmap::{Parts, open_account, open_own};
use crate::limits::CREATED_IDS;
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Answer, Id, MethodError, Object};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a call runs in.
pub(crate) struct Context<'c> {
    pub(crate) parts: &'c Parts,
    pub(crate) caller: &'c Caller,
    /// What the request created, or said that it had: ids by creation ids (RFC 8620, 3.3 and 5.3).
    created: BTreeMap<Id, Id>,
    method: &'static str,
    call: String,
}

impl<'c> Context<'c> {
    pub(crate) fn new(parts: &'c Parts, caller: &'c Caller, created: BTreeMap<Id, Id>) -> Self {
        Self { parts, caller, created, method: "", call: String::new() }
    }

    /// Goes on to another call.
    pub(crate) fn begin(&mut self, method: &'static str, call: &str) {
        (self.method, self.call) = (method, call.to_owned());
    }

    /// The answer of the call.
    pub(crate) fn answer(&self, arguments: Map<String, Value>) -> Answer {
        self.answer_as(self.method, arguments)
    }

    /// The answer of a call that this one implies.
    pub(crate) fn answer_as(&self, method: &str, arguments: Map<String, Value>) -> Answer {
        Answer { name: method.to_owned(), arguments, id: self.call.clone() }
    }

    /// The answer of a call that this one implies, where that is refused.
    pub(crate) fn error(&self, error: &MethodError) -> Answer {
        Answer::error(error, &self.call)
    }

    /// An id as a client writes it: itself, or that of what was created under the name behind `#`; nothing where nothing was.
    pub(crate) fn id(&self, written: &str) -> Option<Id> {
        match written.strip_prefix('#') {
            Some(creation) => self.created.get(&Id::try_from(creation).ok()?).cloned(),
            None => Id::try_from(written).ok(),
        }
    }

    /// Puts ids in the place of creation ids in `ids`: what a call has created can be fetched by the next one.
    pub(crate) fn plain_ids(&self, arguments: &mut Object) {
        let Some(Value::Array(ids)) = arguments.get_mut("ids") else { return };
        for written in ids {
            let creation = written.as_str().filter(|id| id.starts_with('#'));
            if let Some(id) = creation.and_then(|creation| self.id(creation)) {
                *written = id.as_str().into();
            }
        }
    }

    /// Notes what a creation id became; a later one of the same name takes its place (RFC 8620, 5.3).
    pub(crate) fn creates(&mut self, creation: &Id, id: Id) {
        if self.created.len() < CREATED_IDS || self.created.contains_key(creation) {
            self.created.insert(creation.clone(), id);
        }
    }

    /// What was created, in the end.
    pub(crate) fn into_created(self) -> BTreeMap<Id, Id> {
        self.created
    }

    /// Opens an account: the caller's own, or one that shares something with him.
    ///
    /// # Errors
    /// `accountNotFound`, for what the caller may not see just as for what is not there.
    pub(crate) async fn account(&self, id: &Id) -> Result<Opened, MethodError> {
        let opened = open_account(self.parts, self.caller, id.as_str()).await;
        opened.map_err(|error| refusal::method(&error))?.ok_or(MethodError::AccountNotFound)
    }

    /// Opens the caller's own account, whichever a call is about.
    ///
    /// # Errors
    /// When it cannot be read just now.
    pub(crate) async fn own(&self) -> Result<Opened, MethodError> {
        open_own(self.parts, self.caller).await.map_err(|error| refusal::method(&error))
    }

    /// Opens the caller's own account; what is about sending, identities and absence is in no other.
    ///
    /// # Errors
    /// `accountNotFound`; `accountNotSupportedByMethod` for one that is shared.
    pub(crate) async fn own_account(&self, id: &Id) -> Result<Opened, MethodError> {
        let opened = self.account(id).await?;
        if opened.own { Ok(opened) } else { Err(MethodError::AccountNotSupportedByMethod) }
    }

    /// Opens an account in which something is to be changed.
    ///
    /// # Errors
    /// `accountNotFound`, `accountReadOnly`.
    pub(crate) async fn account_to_change(&self, id: &Id) -> Result<Opened, MethodError> {
        let opened = self.account(id).await?;
        if opened.is_read_only() { Err(MethodError::AccountReadOnly) } else { Ok(opened) }
    }

    /// Opens an account from which something is copied.
    ///
    /// # Errors
    /// `fromAccountNotFound`.
    pub(crate) async fn account_from(&self, id: &Id) -> Result<Opened, MethodError> {
        self.account(id).await.map_err(|error| match error {
            MethodError::AccountNotFound => MethodError::FromAccountNotFound,
            other => other,
        })
    }
}
