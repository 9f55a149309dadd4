//! An account's mail goes on to others. Whoever arranges it, a message in the account's inbox says so: mail that leaves
//! unseen is what a thief of passwords wants most.
use crate::{Admin, Caller, Error, Response};
use delivery::Notice;
use directory::{Directory, Forward, Resolution};
use names::Address;

/// Addresses to which a customer himself may send his mail on.
pub const MAX_OWN_TARGETS: usize = 10;

impl Admin {
    pub(crate) async fn forward(
        &self,
        caller: &Caller,
        address: &Address,
        forward: Option<Forward>,
    ) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        if let Some(forward) = &forward {
            forward.check()?;
        }
        if account.forward == forward {
            return Ok(Response::Done);
        }
        if caller.customer.is_some() {
            self.may_go_to(address, forward.as_ref()).await?;
            let counted = self.pace.count(account.id, self.world.clock.now());
            counted.map_err(|wait| Error::TooOften { wait })?;
        }
        let (targets, keep) = forward.as_ref().map_or((&[][..], true), |forward| (&forward.targets[..], forward.keep));
        // the message first: nothing goes on of which the customer was not told
        self.delivery.notify(account.id, address, &Notice::Forwarding { targets, keep }).await?;
        let told = told(targets, keep);
        self.directory.set_forward(address, forward).await?;
        self.told(caller, "account forward", &address.to_string(), Some(&told));
        Ok(Response::Done)
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
            if self.directory.resolve(target).await? == Resolution::Unknown {
                return Err(Error::BadRequest(format!("nobody here has the address {target}")));
            }
        }
        Ok(())
    }
}

fn told(targets: &[Address], keep: bool) -> String {
    if targets.is_empty() {
        return "stopped".to_owned();
    }
    let to = targets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let copy = if keep { ", with a copy here" } else { "" };
    format!("to {to}{copy}")
}
