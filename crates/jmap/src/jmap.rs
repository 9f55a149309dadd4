//! The door of this room: requests in, responses out.
use crate::blobs::{self, Blob};
use crate::budget::weight;
use crate::caller::Caller;
use crate::capability::Capability;
use crate::commits::Commits;
use crate::context::Context;
use crate::core::session;
use crate::error::Error;
use crate::limits;
use crate::method::Answers;
use crate::methods;
use crate::opened::Opened;
use crate::settings::Settings;
use crate::webpush::Pushing;
use admin::Admin;
use delivery::Delivery;
use directory::Directory;
use jmap_wire::{Answer, Arguments, Budget, Call, Id, MethodError, Request, RequestError, Response, resolve};
use names::AccountId;
use search::Searches;
use serde_json::Value;
use std::sync::Arc;
use store::{Rights, Store};
use world::World;

/// What JMAP stands on.
#[derive(Clone)]
pub struct Parts {
    /// Where mail is.
    pub store: Store,
    /// Who lives here.
    pub directory: Arc<Directory>,
    /// What sends.
    pub delivery: Delivery,
    /// What changes accounts.
    pub admin: Arc<Admin>,
    /// Clock and random numbers.
    pub world: World,
    /// Places in which searches read messages.
    pub searches: Arc<Searches>,
    /// What pushes to devices.
    pub pushing: Pushing,
    /// What an operator set.
    pub settings: Settings,
}

/// JMAP; cheap to clone.
#[derive(Clone)]
pub struct Jmap(Arc<Parts>);

impl Jmap {
    /// JMAP on its parts.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) const fn parts(&self) -> &Arc<Parts> {
        &self.0
    }

    /// How it behaves.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Answers a request (RFC 8620, 3.3 and 3.4): its calls one after another, each as it stands by itself.
    ///
    /// # Cancel safety
    /// Dropped, calls that were done stay done, and nobody hears of it: whoever runs it lets it come to its end.
    ///
    /// # Errors
    /// Nothing was begun.
    pub async fn answer(&self, caller: &Caller, body: &[u8]) -> Result<Response, Error> {
        if body.len() > limits::SIZE_REQUEST {
            return Err(RequestError::Limit("maxSizeRequest").into());
        }
        let request = Request::parse(body, limits::CALLS_IN_REQUEST)?;
        let using = using(&request.using)?;
        let session_state = session::state(&self.0, caller).await?;
        let told_ids = request.created_ids.is_some();
        let created = request.created_ids.unwrap_or_default();
        if created.len() > limits::CREATED_IDS {
            return Err(RequestError::Limit("maxObjectsInSet").into());
        }
        let mut context = Context::new(&self.0, caller, created);
        let mut answers = Answered { all: Vec::new(), references: Budget::new(limits::REFERENCES), weight: 0 };
        for call in request.calls {
            answers.call(&mut context, &using, call).await;
        }
        // "createdIds ... MUST only be returned if given in the request"
        let created_ids = told_ids.then(|| context.into_created());
        Ok(Response { method_responses: answers.all, created_ids, session_state })
    }

    /// The session object (RFC 8620, 2); its addresses begin with `base`, such as `https://mail.example.nl`.
    ///
    /// # Errors
    /// When it cannot be told just now.
    pub async fn session(&self, caller: &Caller, base: &str) -> Result<Value, Error> {
        session::object(&self.0, caller, base).await
    }
}

impl Jmap {
    /// Opens a blob of an account (RFC 8620, 6.2); nothing where there is none that the caller may read.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such account.
    pub async fn download(&self, caller: &Caller, account: &str, blob: &str) -> Result<Option<Blob>, Error> {
        let opened = open_account(&self.0, caller, account).await?.ok_or(Error::NotFound)?;
        let Ok(id) = blob.parse() else { return Ok(None) };
        Ok(blobs::open(&self.0, caller, &opened, id).await?)
    }
}

