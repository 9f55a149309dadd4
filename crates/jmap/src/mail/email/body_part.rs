//! An EmailBodyPart (RFC 8621, 4.1.4): a part of a message as JMAP shows it.
use super::allowance::{Allowance, Untold};
use super::header_forms::{Form, HeaderProperty};
use super::reading::{Naming, Reading};
use jmap_wire::MethodError;
use message::{HeaderFields, Part, Structure};
use serde_json::{Map, Value, json};

/// A property of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PartProperty {
    /// One that has a name of its own.
    Named(&'static str),
    /// One that shows a header field, under the name that the client wrote.
    Header(String, HeaderProperty),
}

const NAMED: [&str; 12] = [
    "partId",
    "blobId",
    "size",
    "headers",
    "name",
    "type",
    "charset",
    "disposition",
    "cid",
    "language",
    "location",
    "subParts",
];

/// What is told where the client does not say (RFC 8621, 4.2: bodyProperties).
const DEFAULT: [&str; 10] =
    ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location"];

/// Header properties of one part.
const MAX_PROPERTIES: usize = 256;

impl PartProperty {
    /// Those that are told where none are asked for (RFC 8621, 4.2: `bodyProperties`).
    pub(crate) fn usual() -> Vec<Self> {
        DEFAULT.into_iter().map(Self::Named).collect()
    }

    /// Reads `bodyProperties`.
    ///
    /// # Errors
    /// `invalidArguments`.
    pub(crate) fn read_all(properties: Option<Vec<String>>) -> Result<Vec<Self>, MethodError> {
        let Some(properties) = properties else { return Ok(Self::usual()) };
        if properties.len() > MAX_PROPERTIES {
            return Err(MethodError::InvalidArguments("too many `bodyProperties`".to_owned()));
        }
        properties.into_iter().map(Self::read).collect()
    }

    fn read(property: String) -> Result<Self, MethodError> {
        if let Some(known) = NAMED.into_iter().find(|known| *known == property) {
            return Ok(Self::Named(known));
        }
        match HeaderProperty::read(&property) {
            Some(header) => Ok(Self::Header(property, header?)),
            None => Err(MethodError::InvalidArguments(format!("`{property}` is no property of a part"))),
        }
    }

    fn needs_header(&self) -> bool {
        matches!(self, Self::Named("headers") | Self::Header(..))
    }
}

/// The id of a part within its message (RFC 8621, 4.1.4: partId); a multipart has none.
pub(crate) fn part_id(index: usize) -> String {
    (index + 1).to_string()
}

/// A part by itself, without those in it.
pub(crate) async fn part(
    reading: &mut Reading<'_>,
    index: usize,
    properties: &[PartProperty],
    allowance: &mut Allowance<'_>,
) -> Result<Map<String, Value>, Untold> {
    let header =
        if properties.iter().any(PartProperty::needs_header) { reading.header(index).await? } else { Vec::new() };
    let size = if properties.contains(&PartProperty::Named("size")) {
        reading.decoded_size(index, allowance).await?
    } else {
        0
    };
    let Some(found) = reading.parsed.structure.part(index) else { return Ok(Map::new()) };
    let mut told = Map::new();
    for property in properties {
        if property.needs_header() {
            allowance.look(header.len()).await?;
        }
        let (name, value) = match property {
            // told by who knows what is in it
            PartProperty::Named("subParts") => continue,
            PartProperty::Header(name, field) => (name.as_str(), field.value(&header)),
            PartProperty::Named("size") => ("size", size.into()),
            PartProperty::Named("headers") => ("headers", headers(&header)),
            PartProperty::Named(name) => (*name, value(name, found, (reading.naming, index))),
        };
        allowance.tell(&mut told, name, value)?;
    }
    Ok(told)
}

/// A part whose own parts go by.
struct Open {
    told: Map<String, Value>,
    /// Those that are still to come, the next one last.
    children: Vec<usize>,
    parts: Vec<Value>,
}

/// A part with those in it (`bodyStructure`), without recursion.
pub(crate) async fn tree(
    reading: &mut Reading<'_>,
    properties: &[PartProperty],
    allowance: &mut Allowance<'_>,
) -> Result<Value, Untold> {
    let deep = properties.contains(&PartProperty::Named("subParts"));
    // RFC 8621, 4.1.4: bodyStructure always has its subParts; asked for or not, they are what it is for
    let mut open: Vec<Open> = Vec::new();
    let mut next = Some(0);
    loop {
        if let Some(index) = next.take() {
            let told = part(reading, index, properties, allowance).await?;
            let mut children = inside(&reading.parsed.structure, index);
            children.reverse();
            open.push(Open { told, children, parts: Vec::new() });
        }
        let Some(inner) = open.last_mut() else { return Ok(Value::Null) };
        next = inner.children.pop();
        if next.is_some() {
            continue;
        }
        let Some(Open { mut told, parts, .. }) = open.pop() else { return Ok(Value::Null) };
        if !parts.is_empty() {
            told.insert("subParts".to_owned(), parts.into());
        } else if deep {
            told.insert("subParts".to_owned(), Value::Null);
        }
        match open.last_mut() {
            Some(outer) => outer.parts.push(told.into()),
            None => return Ok(told.into()),
        }
    }
}

/// The parts directly in a multipart; an attached message is one blob.
fn inside(structure: &Structure, index: usize) -> Vec<usize> {
    match structure.part(index) {
        Some(part) if part.is_multipart() => structure.children(index).collect(),
        _ => Vec::new(),
    }
}

fn value(name: &str, part: &Part, (naming, index): (Naming, usize)) -> Value {
    let text = |bytes: &[u8]| Form::Text.value(bytes);
    let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_ascii_lowercase();
    match name {
        "partId" if part.is_multipart() => Value::Null,
        "partId" => part_id(index).into(),
        "blobId" if part.is_multipart() => Value::Null,
        "blobId" => naming.part(index).to_string().into(),
        "name" => part.file_name().into(),
        "type" => format!("{}/{}", lower(&part.media.kind), lower(&part.media.subtype)).into(),
        "charset" if !part.media.is("text") => Value::Null,
        // "the implicit charset as per the MIME standard: us-ascii"
        "charset" => {
            part.charset().map_or_else(|| "us-ascii".to_owned(), |it| String::from_utf8_lossy(it).into()).into()
        }
        "disposition" => part.disposition.as_ref().map(|disposition| lower(&disposition.kind)).into(),
        "cid" => part.id.as_deref().and_then(content_id).into(),
        "language" if part.language.is_empty() => Value::Null,
        "language" => part.language.iter().map(|tag| text(tag)).collect(),
        _ => part.location.as_deref().map(text).into(),
    }
}

/// "with CFWS and surrounding angle brackets removed"
pub(super) fn content_id(raw: &[u8]) -> Option<String> {
    message::message_ids(raw, 1).pop().map(|id| String::from_utf8_lossy(&id).into_owned())
}

/// `headers`: each field with its value in raw form, in order.
pub(crate) fn headers(header: &[u8]) -> Value {
    let told = |field: message::Field<'_>| json!({"name": String::from_utf8_lossy(field.name), "value": Form::Raw.value(field.value)});
    HeaderFields::new(header).map(told).collect()
}
