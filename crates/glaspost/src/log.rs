//! The operator's log: one line an event on standard error, `logfmt` for people, JSON for machines.
//!
//! Whatever a peer sent cannot end a line or colour a terminal: control characters and marks that turn the
//! direction of text are escaped.
use clap::ValueEnum;
use std::fmt::{self, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// `time=… level=… msg="…" key=value`
    Logfmt,
    /// One JSON object a line.
    Json,
}

/// Begins to log. Only the first call counts.
pub(crate) fn begin(format: LogFormat, level: tracing::Level) {
    let builder = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        // it would tell that a line could not be written by writing another, and panic where the disk is full
        .log_internal_errors(false);
    let begun = match format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        LogFormat::Logfmt => builder.event_format(Logfmt).fmt_fields(Fields).try_init(),
    };
    if let Err(error) = begun {
        tracing::debug!(%error, "the log was begun before");
    }
}

struct Logfmt;

impl<S, N> FormatEvent<S, N> for Logfmt
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut out: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let now = jiff::Timestamp::now();
        write!(out, "time={now:.3} level={}", event.metadata().level().as_str().to_ascii_lowercase())?;
        let mut visitor = Pairs { out: &mut out, result: Ok(()) };
        event.record(&mut visitor);
        visitor.result?;
        for span in context.event_scope().into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                out.write_str(fields)?;
            }
        }
        writeln!(out)
    }
}

/// Writes a span's fields as the pairs of its events.
struct Fields;

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: tracing_subscriber::field::RecordFields>(&self, mut out: Writer<'w>, fields: R) -> fmt::Result {
        let mut visitor = Pairs { out: &mut out, result: Ok(()) };
        fields.record(&mut visitor);
        visitor.result
    }
}

struct Pairs<'a, 'w> {
    out: &'a mut Writer<'w>,
    result: fmt::Result,
}

impl Pairs<'_, '_> {
    fn pair(&mut self, field: &Field, value: &str) {
        let name = if field.name() == "message" { "msg" } else { field.name() };
        if self.result.is_ok() {
            self.result = write!(self.out, " {name}=").and_then(|()| write_value(self.out, value));
        }
    }
}

impl Visit for Pairs<'_, '_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.pair(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.pair(field, &format!("{value:?}"));
    }
}

/// A bare word, or a quoted text in which nothing can end the line.
fn write_value(out: &mut impl Write, value: &str) -> fmt::Result {
    let bare = !value.is_empty() && value.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '=' | '\\'));
    if bare {
        return out.write_str(value);
    }
    out.write_char('"')?;
    for c in value.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if texts::is_unshown(c) => write!(out, "\\u{{{:x}}}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::write_value;

    fn written(value: &str) -> String {
        let mut text = String::new();
        write_value(&mut text, value).unwrap();
        text
    }

    #[test]
    fn nothing_ends_the_line_or_colours_the_terminal() {
        assert_eq!(written("mail.example.org"), "mail.example.org");
        assert_eq!(written(""), "\"\"");
        assert_eq!(written("a=b \"c\""), "\"a=b \\\"c\\\"\"");
        assert_eq!(written("x\r\nlevel=error \u{1b}[31m\u{202e}"), "\"x\\r\\nlevel=error \\u{1b}[31m\\u{202e}\"");
        for code in (0..0x20).chain(0x7f..0xa0) {
            let c = char::from_u32(code).unwrap();
            assert!(!written(&c.to_string()).contains(c));
        }
    }
}
