//! The table of all methods.
use crate::mail::{email, mailbox, snippet, thread};
use crate::method::Method;
use crate::{blob, core, quota};

/// Every method, folder by folder.
const ALL: &[&[Method]] = &[
    core::METHODS,
    blob::METHODS,
    quota::METHODS,
    mailbox::METHODS,
    thread::METHODS,
    email::METHODS,
    snippet::METHODS,
];

/// Every method.
pub(crate) fn all() -> impl Iterator<Item = &'static Method> {
    ALL.iter().flat_map(|folder| folder.iter())
}

/// The method of a name.
pub(crate) fn named(name: &str) -> Option<&'static Method> {
    all().find(|method| method.name == name)
}

#[cfg(test)]
mod tests {
    use super::all;
    use std::collections::BTreeSet;

    #[test]
    fn a_name_stands_once() {
        let names: BTreeSet<_> = all().map(|method| method.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.iter().all(|name| name.split('/').count() == 2), "{names:?}");
    }
}