/// Opens an account by its id: the caller's own, or one that shares something with him; nothing where there is none.
pub(crate) async fn open_account(parts: &Parts, caller: &Caller, id: &str) -> Result<Option<Opened>, store::Error> {
    // only the one spelling that is told
    let Some(asked) = id.parse::<AccountId>().ok().filter(|asked| asked.to_string() == id) else { return Ok(None) };
    let own = open_own(parts, caller).await?;
    if asked == caller.account { Ok(Some(own)) } else { open_other(parts, caller, &own, asked).await }
}

/// The answers so far.
struct Answered {
    all: Vec<Answer>,
    references: Budget,
    weight: usize,
}

impl Answered {
    /// Makes a call, and keeps what it says.
    async fn call(&mut self, context: &mut Context<'_>, using: &[Capability], call: Call) {
        let Call { name, mut arguments, id } = call;
        // RFC 8620, 3.3: a method of a capability that is not used is one that is not there
        let method = methods::named(&name).filter(|method| using.contains(&method.capability));
        let answers: Answers = match method {
            None => Err(MethodError::UnknownMethod),
            Some(_) if self.weight > limits::ANSWERS => Err(MethodError::RequestTooLarge),
            Some(method) => match resolve(&mut arguments, &self.all, &mut self.references) {
                Ok(()) => {
                    context.begin(method.name, &id);
                    if method.name.ends_with("/get") {
                        context.plain_ids(&mut arguments);
                    }
                    (method.run)(context, Arguments::new(arguments)).await
                }
                Err(error) => Err(error),
            },
        };
        match answers {
            Ok(answers) => {
                self.weight += answers.iter().map(|answer| weight(&answer.arguments)).sum::<usize>();
                self.all.extend(answers);
            }
            Err(error) => self.all.push(Answer::error(&error, &id)),
        }
    }
}

fn using(urns: &[String]) -> Result<Vec<Capability>, RequestError> {
    let known = |urn: &String| Capability::named(urn).ok_or_else(|| RequestError::UnknownCapability(urn.clone()));
    urns.iter().map(known).collect()
}

/// Opens the caller's own account.
pub(crate) async fn open_own(parts: &Parts, caller: &Caller) -> Result<Opened, store::Error> {
    let account = parts.store.account(caller.account).await?.acting_as(&format!("jmap {}", caller.peer.session));
    let mailboxes = account.mailboxes().await?;
    opened(parts, caller, account, mailboxes, None).ok_or(store::Error::NoSuchAccount(caller.account))
}

/// Opens another's account, where it shares something with the caller.
pub(crate) async fn open_other(
    parts: &Parts,
    caller: &Caller,
    own: &Opened,
    asked: AccountId,
) -> Result<Option<Opened>, store::Error> {
    let Some((_, sharer)) = own.mailboxes.sharers().find(|(id, _)| *id == asked) else { return Ok(None) };
    match parts.directory.account(&sharer.address).await {
        Ok(owner) if owner.id == asked && owner.suspended.is_none() => {}
        Ok(_) | Err(directory::Error::NoSuchAccount(_) | directory::Error::NoSuchDomain(_)) => return Ok(None),
        Err(error) => {
            tracing::warn!(%error, "the directory could not be asked");
            return Err(store::Error::Closed);
        }
    }
    let account = match parts.store.account(asked).await {
        Ok(account) => account.acting_as(&format!("jmap {} {}", caller.peer.session, caller.address)),
        Err(store::Error::NoSuchAccount(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mailboxes = account.mailboxes().await?;
    let reader = parts.settings.own_seen.then_some(caller.account);
    let account = account.in_hand_of(reader, Rights::NONE);
    let opened = opened(parts, caller, account, mailboxes, reader);
    Ok(opened.filter(|opened| opened.mailboxes.iter().any(|mailbox| opened.sees(mailbox.id))))
}

fn opened(
    parts: &Parts,
    caller: &Caller,
    account: store::Account,
    mailboxes: Arc<store::Mailboxes>,
    reader: Option<AccountId>,
) -> Option<Opened> {
    let id = Id::try_from(account.id().to_string()).ok()?;
    let own = account.id() == caller.account;
    Some(Opened {
        id,
        own,
        account,
        mailboxes,
        caller: caller.account,
        epoch: parts.store.epoch(),
        reader,
        commits: Commits::default(),
        provided: None,
    })
}

#[cfg(test)]
mod tests;
