//! The header of a part, from its properties (RFC 8621, 4.1.4 and 4.6).
use super::field::fields;
use super::parameter::parameter;
use crate::mail::email::HeaderProperty;
use jmap_wire::{Object, SetError};
use message::HeaderWriter;
use serde_json::Value;
use std::collections::BTreeSet;

/// Octets of a name, and of what else stands in the header of a part.
const MAX_TEXT: usize = 1_000;

/// The header of a part, but for what depends on how it is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PartHeader {
    /// `multipart/mixed`, in lower case.
    pub(super) kind: String,
    /// The words of Content-Type; `None`: the client wrote the field himself.
    pub(super) content_type: Option<Vec<String>>,
    /// The fields beside Content-Type and Content-Transfer-Encoding.
    pub(super) fields: Vec<u8>,
}

impl PartHeader {
    /// That of a part that the server makes: the words of its Content-Type.
    pub(super) fn of(words: &[&str]) -> Self {
        let kind = words.first().copied().unwrap_or_default().to_owned();
        Self { kind, content_type: Some(words.iter().map(|word| (*word).to_owned()).collect()), fields: Vec::new() }
    }
}

/// That of a multipart that the server makes.
pub(super) fn multipart(subtype: &str) -> PartHeader {
    PartHeader::of(&[&format!("multipart/{subtype}")])
}

/// What the type of a part is where it does not say, its charset, and whether the client gave that.
pub(super) struct Kind {
    pub(super) fallback: &'static str,
    pub(super) charset: Option<String>,
    pub(super) charset_given: bool,
    pub(super) multipart: bool,
}

/// The header of a part from what is left of its properties.
pub(super) fn header(path: &str, part: &Object, kind: Kind) -> Result<PartHeader, SetError> {
    let header = PartHeader { kind: kind.fallback.to_owned(), content_type: None, fields: Vec::new() };
    let mut reader =
        HeaderReader { path, kind, header, written: BTreeSet::new(), own_type: false, file: None, disposition: None };
    for (name, value) in part.iter().filter(|(_, value)| !value.is_null()) {
        reader.take(name, value)?;
    }
    reader.finish()
}

struct HeaderReader<'p> {
    path: &'p str,
    kind: Kind,
    header: PartHeader,
    /// The fields that are written, in lower case.
    written: BTreeSet<String>,
    own_type: bool,
    file: Option<String>,
    disposition: Option<String>,
}

impl HeaderReader<'_> {
    fn wrong(&self, name: &str) -> SetError {
        SetError::invalid(&[&format!("{}/{name}", self.path)])
    }

    fn take(&mut self, name: &str, value: &Value) -> Result<(), SetError> {
        let wrong = || self.wrong(name);
        let text = |sound: fn(&str) -> bool| value.as_str().filter(|text| sound(text)).ok_or_else(wrong);
        match name {
            "type" => {
                self.header.kind = text(is_type)?.to_ascii_lowercase();
                self.own_type = true;
            }
            "name" => self.file = Some(text(is_text)?.to_owned()),
            "disposition" => self.disposition = Some(text(is_token)?.to_ascii_lowercase()),
            "cid" => {
                let id = HeaderProperty::read("header:Content-ID:asMessageIds").and_then(Result::ok);
                let bytes = id.and_then(|id| fields(&id, &Value::Array(vec![value.clone()])));
                self.write(name, "content-id", bytes)?;
            }
            "language" => {
                let tag = |tag: &Value| tag.as_str().filter(|tag| is_token(tag)).map(str::to_owned);
                let tags: Option<Vec<String>> = value.as_array().and_then(|tags| tags.iter().map(tag).collect());
                let field = |tags: Vec<String>| HeaderWriter::new().field("Content-Language", &tags.join(", "));
                self.write(name, "content-language", tags.map(|tags| field(tags).into_bytes()))?;
            }
            "location" => {
                let location = text(|text| is_text(text) && text.is_ascii())?;
                let bytes = HeaderWriter::new().field("Content-Location", location).into_bytes();
                self.write(name, "content-location", Some(bytes))?;
            }
            _ => {
                let property = HeaderProperty::read(name).and_then(Result::ok).ok_or_else(wrong)?;
                let field = property.field.to_ascii_lowercase();
                // "The Content-Transfer-Encoding header field MUST NOT be given"; a boundary is ours to choose
                if field == "content-transfer-encoding" || (field == "content-type" && self.kind.multipart) {
                    return Err(wrong());
                }
                let bytes = fields(&property, value);
                if field == "content-type" {
                    self.header.kind = bytes.as_deref().and_then(kind_of).ok_or_else(wrong)?;
                }
                self.write(name, &field, bytes)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, name: &str, field: &str, bytes: Option<Vec<u8>>) -> Result<(), SetError> {
        let bytes = bytes.ok_or_else(|| self.wrong(name))?;
        if !self.written.insert(field.to_owned()) {
            return Err(self.wrong(name).because("this header field is given twice"));
        }
        self.header.fields.extend(bytes);
        Ok(())
    }

    fn finish(mut self) -> Result<PartHeader, SetError> {
        if self.header.kind.starts_with("multipart/") != self.kind.multipart {
            return Err(self.wrong("type").because("a multipart has subParts, and nothing else has"));
        }
        // "there MUST NOT be two properties that represent the same header field"
        let twice = "this header field is given twice";
        if self.written.contains("content-type") {
            if self.own_type || self.kind.charset_given {
                return Err(self.wrong("type").because(twice));
            }
        } else {
            let mut words = vec![self.header.kind.clone()];
            if let Some(charset) = self.kind.charset.as_ref().filter(|_| self.header.kind.starts_with("text/")) {
                words.extend(parameter("charset", charset));
            }
            words.extend(self.file.iter().flat_map(|file| parameter("name", file)));
            self.header.content_type = Some(words);
        }
        if let Some(disposition) = self.disposition.take() {
            if self.written.contains("content-disposition") {
                return Err(self.wrong("disposition").because(twice));
            }
            let mut words = vec![disposition];
            words.extend(self.file.iter().flat_map(|file| parameter("filename", file)));
            let field = HeaderWriter::new().field("Content-Disposition", &words.join("; "));
            self.header.fields.extend(field.into_bytes());
        }
        Ok(self.header)
    }
}

/// The type that a Content-Type field says.
fn kind_of(field: &[u8]) -> Option<String> {
    let parsed = message::parse(&[field, b"\r\n"].concat(), message::Limits::default());
    let media = &parsed.structure.part(0)?.media;
    let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
    Some(format!("{}/{}", lower(&media.kind), lower(&media.subtype)))
}

fn is_text(text: &str) -> bool {
    text.len() <= MAX_TEXT && !text.contains(char::is_control)
}

/// RFC 2045, 5.1.
pub(super) fn is_token(text: &str) -> bool {
    let special = b"()<>@,;:\\\"/[]?=";
    (1..=MAX_TEXT).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && !special.contains(&byte))
}

fn is_type(text: &str) -> bool {
    text.len() <= 255 && text.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
