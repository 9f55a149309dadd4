//! What a search returns (RFC 4731, 3.1; SAVE of RFC 5182, PARTIAL of RFC 9394, which reads what RFC 5267, 4.4 has too;
//! RELEVANCY of RFC 6203, 4; UPDATE and CONTEXT of RFC 5267, 4).
use crate::{Cursor, Error, PartialRange};

/// `RETURN (…)`. With no option in the parentheses it means ALL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReturnOptions {
    /// `MIN`
    pub min: bool,
    /// `MAX`
    pub max: bool,
    /// `ALL`
    pub all: bool,
    /// `COUNT`
    pub count: bool,
    /// `PARTIAL range`; never beside ALL.
    pub partial: Option<PartialRange>,
    /// `SAVE`: what is found is `$` from then on.
    pub save: bool,
    /// `RELEVANCY`: how well each fits.
    pub relevancy: bool,
    /// `UPDATE`: what comes to fit later, and ceases to, is told.
    pub update: bool,
}

impl ReturnOptions {
    /// `["RETURN" SP "(" … ")" SP]`, in front of what is searched for.
    ///
    /// # Errors
    /// When RETURN stands here and something else behind it.
    pub(crate) fn read_if_there(cursor: &mut Cursor<'_>) -> Result<Option<Self>, Error> {
        if !cursor.keyword("RETURN") {
            return Ok(None);
        }
        cursor.space()?;
        let options = Self::read(cursor)?;
        cursor.space()?;
        Ok(Some(options))
    }

    /// `"(" [search-return-opt *(SP search-return-opt)] ")"`
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        let mut options = Self::default();
        cursor.list("return options", |cursor| {
            match () {
                () if cursor.keyword("MIN") => options.min = true,
                () if cursor.keyword("MAX") => options.max = true,
                () if cursor.keyword("ALL") => options.all = true,
                () if cursor.keyword("COUNT") => options.count = true,
                () if cursor.keyword("SAVE") => options.save = true,
                () if cursor.keyword("RELEVANCY") => options.relevancy = true,
                () if cursor.keyword("UPDATE") => options.update = true,
                // RFC 5267, 4.2: a hint of which nothing follows.
                () if cursor.keyword("CONTEXT") => {}
                () if options.partial.is_none() && cursor.keyword("PARTIAL") => {
                    cursor.space()?;
                    options.partial = Some(PartialRange::read(cursor)?);
                }
                () => return cursor.expected("MIN, MAX, ALL, COUNT, SAVE, RELEVANCY, UPDATE, CONTEXT or one PARTIAL"),
            }
            Ok(())
        })?;
        // RFC 9394, 3.1: one PARTIAL, one ALL, or neither.
        if options.all && options.partial.is_some() {
            return cursor.expected("either ALL or PARTIAL");
        }
        if options == Self::default() {
            options.all = true;
        }
        Ok(options)
    }

    /// Whether there is anything to tell: a search that only saves has no reply (RFC 5182, 2.2).
    pub fn tells(&self) -> bool {
        Self { save: false, ..*self } != Self::default()
    }

    /// Whether what is told, or saved, is not all that was found: MIN, MAX and PARTIAL alone (RFC 5182, 2.4; RFC 9394,
    /// 3.2).
    pub fn is_a_part(&self) -> bool {
        let part = self.min || self.max || self.partial.is_some();
        part && !self.all && !self.count
    }
}
