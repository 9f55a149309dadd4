//! Declarations of CSS: properties of a list, with words, numbers and colours. No function that fetches, computes or runs;
//! nothing that takes an element out of its place.
use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState, QualifiedRuleParser,
    RuleBodyItemParser, RuleBodyParser, Token,
};

/// Properties that stay.
const PROPERTIES: &[&str] = &[
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-bottom-color",
    "border-bottom-left-radius",
    "border-bottom-right-radius",
    "border-bottom-style",
    "border-bottom-width",
    "border-collapse",
    "border-color",
    "border-left",
    "border-left-color",
    "border-left-style",
    "border-left-width",
    "border-radius",
    "border-right",
    "border-right-color",
    "border-right-style",
    "border-right-width",
    "border-spacing",
    "border-style",
    "border-top",
    "border-top-color",
    "border-top-left-radius",
    "border-top-right-radius",
    "border-top-style",
    "border-top-width",
    "border-width",
    "box-sizing",
    "caption-side",
    "clear",
    "color",
    "direction",
    "display",
    "empty-cells",
    "float",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-variant",
    "font-weight",
    "height",
    "hyphens",
    "letter-spacing",
    "line-height",
    "list-style",
    "list-style-position",
    "list-style-type",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "min-width",
    "overflow-wrap",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "table-layout",
    "text-align",
    "text-decoration",
    "text-indent",
    "text-transform",
    "unicode-bidi",
    "vertical-align",
    "visibility",
    "white-space",
    "width",
    "word-break",
    "word-spacing",
    "word-wrap",
];
/// Functions that make colours.
const COLOURS: &[&str] = &["rgb", "rgba", "hsl", "hsla"];
/// Units that do not depend on how large the frame is: it is as large as what is in it.
const UNITS: &[&str] = &["px", "pt", "em", "rem", "ex", "ch", "pc", "in", "cm", "mm"];
/// The largest number, and the most words of a value.
const LARGEST: f32 = 5_000.0;
const WORDS: usize = 100;

/// The declarations of a style that stay, one after another.
pub(crate) fn declarations(text: &str) -> String {
    block(&mut Parser::new(text))
}

/// The same of a block of a style sheet.
pub(crate) fn block(input: &mut Parser<'_>) -> String {
    let mut declarations = Declarations;
    let kept: Vec<String> = RuleBodyParser::new(input, &mut declarations).filter_map(Result::ok).collect();
    kept.join(";")
}

struct Declarations;

impl<'i> DeclarationParser<'i> for Declarations {
    type Declaration = String;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _: &ParserState,
    ) -> Result<String, ParseError<()>> {
        let name = name.to_ascii_lowercase();
        if !PROPERTIES.contains(&name.as_str()) {
            return Err(ParseError::unexpected_token());
        }
        let mut value = String::new();
        words(input, &mut value)?;
        let value = value.trim();
        if value.is_empty() { Err(ParseError::unexpected_token()) } else { Ok(format!("{name}:{value}")) }
    }
}

impl AtRuleParser<'_> for Declarations {
    type Prelude = ();
    type AtRule = String;
    type Error = ();
}

impl QualifiedRuleParser<'_> for Declarations {
    type Prelude = ();
    type QualifiedRule = String;
    type Error = ();
}

impl RuleBodyItemParser<'_, String, ()> for Declarations {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        false
    }
}

/// The words of a value, written anew: what is written is only what was understood.
fn words(input: &mut Parser<'_>, out: &mut String) -> Result<(), ParseError<()>> {
    for _ in 0..WORDS {
        let Ok(token) = input.next_including_whitespace().cloned() else { return Ok(()) };
        match &token {
            Token::Function(name) if COLOURS.iter().any(|colour| name.eq_ignore_ascii_case(colour)) => {
                out.push_str(&name.to_ascii_lowercase());
                out.push('(');
                input.parse_nested_block(|input| numbers(input, out))?;
                out.push(')');
            }
            Token::Delim('!') => {
                input.expect_ident_matching("important")?;
                out.push_str("!important");
            }
            token => word(token, out)?,
        }
    }
    Err(ParseError::unexpected_token())
}

/// What is in a colour.
fn numbers(input: &mut Parser<'_>, out: &mut String) -> Result<(), ParseError<()>> {
    for _ in 0..WORDS {
        let Ok(token) = input.next_including_whitespace().cloned() else { return Ok(()) };
        match &token {
            Token::QuotedString(_) | Token::Hash(_) | Token::IDHash(_) => return Err(ParseError::unexpected_token()),
            token => word(token, out)?,
        }
    }
    Err(ParseError::unexpected_token())
}

