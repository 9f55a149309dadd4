//! Who lives here: domains, accounts, aliases, credentials, roles; and login.
