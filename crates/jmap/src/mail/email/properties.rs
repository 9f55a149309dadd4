//! Properties of an email (RFC 8621, 4.1), as a client asks for them.
use super::body_part::PartProperty;
use super::header_forms::HeaderProperty;
use super::reading::MAX_VALUE;
use jmap_wire::{Arguments, MethodError};

/// A property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Property {
    /// One that has a name of its own.
    Named(&'static str),
    /// One that shows a header field, under the name that the client wrote.
    Header(String, HeaderProperty),
}

/// What is of the email, not of its bytes: a message that is only parsed has none of these but its blob and size.
const OF_EMAIL: [&str; 7] = ["id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt"];
const OF_BYTES: [&str; 8] =
    ["headers", "bodyStructure", "bodyValues", "textBody", "htmlBody", "attachments", "hasAttachment", "preview"];
const SHORT: [&str; 11] =
    ["messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt"];

/// What is told where the client does not say (RFC 8621, 4.2 and 4.9).
const DEFAULT_OF_GET: [&str; 7] = OF_EMAIL;
const DEFAULT: [&str; 17] = [
    "messageId",
    "inReplyTo",
    "references",
    "sender",
    "from",
    "to",
    "cc",
    "bcc",
    "replyTo",
    "subject",
    "sentAt",
    "hasAttachment",
    "preview",
    "bodyValues",
    "textBody",
    "htmlBody",
    "attachments",
];

/// Properties of one call, or of one object that is passed back.
pub(crate) const MAX_PROPERTIES: usize = 256;

/// What is wanted of each email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) properties: Vec<Property>,
    pub(crate) part_properties: Vec<PartProperty>,
    pub(crate) text_values: bool,
    pub(crate) html_values: bool,
    pub(crate) all_values: bool,
    /// The largest value of a body, in bytes.
    pub(crate) max_value: usize,
}

/// Of what something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Of an email.
    Email,
    /// Of a blob that is parsed (RFC 8621, 4.9).
    Blob,
}

impl Wanted {
    /// These properties alone.
    pub(crate) fn only(properties: Vec<Property>) -> Self {
        Self {
            properties,
            part_properties: PartProperty::usual(),
            text_values: false,
            html_values: false,
            all_values: false,
            max_value: MAX_VALUE,
        }
    }

    /// Reads what is asked beside the ids.
    ///
    /// # Errors
    /// `invalidArguments`.
    pub(crate) fn read(
        of: Of,
        properties: Option<Vec<String>>,
        arguments: &mut Arguments,
    ) -> Result<Self, MethodError> {
        let properties = match properties {
            None => {
                let own = DEFAULT_OF_GET.into_iter().filter(|_| of == Of::Email);
                own.chain(DEFAULT).map(Property::Named).collect()
            }
            Some(names) if names.len() > MAX_PROPERTIES => {
                return Err(MethodError::InvalidArguments("too many `properties`".to_owned()));
            }
            Some(names) => {
                // "The id property of the object is always returned"
                let mut read: Vec<Property> = (of == Of::Email).then_some(Property::Named("id")).into_iter().collect();
                for name in names {
                    let property = Property::read(name)?;
                    if !read.contains(&property) {
                        read.push(property);
                    }
                }
                read
            }
        };
        let max = arguments.unsigned("maxBodyValueBytes")?.filter(|max| *max > 0);
        let max = max.and_then(|max| usize::try_from(max).ok()).unwrap_or(MAX_VALUE);
        Ok(Self {
            properties,
            part_properties: PartProperty::read_all(arguments.texts("bodyProperties")?)?,
            text_values: arguments.truth("fetchTextBodyValues")?,
            html_values: arguments.truth("fetchHTMLBodyValues")?,
            all_values: arguments.truth("fetchAllBodyValues")?,
            max_value: max.min(MAX_VALUE),
        })
    }
}

impl Property {
    /// Reads the name of one.
    ///
    /// # Errors
    /// `invalidArguments`.
    pub(crate) fn read(name: String) -> Result<Self, MethodError> {
        let known = OF_EMAIL.iter().chain(&OF_BYTES).chain(&SHORT).find(|known| **known == name);
        if let Some(known) = known {
            return Ok(Self::Named(known));
        }
        match HeaderProperty::read(&name) {
            Some(header) => Ok(Self::Header(name, header?)),
            None => Err(MethodError::InvalidArguments(format!("`{name}` is no property"))),
        }
    }
}
