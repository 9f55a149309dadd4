//! What a search has found: SEARCH (RFC 3501, 7.2.5), SORT (RFC 5256, BASE.7.2.SORT) and ESEARCH (RFC 4731, 3.1 and RFC 4466, 2.6.2;
//! RELEVANCY of RFC 6203, 4; ADDTO and REMOVEFROM of RFC 5267, 4.3), in pieces, since
//! there may be as many numbers as messages.
use super::{mailbox, put, quoted_or_literal};
use crate::{Named, PartialRange, SequenceSet};

/// `* SEARCH …`, `* SORT …`
#[derive(Debug)]
pub struct SearchReply(());

impl SearchReply {
    /// Its begin, `word` being `SEARCH` or `SORT`.
    pub fn begin(out: &mut Vec<u8>, word: &str) -> Self {
        put(out, format_args!("* {word}"));
        Self(())
    }

    /// One number.
    pub fn number(&mut self, out: &mut Vec<u8>, number: u32) {
        put(out, format_args!(" {number}"));
    }

    /// Its end, with the highest mod-sequence of what is listed (RFC 7162, 3.1.5).
    pub fn end(self, out: &mut Vec<u8>, mod_sequence: Option<u64>) {
        if let Some(mod_sequence) = mod_sequence {
            put(out, format_args!(" (MODSEQ {mod_sequence})"));
        }
        out.extend_from_slice(b"\r\n");
    }
}

/// `* ESEARCH …`: what of it is one number each; ALL and PARTIAL are printed between its begin and its end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ESearch<'a> {
    /// The mailbox and its UIDVALIDITY, where several are searched (RFC 7377, 2.1).
    pub mailbox: Option<(Named<'a>, u32)>,
    /// Whether numbers are UIDs.
    pub uid: bool,
    /// The lowest.
    pub min: Option<u32>,
    /// The highest.
    pub max: Option<u32>,
    /// How many.
    pub count: Option<u32>,
    /// The highest mod-sequence of what is returned.
    pub mod_sequence: Option<u64>,
}

