//! Accounts: one at a time. Many at once is an import.
use crate::passwords::AskedBy;
use crate::{AccountView, Admin, Caller, Error, ForwardView, Permission, Response, SecretText};
use delivery::{BlockPattern, Vacation};
use directory::{Forward, NewAccount, Role};
use names::{AccountId, Address, ByteSize, Domain};
use serde::{Deserialize, Serialize};
use store::{ModSeq, Outcome};

/// Why an account takes no mail while its mail is being removed.
pub(crate) const LEAVING: &str = "this account is being removed";

/// An act on accounts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AccountAct {
    /// Makes an account with its mailboxes.
    Add {
        /// Its address and login.
        address: Address,
        /// A password, or a hash as Dovecot writes it.
        password: SecretText,
        /// The name of whose it is.
        #[serde(default)]
        name: String,
        /// Bytes that its mail may take; left out: no limit.
        #[serde(default)]
        quota: Option<ByteSize>,
        /// Left out: a customer.
        #[serde(default = "user")]
        role: Role,
    },
    /// Shows an account.
    Show {
        /// Its address.
        address: Address,
    },
    /// Lists accounts, a page at a time; a page may be empty before the end.
    List {
        /// Of one domain, or of all.
        #[serde(default)]
        domain: Option<Domain>,
        /// The `next` of the page before.
        #[serde(default)]
        after: Option<String>,
    },
    /// Lists accounts that logged in without TLS, as far as the journal goes back; a page may be empty before the end.
    PlainLogins {
        /// The `next` of the page before.
        #[serde(default)]
        after: Option<String>,
    },
    /// Gives an account another password; its sessions end.
    Password {
        /// Its address.
        address: Address,
        /// A password, or a hash as Dovecot writes it.
        password: SecretText,
    },
    /// Gives an account another password, for who proves that he knows the one it has; all but what he asks by ends.
    ChangePassword {
        /// Its address.
        address: Address,
        /// The password that it has.
        current: SecretText,
        /// The password that it is to have, in the clear.
        new: SecretText,
        /// How it is asked.
        asked: AskedBy,
    },
    /// Lists by what an account is used: its tokens, and the programs that have its password.
    Logins {
        /// Its address.
        address: Address,
    },
    /// Ends a token, or the open sessions of a program that has the password, which may come back.
    EndLogin {
        /// The account's address.
        address: Address,
        /// The token or program, as it is listed.
        login: String,
    },
    /// Suspends an account: no login, no mail; its sessions end.
    Suspend {
        /// Its address.
        address: Address,
        /// Why; the customer reads it.
        reason: String,
    },
    /// Ends a suspension.
    Resume {
        /// Its address.
        address: Address,
    },
    /// Removes an account with all its mail.
    Remove {
        /// Its address.
        address: Address,
    },
    /// Sets how much an account's mail may take.
    Quota {
        /// Its address.
        address: Address,
        /// Bytes; nothing: no limit.
        quota: Option<ByteSize>,
    },
    /// Lets an account's mail go on to others, or ends that; a message in its inbox says so.
    Forward {
        /// Its address.
        address: Address,
        /// The others, here or elsewhere; none: it stays here.
        targets: Vec<Address>,
        /// Whether the account gets it too.
        #[serde(default)]
        keep: bool,
        /// What must be set until then, where that matters; no targets: that it stays here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead_of: Option<ForwardView>,
    },
    /// Lists the senders whose mail goes to the account's junk.
    BlockedSenders {
        /// Its address.
        address: Address,
    },
    /// Sends a sender's mail to the account's junk from now on.
    Block {
        /// Its address.
        address: Address,
        /// An address, or a domain with all below it.
        pattern: BlockPattern,
        /// The state that the account's blocked senders must have until then, where that matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_in: Option<u64>,
    },
    /// Sends a sender's mail to the account's junk no more.
    Unblock {
        /// Its address.
        address: Address,
        /// As it was blocked.
        pattern: BlockPattern,
        /// As for blocking.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only_in: Option<u64>,
    },
    /// Stops an account's sending at once: it may log in and read, and what it has in the queue is on hold.
    Hold {
        /// Its address.
        address: Address,
        /// Why, for colleagues and the journal.
        reason: String,
    },
    /// Lets an account send again; what that hold kept back goes on.
    Release {
        /// Its address.
        address: Address,
    },
    /// Says whether the server files what an account sends, so that its program need not.
    SendOnce {
        /// Its address.
        address: Address,
        /// Whether it does.
        on: bool,
    },
    /// Shows what is answered to mail while its reader is away.
    Vacation {
        /// The account's address.
        address: Address,
    },
    /// Sets what is answered to mail while its reader is away.
    SetVacation {
        /// The account's address.
        address: Address,
        /// All of it.
        vacation: Vacation,
    },
    /// Takes vCards into the account's contacts.
    ImportContacts {
        /// The account's address.
        address: Address,
        /// At most 1,000 of them, and 1 MiB.
        vcards: String,
    },
    /// Gives some of the account's contacts as vCards.
    ExportContacts {
        /// The account's address.
        address: Address,
        /// What the page before said is next.
        after: Option<u64>,
    },
    /// Makes accounts from a file `address,password-or-hash,name,quota`, whole or not at all; it can be repeated.
    Import {
        /// The file, at most 64 MiB.
        file: SecretText,
    },
}

