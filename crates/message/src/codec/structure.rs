//! Structures in records.

use super::{Reader, Writer};
use crate::content::{Disposition, Encoding, MediaType};
use crate::error::Error;
use crate::parameter::{Parameter, Parameters};
use crate::span::Span;
use crate::structure::{Part, Shape, Structure};

impl Structure {
    /// As a record of its own.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::new();
        self.write(&mut out);
        out.bytes
    }

    /// Reads what [`Structure::encode`] wrote.
    ///
    /// # Errors
    /// [`Error`] if the record is of another version or damaged.
    pub fn decode(record: &[u8]) -> Result<Self, Error> {
        let mut input = Reader::open(record)?;
        let structure = read(&mut input)?;
        input.end()?;
        Ok(structure)
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.number(self.parts.len() as u64);
        for (index, part) in self.parts.iter().enumerate() {
            write_part(out, index as u64, part);
        }
    }
}

pub(super) fn read(input: &mut Reader<'_>) -> Result<Structure, Error> {
    let count = input.count()?;
    Ok(Structure { parts: input.several(count, |input, index| part(input, index, count))? })
}

const LEAF: u64 = 0;
const MULTIPART: u64 = 1;
const MESSAGE: u64 = 2;

fn write_part(out: &mut Writer, index: u64, part: &Part) {
    out.number(match part.shape {
        Shape::Leaf => LEAF,
        Shape::Multipart => MULTIPART,
        Shape::Message(_) => MESSAGE,
    });
    out.number(u64::from(part.end) - index - 1);
    out.number(part.header.start);
    out.number(part.header.len());
    // a body begins where its header ends
    out.number(part.body.len());
    out.number(part.lines);
    out.word(&part.media.kind);
    out.word(&part.media.subtype);
    parameters(out, &part.media.parameters);
    match &part.encoding {
        Encoding::SevenBit => out.number(0),
        Encoding::EightBit => out.number(1),
        Encoding::Binary => out.number(2),
        Encoding::QuotedPrintable => out.number(3),
        Encoding::Base64 => out.number(4),
        Encoding::Other(word) => {
            out.number(5);
            out.octets(word);
        }
    }
    let has = [part.id.is_some(), part.description.is_some(), part.location.is_some(), part.md5.is_some()];
    let bits = has.iter().rev().fold(u64::from(part.disposition.is_some()), |bits, &has| bits << 1 | u64::from(has));
    out.number(bits << 1 | u64::from(!part.language.is_empty()));
    for text in [&part.id, &part.description, &part.location, &part.md5].into_iter().flatten() {
        out.octets(text);
    }
    if let Some(disposition) = &part.disposition {
        out.word(&disposition.kind);
        parameters(out, &disposition.parameters);
    }
    if !part.language.is_empty() {
        out.list(&part.language);
    }
    if let Shape::Message(envelope) = &part.shape {
        envelope.write(out);
    }
}

fn parameters(out: &mut Writer, parameters: &Parameters) {
    out.number(parameters.list.len() as u64);
    for parameter in &parameters.list {
        out.word(&parameter.name);
        out.word(&parameter.value);
    }
}

fn part(input: &mut Reader<'_>, index: usize, count: usize) -> Result<Part, Error> {
    let shape = input.number()?;
    let inside = usize::try_from(input.number()?).map_err(|_| Error::Damaged)?;
    let end = index.checked_add(1).and_then(|next| next.checked_add(inside)).filter(|&end| end <= count);
    let end = u32::try_from(end.ok_or(Error::Damaged)?).map_err(|_| Error::Damaged)?;
    let header = span(input, None)?;
    let body = span(input, Some(header.end))?;
    let lines = input.number()?;
    let media = MediaType { kind: input.word()?, subtype: input.word()?, parameters: read_parameters(input)? };
    let encoding = match input.number()? {
        0 => Encoding::SevenBit,
        1 => Encoding::EightBit,
        2 => Encoding::Binary,
        3 => Encoding::QuotedPrintable,
        4 => Encoding::Base64,
        5 => Encoding::Other(input.octets()?),
        _ => return Err(Error::Damaged),
    };
    let has = input.number()?;
    let mut text = |bit: u64| (has & bit != 0).then(|| input.octets()).transpose();
    let (id, description, location, md5) = (text(2)?, text(4)?, text(8)?, text(16)?);
    let disposition = match has & 32 {
        0 => None,
        _ => Some(Disposition { kind: input.word()?, parameters: read_parameters(input)? }),
    };
    let language = if has & 1 != 0 { input.list()? } else { Vec::new() };
    let shape = match shape {
        LEAF => Shape::Leaf,
        MULTIPART => Shape::Multipart,
        MESSAGE => Shape::Message(Box::new(super::envelope::read(input)?)),
        _ => return Err(Error::Damaged),
    };
    Ok(Part { media, encoding, id, description, disposition, language, location, md5, header, body, lines, end, shape })
}

fn span(input: &mut Reader<'_>, start: Option<u64>) -> Result<Span, Error> {
    let start = match start {
        Some(start) => start,
        None => input.number()?,
    };
    let end = start.checked_add(input.number()?).ok_or(Error::Damaged)?;
    Ok(Span { start, end })
}

fn read_parameters(input: &mut Reader<'_>) -> Result<Parameters, Error> {
    let count = input.count()?;
    let parameter = |input: &mut Reader<'_>, _| Ok(Parameter { name: input.word()?, value: input.word()? });
    Ok(Parameters { list: input.several(count, parameter)? })
}
