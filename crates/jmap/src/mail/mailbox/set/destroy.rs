//! Mailbox/set: destroy.
use super::Setting;
use crate::mail::mailbox::get::seen;
use crate::mail::reply::told;
use crate::refusal;
use jmap_wire::SetError;
use store::{Destroyed, Mailbox, Rights, SEPARATOR, WithEmails};

impl Setting {
    /// Removes mailboxes, those below others first.
    pub(super) async fn destroy(&mut self, mut ids: Vec<String>, emails: WithEmails) {
        let depth = |id: &String| {
            let mailbox = id.parse().ok().and_then(|id| self.opened.mailboxes.get(id));
            mailbox.map_or(0, |mailbox| mailbox.name.as_str().split(SEPARATOR).count())
        };
        ids.sort_by_cached_key(|id| (std::cmp::Reverse(depth(id)), id.clone()));
        ids.dedup();
        for id in ids {
            match self.destroy_one(&id, emails).await {
                Ok(()) => self.written.destroyed.push(id.into()),
                Err(error) => drop(self.written.not_destroyed.insert(id, told(&error))),
            }
        }
    }

    async fn destroy_one(&mut self, id: &str, emails: WithEmails) -> Result<(), SetError> {
        let mailbox = id.parse().ok().and_then(|id| seen(&self.opened, id));
        let mailbox = mailbox.ok_or_else(|| SetError::new("notFound"))?;
        self.may_destroy(mailbox, emails)?;
        let destroyed = self.opened.account.destroy_mailbox(mailbox.id, emails).await;
        match self.opened.commits.count(destroyed.map_err(|error| refusal::set(&error))?) {
            Destroyed::Gone => self.renew().await,
            // RFC 8621, 2.5
            Destroyed::HasChildren => Err(SetError::new("mailboxHasChild")),
            Destroyed::HasEmails => Err(SetError::new("mailboxHasEmail")),
        }
    }

    fn may_destroy(&self, mailbox: &Mailbox, emails: WithEmails) -> Result<(), SetError> {
        let rights = self.opened.rights(mailbox.id);
        let removes = emails == WithEmails::Remove && mailbox.counters.emails > 0;
        let takes_out = Rights::DELETE_MESSAGES.with(Rights::EXPUNGE);
        if mailbox.name.is_inbox() {
            return Err(SetError::new("forbidden").because("the inbox stays"));
        }
        if !rights.contains(Rights::DELETE) || (removes && !rights.contains(takes_out)) {
            return Err(SetError::new("forbidden").because("you may not remove it"));
        }
        Ok(())
    }
}
