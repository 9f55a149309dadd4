//! HTML of strangers: what is left of it has none of what runs, asks or leaves its place; or it is refused.
use markup::{Images, clean};
use std::sync::Arc;

/// What no tag begins with.
const ELEMENTS: [&str; 14] = [
    "<script",
    "<svg",
    "<math",
    "<iframe",
    "<object",
    "<embed",
    "<form",
    "<input",
    "<style",
    "<link",
    "<meta",
    "<base",
    "<template",
    "<!--",
];
/// What no style has in it.
const STYLES: [&str; 10] =
    ["url", "import", "expression", "position", "<", "\\", "var(", "z-index", "behavior", "binding"];

pub(crate) fn html(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let images = Images { remote: Some(Arc::new(|_| "/ours".to_owned())), ..Images::default() };
    let Ok(cleaned) = clean(text, &images) else { return };
    let body = cleaned.body.to_ascii_lowercase();
    for element in ELEMENTS {
        assert!(!body.contains(element), "{element}: {body}");
    }
    // within a value the sign is written as an entity, so each tag ends where the first one stands
    for tag in body.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains(" on") && !outside.contains(" srcset") && !outside.contains(" id="), "{tag}");
        let href = tag.split_once("href=\"").map(|(_, value)| value);
        assert!(href.is_none_or(|href| href.starts_with("http") || href.starts_with("mailto:")), "{tag}");
        let src = tag.split_once(" src=\"").map(|(_, value)| value);
        assert!(!tag.starts_with("img") || src.is_none_or(|src| src.starts_with("/ours\"")), "{tag}");
    }
    let sheet = cleaned.sheet.to_ascii_lowercase();
    let again = clean(&format!("<style>{}</style>", cleaned.sheet), &Images::default());
    assert!(again.is_ok_and(|again| again.sheet == cleaned.sheet), "a sheet is read as it was written");
    assert!(STYLES.iter().all(|part| !sheet.contains(part)), "{sheet}");
}
