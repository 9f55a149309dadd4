//! Domains that live elsewhere, and whose mail is taken from anybody.
use super::read::Fault;
use names::Domain;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The most of them.
const MOST: usize = 10_000;

/// A domain that lives elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct RelayDomain {
    /// Its name.
    pub(crate) domain: Domain,
    /// Who is there, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recipients_file: Option<PathBuf>,
    /// Whether whoever is named there is taken.
    #[serde(default)]
    pub(crate) any_recipient: bool,
}

/// What does not go together.
pub(super) fn faults(domains: &[RelayDomain]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut wrong = |text: String| faults.push(Fault::missing(format!("[mx] `relay-domains`: {text}")));
    if domains.len() > MOST {
        wrong(format!("there are more than {MOST}"));
    }
    let mut known = BTreeSet::new();
    for one in domains.iter().take(MOST) {
        let domain = one.domain.as_str();
        if one.recipients_file.is_some() == one.any_recipient {
            wrong(format!("{domain} needs either `recipients-file` or `any-recipient = true`"));
        }
        if !known.insert(domain) {
            wrong(format!("{domain} is there twice"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use crate::configuration::parse;

    #[test]
    fn each_says_who_is_there() {
        let read = |domains: &str| {
            let text = format!(
                "host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n[mx]\nrelay-domains = [{domains}]\n"
            );
            parse(&text).map(|configuration| configuration.mx.relay_domains.len())
        };
        let good =
            "{ domain = \"a.example\", recipients-file = \"/x\" }, { domain = \"b.example\", any-recipient = true }";
        assert_eq!(read(good).unwrap(), 2);
        for (domains, why) in [
            ("{ domain = \"a.example\" }", "a.example needs either `recipients-file` or `any-recipient = true`"),
            (
                "{ domain = \"a.example\", any-recipient = true, recipients-file = \"/x\" }",
                "a.example needs either `recipients-file` or `any-recipient = true`",
            ),
            (
                "{ domain = \"a.example\", any-recipient = true }, { domain = \"A.example\", any-recipient = true }",
                "a.example is there twice",
            ),
            ("{ domain = \"no domain\", any-recipient = true }", "relay-domains"),
        ] {
            let fault = format!("{:?}", read(domains).unwrap_err());
            assert!(fault.contains(why), "{fault}");
        }
    }
}
