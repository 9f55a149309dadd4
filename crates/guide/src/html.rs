//! A sheet as an HTML document, without a script and without a style of its own in it.
//!
//! Tables are laid out as cards on narrow screens, which takes their meaning away from assistive programs (CSS Display 3,
//! B.1); so rows, cells and headings say by `role` what they are.
use crate::Sheet;
use crate::sheet::{Block, Case, Cell, Section, Table};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use texts::Language;

/// How the document looks.
pub const STYLE: &str = include_str!("style.css");

/// What stands around the sheet.
#[derive(Debug, Clone, Copy)]
pub enum Frame<'a> {
    /// A page of a server.
    Served {
        /// Where [`STYLE`] is.
        style: &'a str,
        /// Where the page is in each language.
        languages: &'a [(Language, &'a str)],
    },
    /// A file that stands alone: the style is in it.
    Alone,
}

impl Sheet {
    /// The sheet as a document.
    #[must_use]
    pub fn html(&self, frame: Frame<'_>) -> String {
        let page = html! {
            (DOCTYPE)
            html lang=(self.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    (self.links(frame))
                }
                body {
                    header { (self.switch(frame)) h1 { (self.heading) } p { (whole(&self.intro)) } }
                    main { @for section in &self.sections { (self::section(section)) } }
                    footer {
                        p { (self.origin) }
                        @if let (Frame::Alone, Some((words, page))) = (frame, &self.page) {
                            p { (words) " " a href=(page) { (page) } }
                        }
                    }
                }
            }
        };
        page.into_string()
    }

    fn links(&self, frame: Frame<'_>) -> Markup {
        match frame {
            Frame::Served { style, languages } => html! {
                link rel="stylesheet" href=(style);
                @for (language, place) in languages { link rel="alternate" hreflang=(language) href=(place); }
            },
            Frame::Alone => html! { style { (PreEscaped(STYLE)) } },
        }
    }

    /// Links to the page in each language, named in that language.
    fn switch(&self, frame: Frame<'_>) -> Markup {
        let Frame::Served { languages, .. } = frame else { return Markup::default() };
        html! {
            nav aria-label=(self.language.texts().settings_page.languages) {
                ul {
                    @for (language, place) in languages {
                        @let current = (*language == self.language).then_some("page");
                        li {
                            a href=(place) hreflang=(language) lang=(language) aria-current=[current] {
                                (language.texts().name)
                            }
                        }
                    }
                }
            }
        }
    }
}

fn section(section: &Section) -> Markup {
    let heading = format!("{}-heading", section.id);
    html! {
        section id=(section.id) aria-labelledby=(heading) {
            h2 id=(heading) { (section.heading) }
            @for block in &section.blocks {
                @match block {
                    Block::Words(words) => p { (whole(words)) },
                    Block::Link(address) => p { a href=(address) { (address) } },
                    Block::Table(shown) => (table(shown)),
                    Block::Case(shown) => (case(shown)),
                }
            }
        }
    }
}

fn table(table: &Table) -> Markup {
    let class = if table.is_warning { "warning" } else { "good" };
    html! {
        table role="table" class=(class) {
            caption { (table.caption) }
            thead role="rowgroup" {
                tr role="row" { @for column in &table.columns { th role="columnheader" scope="col" { (column) } } }
            }
            tbody role="rowgroup" {
                @for row in &table.rows {
                    tr role="row" {
                        @for (at, (column, cell)) in table.columns.iter().zip(row).enumerate() {
                            @if at == 0 {
                                th role="rowheader" scope="row" { (self::cell(cell)) }
                            } @else {
                                td role="cell" { span.label aria-hidden="true" { (column) } (self::cell(cell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn case(case: &Case) -> Markup {
    html! {
        article {
            h3 { (case.title) }
            p { (whole(case.cause)) }
            dl { @for (label, cell) in &case.fields { dt { (label) } dd { (self::cell(cell)) } } }
        }
    }
}

fn cell(cell: &Cell) -> Markup {
    match cell {
        Cell::Words(words) => html! { span { (whole(words)) } },
        Cell::Exact(exact) => html! { code { (exact) } },
        Cell::Several(several) => match several.as_slice() {
            [one] => html! { span { (whole(one)) } },
            all => html! { ul { @for one in all { li { (whole(one)) } } } },
        },
    }
}

/// Words in which no line ends at a hyphen: a name such as `jan-pc` is read as it is typed.
fn whole(text: &str) -> Markup {
    html! {
        @for (at, word) in text.split(' ').enumerate() {
            @if at > 0 { " " }
            @if word.contains('-') { span.whole { (word) } } @else { (word) }
        }
    }
}
