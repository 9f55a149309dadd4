//! A look at HTML before anything is made of it: what building its tree costs, and what has to be known of it as a whole.
//!
//! The rules by which browsers read HTML let a few octets ask for much work and many nodes: what is open is looked through
//! for each tag, and formatting that was not closed comes back in each paragraph (HTML, 13.2.4.3). So the tree is built
//! once of nothing but names, a few octets at a time, and each step is counted.
use crate::direction::Direction;
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, ExpandedName, ParseOpts, Parser, QualName, local_name, ns, parse_document, parse_fragment};
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use thiserror::Error;

/// Nodes of a tree.
const NODES: u64 = 100_000;
/// Nodes within one another; browsers go no deeper than 512.
const DEPTH: u32 = 512;
/// Octets of all attributes, each counted as often as its element is made.
const ATTRIBUTES: u64 = 8 << 20;
/// Steps: a look at an open element, at an attribute, at what separates attributes.
const STEPS: u64 = 50_000_000;
/// Octets that are read between two looks at what it costs.
const PIECE: usize = 256;
/// Octets of style sheets that are looked at; what is more is none.
const SHEETS: usize = 256 * 1024;

/// Why HTML is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TooMuch {
    /// It has too many octets.
    #[error("the HTML is too long")]
    Long,
    /// Building its tree takes too much work or too many nodes.
    #[error("the HTML is too complicated")]
    Complicated,
}

/// What is known of HTML before it is cleaned.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Its style sheets, one after another.
    pub(crate) sheets: String,
    /// Addresses of images of one point: nobody sees them, and whoever wrote them is told of who reads.
    pub(crate) points: HashSet<String>,
}

/// Builds the tree and forgets it.
pub(crate) fn survey(html: &str) -> Result<Found, TooMuch> {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let parser = parse_fragment(Survey::default(), ParseOpts::default(), context, Vec::new(), false);
    read(parser, html, |_| false).map(|survey| survey.found.into_inner())
}

/// Which way all of it is written, as its `html` or its `body` says: what is cleaned has neither.
pub(crate) fn direction(html: &str) -> Direction {
    let parser = parse_document(Survey::default(), ParseOpts::default());
    let read = read(parser, html, |survey| survey.has_body.get());
    read.ok().and_then(|survey| survey.direction.get()).unwrap_or_default()
}

/// Reads until it costs too much, or enough is known.
fn read(mut parser: Parser<Survey>, html: &str, is_enough: impl Fn(&Survey) -> bool) -> Result<Survey, TooMuch> {
    let (mut rest, mut tokens, mut separators) = (html, 0, 0);
    while !rest.is_empty() && !is_enough(&parser.tokenizer.sink.sink) {
        let (piece, behind) = rest.split_at(rest.floor_char_boundary(PIECE));
        rest = behind;
        parser.process(StrTendril::from(piece));
        let survey = &parser.tokenizer.sink.sink;
        // each attribute of a tag is compared with those before it, and nothing is heard of it until the tag ends
        let more = piece.bytes().filter(|octet| b" \t\n\r\x0c/'\"".contains(octet)).count() as u64;
        if survey.tokens.get() == tokens {
            separators += more;
            survey.step(more * separators);
        } else {
            separators = more;
        }
        tokens = survey.tokens.get();
        if survey.is_too_much() {
            return Err(TooMuch::Complicated);
        }
    }
    let survey = parser.finish();
    if survey.is_too_much() { Err(TooMuch::Complicated) } else { Ok(survey) }
}

/// A node: its name, and how deep it is.
struct Node {
    name: QualName,
    depth: Cell<u32>,
    /// What is in a `template` is a tree of its own.
    inside: OnceCell<Rc<Node>>,
}

impl Node {
    fn new(name: QualName) -> Rc<Self> {
        Rc::new(Self { name, depth: Cell::new(0), inside: OnceCell::new() })
    }

    fn nameless() -> Rc<Self> {
        Self::new(QualName::new(None, ns!(), local_name!("")))
    }
}

