//! Names that still work, and that customers should leave.
use crate::way::{protocol, ways};
use crate::{Door, Open, Protocol, Security, Service};
use names::Domain;
use serde::{Deserialize, Serialize};

/// Where an old name leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeadsTo {
    /// To the new name's server, whose certificate bears the old one too.
    SameServerInCertificate,
    /// To the new name's server, whose certificate does not bear it.
    SameServerNotInCertificate,
    /// To the new name's server, without TLS or where nothing is known of the certificate.
    SameServer,
    /// To the relay, which has rules of its own.
    Relay,
}

/// A name that still works.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OldName {
    /// What is spoken there.
    pub protocol: Protocol,
    /// The old name.
    pub name: Domain,
    /// The name to use in its place, if there is one.
    pub instead: Option<Domain>,
    /// Where it leads.
    pub leads_to: LeadsTo,
}

/// The old names of all doors, each once.
pub(crate) fn old_names(open: &Open) -> Vec<OldName> {
    let submission = open.doors.iter().find(|door| door.service == Service::Submission && !ways(door).is_empty());
    let submission = submission.and_then(|door| door.names.first());
    let mut found: Vec<OldName> = Vec::new();
    for door in &open.doors {
        let Some(protocol) = protocol(door.service) else { continue };
        let names = if door.service == Service::Relay {
            door.names.iter().map(|name| (name, submission)).collect::<Vec<_>>()
        } else if ways(door).is_empty() {
            continue;
        } else {
            door.names.iter().skip(1).map(|name| (name, door.names.first())).collect()
        };
        for (name, instead) in names {
            let leads_to = leads_to(open, door, name);
            match found.iter_mut().find(|old| old.protocol == protocol && old.name == *name) {
                // what a door with TLS shows is more than what one without can tell
                Some(old) => old.leads_to = old.leads_to.min(leads_to),
                None => found.push(OldName { protocol, name: name.clone(), instead: instead.cloned(), leads_to }),
            }
        }
    }
    found.sort();
    found
}

fn leads_to(open: &Open, door: &Door, name: &Domain) -> LeadsTo {
    match &open.certified {
        _ if door.service == Service::Relay => LeadsTo::Relay,
        Some(certified) if door.security != Security::None => {
            if certified.contains(name) {
                LeadsTo::SameServerInCertificate
            } else {
                LeadsTo::SameServerNotInCertificate
            }
        }
        _ => LeadsTo::SameServer,
    }
}
