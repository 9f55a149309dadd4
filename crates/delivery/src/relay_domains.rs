//! Domains that live elsewhere and whose mail is taken from anybody all the same, to be sent on: this server stands behind theirs
//! in the DNS (RFC 5321, 5.1) or before it.
use names::{Address, Domain};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// Such a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayDomain {
    /// Its name; those below it are others.
    pub domain: Domain,
    /// Who is there.
    pub people: People,
}

/// Whose mail is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum People {
    /// Whoever is named: the domain's own server will say who is not there.
    Anybody,
    /// These, in small letters, and postmaster (RFC 5321, 4.5.1).
    These(BTreeSet<String>),
}

/// What stands between a name and what its owner puts behind it (RFC 5233).
const SEPARATOR: char = '+';

impl People {
    /// These names before the `@`.
    pub fn these<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::These(names.into_iter().map(str::to_lowercase).collect())
    }

    fn has(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let listed = |name: &str| match self {
            Self::Anybody => false,
            Self::These(names) => names.contains(name),
        };
        // a way within the name: their server, which trusts this one, might follow it
        if name.contains(['@', '%', '!']) {
            return listed(&name);
        }
        let plain = name.split_once(SEPARATOR).map(|(plain, _)| plain);
        *self == Self::Anybody || name == "postmaster" || listed(&name) || plain.is_some_and(listed)
    }
}

/// The domains in force. Clones are the same ones: what replaces them is in force for all.
#[derive(Debug, Clone, Default)]
pub struct RelayDomains(Arc<RwLock<Arc<HashMap<Domain, People>>>>);

impl RelayDomains {
    /// These; of one that is there twice the last counts.
    pub fn new(domains: Vec<RelayDomain>) -> Self {
        let these = Self::default();
        these.replace(domains);
        these
    }

    pub(crate) fn replace(&self, domains: Vec<RelayDomain>) {
        let domains = domains.into_iter().map(|one| (one.domain, one.people)).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(domains);
    }

    /// Whether mail for `address` is taken to be sent on; nothing where its domain is none of these.
    pub(crate) fn takes(&self, address: &Address) -> Option<bool> {
        let domains = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        domains.get(address.domain()).map(|people| people.has(address.local().as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_named_at_such_a_domain() {
        let domain = |name: &str, people| RelayDomain { domain: name.parse().unwrap(), people };
        let list = People::these(["anna", "Jörg", "a+b"]);
        let domains = RelayDomains::new(vec![domain("list.example", list), domain("any.example", People::Anybody)]);
        for (address, takes) in [
            ("anna@list.example", Some(true)),
            ("ANNA@List.Example", Some(true)),
            ("anna+shop@list.example", Some(true)),
            ("jörg@list.example", Some(true)),
            ("a+b@list.example", Some(true)),
            ("a@list.example", Some(false)),
            ("Postmaster@list.example", Some(true)),
            ("bram@list.example", Some(false)),
            ("bram@any.example", Some(true)),
            ("v%other.example@any.example", Some(false)),
            ("other!v@any.example", Some(false)),
            ("\"v@other.example\"@any.example", Some(false)),
            ("anna+v%other.example@list.example", Some(false)),
            ("anna@below.list.example", None),
            ("anna@other.example", None),
        ] {
            assert_eq!(domains.takes(&address.parse().unwrap()), takes, "{address}");
        }
        let same = domains.clone();
        same.replace(Vec::new());
        assert_eq!(domains.takes(&"anna@list.example".parse().unwrap()), None);
    }
}
