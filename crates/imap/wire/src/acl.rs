//! Arguments of SETACL, DELETEACL and LISTRIGHTS (RFC 4314, 3); GETACL and MYRIGHTS have one mailbox and nothing else.
use crate::{Cursor, Error, MailboxName};

/// Every right there is, a letter each (RFC 4314, 2.1), in the order of printing.
pub const RIGHTS: &str = "lrswipkxtea";
/// The rights that RFC 2086 knew, and those that each stands for (RFC 4314, 2.1.1).
const VIRTUAL: [(char, &str); 2] = [('c', "kx"), ('d', "te")];
/// Longest identifier, in bytes: longer than any address.
const MAX_IDENTIFIER: usize = 1_000;

/// Whom an entry of an access control list is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// As it was written, its dash included.
    pub written: String,
    /// Who it is; never empty.
    pub name: String,
    /// Behind a dash: the rights are taken from who it is (RFC 4314, 2).
    pub negative: bool,
}

/// What becomes of the rights that an identifier has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightsChange {
    /// These take their place.
    Replace,
    /// `+`: these come to them.
    Add,
    /// `-`: these are taken from them.
    Remove,
}

/// The arguments of SETACL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAcl {
    /// Of which mailbox.
    pub mailbox: MailboxName,
    /// For whom.
    pub identifier: Identifier,
    /// What is done.
    pub change: RightsChange,
    /// With which rights: letters of [`RIGHTS`], the virtual ones resolved.
    pub rights: String,
}

impl Identifier {
    /// `identifier = astring`, in UTF-8 (RFC 4314, 2).
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let bytes = cursor.astring()?;
        let Ok(written) = std::str::from_utf8(&bytes) else { return cursor.expected("an identifier in UTF-8") };
        let negative = written.starts_with('-');
        let name = written.strip_prefix('-').unwrap_or(written);
        // RFC 4314, 3: what cannot be prepared, or is empty then, is BAD.
        if name.is_empty() || name.len() > MAX_IDENTIFIER || name.chars().any(char::is_control) {
            return cursor.expected("an identifier");
        }
        Ok(Self { written: written.to_owned(), name: name.to_owned(), negative })
    }
}

impl SetAcl {
    /// `setacl = "SETACL" SP mailbox SP identifier SP mod-rights` (RFC 4314, 7)
    ///
    /// # Errors
    /// When the arguments are something else, or name a right that is none (RFC 4314, 3.1).
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mailbox = cursor.mailbox()?;
        cursor.space()?;
        let identifier = Identifier::read(cursor)?;
        cursor.space()?;
        let written = cursor.astring()?;
        let (change, letters) = match written.split_first() {
            Some((b'+', letters)) => (RightsChange::Add, letters),
            Some((b'-', letters)) => (RightsChange::Remove, letters),
            _ => (RightsChange::Replace, &*written),
        };
        let Some(rights) = resolved(letters) else { return cursor.expected("rights that are known") };
        cursor.end()?;
        Ok(Self { mailbox, identifier, change, rights })
    }
}

/// The rights that letters stand for, in the order of [`RIGHTS`]; nothing when one stands for none.
fn resolved(letters: &[u8]) -> Option<String> {
    let meant = |letter: char| VIRTUAL.into_iter().find(|(known, _)| *known == letter).map(|(_, members)| members);
    if letters.iter().any(|letter| !RIGHTS.contains(char::from(*letter)) && meant(char::from(*letter)).is_none()) {
        return None;
    }
    let named = |right: &char| {
        letters.iter().any(|letter| {
            let letter = char::from(*letter);
            letter == *right || meant(letter).is_some_and(|members| members.contains(*right))
        })
    };
    Some(RIGHTS.chars().filter(named).collect())
}

/// Rights as a reply tells them: with the virtual ones of which a member is there (RFC 4314, 2.1.1).
pub(crate) fn with_virtual(rights: &str) -> String {
    let met = |(_, members): &(char, &str)| members.chars().any(|member| rights.contains(member));
    rights.chars().chain(VIRTUAL.into_iter().filter(met).map(|(letter, _)| letter)).collect()
}

/// `deleteacl = "DELETEACL" SP mailbox SP identifier`; LISTRIGHTS has the same (RFC 4314, 7).
///
/// # Errors
/// When the arguments are something else.
pub fn mailbox_and_identifier(cursor: &mut Cursor<'_>) -> Result<(MailboxName, Identifier), Error> {
    let mailbox = cursor.mailbox()?;
    cursor.space()?;
    let identifier = Identifier::read(cursor)?;
    cursor.end()?;
    Ok((mailbox, identifier))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_acl() {
        let read = |text: &str| SetAcl::read(&mut Cursor::new(text.as_bytes()));
        for (text, change, rights) in [
            ("a bob lrs", RightsChange::Replace, "lrs"),
            ("a bob srl", RightsChange::Replace, "lrs"),
            ("a bob \"\"", RightsChange::Replace, ""),
            ("a bob +cda", RightsChange::Add, "kxtea"),
            ("a bob -d", RightsChange::Remove, "te"),
            ("a bob +", RightsChange::Add, ""),
            ("a bob {4}\r\nlrcd", RightsChange::Replace, "lrkxte"),
            ("a bob dte", RightsChange::Replace, "te"),
            ("a bob lrswipkxteacd", RightsChange::Replace, RIGHTS),
        ] {
            let read = read(text).map(|set| (set.change, set.rights));
            assert_eq!(read, Ok((change, rights.to_owned())), "{text}");
        }
        for text in [
            "",
            "a",
            "a bob",
            "a bob lrQ",
            "a bob lrq",
            "a bob L",
            "a bob 0",
            "a bob +-l",
            "a bob \"l r\"",
            "a bob l x",
            "a \"\" l",
            "a - l",
            "a \"b\tb\" l",
            "a b\u{0}b l",
            "a {1}\r\n\u{1} l",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let long = format!("a {} l", "b".repeat(1_001));
        assert!(read(&long).is_err());
    }

    #[test]
    fn identifiers() {
        let read = |text: &str| mailbox_and_identifier(&mut Cursor::new(text.as_bytes()));
        for (text, name, negative) in [
            ("a bob@example.nl", "bob@example.nl", false),
            ("a -bob", "bob", true),
            ("a \"j\u{f6}rg\"", "j\u{f6}rg", false),
            ("a --bob", "-bob", true),
        ] {
            let identifier = read(text).map(|(_, identifier)| (identifier.name, identifier.negative));
            assert_eq!(identifier, Ok((name.to_owned(), negative)), "{text}");
        }
        for text in ["a", "a bob x", "(a) bob", "a \"\"", "a -"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(mailbox_and_identifier(&mut Cursor::new(b"a \"\xff\"")).is_err());
    }

    #[test]
    fn what_older_clients_know_is_told_too() {
        for (rights, told) in
            [("lr", "lr"), ("", ""), ("lrk", "lrkc"), ("lx", "lxc"), ("e", "ed"), (RIGHTS, "lrswipkxteacd")]
        {
            assert_eq!(with_virtual(rights), told);
        }
    }
}
