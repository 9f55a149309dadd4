//! Mailbox/set: create.
use super::wishes::Wishes;
use super::{Setting, Step, Todo};
use crate::context::Context;
use crate::mail::mailbox::get::seen;
use crate::mail::mailbox::object::{PROPERTIES, object};
use crate::mail::mailbox::unread::Unread;
use crate::mail::reply::told;
use crate::refusal;
use jmap_wire::{Id, Object, SetError};
use serde_json::{Map, Value};
use store::{Error, MailboxEdit, MailboxId, MailboxName, Rights, SEPARATOR};

impl Setting {
    /// Makes mailboxes, a parent before its children, in whichever order the client wrote them.
    pub(super) async fn create(&mut self, context: &mut Context<'_>, mut todo: Todo<Id>) {
        while !todo.is_empty() {
            let (count, mut later) = (todo.len(), Vec::new());
            for (creation, wanted) in todo {
                match self.create_one(context, &wanted).await {
                    Step::Done((id, made)) => {
                        context.creates(&creation, id);
                        self.written.created.insert(creation.into(), made.into());
                    }
                    Step::Later(error) => later.push((creation, wanted, error)),
                    Step::Refused(error) => drop(self.written.not_created.insert(creation.into(), told(&error))),
                }
            }
            if later.len() == count {
                let refused = later.into_iter().map(|(creation, _, error)| (creation.into(), told(&error)));
                self.written.not_created.extend(refused);
                return;
            }
            todo = later.into_iter().map(|(creation, wanted, _)| (creation, wanted)).collect();
        }
    }

    async fn create_one(&mut self, context: &Context<'_>, wanted: &Object) -> Step<(Id, Map<String, Value>)> {
        let wishes = match Wishes::read(wanted) {
            Ok(wishes) => wishes,
            Err(error) => return Step::Refused(error),
        };
        let parent = match self.parent(context, wishes.parent.clone().flatten().as_deref()) {
            Step::Done(parent) => parent,
            Step::Later(error) => return Step::Later(error),
            Step::Refused(error) => return Step::Refused(error),
        };
        match self.make(&wishes, parent, wanted).await {
            Ok(made) => Step::Done(made),
            Err(error) => Step::Refused(error),
        }
    }

    /// The mailbox that is to stand above another; nothing for the top.
    pub(super) fn parent(&self, context: &Context<'_>, id: Option<&str>) -> Step<Option<MailboxId>> {
        let Some(written) = id else { return Step::Done(None) };
        let wrong = || SetError::invalid(&["parentId"]).because("there is no such mailbox");
        let Some(id) = context.id(written) else {
            return if written.starts_with('#') { Step::Later(wrong()) } else { Step::Refused(wrong()) };
        };
        match id.as_str().parse().ok().and_then(|id| seen(&self.opened, id)) {
            Some(parent) => Step::Done(Some(parent.id)),
            None => Step::Refused(wrong()),
        }
    }

    /// The full name of a mailbox below another, where the caller may put one.
    pub(super) fn full_name(&self, parent: Option<MailboxId>, name: &str) -> Result<MailboxName, SetError> {
        let may = parent.map_or(self.opened.own, |parent| self.opened.rights(parent).contains(Rights::CREATE));
        if !may {
            return Err(SetError::new("forbidden").because("you may not put a mailbox there"));
        }
        let parent = parent.and_then(|parent| self.opened.mailboxes.get(parent));
        let full = parent.map_or_else(|| name.to_owned(), |parent| format!("{}{SEPARATOR}{name}", parent.name));
        MailboxName::new(&full).map_err(|error| refusal::set(&error))
    }

    async fn make(
        &mut self,
        wishes: &Wishes,
        parent: Option<MailboxId>,
        wanted: &Object,
    ) -> Result<(Id, Map<String, Value>), SetError> {
        let name = wishes.name.as_ref().ok_or_else(|| SetError::invalid(&["name"]).because("it needs a name"))?;
        let name = self.full_name(parent, name)?;
        if !self.opened.own && wishes.role.flatten().is_some() {
            return Err(SetError::new("forbidden").because("roles are the owner's to give"));
        }
        let edit = MailboxEdit {
            role: wishes.role,
            sort_order: wishes.sort_order,
            // RFC 8621, 2: "true for any new Mailboxes created by the user themself"; in another's account, whoever subscribes does
            // so in his own
            subscribed: self.opened.own.then(|| wishes.subscribed.unwrap_or(true)),
            ..MailboxEdit::default()
        };
        let made = self.opened.account.create_mailbox_as(&name, &edit).await.map_err(|error| match error {
            Error::MailboxExists => self.exists(&name),
            error => refusal::set(&error),
        })?;
        if !self.opened.own && wishes.subscribed == Some(true) {
            self.subscribe(&name, true).await?;
        }
        let made = self.opened.commits.count(made);
        self.made(made, wanted).await
    }

    /// RFC 8621, 2: "There MUST NOT be two sibling Mailboxes with both the same parent and the same name". RFC 8620, 5.4 has
    /// the error for what is there already; the property that is wrong is told as well.
    pub(super) fn exists(&self, name: &MailboxName) -> SetError {
        let there = self.opened.mailboxes.named(name).and_then(|there| seen(&self.opened, there.id));
        let error = SetError { kind: "alreadyExists", ..SetError::invalid(&["name"]) };
        let error = error.because("a mailbox of that name exists");
        // what the caller does not see has no id for him
        there.into_iter().fold(error, |error, there| error.with("existingId", there.id.to_string()))
    }

    /// Subscribes a mailbox of another's account, or ends that.
    pub(super) async fn subscribe(&self, mailbox: &MailboxName, wanted: bool) -> Result<(), SetError> {
        let write = async {
            let name = self.subscriptions.name(mailbox)?;
            let account = &self.subscriptions.account;
            if wanted { account.subscribe(&name).await } else { account.unsubscribe(&name).await }
        };
        write.await.map(drop).map_err(|error| refusal::set(&error))
    }

    /// What the client does not know of a new mailbox: all that it did not say, and what became of what it said.
    async fn made(&mut self, id: MailboxId, wanted: &Object) -> Result<(Id, Map<String, Value>), SetError> {
        self.renew().await?;
        let mailbox = self.opened.mailboxes.get(id).ok_or_else(|| SetError::new("notFound"))?;
        let mut told = object(&self.opened, (&self.subscriptions, &Unread::default()), mailbox, PROPERTIES);
        told.retain(|property, value| property == "id" || wanted.get(property) != Some(value));
        let id = Id::try_from(id.to_string()).map_err(|_| SetError::new("notFound"))?;
        Ok((id, told))
    }
}
