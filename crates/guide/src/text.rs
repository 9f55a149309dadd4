//! A sheet as plain text, in lines of at most 76 characters but for what must be exact, to be read on a terminal or sent in a letter.
use crate::Sheet;
use crate::sheet::{Block, Case, Cell, Table};
use std::fmt::Write as _;

const WIDTH: usize = 76;

impl Sheet {
    /// The sheet as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        heading(&mut out, &self.title, '=');
        paragraph(&mut out, "", &self.intro);
        for section in &self.sections {
            out.push('\n');
            heading(&mut out, section.heading, '-');
            for (at, block) in section.blocks.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                match block {
                    Block::Words(words) => paragraph(&mut out, "", words),
                    Block::Link(address) => paragraph(&mut out, "  ", address),
                    Block::Table(shown) => table(&mut out, shown),
                    Block::Case(shown) => case(&mut out, shown),
                }
            }
        }
        out.push('\n');
        paragraph(&mut out, "", self.origin);
        if let Some((words, page)) = &self.page {
            paragraph(&mut out, "", &format!("{words} {page}"));
        }
        out
    }
}

fn heading(out: &mut String, words: &str, line: char) {
    // writing to a String cannot fail
    let _ = writeln!(out, "{words}\n{}\n", line.to_string().repeat(words.chars().count()));
}

fn table(out: &mut String, table: &Table) {
    paragraph(out, "", &format!("{}:", table.caption.trim_end_matches('.')));
    let labels: Vec<&str> = table.columns.iter().skip(1).copied().collect();
    let width = width(&labels);
    for row in &table.rows {
        let mut cells = row.iter();
        if let Some(first) = cells.next() {
            out.push('\n');
            paragraph(out, "  ", &words(first));
        }
        for (label, cell) in labels.iter().zip(cells) {
            field(out, "    ", label, width, cell);
        }
    }
}

fn case(out: &mut String, case: &Case) {
    paragraph(out, "  ", case.title);
    paragraph(out, "    ", case.cause);
    for (label, cell) in &case.fields {
        paragraph(out, "    ", &format!("{label}:"));
        lines(out, "      ".to_owned(), cell);
    }
}

/// A label, and its cell beside it.
fn field(out: &mut String, indent: &str, label: &str, width: usize, cell: &Cell) {
    lines(out, format!("{indent}{label:<width$}"), cell);
}

/// A cell behind `lead`, which stands before its first line. What is exact is never broken.
fn lines(out: &mut String, mut lead: String, cell: &Cell) {
    let blank = " ".repeat(lead.chars().count());
    each(cell, |line| {
        match cell {
            Cell::Exact(exact) => {
                let _ = writeln!(out, "{lead}{exact}");
            }
            Cell::Words(_) | Cell::Several(_) => wrapped(out, &lead, &blank, line),
        }
        lead.clone_from(&blank);
    });
}

fn width(labels: &[&str]) -> usize {
    labels.iter().map(|label| label.chars().count()).max().unwrap_or(0) + 2
}

fn each(cell: &Cell, mut line: impl FnMut(&str)) {
    match cell {
        Cell::Words(words) => line(words),
        Cell::Exact(exact) => line(exact),
        Cell::Several(several) => several.iter().for_each(|one| line(one)),
    }
}

fn words(cell: &Cell) -> String {
    let mut all = Vec::new();
    each(cell, |line| all.push(line.to_owned()));
    all.join(" ")
}

fn paragraph(out: &mut String, indent: &str, text: &str) {
    wrapped(out, indent, indent, text);
}

/// Words in lines; `first` stands before the first one, `rest` before the others.
fn wrapped(out: &mut String, first: &str, rest: &str, text: &str) {
    let mut line = first.to_owned();
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{line}");
            line = rest.to_owned();
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    let _ = writeln!(out, "{line}");
}
