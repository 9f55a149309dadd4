//! Style sheets: rules for elements and classes, alone or for a width of the window. Nothing that fetches another sheet, a
//! font or an image.
use crate::declarations::{block, is_word};
use cssparser::{
    AtRuleParser, CowRcStr, ParseError, Parser, ParserState, QualifiedRuleParser, StyleSheetParser, Token,
};

/// Classes of elements that a selector may name.
const PSEUDO: &[&str] = &["active", "first-child", "focus", "hover", "last-child", "link", "visited"];
/// What a rule may ask of a window.
const FEATURES: &[&str] = &["max-device-width", "max-width", "min-device-width", "min-width", "orientation"];
/// The most words of a selector, and octets of what stays.
const WORDS: usize = 200;
const LONGEST: usize = 256 * 1024;

/// What stays of style sheets.
pub(crate) fn sheet(text: &str) -> String {
    let kept = rules(&mut Parser::new(text), false);
    // nothing that was understood has this sign: it would end the element that the sheet stands in
    if kept.contains('<') { String::new() } else { kept }
}

fn rules(input: &mut Parser<'_>, inner: bool) -> String {
    let (mut kept, mut rules) = (String::new(), Rules { inner });
    for rule in StyleSheetParser::new(input, &mut rules).flatten() {
        if kept.len() + rule.len() > LONGEST {
            break;
        }
        kept.push_str(&rule);
    }
    kept
}

struct Rules {
    /// Whether these stand in a rule already.
    inner: bool,
}

impl<'i> QualifiedRuleParser<'i> for Rules {
    type Prelude = String;
    type QualifiedRule = String;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, ParseError<()>> {
        selector(input)
    }

    fn parse_block(
        &mut self,
        selector: String,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, ParseError<()>> {
        let declarations = block(input);
        if declarations.is_empty() { Ok(String::new()) } else { Ok(format!("{selector}{{{declarations}}}")) }
    }
}

impl<'i> AtRuleParser<'i> for Rules {
    type Prelude = String;
    type AtRule = String;
    type Error = ();

    fn parse_prelude(&mut self, name: CowRcStr<'i>, input: &mut Parser<'i>) -> Result<String, ParseError<()>> {
        if self.inner || !name.eq_ignore_ascii_case("media") {
            return Err(ParseError::unexpected_token());
        }
        media(input)
    }

    fn parse_block(
        &mut self,
        media: String,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<String, ParseError<()>> {
        let rules = rules(input, true);
        if rules.is_empty() { Ok(String::new()) } else { Ok(format!("@media {media}{{{rules}}}")) }
    }
}

fn selector(input: &mut Parser<'_>) -> Result<String, ParseError<()>> {
    let mut out = String::new();
    for _ in 0..WORDS {
        let Ok(token) = input.next_including_whitespace().cloned() else {
            let out = out.trim();
            return if out.is_empty() { Err(ParseError::unexpected_token()) } else { Ok(out.to_owned()) };
        };
        match &token {
            Token::WhiteSpace(_) => out.push(' '),
            Token::Comma => out.push(','),
            Token::Delim(sign @ ('.' | '>' | '+' | '~' | '*')) => out.push(*sign),
            Token::Ident(word) if is_word(word) => out.push_str(word),
            Token::Colon => {
                let name = input.expect_ident()?;
                let known = PSEUDO.iter().find(|known| name.eq_ignore_ascii_case(known));
                out.push(':');
                out.push_str(known.ok_or_else(ParseError::unexpected_token)?);
            }
            _ => return Err(ParseError::unexpected_token()),
        }
    }
    Err(ParseError::unexpected_token())
}

fn media(input: &mut Parser<'_>) -> Result<String, ParseError<()>> {
    let mut out = String::new();
    for _ in 0..WORDS {
        let Ok(token) = input.next_including_whitespace().cloned() else { return Ok(out.trim().to_owned()) };
        match &token {
            Token::WhiteSpace(_) => out.push(' '),
            Token::Comma => out.push(','),
            Token::Ident(word) if is_word(word) => out.push_str(word),
            Token::ParenthesisBlock => out.push_str(&input.parse_nested_block(feature)?),
            _ => return Err(ParseError::unexpected_token()),
        }
    }
    Err(ParseError::unexpected_token())
}

/// `(max-width: 600px)`
fn feature(input: &mut Parser<'_>) -> Result<String, ParseError<()>> {
    let name = input.expect_ident()?;
    let known = FEATURES.iter().find(|known| name.eq_ignore_ascii_case(known));
    let known = known.ok_or_else(ParseError::unexpected_token)?;
    input.expect_colon()?;
    let value = match input.next()? {
        Token::Dimension { value, unit, .. } if unit.eq_ignore_ascii_case("px") => format!("{value}px"),
        Token::Dimension { value, unit, .. } if unit.eq_ignore_ascii_case("em") => format!("{value}em"),
        Token::Ident(word) if is_word(word) => word.to_string(),
        _ => return Err(ParseError::unexpected_token()),
    };
    Ok(format!("({known}:{value})"))
}

#[cfg(test)]
mod tests {
    use super::sheet;

    #[test]
    fn w05_w11_rules_for_elements_and_classes_stay() {
        for (text, kept) in [
            ("p, .a > b:hover { color: red }", "p, .a > b:hover{color:red}"),
            ("<!-- p{color:red} -->", "p{color:red}"),
            (
                "@media only screen and (max-width: 600px) { .a { width: 100% !important } }",
                "@media only screen and (max-width:600px){.a{width:100% !important}}",
            ),
            ("@charset 'utf-8'; p{color:red}", "p{color:red}"),
            ("p{position:fixed} q{color:red}", "q{color:red}"),
            // what would be asked for
            ("@import url(https://evil.example/x);p{color:red}", "p{color:red}"),
            ("@import 'https://evil.example/x'", ""),
            ("@font-face{font-family:x;src:url(https://evil.example/x)}", ""),
            ("p{background:url(https://evil.example/x)}", ""),
            ("@namespace url(https://evil.example/x)", ""),
            ("@media all{@import url(x);p{color:red}}", "@media all{p{color:red}}"),
            ("@media all{@media all{p{color:red}}}", ""),
            ("@supports (color:red){p{color:red}}", ""),
            ("@keyframes x{from{color:red}}", ""),
            ("@page{margin:0}", ""),
            // what would read what stands there, letter by letter
            ("a[href^='x']{color:red}", ""),
            ("#x{color:red}", ""),
            ("a::before{color:red}", ""),
            ("p:has(a){color:red}", ""),
            // what would end the element
            ("p{color:red}</style><script>x</script>", "p{color:red}"),
            (".\\3c \\2fstyle\\3e{color:red}", ""),
            ("p{font-family:'</style>'}", ""),
            ("p{p{color:red}}", ""),
            ("p{color:red", "p{color:red}"),
            // what an escape or a comment hides
            ("p{margin-left:\\-4000px}", ""),
        ] {
            assert_eq!(sheet(text), kept, "{text}");
        }
    }

    #[test]
    fn nesting_without_end_costs_nothing() {
        assert_eq!(sheet(&"@media all{".repeat(20_000)), "");
        assert_eq!(sheet(&"p{".repeat(50_000)), "");
        assert_eq!(sheet(&"(".repeat(100_000)), "");
        assert_eq!(sheet(&format!("p{{color:{}}}", "rgb(".repeat(50_000))), "");
    }
}
