//! The body as a client writes it (RFC 8621, 4.6): parts with their headers, in the order in which they are written.
use super::part_header::{Kind, PartHeader, header, is_token, multipart};
use super::{Room, Unwritten};
use jmap_wire::{Object, SetError};
use message::{HeaderFields, encode_quoted_printable};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parts of one message.
const MAX_PARTS: usize = 1_000;
/// Parts within one another.
const MAX_DEPTH: usize = 32;
/// RFC 2045, 6.8 and RFC 5322, 2.1.1: a line that needs no encoding.
const LINE: usize = 78;

/// One step of writing a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    /// A multipart begins.
    Open(PartHeader),
    /// A part that holds no others.
    Leaf(PartHeader, Content),
    /// The multipart that was opened last ends.
    Close,
}

impl Step {
    /// Names of the fields in the header of the part that are not about the part, in the order in which they are written.
    pub(super) fn fields(&self) -> Vec<String> {
        let (Self::Open(header) | Self::Leaf(header, _)) = self else { return Vec::new() };
        let names = HeaderFields::new(&header.fields).map(|field| String::from_utf8_lossy(field.name).into_owned());
        names.filter(|name| !name.to_ascii_lowercase().starts_with("content-")).collect()
    }
}

/// What is in a part.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    /// A text, encoded already, and how; parts that name the same text share it.
    Text(Arc<Vec<u8>>, &'static str),
    /// A blob.
    Blob(String),
}

/// A text of the client's, by the id under which parts name it.
pub(crate) type Texts = Object;

/// Reads `bodyStructure`, or the three lists that may stand in its place, as far as there is room for its texts.
///
/// # Errors
/// `invalidProperties`, and what [`Room::look`] says.
pub(super) fn read(object: &mut Object, room: &Room) -> Result<Vec<Step>, SetError> {
    let mut take = |name: &str| object.remove(name).filter(|value| !value.is_null());
    let texts = match take("bodyValues") {
        None => Texts::new(),
        Some(Value::Object(texts)) => texts,
        Some(_) => return Err(SetError::invalid(&["bodyValues"])),
    };
    let structure = take("bodyStructure");
    let [text, html, attachments] = ["textBody", "htmlBody", "attachments"].map(|name| (name, take(name)));
    let mut reader = Reader { texts, room, encoded: BTreeMap::new(), size: 0, steps: Vec::new(), parts: 0 };
    match structure {
        Some(structure) => {
            // "If given, the textBody, htmlBody and attachments MUST NOT be given"
            if let Some((name, _)) = [&text, &html, &attachments].into_iter().find(|(_, list)| list.is_some()) {
                return Err(SetError::invalid(&["bodyStructure", name]).because("both say what is in it"));
            }
            reader.tree("bodyStructure", structure)?;
        }
        None => reader.lists(text, html, attachments)?,
    }
    reader.all_texts_are_sound()?;
    Ok(reader.steps)
}

struct Reader<'r> {
    texts: Texts,
    room: &'r Room,
    /// The texts that parts have named, encoded once each.
    encoded: BTreeMap<String, (Arc<Vec<u8>>, &'static str)>,
    /// How much the texts come to, each as often as it is named.
    size: u64,
    steps: Vec<Step>,
    parts: usize,
}

