//! An MDN as JMAP has it (RFC 9007, 1.3.1), and as its fields say (RFC 8098, 3.2).
use jmap_wire::{Object, SetError};
use message::{HeaderFields, HeaderWriter};
use serde_json::{Map, Value, json};

/// The most octets of one text.
const MOST: usize = 1_000;
/// The most octets of the text for people.
const MOST_TEXT: usize = 32 * 1024;
/// The most fields beside those that are known.
const MOST_FIELDS: usize = 50;

/// What became of a message, and who says so (RFC 8098, 3.2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) action: String,
    pub(super) sending: String,
    pub(super) kind: String,
}

/// A notice that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    pub(super) email: String,
    pub(super) subject: Option<String>,
    pub(super) text: Option<String>,
    pub(super) original: bool,
    pub(super) reporting: Option<String>,
    pub(super) disposition: Disposition,
    pub(super) final_recipient: Option<String>,
    pub(super) more: Vec<(String, String)>,
}

const ACTIONS: [&str; 2] = ["manual-action", "automatic-action"];
const SENDINGS: [&str; 2] = ["mdn-sent-manually", "mdn-sent-automatically"];
const KINDS: [&str; 4] = ["deleted", "dispatched", "displayed", "processed"];

impl Notice {
    /// Reads what a client wants to be sent.
    ///
    /// # Errors
    /// `invalidProperties`.
    pub(super) fn read(object: &Object) -> Result<Self, SetError> {
        let mut notice = Self {
            email: String::new(),
            subject: None,
            text: None,
            original: false,
            reporting: None,
            disposition: disposition(object.get("disposition")).ok_or_else(|| SetError::invalid(&["disposition"]))?,
            final_recipient: None,
            more: Vec::new(),
        };
        for (name, value) in object.iter().filter(|(_, value)| !value.is_null()) {
            let wrong = || SetError::invalid(&[name]);
            let line = || value.as_str().filter(|text| is_line(text)).map(str::to_owned).ok_or_else(wrong);
            match name.as_str() {
                "disposition" => {}
                "forEmailId" => notice.email = line()?,
                "subject" => notice.subject = Some(line()?),
                "textBody" => {
                    let text = value.as_str().filter(|text| text.len() <= MOST_TEXT).ok_or_else(wrong)?;
                    notice.text = Some(text.to_owned());
                }
                "includeOriginalMessage" => notice.original = value.as_bool().ok_or_else(wrong)?,
                "reportingUA" => notice.reporting = Some(line()?),
                "finalRecipient" => notice.final_recipient = Some(line()?),
                "extensionFields" => notice.more = more(value).ok_or_else(wrong)?,
                // the others are set by the server
                _ => return Err(wrong()),
            }
        }
        if notice.email.is_empty() { Err(SetError::invalid(&["forEmailId"])) } else { Ok(notice) }
    }
}

fn is_line(text: &str) -> bool {
    text.len() <= MOST && !text.contains(char::is_control)
}

fn disposition(value: Option<&Value>) -> Option<Disposition> {
    let object = value?.as_object()?;
    let one = |name: &str, known: &[&str]| {
        let word = object.get(name)?.as_str()?;
        known.contains(&word).then(|| word.to_owned())
    };
    (object.len() == 3).then_some(())?;
    Some(Disposition {
        action: one("actionMode", &ACTIONS)?,
        sending: one("sendingMode", &SENDINGS)?,
        kind: one("type", &KINDS)?,
    })
}

/// Fields of an extension: their names are tokens of a header, and none of those that the server writes.
fn more(value: &Value) -> Option<Vec<(String, String)>> {
    let members = value.as_object().filter(|members| members.len() <= MOST_FIELDS)?;
    members
        .iter()
        .map(|(name, value)| {
            let sound = !name.is_empty()
                && name.len() <= 76
                && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
                && !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name));
            let value = value.as_str().filter(|text| is_line(text) && text.is_ascii())?;
            sound.then(|| (name.clone(), value.to_owned()))
        })
        .collect()
}

const KNOWN: [&str; 7] = [
    "Reporting-UA",
    "MDN-Gateway",
    "Original-Recipient",
    "Final-Recipient",
    "Original-Message-ID",
    "Disposition",
    "Error",
];

/// What the server knows of it beside what the client wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    pub(super) final_recipient: String,
    pub(super) original_recipient: Option<String>,
    pub(super) message_id: Option<String>,
}

/// The fields of the part for programs (RFC 8098, 3.2).
pub(super) fn fields(notice: &Notice, about: &About) -> Vec<u8> {
    let mut fields = HeaderWriter::new();
    if let Some(reporting) = &notice.reporting {
        fields = fields.field("Reporting-UA", reporting);
    }
    if let Some(original) = &about.original_recipient {
        fields = fields.field("Original-Recipient", original);
    }
    fields = fields.field("Final-Recipient", &about.final_recipient);
    if let Some(id) = &about.message_id {
        fields = fields.field("Original-Message-ID", id);
    }
    let Disposition { action, sending, kind } = &notice.disposition;
    fields = fields.field("Disposition", &format!("{action}/{sending}; {kind}"));
    for (name, value) in &notice.more {
        fields = fields.field(name, value);
    }
    fields.into_bytes()
}

/// What the fields of a notice say; nothing where they are none.
pub(super) fn read_fields(fields: &[u8]) -> Option<Map<String, Value>> {
    let mut told = Map::new();
    let (mut errors, mut more) = (Vec::new(), Map::new());
    for field in HeaderFields::new(fields).take(MOST_FIELDS) {
        let value = String::from_utf8_lossy(&field.unfolded()).into_owned();
        let name = String::from_utf8_lossy(field.name).into_owned();
        let known = KNOWN.iter().find(|known| field.is(known)).copied();
        match known {
            Some("Disposition") => drop(told.insert("disposition".to_owned(), read_disposition(&value)?)),
            Some("Error") => errors.push(Value::from(value)),
            Some("Reporting-UA") => drop(told.insert("reportingUA".to_owned(), value.into())),
            Some("MDN-Gateway") => drop(told.insert("mdnGateway".to_owned(), value.into())),
            Some("Original-Recipient") => drop(told.insert("originalRecipient".to_owned(), value.into())),
            Some("Final-Recipient") => drop(told.insert("finalRecipient".to_owned(), value.into())),
            Some("Original-Message-ID") => drop(told.insert("originalMessageId".to_owned(), value.into())),
            _ => drop(more.insert(name, value.into())),
        }
    }
    // RFC 8098, 3.1: these two must be there
    if !told.contains_key("disposition") || !told.contains_key("finalRecipient") {
        return None;
    }
    told.insert("error".to_owned(), if errors.is_empty() { Value::Null } else { errors.into() });
    told.insert("extensionFields".to_owned(), if more.is_empty() { Value::Null } else { more.into() });
    Some(told)
}

/// `manual-action/MDN-sent-manually; displayed`, in any case, with modifiers behind the type.
fn read_disposition(value: &str) -> Option<Value> {
    let lower = value.to_ascii_lowercase();
    let (modes, kind) = lower.split_once(';')?;
    let (action, sending) = modes.split_once('/')?;
    let kind = kind.split(['/', ',']).next()?.trim();
    let known = |word: &str, known: &[&str]| known.contains(&word).then(|| word.to_owned());
    Some(json!({
        "actionMode": known(action.trim(), &ACTIONS)?,
        "sendingMode": known(sending.trim(), &SENDINGS)?,
        "type": known(kind, &KINDS)?,
    }))
}
