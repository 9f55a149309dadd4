//! How much an account uses and may use (RFC 9425): octets of mail, and how many messages, where these have a limit.
mod changes;
mod get;
mod query;
use crate::method::Method;
use crate::opened::Opened;
use serde_json::{Map, Value, json};

pub(crate) const METHODS: &[Method] = &[changes::CHANGES, get::GET, query::QUERY, query::QUERY_CHANGES];

/// One quota of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quota {
    kind: Kind,
    used: u64,
    limit: u64,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Octets,
    Count,
}

impl Kind {
    /// `resourceType` (RFC 9425, 3.1.1), and the id: an account has one of each.
    const fn name(self) -> &'static str {
        match self {
            Self::Octets => "octets",
            Self::Count => "count",
        }
    }
}

/// Those of an account. Another's are told to nobody: they say how much there is of what is not shared.
async fn quotas(opened: &Opened) -> Result<Vec<Quota>, store::Error> {
    if !opened.own {
        return Ok(Vec::new());
    }
    let found = opened.account.quota().await?;
    let octets = found.limit.map(|limit| Quota { kind: Kind::Octets, used: found.used, limit });
    let count = found.max_emails.map(|limit| Quota { kind: Kind::Count, used: found.emails, limit });
    Ok([octets, count].into_iter().flatten().collect())
}

/// Its properties (RFC 9425, 4).
fn properties(quota: Quota, address: &str) -> Map<String, Value> {
    let told = json!({
        "id": quota.kind.name(),
        "resourceType": quota.kind.name(),
        "used": quota.used,
        "hardLimit": quota.limit,
        // RFC 9425, 3.2
        "scope": "account",
        "name": address,
        "types": ["Email"],
        "warnLimit": null,
        "softLimit": null,
        "description": null,
    });
    if let Value::Object(told) = told { told } else { Map::new() }
}