/// Counts while a tree is built.
#[derive(Default)]
struct Survey {
    nodes: Cell<u64>,
    steps: Cell<u64>,
    octets: Cell<u64>,
    depth: Cell<u32>,
    /// What was heard of tags and texts.
    tokens: Cell<u64>,
    found: RefCell<Found>,
    direction: Cell<Option<Direction>>,
    has_body: Cell<bool>,
}

impl Survey {
    fn step(&self, steps: u64) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    fn is_too_much(&self) -> bool {
        self.nodes.get() > NODES
            || self.steps.get() > STEPS
            || self.octets.get() > ATTRIBUTES
            || self.depth.get() > DEPTH
    }

    fn heard(&self) {
        self.tokens.set(self.tokens.get() + 1);
        self.step(1);
    }

    fn put(&self, child: NodeOrText<Rc<Node>>, parent: &Node, depth: u32) {
        self.heard();
        match child {
            NodeOrText::AppendNode(node) => {
                node.depth.set(depth);
                self.depth.set(self.depth.get().max(depth));
            }
            NodeOrText::AppendText(text) => {
                self.nodes.set(self.nodes.get() + 1);
                let sheets = &mut self.found.borrow_mut().sheets;
                if parent.name.ns == ns!(html)
                    && parent.name.local == local_name!("style")
                    && sheets.len() + text.len() <= SHEETS
                {
                    sheets.push_str(&text);
                }
            }
        }
    }

    /// The tree that is built looks through the children of a parent for the place of one: as many as there are nodes at most.
    fn looks_through(&self) {
        self.step(self.nodes.get() / 16);
    }

    /// What `html` says, and `body` better.
    fn looks_at_direction(&self, name: &QualName, attributes: &[Attribute]) {
        let is_body = name.local == local_name!("body");
        if name.ns != ns!(html) || !(is_body || name.local == local_name!("html")) {
            return;
        }
        let dir = attributes.iter().find(|attribute| attribute.name.local == local_name!("dir"));
        self.direction.set(dir.and_then(|dir| Direction::read(&dir.value)).or(self.direction.get()));
        self.has_body.set(self.has_body.get() || is_body);
    }

    fn attributes(&self, attributes: &[Attribute]) {
        self.step(attributes.len() as u64);
        let octets: usize = attributes.iter().map(|attribute| attribute.value.len()).sum();
        self.octets.set(self.octets.get() + octets as u64);
    }
}

/// Whether width and height are said, and are one point at most.
fn is_point(attributes: &[Attribute]) -> bool {
    let of = |name: &str| attributes.iter().find(|attribute| &*attribute.name.local == name);
    let none = |value: &Attribute| matches!(value.value.trim().trim_end_matches("px"), "0" | "1");
    of("width").is_some_and(none) && of("height").is_some_and(none)
}

impl TreeSink for Survey {
    type Handle = Rc<Node>;
    type Output = Self;
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Rc<Node> {
        Node::nameless()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> ExpandedName<'a> {
        self.heard();
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Rc<Node> {
        self.heard();
        self.nodes.set(self.nodes.get() + 1);
        self.attributes(&attributes);
        self.looks_at_direction(&name, &attributes);
        if name.local == local_name!("img") && is_point(&attributes) {
            let source = attributes.into_iter().find(|attribute| attribute.name.local == local_name!("src"));
            self.found.borrow_mut().points.extend(source.map(|source| source.value.to_string()));
        }
        Node::new(name)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        self.heard();
        self.nodes.set(self.nodes.get() + 1);
        Node::nameless()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        Node::nameless()
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.put(child, parent, parent.depth.get() + 1);
    }

    fn append_based_on_parent_node(&self, element: &Rc<Node>, _: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.looks_through();
        self.put(child, element, element.depth.get());
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Rc<Node>) -> Rc<Node> {
        let inside = target.inside.get_or_init(Node::nameless);
        inside.depth.set(target.depth.get() + 1);
        Rc::clone(inside)
    }

    fn same_node(&self, one: &Rc<Node>, other: &Rc<Node>) -> bool {
        self.step(1);
        Rc::ptr_eq(one, other)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.looks_through();
        self.put(child, sibling, sibling.depth.get());
    }

    fn add_attrs_if_missing(&self, _: &Rc<Node>, attributes: Vec<Attribute>) {
        self.heard();
        self.attributes(&attributes);
    }

    fn remove_from_parent(&self, _: &Rc<Node>) {
        self.looks_through();
        self.heard();
    }

    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {
        self.looks_through();
        self.heard();
    }
}

#[cfg(test)]
mod tests {
    use super::{TooMuch, direction, survey};
    use crate::direction::Direction;

