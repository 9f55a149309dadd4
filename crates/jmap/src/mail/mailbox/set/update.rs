//! Mailbox/set: update.
use super::wishes::Wishes;
use super::{Setting, Step, Todo};
use crate::context::Context;
use crate::mail::mailbox::get::seen;
use crate::mail::mailbox::object::{PROPERTIES, object, place};
use crate::mail::mailbox::unread::Unread;
use crate::mail::reply::{members, told};
use crate::refusal;
use jmap_wire::{Object, SetError, patch};
use serde_json::{Value, json};
use store::{Error, Mailbox, MailboxEdit, MailboxId, Rights};

impl Setting {
    /// Changes mailboxes. One that wants a name or a role that another gives up comes after that.
    pub(super) async fn update(&mut self, context: &Context<'_>, mut todo: Todo<String>, destroy: &[String]) {
        while !todo.is_empty() {
            let (count, mut later) = (todo.len(), Vec::new());
            for (id, wanted) in todo {
                // RFC 8620, 5.3: what is destroyed by the same call is not changed before
                let step = if destroy.contains(&id) {
                    Step::Refused(SetError::new("willDestroy"))
                } else {
                    self.update_one(context, &id, &wanted).await
                };
                match step {
                    Step::Done(changed) => drop(self.written.updated.insert(id, changed)),
                    Step::Later(error) => later.push((id, wanted, error)),
                    Step::Refused(error) => drop(self.written.not_updated.insert(id, told(&error))),
                }
            }
            if later.len() == count {
                self.written.not_updated.extend(later.into_iter().map(|(id, _, error)| (id, told(&error))));
                return;
            }
            todo = later.into_iter().map(|(id, wanted, _)| (id, wanted)).collect();
        }
    }

    async fn update_one(&mut self, context: &Context<'_>, id: &str, wanted: &Object) -> Step<Value> {
        let Some(mailbox) = id.parse().ok().and_then(|id| seen(&self.opened, id)).cloned() else {
            return Step::Refused(SetError::new("notFound"));
        };
        let edit = self.wishes(&mailbox, wanted).and_then(|wishes| {
            let edit = self.edit(context, &mailbox, &wishes)?;
            Ok((wishes, edit))
        });
        let (wishes, edit) = match edit {
            Ok(read) => read,
            Err(error) => return Step::Refused(error),
        };
        match self.opened.account.edit_mailbox(mailbox.id, &edit).await {
            Ok(edited) => self.opened.commits.count(edited),
            Err(Error::MailboxExists) => {
                let name = edit.name.as_ref().unwrap_or(&mailbox.name);
                return Step::Later(self.exists(name));
            }
            Err(error @ Error::RoleTaken) => return Step::Later(refusal::set(&error)),
            Err(Error::BadName(why)) if wishes.parent.is_some() => {
                return Step::Refused(SetError::invalid(&["parentId"]).because(why));
            }
            Err(error) => return Step::Refused(refusal::set(&error)),
        }
        match self.updated(&mailbox, &wishes).await {
            Ok(changed) => Step::Done(changed),
            Err(error) => Step::Refused(error),
        }
    }

    /// What the patch makes other than it is. What is the server's may be told as it is (RFC 8620, 5.3).
    fn wishes(&self, mailbox: &Mailbox, wanted: &Object) -> Result<Wishes, SetError> {
        let before = object(&self.opened, (&self.subscriptions, &Unread::default()), mailbox, PROPERTIES);
        let mut after = patch(&before, wanted).map_err(|why| SetError::new("invalidPatch").because(why.to_string()))?;
        // "null ... set to the default value if specified for this property, else removed"
        let defaults = [
            ("parentId", Value::Null),
            ("role", Value::Null),
            ("sortOrder", 0.into()),
            ("isSubscribed", self.opened.own.into()),
        ];
        for (property, default) in members(defaults) {
            after.entry(property).or_insert(default);
        }
        let gone = PROPERTIES.iter().filter(|property| !after.contains_key(**property)).copied();
        let gone: Vec<&str> = gone.collect();
        if !gone.is_empty() {
            return Err(SetError::invalid(&gone));
        }
        after.retain(|property, value| before.get(property) != Some(value));
        Wishes::read(&after)
    }

    /// What that is for the store, as far as the caller may do it.
    fn edit(&self, context: &Context<'_>, mailbox: &Mailbox, wishes: &Wishes) -> Result<MailboxEdit, SetError> {
        let mut edit = MailboxEdit {
            role: wishes.role,
            sort_order: wishes.sort_order,
            subscribed: wishes.subscribed.filter(|_| self.opened.own),
            ..MailboxEdit::default()
        };
        let forbidden = |why: &str| Err(SetError::new("forbidden").because(why));
        if wishes.name.is_some() || wishes.parent.is_some() {
            if mailbox.name.is_inbox() || !self.opened.rights(mailbox.id).contains(Rights::DELETE) {
                return forbidden("it keeps its name and its place");
            }
            edit.name = Some(self.new_name(context, mailbox, wishes)?);
        }
        if !self.opened.own && (edit.role.is_some() || edit.sort_order.is_some()) {
            return forbidden("roles and order are the owner's");
        }
        if mailbox.name.is_inbox() && edit.role.is_some() {
            return forbidden("the inbox keeps its role");
        }
        Ok(edit)
    }

    fn new_name(
        &self,
        context: &Context<'_>,
        mailbox: &Mailbox,
        wishes: &Wishes,
    ) -> Result<store::MailboxName, SetError> {
        let (above, name) = place(&self.opened, mailbox);
        let name = wishes.name.as_deref().unwrap_or(name);
        let above: Option<MailboxId> = match &wishes.parent {
            None => above.map(|above| above.id),
            Some(parent) => match self.parent(context, parent.as_deref()) {
                Step::Done(parent) => parent,
                Step::Later(error) | Step::Refused(error) => return Err(error),
            },
        };
        self.full_name(above, name)
    }

    /// What the client cannot know of the change.
    async fn updated(&mut self, mailbox: &Mailbox, wishes: &Wishes) -> Result<Value, SetError> {
        if let Some(subscribed) = wishes.subscribed.filter(|_| !self.opened.own) {
            self.subscribe(&mailbox.name, subscribed).await?;
        }
        self.renew().await?;
        let Some(now) = self.opened.mailboxes.get(mailbox.id) else { return Ok(Value::Null) };
        // a name is kept in one spelling (RFC 8621, 2: Net-Unicode)
        let name = place(&self.opened, now).1;
        let other = wishes.name.as_deref().is_some_and(|wanted| wanted != name);
        Ok(if other { json!({"name": name}) } else { Value::Null })
    }
}
