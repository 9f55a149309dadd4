//! Who may send, and as whom: delegates of an address, and the hold that stops a stolen account.
use crate::{Admin, Caller, Error, Permission, Response};
use directory::Delegate;
use names::{AccountId, Address};
use serde::{Deserialize, Serialize};

/// An account that may send as an address that is not its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegateView {
    /// Its number.
    #[serde(with = "crate::response::account_id")]
    pub account: AccountId,
    /// Its address when it was named.
    pub address: Address,
}

/// An act on who may send as an address that is not his own.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SenderAct {
    /// Lists who may send as an address, beside its owners.
    List {
        /// An account's address, or an alias.
        address: Address,
    },
    /// Lets an account send as an address.
    Grant {
        /// An account's address, or an alias.
        address: Address,
        /// Who may.
        to: Address,
    },
    /// Lets an account send as an address no more.
    Revoke {
        /// An account's address, or an alias.
        address: Address,
        /// Who may not any more.
        to: Address,
    },
}

impl SenderAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::List { .. } => Permission::Help,
            Self::Grant { .. } | Self::Revoke { .. } => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn senders(&self, caller: &Caller, act: SenderAct) -> Result<Response, Error> {
        match act {
            SenderAct::List { address } => {
                let delegates = self.directory.delegates(&address).await?;
                return Ok(Response::Delegates { delegates: delegates.into_iter().map(Into::into).collect() });
            }
            SenderAct::Grant { address, to } => {
                self.directory.add_delegate(&address, &to).await?;
                self.told(caller, "sender grant", &address.to_string(), Some(&to.to_string()));
            }
            SenderAct::Revoke { address, to } => {
                self.directory.remove_delegate(&address, &to).await?;
                self.told(caller, "sender revoke", &address.to_string(), Some(&to.to_string()));
            }
        }
        Ok(Response::Done)
    }

    /// First nothing new comes, then what has come is kept back. A message that is being committed at that moment may still go.
    pub(crate) async fn hold_sending(
        &self,
        caller: &Caller,
        address: &Address,
        reason: &str,
    ) -> Result<Response, Error> {
        let before = self.directory.account(address).await?.held;
        let (account, _) = self.directory.hold_sending(address, reason).await?;
        self.told(caller, "account hold", &address.to_string(), Some(reason));
        let messages = self.queue.hold_all_of(account, reason, before.as_deref(), &caller.by).await?;
        Ok(Response::Held { messages })
    }

    /// What an operator held by itself, for another reason, stays on hold.
    pub(crate) async fn release_sending(&self, caller: &Caller, address: &Address) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        // the queue first: where that fails, the reason is still known to who asks again
        if let Some(reason) = account.held {
            self.queue.release_all_of(account.id, &reason, &caller.by).await?;
        }
        self.directory.release_sending(address).await?;
        self.told(caller, "account release", &address.to_string(), None);
        Ok(Response::Done)
    }
}

impl From<Delegate> for DelegateView {
    fn from(delegate: Delegate) -> Self {
        Self { account: delegate.account, address: delegate.address }
    }
}
