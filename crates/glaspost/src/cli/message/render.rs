//! A message's summary for people.
use super::summary::{AddressView, PartView, Summary};
use crate::cli::table::Table;
use crate::cli::terminal::safe_text;

/// The whole page.
pub(super) fn render(summary: &Summary) -> String {
    let mut page = head(summary);
    page.push_str("\nParts\n");
    page.push_str(&tree(&summary.parts));
    if !summary.flaws.is_empty() {
        page.push_str("\nFlaws\n");
        let mut table = Table::bare();
        for flaw in &summary.flaws {
            table.row(&[flaw.name.to_owned(), flaw.meaning.to_owned()]);
        }
        page.push_str(&table.render());
    }
    page.push_str("\nPreview\n");
    page.push_str(&indented(&summary.preview));
    page.push_str("\nText\n");
    page.push_str(&indented(&summary.text));
    if summary.text_cut {
        page.push_str("  (there is more: --text)\n");
    }
    page
}

fn head(summary: &Summary) -> String {
    let envelope = &summary.envelope;
    let mut table = Table::bare();
    let lines = [
        ("Date", envelope.date.clone()),
        ("Subject", envelope.subject.clone()),
        ("From", people(&envelope.from)),
        ("Sender", people(&envelope.sender)),
        ("Reply-To", people(&envelope.reply_to)),
        ("To", people(&envelope.to)),
        ("Cc", people(&envelope.cc)),
        ("Bcc", people(&envelope.bcc)),
        ("Message-ID", envelope.message_id.clone()),
        ("In-Reply-To", envelope.in_reply_to.clone()),
        ("Size", Some(format!("{} octets", summary.size))),
    ];
    for (name, value) in lines {
        if let Some(value) = value {
            table.row(&[name.to_owned(), value]);
        }
    }
    format!("Envelope\n{}", table.render())
}

fn people(list: &[AddressView]) -> Option<String> {
    let one = |person: &AddressView| match &person.name {
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address.clone(),
    };
    (!list.is_empty()).then(|| list.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn tree(parts: &[PartView]) -> String {
    let mut table = Table::bare();
    for part in parts {
        let number = part.part.clone().unwrap_or_else(|| "-".to_owned());
        let charset = part.charset.as_ref().map(|charset| format!("; charset={charset}")).unwrap_or_default();
        let file = part.file_name.as_ref().map(|name| format!("\"{name}\"")).unwrap_or_default();
        table.row(&[
            number,
            format!("{}{}{charset}", "  ".repeat(part.depth), part.media_type),
            part.encoding.clone(),
            format!("{} octets", part.size),
            part.disposition.clone().unwrap_or_default(),
            file,
        ]);
    }
    table.render()
}

fn indented(text: &str) -> String {
    safe_text(text).lines().map(|line| format!("  {line}").trim_end().to_owned() + "\n").collect()
}
