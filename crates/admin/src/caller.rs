//! Who asks, and what he may.
use directory::Role;

/// Who asks for an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// As the journal names him: `control socket`, `command line`, or an address.
    pub by: String,
    /// What he may.
    pub role: Role,
}

/// What an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
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
        Self { by: by.to_owned(), role: Role::Owner }
    }

    /// Whether he may.
    pub const fn may(&self, permission: Permission) -> bool {
        match self.role {
            Role::Owner => true,
            Role::ServiceDesk => matches!(permission, Permission::Look | Permission::Help),
            Role::User => false,
        }
    }
}
