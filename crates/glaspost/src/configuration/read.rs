//! Reading the file: every fault is gathered, with its line, column and the nearest known name.
use super::field::Section;
use super::{Certificate, Configuration, Listener, Route, validate};
use std::fmt;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Line and column from 1; nothing where the fault is that something is missing.
    pub(crate) place: Option<(usize, usize)>,
    /// What is wrong, and what would be right.
    pub(crate) message: String,
}

impl Fault {
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self { place: None, message: message.into() }
    }

    /// The fault as one line about the file `name`.
    pub(crate) fn in_file<'a>(&'a self, name: &'a Path) -> impl fmt::Display + 'a {
        struct Line<'a>(&'a Path, &'a Fault);
        impl fmt::Display for Line<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.1.place {
                    Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.0.display(), self.1.message),
                    None => write!(f, "{}: {}", self.0.display(), self.1.message),
                }
            }
        }
        Line(name, self)
    }
}

/// Reads and checks the file at `path`.
///
/// # Errors
/// Every fault of the file, or the one that it cannot be read.
pub(crate) fn load(path: &Path) -> Result<Configuration, Vec<Fault>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![Fault::missing(error.to_string())])?;
    parse(&text)
}

/// Reads and checks the text of a file.
///
/// # Errors
/// Every fault of the text.
pub(crate) fn parse(text: &str) -> Result<Configuration, Vec<Fault>> {
    let mut reader =
        Reader { text, faults: Vec::new(), configuration: Configuration::default(), route_places: Vec::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reader.wrong(error.span(), error.message());
    }
    if reader.faults.is_empty() {
        reader.document(document.into_inner());
        reader.faults.extend(validate::check(&reader.configuration, &reader.route_places));
    }
    if reader.faults.is_empty() { Ok(reader.configuration) } else { Err(reader.faults) }
}

/// The tables that the file may hold, beside the settings of [`super::General`] that stand before them.
const TABLES: [&str; 17] = [
    "listener",
    "certificate",
    "mx",
    "mta-sts",
    "submission",
    "relay",
    "lmtp",
    "imap",
    "pop3",
    "webmail",
    "passwords",
    "store",
    "dns",
    "queue",
    "route",
    "journal",
    "limits",
];

struct Reader<'t> {
    text: &'t str,
    faults: Vec<Fault>,
    configuration: Configuration,
    /// Line and column of each `[[route]]`.
    route_places: Vec<(usize, usize)>,
}