impl Reader<'_> {
    /// A part with all in it, without recursion.
    fn tree(&mut self, path: &str, root: Value) -> Result<(), SetError> {
        let mut open: Vec<std::vec::IntoIter<Value>> = vec![vec![root].into_iter()];
        while let Some(siblings) = open.last_mut() {
            let Some(part) = siblings.next() else {
                open.pop();
                if !open.is_empty() {
                    self.steps.push(Step::Close);
                }
                continue;
            };
            let Value::Object(mut part) = part else { return Err(SetError::invalid(&[path])) };
            match part.remove("subParts").filter(|value| !value.is_null()) {
                None => self.leaf(path, part, None)?,
                Some(Value::Array(children)) if !children.is_empty() && open.len() < MAX_DEPTH => {
                    self.open(path, part)?;
                    open.push(children.into_iter());
                }
                Some(_) => return Err(SetError::invalid(&[&format!("{path}/subParts")])),
            }
        }
        Ok(())
    }

    /// The three lists: text beside HTML, what HTML shows beside that, and all else behind.
    fn lists(
        &mut self,
        (text_name, text): (&str, Option<Value>),
        (html_name, html): (&str, Option<Value>),
        (name, attachments): (&str, Option<Value>),
    ) -> Result<(), SetError> {
        let text = text.map(|list| only(text_name, list)).transpose()?;
        let html = html.map(|list| only(html_name, list)).transpose()?;
        let attachments = match attachments {
            None => Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(SetError::invalid(&[name])),
        };
        // what HTML shows by its cid belongs to it
        let shown = |part: &Value| html.is_some() && part["cid"].is_string() && part["disposition"] == "inline";
        let (related, attached): (Vec<Value>, Vec<Value>) = attachments.into_iter().partition(shown);
        let body = text.is_some() || html.is_some();
        let mixed = attached.len() + usize::from(body) > 1 || (!body && !attached.is_empty());
        let alternative = text.is_some() && html.is_some();
        for (kind, _) in [("mixed", mixed), ("alternative", alternative)].iter().filter(|(_, opens)| *opens) {
            self.steps.push(Step::Open(multipart(kind)));
        }
        if let Some(text) = text {
            self.leaf(text_name, text, Some("text/plain"))?;
        }
        if let Some(html) = html {
            if !related.is_empty() {
                self.steps.push(Step::Open(multipart("related")));
            }
            self.leaf(html_name, html, Some("text/html"))?;
            let close = !related.is_empty();
            for part in related {
                self.attachment(name, part, "inline")?;
            }
            self.steps.extend(close.then_some(Step::Close));
        }
        self.steps.extend(alternative.then_some(Step::Close));
        for part in attached {
            self.attachment(name, part, "attachment")?;
        }
        self.steps.extend(mixed.then_some(Step::Close));
        if self.steps.is_empty() {
            let header = PartHeader {
                kind: "text/plain".to_owned(),
                content_type: Some(vec!["text/plain".to_owned(), "charset=\"utf-8\"".to_owned()]),
                fields: Vec::new(),
            };
            self.steps.push(Step::Leaf(header, Content::Text(Arc::default(), "7bit")));
        }
        Ok(())
    }

    fn attachment(&mut self, path: &str, part: Value, disposition: &str) -> Result<(), SetError> {
        let Value::Object(mut part) = part else { return Err(SetError::invalid(&[path])) };
        if part.get("subParts").is_some_and(|value| !value.is_null()) {
            return Err(SetError::invalid(&[&format!("{path}/subParts")]));
        }
        if !part.keys().any(|name| name.to_ascii_lowercase().starts_with("header:content-disposition")) {
            let entry = part.entry("disposition").or_insert(Value::Null);
            if entry.is_null() {
                *entry = disposition.into();
            }
        }
        self.leaf(path, part, None)
    }

    fn open(&mut self, path: &str, mut part: Object) -> Result<(), SetError> {
        self.count(path)?;
        for name in ["partId", "blobId", "charset"] {
            if part.remove(name).is_some_and(|value| !value.is_null()) {
                return Err(SetError::invalid(&[&format!("{path}/{name}")]).because("it holds other parts"));
            }
        }
        let header = header(
            path,
            &part,
            Kind { fallback: "multipart/mixed", charset: None, charset_given: false, multipart: true },
        )?;
        self.steps.push(Step::Open(header));
        Ok(())
    }

    fn leaf(&mut self, path: &str, mut part: Object, must_be: Option<&'static str>) -> Result<(), SetError> {
        self.count(path)?;
        part.remove("subParts");
        let wrong = |name: &str, why: &str| Err(SetError::invalid(&[&format!("{path}/{name}")]).because(why));
        let mut take = |name: &str| part.remove(name).filter(|value| !value.is_null());
        let (id, blob, charset, size) = (take("partId"), take("blobId"), take("charset"), take("size"));
        let (content, charset, fallback) = match (id, blob) {
            (Some(_), Some(_)) => return wrong("blobId", "a part has a partId or a blobId"),
            (None, None) => return wrong("blobId", "a part has a partId or a blobId"),
            (Some(Value::String(id)), None) => {
                // "charset MUST be omitted", "size MUST be omitted"
                if charset.is_some() {
                    return wrong("charset", "it is what the text is written in");
                }
                if size.is_some() {
                    return wrong("size", "it is that of the text");
                }
                let Some((octets, encoding)) = self.text(id) else {
                    return wrong("partId", "there is no such body value");
                };
                self.size = self.room.look(self.size, octets.len()).map_err(Unwritten::told)?;
                (Content::Text(octets, encoding), Some("utf-8".to_owned()), "text/plain")
            }
            (None, Some(Value::String(blob))) => {
                let charset = match charset {
                    None => None,
                    Some(Value::String(charset)) if is_token(&charset) => Some(charset),
                    Some(_) => return wrong("charset", "it is no charset"),
                };
                (Content::Blob(blob), charset, "application/octet-stream")
            }
            (Some(_), None) => return wrong("partId", "it is a text"),
            (None, Some(_)) => return wrong("blobId", "it is an Id"),
        };
        let fallback = must_be.unwrap_or(fallback);
        let charset_given = matches!(content, Content::Blob(_)) && charset.is_some();
        let header = header(path, &part, Kind { fallback, charset, charset_given, multipart: false })?;
        if must_be.is_some_and(|kind| header.kind != kind) {
            return wrong("type", "this list holds one part of its type");
        }
        if matches!(content, Content::Text(..)) && !header.kind.starts_with("text/") {
            return wrong("type", "a body value is text");
        }
        self.steps.push(Step::Leaf(header, content));
        Ok(())
    }

    fn count(&mut self, path: &str) -> Result<(), SetError> {
        self.parts += 1;
        if self.parts > MAX_PARTS {
            return Err(SetError::invalid(&[path]).because(format!("more than {MAX_PARTS} parts")));
        }
        Ok(())
    }

    /// A text as it is written; encoded when a part names it first.
    fn text(&mut self, id: String) -> Option<(Arc<Vec<u8>>, &'static str)> {
        if let Some(known) = self.encoded.get(&id) {
            return Some(known.clone());
        }
        let (octets, encoding) = encoded(self.texts.get(&id)?.get("value")?.as_str()?);
        let text = (Arc::new(octets), encoding);
        self.encoded.insert(id, text.clone());
        Some(text)
    }

    /// "isEncodingProblem and isTruncated MUST be either false or omitted"
    fn all_texts_are_sound(&self) -> Result<(), SetError> {
        for (id, text) in &self.texts {
            let known = |name: &String| ["value", "isEncodingProblem", "isTruncated"].contains(&name.as_str());
            let off = |name: &str| matches!(text.get(name), None | Some(Value::Bool(false) | Value::Null));
            let sound = text.as_object().is_some_and(|text| text.keys().all(known))
                && off("isEncodingProblem")
                && off("isTruncated")
                && text["value"].is_string();
            if !sound {
                return Err(SetError::invalid(&[&format!("bodyValues/{id}")]));
            }
        }
        Ok(())
    }
}

/// "there MUST be exactly one"
fn only(name: &str, list: Value) -> Result<Object, SetError> {
    match list {
        Value::Array(list) => match <[Value; 1]>::try_from(list) {
            Ok([Value::Object(part)]) => Ok(part),
            _ => Err(SetError::invalid(&[name]).because("it holds one part")),
        },
        _ => Err(SetError::invalid(&[name])),
    }
}

/// A text as the body of a part, without a line end that it has not, and how it is encoded.
pub(super) fn encoded(text: &str) -> (Vec<u8>, &'static str) {
    let simple = text.is_ascii()
        && text.lines().all(|line| line.len() <= LINE && !line.bytes().any(|byte| byte < b' ' && byte != b'\t'));
    let (mut octets, encoding) = if simple {
        (text.lines().flat_map(|line| [line.as_bytes(), b"\r\n"].concat()).collect(), "7bit")
    } else {
        (encode_quoted_printable(text), "quoted-printable")
    };
    if !text.ends_with('\n') && octets.ends_with(b"\r\n") {
        octets.truncate(octets.len() - 2);
    }
    (octets, encoding)
}