impl ESearch<'_> {
    /// Prints `* ESEARCH (TAG "tag") …` up to COUNT.
    pub fn begin(&self, out: &mut Vec<u8>, tag: &str) {
        put(out, "* ESEARCH (TAG ");
        quoted_or_literal(out, tag.as_bytes());
        if let Some((name, uid_validity)) = self.mailbox {
            put(out, " MAILBOX ");
            mailbox(out, name);
            put(out, format_args!(" UIDVALIDITY {uid_validity}"));
        }
        put(out, if self.uid { ") UID" } else { ")" });
        for (name, value) in [("MIN", self.min), ("MAX", self.max), ("COUNT", self.count)] {
            if let Some(value) = value {
                put(out, format_args!(" {name} {value}"));
            }
        }
    }

    /// Prints the name of ALL; ranges follow, at least one: a reply without any has no ALL.
    pub fn all(out: &mut Vec<u8>) {
        put(out, " ALL ");
    }

    /// Prints the begin of PARTIAL (RFC 9394, 4); ranges follow, or nothing, and [`ESearch::end_partial`].
    pub fn partial(out: &mut Vec<u8>, range: PartialRange) {
        put(out, format_args!(" PARTIAL ({range} "));
    }

    /// Prints the end of PARTIAL.
    pub fn end_partial(out: &mut Vec<u8>, empty: bool) {
        put(out, if empty { "NIL)" } else { ")" });
    }

    /// Prints the begin of RELEVANCY (RFC 6203, 7); scores follow, in the order of what they are about, and a parenthesis.
    pub fn relevancy(out: &mut Vec<u8>) {
        put(out, " RELEVANCY (");
    }

    /// One of them.
    pub fn score(out: &mut Vec<u8>, is_first: bool, score: u8) {
        put(out, format_args!("{}{score}", if is_first { "" } else { " " }));
    }

    /// Their end.
    pub fn end_relevancy(out: &mut Vec<u8>) {
        out.push(b')');
    }

    /// Prints one change of what a search finds: `ADDTO` or `REMOVEFROM`, with each position and what comes there, or goes;
    /// at least one.
    pub fn update(out: &mut Vec<u8>, word: &str, changes: &[(u32, SequenceSet)]) {
        put(out, format_args!(" {word} ("));
        for (index, (position, set)) in changes.iter().enumerate() {
            put(out, format_args!("{}{position} {set}", if index == 0 { "" } else { " " }));
        }
        out.push(b')');
    }

    /// Prints its end.
    pub fn end(&self, out: &mut Vec<u8>) {
        if let Some(mod_sequence) = self.mod_sequence {
            put(out, format_args!(" MODSEQ {mod_sequence}"));
        }
        out.extend_from_slice(b"\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::super::range;
    use super::*;
    use crate::Cursor;
    use crate::client::read_all;

    fn printed(print: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        print(&mut out);
        assert!(read_all(&out).is_ok_and(|replies| replies.len() == 1));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn plain() {
        assert_eq!(printed(|out| SearchReply::begin(out, "SEARCH").end(out, None)), "* SEARCH\r\n");
        let two = printed(|out| {
            let mut reply = SearchReply::begin(out, "SORT");
            [2, 5].into_iter().for_each(|number| reply.number(out, number));
            reply.end(out, Some(9));
        });
        assert_eq!(two, "* SORT 2 5 (MODSEQ 9)\r\n");
    }

    #[test]
    fn extended() {
        let all = printed(|out| {
            let reply = ESearch { uid: true, min: Some(1), count: Some(3), ..ESearch::default() };
            reply.begin(out, "a");
            ESearch::all(out);
            range(out, true, 1..=2);
            range(out, false, 4..=4);
            reply.end(out);
        });
        assert_eq!(all, "* ESEARCH (TAG \"a\") UID MIN 1 COUNT 3 ALL 1:2,4\r\n");
        let name = crate::MailboxName::new("a b");
        let several = printed(|out| {
            let mailbox = Some(((&name, crate::NameCoding::Utf7), 3));
            let reply = ESearch { mailbox, uid: true, count: Some(2), ..ESearch::default() };
            reply.begin(out, "a");
            reply.end(out);
        });
        assert_eq!(several, "* ESEARCH (TAG \"a\" MAILBOX \"a b\" UIDVALIDITY 3) UID COUNT 2\r\n");
        let updated = printed(|out| {
            let reply = ESearch { uid: true, ..ESearch::default() };
            reply.begin(out, "B01");
            let set = |of: &[u32]| SequenceSet::compact(of.iter().copied()).unwrap();
            ESearch::update(out, "REMOVEFROM", &[(0, set(&[7, 8, 9]))]);
            ESearch::update(out, "ADDTO", &[(1, set(&[3])), (5, set(&[4, 6]))]);
            reply.end(out);
        });
        assert_eq!(updated, "* ESEARCH (TAG \"B01\") UID REMOVEFROM (0 7:9) ADDTO (1 3 5 4,6)\r\n");
        for (scores, wanted) in [(&[100, 4][..], "(100 4)"), (&[], "()")] {
            let scored = printed(|out| {
                let reply = ESearch::default();
                reply.begin(out, "a");
                ESearch::relevancy(out);
                scores.iter().enumerate().for_each(|(index, score)| ESearch::score(out, index == 0, *score));
                ESearch::end_relevancy(out);
                reply.end(out);
            });
            assert_eq!(scored, format!("* ESEARCH (TAG \"a\") RELEVANCY {wanted}\r\n"));
        }
        let asked = PartialRange::read(&mut Cursor::new(b"-1:-5")).unwrap();
        for (ranges, wanted) in [(&[3..=4][..], "(-1:-5 3:4)"), (&[], "(-1:-5 NIL)")] {
            let part = printed(|out| {
                let reply = ESearch { mod_sequence: Some(7), ..ESearch::default() };
                reply.begin(out, "a");
                ESearch::partial(out, asked);
                ranges.iter().for_each(|found| range(out, true, found.clone()));
                ESearch::end_partial(out, ranges.is_empty());
                reply.end(out);
            });
            assert_eq!(part, format!("* ESEARCH (TAG \"a\") PARTIAL {wanted} MODSEQ 7\r\n"));
        }
    }
}
