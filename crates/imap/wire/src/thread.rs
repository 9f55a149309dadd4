//! THREAD (RFC 5256, BASE.6.4.THREAD), also by REFS (draft-ietf-morg-inthread).
use crate::sort::criteria_of_search;
use crate::{Cursor, Error, Program};

/// The arguments of THREAD and UID THREAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// How.
    pub algorithm: Algorithm,
    /// The charset of the strings, as the client wrote it.
    pub charset: String,
    /// What is searched for.
    pub program: Program,
}

/// `thread-alg`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// `ORDEREDSUBJECT`: by base subject and date.
    OrderedSubject,
    /// `REFERENCES`: by who answers whom.
    References,
    /// `REFS`: by who answers whom and nothing else, the thread that was last added to being the last
    /// (draft-ietf-morg-inthread).
    Refs,
}

impl Thread {
    /// `thread = "THREAD" SP thread-alg SP charset 1*(SP search-key)`
    ///
    /// # Errors
    /// When the arguments are something else.
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let algorithm = match () {
            () if cursor.keyword("ORDEREDSUBJECT") => Algorithm::OrderedSubject,
            () if cursor.keyword("REFERENCES") => Algorithm::References,
            () if cursor.keyword("REFS") => Algorithm::Refs,
            () => return cursor.expected("ORDEREDSUBJECT, REFERENCES or REFS"),
        };
        let (charset, program) = criteria_of_search(cursor)?;
        Ok(Self { algorithm, charset, program })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| Thread::read(&mut Cursor::new(text.as_bytes())).map(|thread| thread.algorithm);
        for (text, algorithm) in [
            ("ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000", Algorithm::OrderedSubject),
            ("REFS UTF-8 ALL", Algorithm::Refs),
            ("references \"US-ASCII\" TEXT {4}\r\ngewp", Algorithm::References),
        ] {
            assert_eq!(read(text), Ok(algorithm), "{text}");
        }
        for text in ["", "REFERENCES", "REFERENCES UTF-8", "NOPE UTF-8 ALL", "REFERENCES ALL", "(REFERENCES) UTF-8 ALL"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