    #[test]
    fn what_costs_too_much_is_refused() {
        let many = |text: &str, times: usize| text.repeat(times);
        let attributes: String = (0..200_000).map(|number| format!(" a{number}")).collect();
        let formats: String = (0..400).map(|number| format!("<b a={number}>")).collect();
        let style = format!("<p><b title={}>", "x".repeat(8_000));
        for (what, html) in [
            ("deep", many("<div>", 100_000)),
            ("deep in tables", many("<table><tr><td>", 50_000)),
            ("deep in a drawing", format!("<svg>{}", many("<g>", 100_000))),
            ("deep in templates", many("<template>", 100_000)),
            ("wide", many("<i></i>", 200_000)),
            ("formatting that comes back", format!("<p>{formats}{}", many("<p>x", 200_000))),
            ("attributes that come back", format!("{style}{}", many("<p>x", 50_000))),
            ("attributes", format!("<a{attributes}>")),
            ("attributes of an end", format!("</a{attributes}>")),
            ("attributes without spaces", format!("<a{}>", many("/a='x'", 200_000))),
            ("attributes and errors", format!("<a{}>", many(" \"a<", 200_000))),
            ("misnested", many("<a><table>", 50_000)),
            ("lists", many("<ul><li><b>", 50_000)),
            ("buttons", many("<button><p>", 50_000)),
            ("put before a table", format!("<table>{}", many("<br>", 99_000))),
            ("words put before a table", format!("<table>{}", many("x<br>", 49_000))),
        ] {
            assert_eq!(survey(&html).err(), Some(TooMuch::Complicated), "{what}");
        }
    }

    #[test]
    fn ordinary_mail_is_none_of_that() {
        let row = "<tr><td style='font-size:12px' width=600><p>Hallo <b>Anna</b>&nbsp;</p><a href='https://a.example/x?y=z'>x</a></td></tr>";
        let quotes = format!("{}x{}", "<blockquote><div>".repeat(100), "</div></blockquote>".repeat(100));
        let picture = format!(
            "<img src='data:image/png;base64,{}'>",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".repeat(4_000)
        );
        for html in [format!("<table>{}</table>", row.repeat(5_000)), quotes, picture] {
            assert!(survey(&html).is_ok());
        }
    }

    #[test]
    fn the_direction_of_all_of_it_is_what_its_html_or_its_body_says() {
        let long = format!("<html><title>{}</title><body dir=rtl>x", "x".repeat(5_000));
        for (html, expected) in [
            ("<html dir=rtl><p>x", Direction::RightToLeft),
            ("<!doctype html><HTML DIR='RTL'><head><style>p{}</style><body class=a>x", Direction::RightToLeft),
            ("<html dir=ltr><body dir=\"rtl\">x", Direction::RightToLeft),
            ("<html dir=rtl><body dir=x>x", Direction::RightToLeft),
            ("<html dir=ltr>x", Direction::LeftToRight),
            (long.as_str(), Direction::RightToLeft),
            ("<body dir=auto>x", Direction::Auto),
            ("<div dir=rtl>x", Direction::Auto),
            ("<!-- <html dir=rtl> -->x", Direction::Auto),
            ("<title><body dir=rtl></title>x", Direction::Auto),
            ("x", Direction::Auto),
            ("", Direction::Auto),
        ] {
            assert_eq!(direction(html), expected, "{html}");
        }
    }

    #[test]
    fn sheets_and_points_are_found() {
        let html = "<style>a{b:c}</style><svg><style>no</style></svg><p><style>d{}</style>\
            <img src=x width=1 height='1px'><img src=y width=1><img src=z width=10 height=10>";
        let found = survey(html).unwrap();
        assert_eq!(found.sheets, "a{b:c}d{}");
        assert_eq!(found.points.into_iter().collect::<Vec<_>>(), ["x"]);
    }
}