impl Reader<'_> {
    fn document(&mut self, document: DeTable<'_>) {
        let mut configuration = std::mem::take(&mut self.configuration);
        for (key, value) in document {
            match key.get_ref().as_ref() {
                "listener" => configuration.listeners = self.tables::<Listener>("listener", value),
                "certificate" => configuration.certificates = self.tables::<Certificate>("certificate", value),
                "mx" => self.table(&mut configuration.mx, "mx", value),
                "mta-sts" => self.table(&mut configuration.mta_sts, "mta-sts", value),
                "submission" => self.table(&mut configuration.submission, "submission", value),
                "relay" => self.table(&mut configuration.relay, "relay", value),
                "lmtp" => self.table(&mut configuration.lmtp, "lmtp", value),
                "imap" => self.table(&mut configuration.imap, "imap", value),
                "pop3" => self.table(&mut configuration.pop3, "pop3", value),
                "webmail" => self.table(&mut configuration.webmail, "webmail", value),
                "passwords" => self.table(&mut configuration.passwords, "passwords", value),
                "store" => self.table(&mut configuration.store, "store", value),
                "dns" => self.table(&mut configuration.dns, "dns", value),
                "queue" => self.table(&mut configuration.queue, "queue", value),
                "route" => {
                    self.route_places = places(self.text, &value);
                    configuration.routes = self.tables::<Route>("route", value);
                }
                "journal" => self.table(&mut configuration.journal, "journal", value),
                "limits" => self.table(&mut configuration.limits, "limits", value),
                _ => self.setting(&mut configuration.general, None, &key, value),
            }
        }
        self.configuration = configuration;
    }

    fn tables<S: Section>(&mut self, name: &str, value: Spanned<DeValue<'_>>) -> Vec<S> {
        let span = value.span();
        let DeValue::Array(items) = value.into_inner() else {
            self.wrong(Some(span), &format!("write [[{name}]], once for each"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in items {
            let mut section = S::default();
            self.table(&mut section, name, item);
            sections.push(section);
        }
        sections
    }

    fn table<S: Section>(&mut self, section: &mut S, name: &str, value: Spanned<DeValue<'_>>) {
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            self.wrong(Some(span), &format!("`{name}` is a table: write [{name}]"));
            return;
        };
        for (key, value) in table {
            self.setting(section, Some(name), &key, value);
        }
    }

    fn setting<S: Section>(
        &mut self,
        section: &mut S,
        table: Option<&str>,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: Spanned<DeValue<'_>>,
    ) {
        let name = key.get_ref().as_ref();
        let span = value.span();
        match section.set(name, value) {
            Some(Ok(())) => {}
            Some(Err(error)) => self.wrong(error.span().or(Some(span)), &format!("`{name}`: {}", error.message())),
            None => {
                let known = S::fields().into_iter().map(|field| field.key);
                let tables = if table.is_none() { TABLES.as_slice() } else { &[] };
                let nearest = nearest(name, known.chain(tables.iter().map(|table| (*table).to_owned())));
                let place = table.map_or_else(String::new, |table| match table {
                    "listener" | "certificate" | "route" => format!(" in [[{table}]]"),
                    _ => format!(" in [{table}]"),
                });
                let hint = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
                self.wrong(Some(key.span()), &format!("unknown setting `{name}`{place}{hint}"));
            }
        }
    }

    fn wrong(&mut self, span: Option<Range<usize>>, message: &str) {
        let place = span.map(|span| place(self.text, span.start));
        self.faults.push(Fault { place, message: message.to_owned() });
    }
}

/// The known name that is most like `name`, if one is like it at all.
pub(super) fn nearest(name: &str, known: impl Iterator<Item = String>) -> Option<String> {
    known
        .map(|known| (strsim::jaro_winkler(name, &known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}

/// The lines and columns of tables of one name.
fn places(text: &str, tables: &Spanned<DeValue<'_>>) -> Vec<(usize, usize)> {
    let DeValue::Array(items) = tables.get_ref() else { return Vec::new() };
    items.iter().map(|item| place(text, item.span().start)).collect()
}

/// The line and column, from 1, of a byte of `text`.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before.get(start..).unwrap_or_default().chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n";

    fn faults(text: &str) -> Vec<String> {
        let faults = parse(&format!("{RIGHT}{text}")).unwrap_err();
        faults.iter().map(|fault| fault.in_file(Path::new("glaspost.toml")).to_string()).collect()
    }

    #[test]
    fn every_fault_is_told_with_its_place_and_the_nearest_name() {
        assert_eq!(
            faults("[submission]\nmax-recipient = 5\nhelo = \"strickt\"\n[limits]\nenabled = 1\n[quue]\n"),
            [
                "glaspost.toml:7:11: `enabled`: invalid type: integer `1`, expected a boolean",
                "glaspost.toml:8:2: unknown setting `quue`; did you mean `queue`?",
                "glaspost.toml:5:8: `helo`: unknown variant `strickt`, expected `strict` or `lenient`",
                "glaspost.toml:4:1: unknown setting `max-recipient` in [submission]; did you mean `max-recipients`?",
            ]
        );
    }

    #[test]
    fn a_broken_file_names_the_line() {
        assert!(faults("[mx\n")[0].starts_with("glaspost.toml:3:"));
    }

    #[test]
    fn every_example_is_right() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let configuration = load(&path).unwrap_or_else(|faults| panic!("{}: {faults:?}", path.display()));
            assert!(!configuration.listeners.is_empty());
        }
    }

    #[test]
    fn what_is_right_is_read() {
        let text = format!(
            "{RIGHT}max-message-size = \"20 MiB\"\n[mx]\ntimeout = \"2 min\"\n[queue]\nsmart-host = {{ host = \"relay.example.net\", port = 25 }}\n"
        );
        let configuration = parse(&text).unwrap();
        assert_eq!(configuration.general.max_message_size.bytes(), 20 << 20);
        assert_eq!(configuration.mx.timeout.0.as_secs(), 120);
        assert_eq!(configuration.queue.smart_host.unwrap().port, 25);
    }
}
