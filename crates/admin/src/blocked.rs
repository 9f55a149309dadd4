//! Senders whose mail goes to an account's junk: by the customer himself, or by the service desk for him.
use crate::{Admin, BlockedSenderView, Caller, Error, Response};
use delivery::{BlockPattern, BlockedSenders, Blocking, Unblocking};
use names::Address;
use store::{Account, ModSeq};

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
        only_in: Option<ModSeq>,
    ) -> Result<Response, Error> {
        let account = self.blocking_account(caller, address).await?;
        let now = self.world.clock.now();
        let (sender, was_blocked) = match BlockedSenders::block(&account, &pattern, now, only_in).await? {
            Blocking::Done(sender) => {
                self.told(caller, "account block", &address.to_string(), Some(&pattern.to_string()));
                (sender, false)
            }
            Blocking::Nothing(sender) => (sender, true),
            Blocking::Full(most) => return Err(Error::TooMany(format!("an account blocks at most {most} senders"))),
            Blocking::Overtaken => return Err(Error::Overtaken),
        };
        let sender = BlockedSenderView { id: sender.id.to_string(), created: sender.created };
        Ok(Response::Blocked { sender, was_blocked })
    }

    pub(crate) async fn unblock(
        &self,
        caller: &Caller,
        address: &Address,
        pattern: &BlockPattern,
        only_in: Option<ModSeq>,
    ) -> Result<Response, Error> {
        let account = self.blocking_account(caller, address).await?;
        match BlockedSenders::unblock(&account, pattern, only_in).await? {
            Unblocking::Done => {}
            Unblocking::Nothing => return Err(Error::NotFound(format!("{address} does not block {pattern}"))),
            Unblocking::Overtaken => return Err(Error::Overtaken),
        }
        self.told(caller, "account unblock", &address.to_string(), Some(&pattern.to_string()));
        Ok(Response::Done)
    }

    /// The mail of an account, in the hands of whoever asks.
    async fn blocking_account(&self, caller: &Caller, address: &Address) -> Result<Account, Error> {
        let account = self.directory.account(address).await?;
        Ok(self.store.account(account.id).await?.acting_as(&format!("admin {}", caller.by)))
    }
}
