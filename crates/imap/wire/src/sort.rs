//! SORT (RFC 5256, BASE.6.4.SORT), by display names too (RFC 5957), with the options of ESORT (RFC 5267, 3.1), and by how
//! well messages fit (RFC 6203, 6).
use crate::{Cursor, Error, Program, ReturnOptions};

/// The arguments of SORT and UID SORT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// RETURN's options; none when the client wants the plain answer.
    pub options: Option<ReturnOptions>,
    /// By what, the first decides first; each key once.
    pub criteria: Vec<Criterion>,
    /// The charset of the strings, as the client wrote it.
    pub charset: String,
    /// What is searched for.
    pub program: Program,
}

/// `sort-criterion`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criterion {
    /// What is compared.
    pub key: SortKey,
    /// `REVERSE`: the largest first.
    pub reverse: bool,
}

/// `sort-key`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// `ARRIVAL`: INTERNALDATE
    Arrival,
    /// `CC`: the local part of the first address
    Cc,
    /// `DATE`: when it was sent
    Date,
    /// `DISPLAYFROM`: the name of the first author
    DisplayFrom,
    /// `DISPLAYTO`: the name of the first recipient
    DisplayTo,
    /// `FROM`: the local part of the first address
    From,
    /// `RELEVANCY`: how well it fits, the best first
    Relevancy,
    /// `SIZE`
    Size,
    /// `SUBJECT`: the base subject
    Subject,
    /// `TO`: the local part of the first address
    To,
}

impl SortKey {
    const ALL: [(&str, Self); 10] = [
        ("ARRIVAL", Self::Arrival),
        ("CC", Self::Cc),
        ("DATE", Self::Date),
        ("DISPLAYFROM", Self::DisplayFrom),
        ("DISPLAYTO", Self::DisplayTo),
        ("FROM", Self::From),
        ("RELEVANCY", Self::Relevancy),
        ("SIZE", Self::Size),
        ("SUBJECT", Self::Subject),
        ("TO", Self::To),
    ];
}

impl Sort {
    /// `sort = "SORT" [SP "RETURN" SP "(" … ")"] SP "(" sort-criterion *(SP sort-criterion) ")" SP charset 1*(SP
    /// search-key)`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let options = ReturnOptions::read_if_there(cursor)?;
        let mut criteria: Vec<Criterion> = Vec::new();
        let named = cursor.list("sort criteria", |cursor| {
            let criterion = Criterion::read(cursor)?;
            // Where a key has said nothing, it says nothing again.
            if criteria.iter().all(|before| before.key != criterion.key) {
                criteria.push(criterion);
            }
            Ok(())
        })?;
        if named.is_empty() {
            return cursor.expected("a sort criterion");
        }
        let (charset, program) = criteria_of_search(cursor)?;
        program.allows(options, cursor)?;
        if !program.is_fuzzy && criteria.iter().any(|criterion| criterion.key == SortKey::Relevancy) {
            return cursor.expected("FUZZY where RELEVANCY is asked for");
        }
        Ok(Self { options, criteria, charset, program })
    }
}

impl Criterion {
    /// `["REVERSE" SP] sort-key`
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let reverse = cursor.keyword("REVERSE");
        if reverse {
            cursor.space()?;
        }
        match SortKey::ALL.into_iter().find(|(name, _)| cursor.keyword(name)) {
            Some((_, key)) => Ok(Self { key, reverse }),
            None => cursor.expected("a sort key"),
        }
    }
}

/// `SP charset 1*(SP search-key)`: unlike in SEARCH the charset must be there.
pub(crate) fn criteria_of_search(cursor: &mut Cursor<'_>) -> Result<(String, Program), Error> {
    cursor.space()?;
    let charset = String::from_utf8_lossy(&cursor.astring()?).into_owned();
    cursor.space()?;
    let program = Program::read(cursor)?;
    cursor.end()?;
    Ok((charset, program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| Sort::read(&mut Cursor::new(text.as_bytes()));
        for (text, criteria) in [
            ("(SUBJECT) UTF-8 SINCE 1-Feb-1994", 1),
            ("(SUBJECT REVERSE DATE) \"utf-8\" ALL", 2),
            ("(reverse displayfrom displayto) US-ASCII ALL", 2),
            ("(ARRIVAL CC DATE FROM SIZE SUBJECT TO) UTF-8 (OR SEEN $)", 7),
            ("(SIZE REVERSE SIZE SIZE) UTF-8 ALL", 1),
            ("RETURN (MIN COUNT) (SIZE) UTF-8 ALL", 1),
            ("RETURN () (SIZE) UTF-8 ALL", 1),
            ("RETURN (RELEVANCY UPDATE) (RELEVANCY REVERSE SIZE) UTF-8 FUZZY ALL", 2),
        ] {
            assert_eq!(read(text).map(|sort| sort.criteria.len()), Ok(criteria), "{text}");
        }
        assert!(read("(REVERSE SIZE) UTF-8 ALL").is_ok_and(|sort| sort.criteria[0].reverse));
        for text in [
            "",
            "()",
            "() UTF-8 ALL",
            "(SIZE)",
            "(SIZE) UTF-8",
            "(SIZE) UTF-8 ",
            "(NOPE) UTF-8 ALL",
            "(REVERSE) UTF-8 ALL",
            "(REVERSE REVERSE SIZE) UTF-8 ALL",
            "SIZE UTF-8 ALL",
            "(SIZE) (UTF-8) ALL",
            "RETURN (SIZE) UTF-8 ALL",
            "(RELEVANCY) UTF-8 TEXT x",
            "RETURN (RELEVANCY) (SIZE) UTF-8 TEXT x",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