/// A word, a number, or what stands between them.
fn word(token: &Token<'_>, out: &mut String) -> Result<(), ParseError<()>> {
    match token {
        Token::WhiteSpace(_) => out.push(' '),
        Token::Comma => out.push(','),
        Token::Delim('/') => out.push('/'),
        Token::Ident(word) if is_word(word) => out.push_str(word),
        Token::Hash(digits) | Token::IDHash(digits)
            if digits.len() <= 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) =>
        {
            out.push('#');
            out.push_str(digits);
        }
        // the name of a font
        Token::QuotedString(name)
            if name.len() <= 100
                && name.chars().all(|letter| letter.is_ascii_alphanumeric() || " -_.".contains(letter)) =>
        {
            out.push('\'');
            out.push_str(name);
            out.push('\'');
        }
        Token::Number { value, .. } => number(*value, "", out)?,
        Token::Percentage { unit_value, .. } => number(*unit_value * 100.0, "%", out)?,
        Token::Dimension { value, unit, .. } => {
            let known = UNITS.iter().find(|known| unit.eq_ignore_ascii_case(known));
            number(*value, known.ok_or_else(ParseError::unexpected_token)?, out)?;
        }
        _ => return Err(ParseError::unexpected_token()),
    }
    Ok(())
}

/// A number that is not below nothing: what is moved out of its place covers something else.
fn number(value: f32, unit: &str, out: &mut String) -> Result<(), ParseError<()>> {
    if !(0.0..=LARGEST).contains(&value) {
        return Err(ParseError::unexpected_token());
    }
    // as many digits as anybody sees
    let rounded = (value * 1_000.0).round() / 1_000.0;
    out.push_str(&format!("{rounded}{unit}"));
    Ok(())
}

/// Letters, digits and hyphens: what no escape has to stand for.
pub(crate) fn is_word(word: &str) -> bool {
    // a hyphen and a digit would be a number when it is read again
    let name = word.strip_prefix('-').unwrap_or(word);
    word.len() <= 60
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::declarations;

    #[test]
    fn w05_w11_properties_and_values_of_a_list_stay() {
        for (style, kept) in [
            ("color: Red", "color:Red"),
            ("COLOR:#FFF;background-color: rgba(1, 2,3,.5)", "color:#FFF;background-color:rgba(1, 2,3,0.5)"),
            ("font: italic bold 12px/1.5 \"Segoe UI\", Arial", "font:italic bold 12px/1.5 'Segoe UI', Arial"),
            ("margin:0 auto!important", "margin:0 auto!important"),
            ("width:100%;;;height:20px", "width:100%;height:20px"),
            ("mso-line-height-rule:exactly;color:red", "color:red"),
            ("color:red;{}x;padding:1px", "color:red;padding:1px"),
            // where it would be
            ("position:fixed;inset:0;z-index:9", ""),
            ("top:0;transform:scale(9)", ""),
            ("margin-left:-9999px", ""),
            ("text-indent:-1px", ""),
            ("width:99999px", ""),
            ("height:100vh", ""),
            ("margin-left:\\-4000px", ""),
            // what would be asked for
            ("background:url(https://evil.example/x)", ""),
            ("background:URL( 'https://evil.example/x' )", ""),
            ("background:u\\72l(https://evil.example/x)", ""),
            ("background:/**/url(x)", ""),
            ("background:red url(x)", ""),
            ("background:image-set('x' 1x)", ""),
            ("background:-webkit-image-set(url(x) 1x)", ""),
            ("background-image:url(x)", ""),
            ("list-style:square url(x)", ""),
            ("cursor:url(x),auto", ""),
            ("content:url(x)", ""),
            ("font-family:url(x)", ""),
            ("width:calc(1px + 1px)", ""),
            ("width:var(--x)", ""),
            ("--x:url(x)", ""),
            ("background:url(x", ""),
            ("color:red;background:url(x", "color:red"),
            // what would run
            ("width:expression(alert(1))", ""),
            ("behavior:url(x.htc)", ""),
            ("-moz-binding:url(x)", ""),
            ("@import 'x';color:red", "color:red"),
            // what would end the element
            ("font-family:'</style><script>'", ""),
            ("color:red}body{color:blue", ""),
            ("color:\\3c script\\3e", ""),
        ] {
            assert_eq!(declarations(style), kept, "{style}");
        }
    }

    #[test]
    fn what_stays_is_read_as_it_was_written() {
        for style in
            ["color:#FFF;margin:0.333px auto!important", "font:12px/1.5 'A B',x", "background:rgb(1 2 3 / 50%)"]
        {
            assert_eq!(declarations(style), style);
        }
    }
}
