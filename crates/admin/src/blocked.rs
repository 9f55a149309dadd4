//! Senders whose mail goes to an account's junk: by the customer himself, or by the service desk for him.
use crate::{Admin, Caller, Error, Response};
use delivery::{BlockPattern, BlockedSenders, Blocking};
use names::Address;

impl Admin {
    pub(crate) async fn blocked_senders(&self, address: &Address) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let kept = BlockedSenders::of(&self.store.account(account.id).await?).await?;
        Ok(Response::BlockedSenders { senders: kept.into_patterns() })
    }

    pub(crate) async fn block(
        &self,
        caller: &Caller,
        address: &Address,
        pattern: BlockPattern,
    ) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let account = self.store.account(account.id).await?.acting_as(&format!("admin {}", caller.by));
        let now = self.world.clock.now();
        match BlockedSenders::block(&account, &pattern, now).await? {
            Blocking::Done => self.told(caller, "account block", &address.to_string(), Some(&pattern.to_string())),
            Blocking::Nothing => {}
            Blocking::Full(most) => return Err(Error::TooMany(format!("an account blocks at most {most} senders"))),
        }
        Ok(Response::Done)
    }

    pub(crate) async fn unblock(
        &self,
        caller: &Caller,
        address: &Address,
        pattern: &BlockPattern,
    ) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let account = self.store.account(account.id).await?.acting_as(&format!("admin {}", caller.by));
        if !BlockedSenders::unblock(&account, pattern).await? {
            return Err(Error::NotFound(format!("{address} does not block {pattern}")));
        }
        self.told(caller, "account unblock", &address.to_string(), Some(&pattern.to_string()));
        Ok(Response::Done)
    }
}
