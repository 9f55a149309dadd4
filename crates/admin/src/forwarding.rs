//! An account's mail goes on to others. Whoever arranges it, a message in the account's inbox says so: mail that leaves
//! unseen is what a thief of passwords wants most.
use crate::{Admin, Caller, Error, Response};
use delivery::Notice;
use directory::{Account, Directory, Forward, Resolution};
use names::Address;

/// Addresses to which a customer himself may send his mail on.
pub const MAX_OWN_TARGETS: usize = 10;
/// How often a change is tried again when others were first.
const TRIES: usize = 20;

impl Admin {
    pub(crate) async fn forward(
        &self,
        caller: &Caller,
        address: &Address,
        forward: Option<Forward>,
        instead_of: Option<Option<Forward>>,
    ) -> Result<Response, Error> {
        let mut account = self.directory.account(address).await?;
        if let Some(forward) = &forward {
            forward.check()?;
        }
        if instead_of.as_ref().is_some_and(|known| *known != account.forward) {
            return Err(Error::Overtaken);
        }
        if account.forward == forward {
            return Ok(Response::Done);
        }
        if caller.customer.is_some() {
            self.may_go_to(address, forward.as_ref()).await?;
            let counted = self.pace.count(account.id, self.world.clock.now());
            counted.map_err(|wait| Error::TooOften { wait })?;
        }
        for _ in 0..TRIES {
            // the message first: nothing goes on of which the customer was not told
            self.say(&account, address, forward.as_ref()).await?;
            let before = account.forward.as_ref();
            if self.directory.replace_forward(address, before, forward.as_ref()).await?.is_some() {
                self.told(caller, "account forward", &address.to_string(), Some(&told(forward.as_ref())));
                return Ok(Response::Done);
            }
            account = self.directory.account(address).await?;
            if instead_of.is_some() {
                // the last message says what is set, whoever set it
                self.say(&account, address, account.forward.as_ref()).await?;
                return Err(Error::Overtaken);
            }
        }
        Err(Error::Unavailable("others change it all the time; please try again".to_owned()))
    }

    /// Tells the customer where his mail goes on to.
    async fn say(&self, account: &Account, address: &Address, forward: Option<&Forward>) -> Result<(), Error> {
        let (targets, keep) = forward.map_or((&[][..], true), |forward| (&forward.targets[..], forward.keep));
        Ok(self.delivery.notify(account.id, address, &Notice::Forwarding { targets, keep }).await?)
    }

    /// What a customer may not do to himself: a circle, and mail for nobody.
    async fn may_go_to(&self, address: &Address, forward: Option<&Forward>) -> Result<(), Error> {
        let Some(forward) = forward else { return Ok(()) };
        if forward.targets.len() > MAX_OWN_TARGETS {
            return Err(Error::BadRequest(format!("mail goes on to at most {MAX_OWN_TARGETS} addresses")));
        }
        for (at, target) in forward.targets.iter().enumerate() {
            let folded = Directory::folded(target);
            if folded == Directory::folded(address) {
                return Err(Error::BadRequest(format!("{target} is the account's own address")));
            }
            if forward.targets.iter().take(at).any(|other| Directory::folded(other) == folded) {
                return Err(Error::BadRequest(format!("{target} is named twice")));
            }
            let resolved = self.directory.resolve(target).await?;
            if matches!(resolved, Resolution::Unknown | Resolution::NoPostmaster) {
                return Err(Error::BadRequest(format!("nobody here has the address {target}")));
            }
        }
        Ok(())
    }
}

fn told(forward: Option<&Forward>) -> String {
    let Some(forward) = forward else { return "stopped".to_owned() };
    let to = forward.targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let copy = if forward.keep { ", with a copy here" } else { "" };
    format!("to {to}{copy}")
}
