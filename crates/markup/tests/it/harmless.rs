//! What must hold of whatever was cleaned, looked at by other means than it was made by: as text, tag by tag.
use markup::Cleaned;

/// Elements that may be there.
const ELEMENTS: &str = " a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del \
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp \
    section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr ";
/// Attributes that may be there.
const ATTRIBUTES: &str = " align alt bgcolor border cellpadding cellspacing class color colspan dir face height href hspace lang \
    noshade nowrap rel reversed rowspan size span src start style target title type valign value vspace width ";
/// What no style has in it.
const STYLES: [&str; 10] =
    ["url", "expression", "import", "position", "behavior", "binding", "\\", "<", "var(", "z-index"];

/// Panics where something is there that may not be.
pub(crate) fn check(cleaned: &Cleaned) {
    let mut rest = cleaned.body.as_str();
    while let Some(at) = rest.find('<') {
        assert!(!rest[..at].contains('>'), "a sign that is not escaped: {rest}");
        rest = tag(&rest[at + 1..]);
    }
    style(&cleaned.sheet);
    let sheet = format!("<style>{}</style>", cleaned.sheet);
    let again = markup::clean(&sheet, &markup::Images::default()).unwrap();
    assert_eq!(again.sheet, cleaned.sheet, "a sheet is read as it was written");
}

/// One tag, and what is behind it.
fn tag(text: &str) -> &str {
    let text = text.strip_prefix('/').unwrap_or(text);
    let end = text.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap();
    let (element, mut rest) = text.split_at(end);
    assert!(ELEMENTS.contains(&format!(" {element} ")), "<{element}>");
    loop {
        if let Some(behind) = rest.strip_prefix('>') {
            return behind;
        }
        let (name, value) = rest.strip_prefix(' ').unwrap_or_else(|| panic!("{rest}")).split_once("=\"").unwrap();
        let (value, behind) = value.split_once('"').unwrap();
        attribute(element, name, value);
        rest = behind;
    }
}

fn attribute(element: &str, name: &str, value: &str) {
    assert!(ATTRIBUTES.contains(&format!(" {name} ")), "{element} {name}={value}");
    match name {
        "href" => assert!(["http://", "https://", "mailto:"].iter().any(|known| value.starts_with(known)), "{value}"),
        "src" => assert!(value.starts_with("/ours/"), "{value}"),
        "style" => style(value),
        "target" => assert_eq!((element, value), ("a", "_blank")),
        "rel" => assert_eq!((element, value), ("a", "noopener noreferrer nofollow")),
        "title" | "alt" | "lang" => {}
        _ => assert!(!value.contains([':', '(', ')', '<', '\\']), "{name}={value}"),
    }
}

fn style(text: &str) {
    let lower = text.to_ascii_lowercase();
    for part in STYLES {
        assert!(!lower.contains(part), "{part}: {text}");
    }
    let below =
        |sign: &str| lower.split(sign).skip(1).any(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    assert!(!below(":-") && !below(" -"), "a number below nothing: {text}");
}
