//! The file as the manual shows it: every setting with its text and its default; and as it is in force.
use super::field::{Field, Section, written};
use super::{
    Certificate, Configuration, Dns, General, Imap, Journal, Limits, Listener, Lmtp, MtaSts, Mx, Passwords, Pop3,
    Queue, Relay, Route, StoreSection, Submission, Webmail,
};
use std::fmt::Write;

/// The whole file with every comment and default.
pub(crate) fn reference() -> String {
    let mut text = String::from("# Glaspost: every setting with its default. What stands behind `#` is not set.\n");
    section::<General>(&mut text, None);
    section::<Listener>(&mut text, Some("[[listener]]"));
    section::<Certificate>(&mut text, Some("[[certificate]]"));
    section::<Mx>(&mut text, Some("[mx]"));
    section::<MtaSts>(&mut text, Some("[mta-sts]"));
    section::<Submission>(&mut text, Some("[submission]"));
    section::<Relay>(&mut text, Some("[relay]"));
    section::<Lmtp>(&mut text, Some("[lmtp]"));
    section::<Imap>(&mut text, Some("[imap]"));
    section::<Pop3>(&mut text, Some("[pop3]"));
    section::<Webmail>(&mut text, Some("[webmail]"));
    section::<Passwords>(&mut text, Some("[passwords]"));
    section::<StoreSection>(&mut text, Some("[store]"));
    section::<Dns>(&mut text, Some("[dns]"));
    section::<Queue>(&mut text, Some("[queue]"));
    section::<Route>(&mut text, Some("[[route]]"));
    section::<Journal>(&mut text, Some("[journal]"));
    section::<Limits>(&mut text, Some("[limits]"));
    text
}

fn section<S: Section>(text: &mut String, header: Option<&str>) {
    text.push('\n');
    for line in S::DOC {
        let _ = writeln!(text, "#{line}");
    }
    // A list of tables has no defaults that hold by themselves: it is shown as an example.
    let example = header.is_some_and(|header| header.starts_with("[["));
    if let Some(header) = header {
        let _ = writeln!(text, "{}{header}", if example { "# " } else { "" });
    }
    for Field { key, doc, default } in S::fields() {
        text.push('\n');
        for line in doc {
            let _ = writeln!(text, "#{line}");
        }
        let _ = match default {
            Some(default) if !example => writeln!(text, "{key} = {default}"),
            Some(default) => writeln!(text, "# {key} = {default}"),
            None => writeln!(text, "# {key} ="),
        };
    }
}

/// The settings in force, defaults included, as a file that can be read again.
pub(crate) fn show(configuration: &Configuration) -> String {
    let mut text = String::new();
    values(&mut text, None, &configuration.general);
    for listener in &configuration.listeners {
        values(&mut text, Some("[[listener]]"), listener);
    }
    for certificate in &configuration.certificates {
        values(&mut text, Some("[[certificate]]"), certificate);
    }
    values(&mut text, Some("[mx]"), &configuration.mx);
    values(&mut text, Some("[mta-sts]"), &configuration.mta_sts);
    values(&mut text, Some("[submission]"), &configuration.submission);
    values(&mut text, Some("[relay]"), &configuration.relay);
    values(&mut text, Some("[lmtp]"), &configuration.lmtp);
    values(&mut text, Some("[imap]"), &configuration.imap);
    values(&mut text, Some("[pop3]"), &configuration.pop3);
    values(&mut text, Some("[webmail]"), &configuration.webmail);
    values(&mut text, Some("[passwords]"), &configuration.passwords);
    values(&mut text, Some("[store]"), &configuration.store);
    values(&mut text, Some("[dns]"), &configuration.dns);
    values(&mut text, Some("[queue]"), &configuration.queue);
    for route in &configuration.routes {
        values(&mut text, Some("[[route]]"), route);
    }
    values(&mut text, Some("[journal]"), &configuration.journal);
    values(&mut text, Some("[limits]"), &configuration.limits);
    text
}

/// The settings in force as one JSON document.
pub(crate) fn as_json(configuration: &Configuration) -> serde_json::Value {
    serde_json::json!({
        "general": configuration.general, "listener": configuration.listeners, "certificate": configuration.certificates,
        "mx": configuration.mx, "mta-sts": configuration.mta_sts, "submission": configuration.submission, "relay": configuration.relay,
        "lmtp": configuration.lmtp, "imap": configuration.imap, "pop3": configuration.pop3,
        "webmail": configuration.webmail, "passwords": configuration.passwords, "store": configuration.store, "dns": configuration.dns, "queue": configuration.queue,
        "route": configuration.routes,
        "journal": configuration.journal, "limits": configuration.limits,
    })
}

fn values<S: Section>(text: &mut String, header: Option<&str>, section: &S) {
    if let Some(header) = header {
        let _ = writeln!(text, "\n{header}");
    }
    let Ok(serde_json::Value::Object(values)) = serde_json::to_value(section) else { return };
    for Field { key, .. } in S::fields() {
        if let Some(value) = values.get(&key).and_then(table_or_plain) {
            let _ = writeln!(text, "{key} = {value}");
        }
    }
}

/// A value as TOML writes it; inner tables stand on one line.
fn table_or_plain(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().filter_map(|(key, value)| Some(format!("{key} = {}", table_or_plain(value)?))).collect();
            Some(format!("{{ {} }}", fields.join(", ")))
        }
        serde_json::Value::Array(items) => {
            Some(format!("[{}]", items.iter().filter_map(table_or_plain).collect::<Vec<_>>().join(", ")))
        }
        plain => written(plain),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn the_reference_is_a_file_that_can_be_read() {
        let text = format!("host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n{}", reference());
        parse(&text).unwrap();
    }

    #[test]
    fn what_is_shown_reads_as_the_same() {
        let text = "host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\nown-networks = [\"127.0.0.0/24\"]\n\
                    [[listener]]\nservice = \"mx\"\naddress = [\"127.0.0.1:25\"]\n\
                    [queue]\nroutes = [{ domain = \"example.net\", host = \"sink\", port = 2525 }]\n\
                    [[route]]\nkind = \"refuse\"\nrecipient-domains = [\".x.nl\"]\nsender-domains = [\"<>\"]\ntext = \"no\"\n\
                    [[route]]\nkind = \"lmtp\"\nhosts = [\"[::1]:24\"]\ntls = \"off\"\n";
        let shown = show(&parse(text).unwrap());
        assert_eq!(show(&parse(&shown).unwrap()), shown);
        assert!(shown.contains("routes = [{ domain = \"example.net\", host = \"sink\", port = 2525 }]"), "{shown}");
    }
}
