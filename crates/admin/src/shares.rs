//! Who may do what with the mailboxes of an account: its access lists, as SETACL of IMAP changes them (RFC 4314).
use crate::{Admin, Caller, Error, Permission, Response, ShareView};
use names::Address;
use serde::{Deserialize, Serialize};
use store::{Account, AclChange, Grantee, MailboxId, MailboxName, Mailboxes, Rights, Sign};

/// An act on what an account shares.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ShareAct {
    /// Lists what an account shares, some mailboxes at a time.
    List {
        /// Whose mailboxes.
        owner: Address,
        /// One of them, or all.
        #[serde(default)]
        mailbox: Option<String>,
        /// The `next` of the page before.
        #[serde(default)]
        after: Option<String>,
    },
    /// Gives another account exactly these rights to a mailbox.
    Grant {
        /// Whose mailbox.
        owner: Address,
        /// Its name.
        mailbox: String,
        /// Who gets them.
        with: Address,
        /// Letters of RFC 4314, 2.1, such as `lrs`.
        rights: String,
    },
    /// Takes another account out of the list of a mailbox, also one that is gone.
    Revoke {
        /// Whose mailbox.
        owner: Address,
        /// Its name.
        mailbox: String,
        /// Who is taken out.
        with: Address,
    },
}

/// Entries after which a page ends; a list has no more than [`store::Acl::LIMIT`].
const PAGE: usize = 200;

impl ShareAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::List { .. } => Permission::Help,
            Self::Grant { .. } | Self::Revoke { .. } => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn shares(&self, caller: &Caller, act: ShareAct) -> Result<Response, Error> {
        match act {
            ShareAct::List { owner, mailbox, after } => {
                let (_, mailboxes) = self.owned(&owner).await?;
                page(&mailboxes, mailbox.as_deref(), after.as_deref())
            }
            ShareAct::Grant { owner, mailbox, with, rights } => {
                let Some(given) = Rights::from_letters(&rights).filter(|rights| !rights.is_empty()) else {
                    return Err(Error::BadRequest(format!(
                        "{rights}: rights are letters of {}",
                        Rights::ALL.letters()
                    )));
                };
                let grantee = self.directory.account(&with).await?;
                let grantee = Grantee { account: grantee.id, address: grantee.address };
                self.change(&owner, &mailbox, &grantee, AclChange::Set(given)).await?;
                self.told(caller, "share grant", &subject(&owner, &mailbox), Some(&format!("{with} {rights}")));
                Ok(Response::Done)
            }
            ShareAct::Revoke { owner, mailbox, with } => {
                let (_, mailboxes) = self.owned(&owner).await?;
                let id = named(&mailboxes, &mailbox)?;
                let entries = mailboxes.acl(id).entries();
                // Who is gone, or has another address now, stands there under the one that he had.
                let entry = entries.iter().find(|entry| entry.address == with);
                let account = self.directory.account(&with).await.ok().map(|account| account.id);
                let entry = entry.or_else(|| entries.iter().find(|entry| Some(entry.account) == account));
                let entry = entry.ok_or_else(|| Error::NotFound(format!("{mailbox} is not shared with {with}")))?;
                let grantee = Grantee { account: entry.account, address: entry.address.clone() };
                self.change(&owner, &mailbox, &grantee, AclChange::Delete).await?;
                self.told(caller, "share revoke", &subject(&owner, &mailbox), Some(&with.to_string()));
                Ok(Response::Done)
            }
        }
    }

    async fn owned(&self, owner: &Address) -> Result<(Account, std::sync::Arc<Mailboxes>), Error> {
        let account = self.store.account(self.directory.account(owner).await?.id).await?.acting_as("admin");
        let mailboxes = account.mailboxes().await?;
        Ok((account, mailboxes))
    }

    async fn change(&self, owner: &Address, mailbox: &str, grantee: &Grantee, change: AclChange) -> Result<(), Error> {
        let address = self.directory.account(owner).await?.address;
        let (account, mailboxes) = self.owned(owner).await?;
        let id = named(&mailboxes, mailbox)?;
        let signs = if change == AclChange::Delete { &[Sign::Granted, Sign::Denied][..] } else { &[Sign::Granted] };
        for sign in signs {
            let done = self.store.change_acl(None, (&account, &address), id, (grantee, *sign), change).await;
            match done {
                Ok(_) => {}
                Err(store::Error::NoSuchMailbox) => return Err(unknown(mailbox)),
                Err(error @ store::Error::Limit { .. }) => return Err(Error::BadRequest(error.to_string())),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn subject(owner: &Address, mailbox: &str) -> String {
    format!("{owner} {mailbox}")
}

fn unknown(mailbox: &str) -> Error {
    Error::NotFound(format!("there is no mailbox {mailbox}"))
}

fn named(mailboxes: &Mailboxes, name: &str) -> Result<MailboxId, Error> {
    let found = MailboxName::new(name).ok().and_then(|name| mailboxes.named(&name));
    found.map(|mailbox| mailbox.id).ok_or_else(|| unknown(name))
}

/// What some mailboxes say, by name, after one.
fn page(mailboxes: &Mailboxes, one: Option<&str>, after: Option<&str>) -> Result<Response, Error> {
    let one = one.map(|name| named(mailboxes, name)).transpose()?;
    let mut wanted: Vec<_> = mailboxes.iter().filter(|mailbox| one.is_none_or(|one| one == mailbox.id)).collect();
    wanted.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
    let mut shares = Vec::new();
    for mailbox in wanted.into_iter().skip_while(|mailbox| after.is_some_and(|after| mailbox.name.as_str() <= after)) {
        shares.extend(mailboxes.acl(mailbox.id).entries().iter().map(|entry| ShareView {
            mailbox: mailbox.name.to_string(),
            with: entry.address.clone(),
            rights: entry.granted.map(Rights::letters).unwrap_or_default(),
            denied: entry.denied.map(Rights::letters),
        }));
        if shares.len() >= PAGE {
            return Ok(Response::Shares { shares, next: Some(mailbox.name.to_string()) });
        }
    }
    Ok(Response::Shares { shares, next: None })
}
