//! The frame of a FETCH reply (RFC 3501, 7.4.2; UIDFETCH of RFC 9586). Bodies are streamed by the session between the pieces printed here.
use super::{flag_list, put};
use crate::{Flag, InternalDate, Partial, Section, SectionName};
use std::fmt::Display;

/// Prints `* n FETCH (item item …)` piece by piece.
#[derive(Debug)]
pub struct FetchReply {
    first: bool,
}

impl FetchReply {
    /// Begins the reply about message `number`.
    pub fn begin(out: &mut Vec<u8>, number: u32) -> Self {
        put(out, format_args!("* {number} FETCH ("));
        Self { first: true }
    }

    /// Begins `* uid UIDFETCH (item item …)`, for who has enabled UIDONLY (RFC 9586, 3.3).
    pub fn begin_by_uid(out: &mut Vec<u8>, uid: u32) -> Self {
        put(out, format_args!("* {uid} UIDFETCH ("));
        Self { first: true }
    }

    fn gap(&mut self, out: &mut Vec<u8>) {
        if !self.first {
            out.push(b' ');
        }
        self.first = false;
    }

    /// `UID n`
    pub fn uid(&mut self, out: &mut Vec<u8>, uid: u32) {
        self.gap(out);
        put(out, format_args!("UID {uid}"));
    }

    /// `FLAGS (…)`
    pub fn flags(&mut self, out: &mut Vec<u8>, flags: &[Flag]) {
        self.gap(out);
        put(out, "FLAGS ");
        flag_list(out, flags);
    }

    /// `MODSEQ (n)` (RFC 7162, 3.1.4.2)
    pub fn mod_sequence(&mut self, out: &mut Vec<u8>, mod_sequence: u64) {
        self.gap(out);
        put(out, format_args!("MODSEQ ({mod_sequence})"));
    }

    /// `INTERNALDATE "…"`, and `SAVEDATE "…"` (RFC 8514, 4.2)
    pub fn date(&mut self, out: &mut Vec<u8>, name: &str, date: InternalDate) {
        self.gap(out);
        put(out, format_args!("{name} \"{date}\""));
    }

    /// `EMAILID (…)`, `THREADID (…)` (RFC 8474, 5.3)
    pub fn object_id(&mut self, out: &mut Vec<u8>, name: &str, id: impl Display) {
        self.gap(out);
        put(out, format_args!("{name} ({id})"));
    }

    /// `RFC822.SIZE n`
    pub fn size(&mut self, out: &mut Vec<u8>, size: u64) {
        self.gap(out);
        put(out, format_args!("RFC822.SIZE {size}"));
    }

    /// A name, whose value the caller prints next: `ENVELOPE`, `BODY`, `BODYSTRUCTURE`.
    pub fn named(&mut self, out: &mut Vec<u8>, name: &str) {
        self.gap(out);
        put(out, format_args!("{name} "));
    }

    /// The label of a section and the announcement of its literal, whose `size` bytes the caller sends next; `NIL`
    /// and nothing more for a part that does not exist.
    pub fn section(
        &mut self,
        out: &mut Vec<u8>,
        (name, section, partial): (SectionName, &Section, Option<Partial>),
        size: Option<u64>,
    ) {
        self.gap(out);
        put(out, section_label(name, section, partial));
        match size {
            Some(size) => put(out, format_args!(" {{{size}}}\r\n")),
            None => put(out, " NIL"),
        }
    }

    /// The label of a decoded part and the announcement of its literal, whose octets the caller sends next: a `literal8`
    /// if there is a NUL among them (RFC 3516, 4.3); `NIL` and nothing more for a part that does not exist.
    pub fn binary(
        &mut self,
        out: &mut Vec<u8>,
        (section, partial): (&Section, Option<Partial>),
        size: Option<u64>,
        has_nul: bool,
    ) {
        if has_nul && let Some(size) = size {
            self.gap(out);
            put(out, section_label(SectionName::Binary, section, partial));
            put(out, format_args!(" ~{{{size}}}\r\n"));
        } else {
            self.section(out, (SectionName::Binary, section, partial), size);
        }
    }

    /// `BINARY.SIZE[…] n` (RFC 3516, 4.3)
    pub fn binary_size(&mut self, out: &mut Vec<u8>, part: &[u32], size: u64) {
        self.gap(out);
        let section = Section { part: part.to_vec(), text: crate::SectionText::All };
        put(out, format_args!("BINARY.SIZE{section} {size}"));
    }

    /// Ends the reply.
    pub fn end(self, out: &mut Vec<u8>) {
        out.extend_from_slice(b")\r\n");
    }
}

/// What stands before a section's literal: `BODY[1.MIME]<0>`, never with `.PEEK` (RFC 3501, 7.4.2).
pub fn section_label(name: SectionName, section: &Section, partial: Option<Partial>) -> String {
    let origin = partial.map(|partial| format!("<{}>", partial.start)).unwrap_or_default();
    match name {
        SectionName::Body => format!("BODY{section}{origin}"),
        SectionName::Rfc822 => "RFC822".to_owned(),
        SectionName::Rfc822Header => "RFC822.HEADER".to_owned(),
        SectionName::Rfc822Text => "RFC822.TEXT".to_owned(),
        SectionName::Binary => format!("BINARY{section}{origin}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply() {
        let mut out = Vec::new();
        let mut reply = FetchReply::begin(&mut out, 12);
        reply.uid(&mut out, 77);
        reply.flags(&mut out, &[Flag::Seen]);
        reply.mod_sequence(&mut out, 9);
        reply.date(&mut out, "INTERNALDATE", InternalDate { seconds: 0, offset: 60 });
        reply.object_id(&mut out, "EMAILID", "eb");
        let section = Section { part: vec![1], text: crate::SectionText::All };
        reply.section(&mut out, (SectionName::Body, &section, Some(Partial { start: 3, length: 2 })), Some(2));
        out.extend_from_slice(b"ab");
        reply.section(&mut out, (SectionName::Body, &section, None), None);
        reply.binary(&mut out, (&section, None), Some(2), true);
        out.extend_from_slice(b"a\0");
        reply.binary(&mut out, (&section, None), None, false);
        reply.binary_size(&mut out, &[1, 2], 7);
        reply.end(&mut out);
        let mut reply = FetchReply::begin_by_uid(&mut out, 77);
        reply.flags(&mut out, &[Flag::Seen]);
        reply.end(&mut out);
        let wanted = "* 12 FETCH (UID 77 FLAGS (\\Seen) MODSEQ (9) INTERNALDATE \" 1-Jan-1970 01:00:00 +0100\" EMAILID (eb) \
                      BODY[1]<3> {2}\r\nab BODY[1] NIL BINARY[1] ~{2}\r\na\0 BINARY[1] NIL \
                      BINARY.SIZE[1.2] 7)\r\n* 77 UIDFETCH (FLAGS (\\Seen))\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), wanted);
    }
}
