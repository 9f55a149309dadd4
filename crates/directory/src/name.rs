//! Names as they are compared: case and Unicode folded.
use names::{Address, Domain, LocalPart};

/// Longest login name that is looked at, in bytes.
const MAX_LOGIN: usize = 512;

/// An address as keys hold it: the local part folded by UsernameCaseMapped (RFC 8265, 3.3), the domain in ASCII.
///
/// RFC 5321, 2.4 leaves the case of a local part to the host that owns it: here it never matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FoldedAddress {
    pub(crate) local: Box<str>,
    pub(crate) domain: Domain,
}

impl FoldedAddress {
    /// Folds `address`; nothing when its local part cannot be that of an account here: white space, control
    /// characters, symbols, or mixed directions.
    pub(crate) fn of(address: &Address) -> Option<Self> {
        Some(Self { local: fold(address.local().as_str())?, domain: address.domain().clone() })
    }

    /// Reads a login name: an address, or a bare name in `default_domain`.
    pub(crate) fn of_login(name: &str, default_domain: Option<&Domain>) -> Option<Self> {
        let name = name.trim_ascii();
        if name.len() > MAX_LOGIN {
            return None;
        }
        let (local, domain) = match name.rsplit_once('@') {
            Some((local, domain)) => (local, domain.parse().ok()?),
            None => (name, default_domain?.clone()),
        };
        Some(Self { local: fold(LocalPart::new(local).ok()?.as_str())?, domain })
    }

    /// The part before the first `separator` and what follows it (RFC 5233, 1): `anna+lijst`.
    pub(crate) fn split(&self, separator: char) -> Option<(Self, &str)> {
        let (user, detail) = self.local.split_once(separator)?;
        let user = Self { local: user.into(), domain: self.domain.clone() };
        (!user.local.is_empty()).then_some((user, detail))
    }
}

fn fold(local: &str) -> Option<Box<str>> {
    if local.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(local.to_ascii_lowercase().into());
    }
    use precis_profiles::UsernameCaseMapped;
    use precis_profiles::precis_core::profile::PrecisFastInvocation;
    UsernameCaseMapped::enforce(local).ok().map(|folded| folded.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_however_it_is_written() {
        let default: Domain = "example.org".parse().unwrap();
        let anna = Some(FoldedAddress { local: "anna".into(), domain: default.clone() });
        for name in
            ["anna@example.org", "Anna@Example.ORG", "ANNA", " anna ", "ａｎｎａ@example.org.", "anna@example.org"]
        {
            assert_eq!(FoldedAddress::of_login(name, Some(&default)), anna, "{name}");
        }
        let jorg = FoldedAddress::of_login("jörg@bücher.example", None).unwrap();
        assert_eq!((&*jorg.local, jorg.domain.as_str()), ("jörg", "xn--bcher-kva.example"));
        assert_eq!(FoldedAddress::of_login("JO\u{308}RG@bücher.example", None), Some(jorg));
        let long = "a".repeat(600);
        for name in ["anna", "", "@example.org", "an na@example.org", "anna@", "anna@exa mple", "☃@example.org", &long]
        {
            assert_eq!(FoldedAddress::of_login(name, None), None, "{name}");
        }
    }

    #[test]
    fn the_first_separator_splits() {
        let address = |text: &str| FoldedAddress::of(&text.parse().unwrap()).unwrap();
        let written = address("Anna+Lijst+x@example.org");
        assert_eq!(
            written.split('+').map(|(user, detail)| (user, detail.to_owned())),
            Some((address("anna@example.org"), "lijst+x".to_owned()))
        );
        assert_eq!(address("anna@example.org").split('+'), None);
        assert_eq!(address("+x@example.org").split('+'), None);
    }
}
