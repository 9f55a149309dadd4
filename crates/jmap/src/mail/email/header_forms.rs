//! `header:NAME:asFORM:all` (RFC 8621, 4.1.2 and 4.1.3): which header field, in which form.
mod form;
pub(crate) use form::{Form, address, date};

use jmap_wire::MethodError;
use message::HeaderFields;
use serde_json::Value;

/// A property that shows a header field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderProperty {
    /// The field's name, as the client wrote it.
    pub(crate) field: String,
    pub(crate) form: Form,
    /// Every instance, in their order; else the last one.
    pub(crate) all: bool,
}

/// Properties that are short for a field in a form (RFC 8621, 4.1.3).
const SHORT: [(&str, &str, Form); 11] = [
    ("messageId", "Message-ID", Form::MessageIds),
    ("inReplyTo", "In-Reply-To", Form::MessageIds),
    ("references", "References", Form::MessageIds),
    ("sender", "Sender", Form::Addresses),
    ("from", "From", Form::Addresses),
    ("to", "To", Form::Addresses),
    ("cc", "Cc", Form::Addresses),
    ("bcc", "Bcc", Form::Addresses),
    ("replyTo", "Reply-To", Form::Addresses),
    ("subject", "Subject", Form::Text),
    ("sentAt", "Date", Form::Date),
];

impl HeaderProperty {
    /// Reads a property that begins with `header:`; nothing for another.
    ///
    /// # Errors
    /// `invalidArguments` for a name that no field has, and for a form that the field has not.
    pub(crate) fn read(property: &str) -> Option<Result<Self, MethodError>> {
        let rest = property.strip_prefix("header:")?;
        let wrong = |why: &str| Some(Err(MethodError::InvalidArguments(format!("`{property}`: {why}"))));
        let mut parts = rest.split(':');
        let field = parts.next().unwrap_or_default();
        // RFC 5322, 3.6.8: ftext
        if field.is_empty() || !field.bytes().all(|byte| matches!(byte, b'!'..=b'9' | b';'..=b'~')) {
            return wrong("no header field has this name");
        }
        let (mut form, mut all) = (Form::Raw, false);
        let mut next = parts.next();
        if let Some(name) = next.and_then(|part| part.strip_prefix("as")) {
            match Form::named(name) {
                Some(known) => form = known,
                None => return wrong("there is no such form"),
            }
            next = parts.next();
        }
        if next == Some("all") {
            all = true;
            next = parts.next();
        }
        if next.is_some() {
            return wrong("what follows the name is not known");
        }
        if !form.is_for(field) {
            return wrong("this header field has not that form");
        }
        Some(Ok(Self { field: field.to_owned(), form, all }))
    }

    /// The property that is short for a field in a form.
    pub(crate) fn short(property: &str) -> Option<Self> {
        let (_, field, form) = SHORT.into_iter().find(|(name, ..)| *name == property)?;
        Some(Self { field: field.to_owned(), form, all: false })
    }

    /// What it says of a header.
    pub(crate) fn value(&self, header: &[u8]) -> Value {
        let fields = HeaderFields::new(header).filter(|field| field.is(&self.field));
        if self.all {
            // "[...] or an empty array if there are none"
            return fields.map(|field| self.form.value(field.value)).collect();
        }
        fields.last().map_or(Value::Null, |field| self.form.value(field.value))
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, HeaderProperty};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn value(property: &str, header: &str) -> Value {
        HeaderProperty::read(property).unwrap().unwrap().value(header.as_bytes())
    }

