//! What the attributes that stay may say.
use crate::declarations::declarations;
use std::borrow::Cow;
use url::Url;

/// The longest style of one element, and the longest link.
const STYLE: usize = 4_096;
const HREF: usize = 8_192;
/// The longest text of another attribute.
const TEXT: usize = 4_096;

/// The value of an attribute as it stays; nothing where it goes. Images are not decided here.
pub(crate) fn attribute<'v>(name: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match name {
        "style" => style(value),
        "href" => link(value).map(Cow::Owned),
        "rel" | "target" => Some(Cow::Borrowed(value)),
        "alt" | "title" => (value.len() <= TEXT).then_some(Cow::Borrowed(value)),
        "class" => kept(value, TEXT, |letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ' ')),
        "face" => {
            kept(value, 200, |letter| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ' | ',' | '\'' | '"'))
        }
        "width" | "height" | "border" | "cellpadding" | "cellspacing" | "hspace" | "vspace" => {
            kept(value, 6, |letter| letter.is_ascii_digit() || matches!(letter, '%' | 'p' | 'x'))
                .filter(|value| value.bytes().filter(u8::is_ascii_digit).count() <= 4)
        }
        "colspan" | "rowspan" | "span" => kept(value, 2, |letter| letter.is_ascii_digit()),
        _ => kept(value, 40, |letter| {
            letter.is_ascii_alphanumeric() || matches!(letter, '#' | '%' | '+' | '-' | '.' | ' ')
        }),
    }
}

fn kept(value: &str, longest: usize, is_kept: impl Fn(char) -> bool) -> Option<Cow<'_, str>> {
    (value.len() <= longest && value.chars().all(is_kept)).then_some(Cow::Borrowed(value))
}

fn style(value: &str) -> Option<Cow<'_, str>> {
    if value.len() > STYLE {
        return None;
    }
    let kept = declarations(value);
    (!kept.is_empty()).then_some(Cow::Owned(kept))
}

/// A link as it is followed: to a page or a mail address, without a user's name, which only deceives.
pub(crate) fn link(value: &str) -> Option<String> {
    if value.len() > HREF {
        return None;
    }
    let mut url = Url::parse(value.trim()).ok()?;
    match url.scheme() {
        "mailto" => {}
        "http" | "https" => {
            url.set_username("").ok()?;
            url.set_password(None).ok()?;
        }
        _ => return None,
    }
    Some(url.to_string()).filter(|url| url.len() <= HREF)
}

#[cfg(test)]
mod tests {
    use super::{attribute, link};

    #[test]
    fn w01_links_lead_to_pages_and_mail_addresses_only() {
        for (value, kept) in [
            ("https://a.example/x?y=z#w", Some("https://a.example/x?y=z#w")),
            (" HTTP://A.example ", Some("http://a.example/")),
            ("https://bank.example@evil.example/", Some("https://evil.example/")),
            ("https://раура.example/", Some("https://xn--80aa0cbo.example/")),
            ("mailto:x@y.example?subject=z", Some("mailto:x@y.example?subject=z")),
            ("ht\ntps://a.example/", Some("https://a.example/")),
            ("javascript:alert(1)", None),
            ("java\tscript:alert(1)", None),
            ("\u{1}javascript:alert(1)", None),
            ("vbscript:x", None),
            ("data:text/html,x", None),
            ("blob:https://a.example/x", None),
            ("file:///x", None),
            ("tel:1", None),
            ("x", None),
            ("//a.example", None),
            ("#x", None),
            ("", None),
        ] {
            assert_eq!(link(value).as_deref(), kept, "{value:?}");
        }
    }

    #[test]
    fn attributes_say_what_they_are_for() {
        for (name, value, kept) in [
            ("width", "100%", Some("100%")),
            ("width", "600px", Some("600px")),
            ("width", "99999", None),
            ("height", "99999px", None),
            ("width", "expression(1)", None),
            ("bgcolor", "#ff0000", Some("#ff0000")),
            ("bgcolor", "url(x)", None),
            ("colspan", "1000", None),
            ("colspan", "2", Some("2")),
            ("class", "a b-c_d", Some("a b-c_d")),
            ("class", "a\"b", None),
            ("style", "color: red; position: fixed", Some("color:red")),
            ("style", "position:fixed", None),
            ("alt", "<x>", Some("<x>")),
        ] {
            assert_eq!(attribute(name, value).as_deref(), kept, "{name}={value}");
        }
    }
}
