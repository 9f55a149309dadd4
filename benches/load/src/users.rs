//! Who logs in, and to whom mail goes: files with a line each.
use crate::error::Error;
use std::path::Path;

/// A line `user password [address]` of a file of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    /// The login name.
    pub(crate) name: String,
    /// The password.
    pub(crate) password: String,
    /// Where mail for the account goes: the third word, or the login name.
    pub(crate) address: String,
}

/// Reads a file of users; empty lines and those that begin with `#` are left out.
pub(crate) fn users(path: &Path) -> Result<Vec<User>, Error> {
    let mut users = Vec::new();
    for line in lines(path)? {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (name, password, address) = match words.as_slice() {
            [name, password] => (name, password, name),
            [name, password, address] => (name, password, address),
            _ => return Err(Error::Arguments(format!("{}: not `user password [address]`: {line}", path.display()))),
        };
        users.push(User { name: (*name).to_owned(), password: (*password).to_owned(), address: (*address).to_owned() });
    }
    Ok(users)
}

/// Reads a file of addresses.
pub(crate) fn addresses(path: &Path) -> Result<Vec<String>, Error> {
    lines(path)
}

fn lines(path: &Path) -> Result<Vec<String>, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path.display().to_string()))?;
    let lines: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if lines.is_empty() {
        return Err(Error::Arguments(format!("{}: no lines", path.display())));
    }
    Ok(lines)
}