    #[test]
    fn properties_are_read() {
        let read = |property| HeaderProperty::read(property).map(Result::unwrap);
        let expected = |field: &str, form, all| Some(HeaderProperty { field: field.to_owned(), form, all });
        assert_eq!(read("header:from"), expected("from", Form::Raw, false));
        assert_eq!(read("header:X-A:all"), expected("X-A", Form::Raw, true));
        assert_eq!(read("header:From:asAddresses:all"), expected("From", Form::Addresses, true));
        assert_eq!(read("header:List-POST:asURLs"), expected("List-POST", Form::Urls, false));
        assert_eq!(read("headers"), None);
        for wrong in [
            "header:",
            "header::asText",
            "header:a b",
            "header:caf\u{e9}",
            "header:X:asNothing",
            "header:X:astext",
            "header:X:all:asText",
            "header:X:all:all",
            "header:X:asText:more",
            "header:X:",
        ] {
            assert!(HeaderProperty::read(wrong).unwrap().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_form_that_the_field_has_not_is_refused() {
        // RFC 8621, 4.1.2: which forms are for which fields
        for (field, forms) in [
            ("Subject", vec!["Raw", "Text"]),
            ("Comments", vec!["Raw", "Text"]),
            ("List-Id", vec!["Raw", "Text", "Addresses", "GroupedAddresses", "MessageIds", "Date", "URLs"]),
            ("X-Mailer", vec!["Raw", "Text", "Addresses", "GroupedAddresses", "MessageIds", "Date", "URLs"]),
            ("from", vec!["Raw", "Addresses", "GroupedAddresses"]),
            ("Resent-Bcc", vec!["Raw", "Addresses", "GroupedAddresses"]),
            ("References", vec!["Raw", "MessageIds"]),
            ("DATE", vec!["Raw", "Date"]),
            ("List-Unsubscribe", vec!["Raw", "URLs"]),
            ("Received", vec!["Raw"]),
            ("Return-Path", vec!["Raw"]),
        ] {
            for form in ["Raw", "Text", "Addresses", "GroupedAddresses", "MessageIds", "Date", "URLs"] {
                let read = HeaderProperty::read(&format!("header:{field}:as{form}")).unwrap();
                assert_eq!(read.is_ok(), forms.contains(&form), "{field} as {form}");
            }
        }
    }

    #[test]
    fn the_last_one_or_all() {
        let header = "X: one\r\nY: other\r\nx: two\r\n\r\nX: body\r\n";
        assert_eq!(value("header:X", header), json!(" two"));
        assert_eq!(value("header:X:all", header), json!([" one", " two"]));
        assert_eq!(value("header:Z", header), Value::Null);
        assert_eq!(value("header:Z:asText:all", header), json!([]));
    }

    #[test]
    fn the_examples_of_the_rfc() {
        // RFC 8621, 4.1.2.3 and 4.1.2.4
        let header = "From: \"  James Smythe\" <james@example.com>, Friends:\r\n  jane@example.com, =?UTF-8?Q?John_Sm=C3=AEth?=\r\n  <john@example.com>;\r\n";
        assert_eq!(
            value("header:From:asAddresses", header),
            json!([
                {"name": "James Smythe", "email": "james@example.com"},
                {"name": null, "email": "jane@example.com"},
                {"name": "John Sm\u{ee}th", "email": "john@example.com"},
            ])
        );
        assert_eq!(
            value("header:From:asGroupedAddresses", header),
            json!([
                {"name": null, "addresses": [{"name": "James Smythe", "email": "james@example.com"}]},
                {"name": "Friends", "addresses": [
                    {"name": null, "email": "jane@example.com"},
                    {"name": "John Sm\u{ee}th", "email": "john@example.com"},
                ]},
            ])
        );
    }

    #[test]
    fn forms_of_values() {
        for (property, header, expected) in [
            ("header:Subject:asText", "Subject: =?utf-8?q?caf=C3=A9?=\r\n  two\r\n", json!("caf\u{e9}  two")),
            ("header:Subject:asText", "Subject: cafe\u{301}\r\n", json!("caf\u{e9}")),
            ("header:Subject", "Subject:  a\r\n\tb\r\n", json!("  a\r\n\tb")),
            ("header:Subject:asText", "Subject:\r\n", json!("")),
            ("header:References:asMessageIds", "References: <a@b> (x)\r\n <c@d>\r\n", json!(["a@b", "c@d"])),
            ("header:Message-ID:asMessageIds", "Message-ID: bare\r\n", Value::Null),
            ("header:Date:asDate", "Date: Fri, 21 Nov 1997 09:55:06 -0600\r\n", json!("1997-11-21T09:55:06-06:00")),
            ("header:Date:asDate", "Date: Thu, 13 Feb 1969 23:32 +0000 (x)\r\n", json!("1969-02-13T23:32:00Z")),
            ("header:Date:asDate", "Date: yesterday\r\n", Value::Null),
            (
                "header:List-Post:asURLs",
                "List-Post: <mailto:list@host.com> (Postings), <http://x/\r\n y>\r\n",
                json!(["mailto:list@host.com", "http://x/y"]),
            ),
            ("header:List-Post:asURLs", "List-Post: NO (posting not allowed)\r\n", Value::Null),
            ("header:To:asAddresses", "To: \r\n", json!([])),
            (
                "header:To:asGroupedAddresses",
                "To: undisclosed-recipients:;\r\n",
                json!([
                    {"name": "undisclosed-recipients", "addresses": []},
                ]),
            ),
            (
                "header:To:asGroupedAddresses",
                "To: a@b, g: c@d; , e@f\r\n",
                json!([
                    {"name": null, "addresses": [{"name": null, "email": "a@b"}]},
                    {"name": "g", "addresses": [{"name": null, "email": "c@d"}]},
                    {"name": null, "addresses": [{"name": null, "email": "e@f"}]},
                ]),
            ),
        ] {
            assert_eq!(value(property, header), expected, "{property} {header}");
        }
    }

    proptest! {
        #[test]
        fn any_octets_have_every_form(value in prop::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(b"<>,;:@\"()\\=?\r\n \0".to_vec())], 0..200)) {
            let header = [b"X: ".as_slice(), &value].concat();
            for form in ["Raw", "Text", "Addresses", "GroupedAddresses", "MessageIds", "Date", "URLs"] {
                let property = HeaderProperty::read(&format!("header:X:as{form}:all")).unwrap().unwrap();
                prop_assert!(property.value(&header).is_array());
            }
        }
    }

    #[test]
    fn raw_bytes_become_text() {
        let raw = HeaderProperty::read("header:X").unwrap().unwrap();
        assert_eq!(raw.value(b"X: a\xffb\0c\r\n"), json!(" a\u{fffd}bc"));
    }
}
