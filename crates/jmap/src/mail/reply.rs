//! What the standard methods answer (RFC 8620, 5), put together.
use crate::context::Context;
use crate::mail::window::Window;
use crate::opened::Opened;
use jmap_wire::{Id, MethodError, Object, SetError};
use serde_json::{Map, Value, json};

/// The members of an answer, from pairs.
pub(crate) fn members<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The answer of a `/get` (RFC 8620, 5.1).
pub(crate) fn got(opened: &Opened, state: String, list: Vec<Value>, not_found: &[Id]) -> Map<String, Value> {
    members([
        ("accountId", opened.id.as_str().into()),
        ("state", state.into()),
        ("list", list.into()),
        ("notFound", not_found.iter().map(Id::as_str).collect()),
    ])
}

/// The results of a query (RFC 8620, 5.5).
pub(crate) struct Results {
    pub(crate) state: String,
    /// Whether what changes since can be told.
    pub(crate) is_logged: bool,
    pub(crate) window: Window,
    /// Those of the window.
    pub(crate) ids: Vec<String>,
    /// How many there are in all, where that was asked.
    pub(crate) total: Option<usize>,
}

impl Results {
    /// The answer of a `/query`.
    pub(crate) fn answer(self, opened: &Opened) -> Map<String, Value> {
        let mut answer = members([
            ("accountId", opened.id.as_str().into()),
            ("queryState", self.state.into()),
            ("canCalculateChanges", self.is_logged.into()),
            ("position", self.window.position.into()),
            ("ids", self.ids.into()),
        ]);
        answer.extend(self.total.map(|total| ("total".to_owned(), total.into())));
        answer.extend(self.window.limit.map(|limit| ("limit".to_owned(), limit.into())));
        answer
    }
}

/// What changed in the results of a query (RFC 8620, 5.6).
pub(crate) struct Moved {
    pub(crate) state: String,
    pub(crate) removed: Vec<String>,
    /// Each with its place among the results.
    pub(crate) added: Vec<(usize, String)>,
    /// How many results there are in all, where that was asked.
    pub(crate) total: Option<usize>,
}

impl Moved {
    /// The answer of a `/queryChanges` for who takes at most `max` changes.
    ///
    /// # Errors
    /// `tooManyChanges`.
    pub(crate) fn answer(
        self,
        opened: &Opened,
        since: &str,
        max: Option<u64>,
    ) -> Result<Map<String, Value>, MethodError> {
        let max = max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
        if self.removed.len() + self.added.len() > max {
            return Err(MethodError::TooManyChanges);
        }
        let added = self.added.into_iter().map(|(index, id)| json!({"id": id, "index": index}));
        let mut answer = members([
            ("accountId", opened.id.as_str().into()),
            ("oldQueryState", since.into()),
            ("newQueryState", self.state.into()),
            ("removed", self.removed.into()),
            ("added", added.collect()),
        ]);
        answer.extend(self.total.map(|total| ("total".to_owned(), total.into())));
        Ok(answer)
    }
}

/// What changed since a state (RFC 8620, 5.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) created: Vec<String>,
    pub(crate) updated: Vec<String>,
    pub(crate) destroyed: Vec<String>,
    /// There is more behind the new state.
    pub(crate) more: bool,
}

impl Changed {
    /// The answer of a `/changes`.
    pub(crate) fn answer(self, opened: &Opened, since: &str, new_state: String) -> Map<String, Value> {
        members([
            ("accountId", opened.id.as_str().into()),
            ("oldState", since.into()),
            ("newState", new_state.into()),
            ("hasMoreChanges", self.more.into()),
            ("created", self.created.into()),
            ("updated", self.updated.into()),
            ("destroyed", self.destroyed.into()),
        ])
    }
}

/// What a `/set` did (RFC 8620, 5.3).
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) created: Map<String, Value>,
    pub(crate) not_created: Map<String, Value>,
    pub(crate) updated: Map<String, Value>,
    pub(crate) not_updated: Map<String, Value>,
    pub(crate) destroyed: Vec<Value>,
    pub(crate) not_destroyed: Map<String, Value>,
}

impl Written {
    /// Refuses what cannot be of a type of which there is one: "the client cannot create another or destroy the existing
    /// one" (RFC 8620, 5.3).
    pub(crate) fn is_single(&mut self, single: &str, create: Vec<(Id, Object)>, destroy: Vec<String>) {
        let error = || told(&SetError::new("singleton"));
        for (creation, _) in create {
            self.not_created.insert(creation.into(), error());
        }
        for id in destroy {
            let error = if id == single { error() } else { told(&SetError::new("notFound")) };
            self.not_destroyed.insert(id, error);
        }
    }

    /// The answer of a `/set`. What a client has named by its creation id is told by its own (RFC 8620, 5.3: "the ids of all
    /// Foos that were successfully updated").
    pub(crate) fn answer(
        self,
        context: &Context<'_>,
        opened: &Opened,
        old_state: String,
        new_state: String,
    ) -> Map<String, Value> {
        let plain = |written: String| context.id(&written).map_or(written, String::from);
        let by_id = |members: Map<String, Value>| members.into_iter().map(|(id, value)| (plain(id), value)).collect();
        let or_null = |members: Map<String, Value>| if members.is_empty() { Value::Null } else { members.into() };
        let destroyed = self.destroyed.iter().filter_map(Value::as_str).map(|id| plain(id.to_owned()));
        members([
            ("accountId", opened.id.as_str().into()),
            ("oldState", old_state.into()),
            ("newState", new_state.into()),
            ("created", or_null(self.created)),
            ("updated", or_null(by_id(self.updated))),
            ("destroyed", if self.destroyed.is_empty() { Value::Null } else { destroyed.collect() }),
            ("notCreated", or_null(self.not_created)),
            ("notUpdated", or_null(by_id(self.not_updated))),
            ("notDestroyed", or_null(by_id(self.not_destroyed))),
        ])
    }
}

/// A SetError as it is told.
pub(crate) fn told(error: &SetError) -> Value {
    serde_json::to_value(error).unwrap_or_else(|_| json!({"type": error.kind}))
}

/// Refuses a name that is no property of the type (RFC 8620, 5.1).
pub(crate) fn known(properties: Option<Vec<String>>, all: &[&'static str]) -> Result<Vec<&'static str>, MethodError> {
    let Some(properties) = properties else { return Ok(all.to_vec()) };
    let mut wanted = vec!["id"]; // "The id property of the object is always returned"
    for name in properties {
        match all.iter().find(|known| **known == name) {
            Some(known) if !wanted.contains(known) => wanted.push(known),
            Some(_) => {}
            None => return Err(MethodError::InvalidArguments(format!("`{name}` is no property"))),
        }
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::known;

    #[test]
    fn the_id_is_always_told_and_nothing_unknown_is() {
        assert_eq!(known(None, &["id", "a"]), Ok(vec!["id", "a"]));
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(known(names(&["a", "a"]), &["id", "a"]), Ok(vec!["id", "a"]));
        assert!(known(names(&["b"]), &["id", "a"]).is_err());
    }
}