const fn user() -> Role {
    Role::User
}

impl AccountAct {
    pub(crate) const fn permission(&self) -> Permission {
        match self {
            Self::ChangePassword { .. }
            | Self::Logins { .. }
            | Self::EndLogin { .. }
            | Self::Forward { .. }
            | Self::BlockedSenders { .. }
            | Self::Block { .. }
            | Self::Unblock { .. }
            | Self::ImportContacts { .. }
            | Self::ExportContacts { .. } => Permission::Own,
            Self::Show { .. } | Self::List { .. } | Self::PlainLogins { .. } => Permission::Look,
            Self::Password { .. }
            | Self::Suspend { .. }
            | Self::Resume { .. }
            | Self::Quota { .. }
            | Self::Hold { .. }
            | Self::Release { .. }
            | Self::SendOnce { .. }
            | Self::Vacation { .. }
            | Self::SetVacation { .. } => Permission::Help,
            Self::Add { .. } | Self::Remove { .. } | Self::Import { .. } => Permission::Operate,
        }
    }

    /// The account of an act that its customer may ask himself.
    pub(crate) const fn own_account(&self) -> Option<&Address> {
        match self {
            Self::ChangePassword { address, .. }
            | Self::Logins { address }
            | Self::EndLogin { address, .. }
            | Self::Forward { address, .. }
            | Self::BlockedSenders { address }
            | Self::Block { address, .. }
            | Self::Unblock { address, .. }
            | Self::ImportContacts { address, .. }
            | Self::ExportContacts { address, .. } => Some(address),
            Self::Add { .. }
            | Self::Show { .. }
            | Self::List { .. }
            | Self::PlainLogins { .. }
            | Self::Password { .. }
            | Self::Suspend { .. }
            | Self::Resume { .. }
            | Self::Remove { .. }
            | Self::Quota { .. }
            | Self::Hold { .. }
            | Self::Release { .. }
            | Self::SendOnce { .. }
            | Self::Vacation { .. }
            | Self::SetVacation { .. }
            | Self::Import { .. } => None,
        }
    }
}

