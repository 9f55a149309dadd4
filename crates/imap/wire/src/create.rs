//! CREATE (RFC 3501, 6.3.3) with the special uses of RFC 6154, 3.
use crate::reply::Attribute;
use crate::{Cursor, Error, MailboxName};

/// The arguments of CREATE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The new mailbox.
    pub mailbox: MailboxName,
    /// What it is to be for; nothing stands for a use that no RFC knows.
    pub uses: Vec<Option<Attribute>>,
}

/// The attributes that say what a mailbox is for (RFC 6154, 2).
const USES: [Attribute; 7] = [
    Attribute::All,
    Attribute::Archive,
    Attribute::Drafts,
    Attribute::Flagged,
    Attribute::Junk,
    Attribute::Sent,
    Attribute::Trash,
];

impl Create {
    /// `create = "CREATE" SP mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"]` (RFC 6154, 6)
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mailbox = cursor.mailbox()?;
        let mut uses = Vec::new();
        if cursor.eat(b' ') {
            let parameters = cursor.list("parameters", |cursor| {
                if !cursor.keyword("USE") {
                    return cursor.expected("USE");
                }
                cursor.space()?;
                uses = cursor.list("special uses", special_use)?;
                Ok(())
            })?;
            if parameters.len() != 1 {
                return cursor.expected("one USE");
            }
        }
        cursor.end()?;
        Ok(Self { mailbox, uses })
    }
}

/// `use-attr = "\All" / "\Archive" / … / use-attr-ext`
fn special_use(cursor: &mut Cursor<'_>) -> Result<Option<Attribute>, Error> {
    cursor.byte(b'\\', "a backslash")?;
    let name = cursor.atom()?;
    let is_named =
        |used: &Attribute| used.word().strip_prefix('\\').is_some_and(|word| word.eq_ignore_ascii_case(name));
    Ok(USES.into_iter().find(is_named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| Create::read(&mut Cursor::new(text.as_bytes()));
        for (text, uses) in [
            ("x", vec![]),
            ("x (USE ())", vec![]),
            ("x (use (\\drafts))", vec![Some(Attribute::Drafts)]),
            ("x (USE (\\All \\Odd))", vec![Some(Attribute::All), None]),
        ] {
            assert_eq!(read(text).map(|create| create.uses), Ok(uses), "{text}");
        }
        for text in [
            "",
            "x ",
            "x ()",
            "x (USE)",
            "x (USE (Drafts))",
            "x (USE (\\Drafts)) y",
            "x (USE () USE ())",
            "x (NOPE ())",
            "x (USE (\\Drafts)",
            "x USE (\\Drafts)",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
