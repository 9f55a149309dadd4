//! To whom and from whom a message goes: as the client says, or as its header does (RFC 8621, 7: `envelope`).
use delivery::EnvelopeAddress;
use jmap_wire::SetError;
use message::{HeaderFields, addresses};
use serde_json::Value;

/// Addresses of a header that are read, and recipients of one envelope as it is written.
const MAX_ADDRESSES: usize = 10_000;

/// An envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) mail_from: EnvelopeAddress,
    pub(super) rcpt_to: Vec<EnvelopeAddress>,
}

/// Reads what a client has written.
///
/// # Errors
/// `invalidProperties`.
pub(super) fn read(value: &Value) -> Result<Envelope, SetError> {
    let wrong = || SetError::invalid(&["envelope"]);
    let object = value.as_object().ok_or_else(wrong)?;
    if object.keys().any(|name| !["mailFrom", "rcptTo"].contains(&name.as_str())) {
        return Err(wrong());
    }
    let mail_from = object.get("mailFrom").and_then(address).ok_or_else(wrong)?;
    let list = object.get("rcptTo").and_then(Value::as_array).filter(|list| list.len() <= MAX_ADDRESSES);
    let rcpt_to = list.and_then(|list| list.iter().map(address).collect::<Option<Vec<_>>>()).ok_or_else(wrong)?;
    Ok(Envelope { mail_from, rcpt_to })
}

fn address(value: &Value) -> Option<EnvelopeAddress> {
    let object = value.as_object()?;
    let email = object.get("email")?.as_str()?.to_owned();
    let parameters = match object.get("parameters") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Object(parameters)) => parameters
            .iter()
            .map(|(name, value)| match value {
                Value::Null => Some((name.clone(), None)),
                Value::String(value) => Some((name.clone(), Some(value.clone()))),
                _ => None,
            })
            .collect::<Option<_>>()?,
        Some(_) => return None,
    };
    let known = object.keys().all(|name| ["email", "parameters"].contains(&name.as_str()));
    known.then_some(EnvelopeAddress { email, parameters })
}

/// What a header says: from the address in Sender, else in From, to all in To, Cc and Bcc, each once. "If the address found from
/// this is not allowed by the Identity associated with this submission, the email property from the Identity MUST be used instead."
pub(super) fn derived(header: &[u8], identity: &str) -> Envelope {
    let list = |names: &[&str]| -> Vec<String> {
        let mut room = MAX_ADDRESSES;
        let mut found = Vec::new();
        for field in HeaderFields::new(header).filter(|field| names.iter().any(|name| field.is(name))) {
            let (list, _) = addresses(field.value, &mut room);
            found.extend(list.iter().filter_map(|address| Some(address.readable()?.address)));
        }
        found
    };
    let plain = |email: String| EnvelopeAddress { email, parameters: Vec::new() };
    // "the first address in the last Sender/From header field"
    let last = |name: &str| {
        let field = HeaderFields::new(header).filter(|field| field.is(name)).last()?;
        addresses(field.value, &mut 1).0.first()?.readable().map(|address| address.address)
    };
    let from = last("Sender").or_else(|| last("From"));
    let from = from.filter(|from| from.eq_ignore_ascii_case(identity)).unwrap_or_else(|| identity.to_owned());
    let mut to: Vec<String> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for email in list(&["To", "Cc", "Bcc"]) {
        if known.insert(email.to_lowercase()) {
            to.push(email);
        }
    }
    Envelope { mail_from: plain(from), rcpt_to: to.into_iter().map(plain).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn emails(envelope: &Envelope) -> (&str, Vec<&str>) {
        (&envelope.mail_from.email, envelope.rcpt_to.iter().map(|to| to.email.as_str()).collect())
    }

    #[test]
    fn a_header_says_to_whom() {
        let header = b"From: Anna <a@b.nl>, x@b.nl\r\nTo: C <c@d.nl>, g: e@f.nl;\r\nCc: C@D.nl\r\nBcc: h@i.nl\r\n\r\nTo: no@no.nl\r\n";
        assert_eq!(emails(&derived(header, "A@b.nl")), ("a@b.nl", vec!["c@d.nl", "e@f.nl", "h@i.nl"]));
        let sent = b"Sender: s@b.nl\r\nSender: t@b.nl\r\nFrom: a@b.nl\r\n\r\n";
        assert_eq!(emails(&derived(sent, "t@b.nl")), ("t@b.nl", vec![]));
        // an address that the identity does not have is not its sender
        assert_eq!(emails(&derived(sent, "a@b.nl")), ("a@b.nl", vec![]));
        assert_eq!(emails(&derived(b"Subject: x\r\n\r\n", "a@b.nl")), ("a@b.nl", vec![]));
    }

    #[test]
    fn a_client_says_to_whom() {
        let right = json!({
            "mailFrom": {"email": "a@b.nl", "parameters": {"HOLDFOR": "5", "SMTPUTF8": null}},
            "rcptTo": [{"email": "c@d.nl", "parameters": null}, {"email": "e@f.nl"}],
        });
        let envelope = read(&right).unwrap();
        assert_eq!(emails(&envelope), ("a@b.nl", vec!["c@d.nl", "e@f.nl"]));
        assert_eq!(envelope.mail_from.parameters, [("HOLDFOR".into(), Some("5".into())), ("SMTPUTF8".into(), None)]);
        for wrong in [
            json!({"mailFrom": {"email": "a@b.nl"}}),
            json!({"rcptTo": []}),
            json!({"mailFrom": "a@b.nl", "rcptTo": []}),
            json!({"mailFrom": {"email": "a@b.nl", "parameters": {"X": 1}}, "rcptTo": []}),
            json!({"mailFrom": {"email": "a@b.nl"}, "rcptTo": [], "more": 1}),
            json!([]),
        ] {
            assert!(read(&wrong).is_err(), "{wrong}");
        }
    }
}