impl Admin {
    pub(crate) async fn accounts(&self, caller: &Caller, act: AccountAct) -> Result<Response, Error> {
        match act {
            AccountAct::Show { address } => self.account(&address).await,
            AccountAct::List { domain, after } => self.account_list(domain, after.as_deref()).await,
            AccountAct::PlainLogins { after } => self.plain_logins(after.as_deref()).await,
            AccountAct::Import { file } => self.import(caller, &file).await,
            AccountAct::Add { address, password, name, quota, role } => {
                self.add_account(&address, &password, name, quota, role).await?;
                self.told(caller, "account add", &address.to_string(), None);
                Ok(Response::Done)
            }
            AccountAct::Forward { address, targets, keep, instead_of } => {
                let set = |targets: Vec<Address>, keep| (!targets.is_empty()).then_some(Forward { targets, keep });
                let instead_of = instead_of.map(|ForwardView { targets, keep }| set(targets, keep));
                self.forward(caller, &address, set(targets, keep), instead_of).await
            }
            AccountAct::Logins { address } => self.logins(&address).await,
            AccountAct::EndLogin { address, login } => self.end_login(caller, &address, &login).await,
            AccountAct::BlockedSenders { address } => self.blocked_senders(&address).await,
            AccountAct::Block { address, pattern, only_in } => {
                self.block(caller, &address, pattern, only_in.map(ModSeq)).await
            }
            AccountAct::Unblock { address, pattern, only_in } => {
                self.unblock(caller, &address, &pattern, only_in.map(ModSeq)).await
            }
            AccountAct::Password { address, password } => self.set_password(caller, &address, &password).await,
            AccountAct::ChangePassword { address, current, new, asked } => {
                self.change_password(caller, &address, (&current, &new), asked).await
            }
            AccountAct::Suspend { address, reason } => {
                self.directory.suspend(&address, &reason).await?;
                self.told(caller, "account suspend", &address.to_string(), Some(&reason));
                Ok(Response::Done)
            }
            AccountAct::Resume { address } => {
                self.directory.resume(&address).await?;
                self.told(caller, "account resume", &address.to_string(), None);
                Ok(Response::Done)
            }
            AccountAct::Quota { address, quota } => {
                let account = self.directory.account(&address).await?;
                self.directory.set_quota(&address, quota).await?;
                self.store.account(account.id).await?.set_quota(quota.map(ByteSize::bytes)).await?;
                self.told(caller, "account quota", &address.to_string(), None);
                Ok(Response::Done)
            }
            AccountAct::Hold { address, reason } => self.hold_sending(caller, &address, &reason).await,
            AccountAct::Release { address } => self.release_sending(caller, &address).await,
            AccountAct::SendOnce { address, on } => {
                self.directory.set_send_once(&address, on).await?;
                self.told(caller, "account send-once", &address.to_string(), Some(if on { "on" } else { "off" }));
                Ok(Response::Done)
            }
            AccountAct::Vacation { address } => self.vacation(&address).await,
            AccountAct::SetVacation { address, vacation } => self.set_vacation(caller, &address, vacation).await,
            AccountAct::ImportContacts { address, vcards } => self.import_contacts(caller, &address, &vcards).await,
            AccountAct::ExportContacts { address, after } => self.export_contacts(&address, after).await,
            AccountAct::Remove { address } => {
                self.remove_account(&address).await?;
                self.told(caller, "account remove", &address.to_string(), None);
                Ok(Response::Done)
            }
        }
    }

    async fn account(&self, address: &Address) -> Result<Response, Error> {
        let account = self.directory.account(address).await?;
        let quota = self.store.account(account.id).await?.quota().await?;
        let mut view = AccountView::from(account);
        view.used = Some(ByteSize(quota.used));
        view.messages = Some(quota.emails);
        Ok(Response::Account(view))
    }

    async fn account_list(&self, domain: Option<Domain>, after: Option<&str>) -> Result<Response, Error> {
        let one = domain.is_some();
        let Some((domain, key)) = self.place(domain, after).await? else {
            return Ok(Response::Accounts { accounts: Vec::new(), next: None });
        };
        let page = self.directory.accounts(&domain, key.as_ref()).await?;
        let next = self.next(&domain, page.next, one).await?;
        Ok(Response::Accounts { accounts: page.accounts.into_iter().map(Into::into).collect(), next })
    }

    async fn add_account(
        &self,
        address: &Address,
        password: &SecretText,
        name: String,
        quota: Option<ByteSize>,
        role: Role,
    ) -> Result<(), Error> {
        self.directory.check_new_account(address, &name).await?;
        if self.directory.account(address).await.is_ok() {
            return Err(directory::Error::AddressTaken(address.clone()).into());
        }
        let password = self.hash(password).await?;
        let id = self.make_home(quota).await?;
        let account = NewAccount { id, address: address.clone(), name, password, quota, role };
        if let Err(error) = self.directory.add_account(account).await {
            self.give_back(&[id]).await;
            return Err(error.into());
        }
        Ok(())
    }

    /// Makes an account's place in the store under a number that nobody has or had (MODEL: random, tried for absence).
    pub(crate) async fn make_home(&self, quota: Option<ByteSize>) -> Result<AccountId, Error> {
        loop {
            let id = AccountId(self.world.random.number());
            match self.store.create_account(id, quota.map(ByteSize::bytes), &self.mailboxes).await? {
                Outcome::Wrote(_) => return Ok(id),
                Outcome::Unchanged(()) => (),
            }
        }
    }

    /// The address goes last, so that an act that was interrupted is found again and can be repeated.
    async fn remove_account(&self, address: &Address) -> Result<(), Error> {
        let account = self.directory.account(address).await?;
        self.directory.suspend(address, LEAVING).await?;
        self.store.delete_account(account.id).await?;
        self.queue.forget_sender(account.id).await;
        self.directory.remove_account(address).await?;
        Ok(())
    }
}
