//! Lists over all domains, a page at a time.
use crate::{Admin, Error};
use data_encoding::HEXLOWER;
use names::Domain;
use store::Key;

impl Admin {
    /// Where a list goes on: in which domain, behind which key. Nothing where there is no domain at all.
    pub(crate) async fn place(
        &self,
        domain: Option<Domain>,
        after: Option<&str>,
    ) -> Result<Option<(Domain, Option<Key>)>, Error> {
        if let Some(after) = after {
            let wrong = || Error::BadRequest("not the end of a page".to_owned());
            let (name, key) = after.split_once('/').ok_or_else(wrong)?;
            let at: Domain = name.parse().map_err(|_| wrong())?;
            let key = HEXLOWER.decode(key.as_bytes()).map_err(|_| wrong())?;
            return Ok(Some((at, (!key.is_empty()).then_some(key))));
        }
        match domain {
            Some(domain) => Ok(Some((domain, None))),
            None => Ok(self.directory.domains().await?.into_iter().next().map(|first| (first.name, None))),
        }
    }

    /// What to ask for behind a page of `domain` that ended at `key`: the rest of it, else the next domain.
    pub(crate) async fn next(&self, domain: &Domain, key: Option<Key>, one: bool) -> Result<Option<String>, Error> {
        if let Some(key) = key {
            return Ok(Some(format!("{domain}/{}", HEXLOWER.encode(&key))));
        }
        if one {
            return Ok(None);
        }
        let domains = self.directory.domains().await?;
        Ok(domains.into_iter().map(|next| next.name).find(|next| next > domain).map(|next| format!("{next}/")))
    }
}
