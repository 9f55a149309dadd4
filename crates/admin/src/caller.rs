//! Who asks, and what he may.
use crate::Request;
use directory::Role;
use names::Address;

/// Who asks for an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// As the journal names him: `control socket`, `command line`, or an address.
    pub by: String,
    /// What he may.
    pub role: Role,
    /// The account that he has logged in to, if it is a customer who asks about himself.
    pub customer: Option<Address>,
}

/// What an act needs; each is more than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// To know what everybody may know: it is published.
    Anyone,
    /// To act on one's own account; whoever helps customers may do so for them.
    Own,
    /// To see domains, accounts, aliases, the queue and sizes; never anybody's mail.
    Look,
    /// To help a customer: passwords, suspension, quota, and messages that wait.
    Help,
    /// To run the provider.
    Operate,
}

impl Caller {
    /// Who reaches the control socket, or the store's files: the operator of the machine.
    pub fn operator(by: &str) -> Self {
        Self::staff(by, Role::Owner)
    }

    /// Somebody of the provider.
    pub fn staff(by: &str, role: Role) -> Self {
        Self { by: by.to_owned(), role, customer: None }
    }

    /// Who has logged in to his own account. Whatever he may do elsewhere, here he acts on that one alone.
    pub fn customer(address: &Address) -> Self {
        Self { by: address.to_string(), role: Role::User, customer: Some(address.clone()) }
    }

    /// Whether he may have this done.
    pub fn may(&self, request: &Request) -> bool {
        let by_role = match self.role {
            Role::Owner => Permission::Operate,
            Role::ServiceDesk => Permission::Help,
            Role::User => Permission::Anyone,
        };
        let permission = request.permission();
        let is_own = self.customer.is_some() && self.customer.as_ref() == request.account();
        permission <= by_role || (permission == Permission::Own && is_own)
    }
}
