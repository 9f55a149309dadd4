//! What everybody must be able to read: contrast, and what assistive programs are told (WCAG 2.2, AA).
use super::open;
use crate::{Frame, Guide, STYLE, Sheet};
use std::collections::{BTreeMap, BTreeSet};
use texts::Language;

/// The colours of a theme, by name.
fn colours(block: &str) -> BTreeMap<&str, [u8; 3]> {
    let lines = block.split('}').next().unwrap_or_default().lines();
    lines
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": #"))
        .map(|(name, hex)| (name, [0, 2, 4].map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())))
        .collect()
}

/// WCAG 2.2, "relative luminance".
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// WCAG 2.2, "contrast ratio".
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn the_measure_is_right() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
}

#[test]
fn words_and_lines_stand_out_in_light_and_in_dark() {
    let (_, light) = STYLE.split_once(":root {").unwrap();
    let (_, dark) = STYLE.split_once("@media (prefers-color-scheme: dark) {").unwrap();
    let dark = dark.split_once(":root {").unwrap().1;
    for (theme, block) in [("light", light), ("dark", dark)] {
        let colours = colours(block);
        let against = |name: &str, ground: &str| contrast(colours[name], colours[ground]);
        for name in ["ink", "soft", "link", "good", "warning"] {
            for ground in ["paper", "card"] {
                // WCAG 2.2, 1.4.3: 4.5:1
                assert!(against(name, ground) >= 4.5, "{theme}: {name} on {ground}: {}", against(name, ground));
            }
        }
        // WCAG 2.2, 1.4.11: 3:1
        assert!(against("line", "paper") >= 3.0, "{theme}: {}", against("line", "paper"));
    }
}

/// Opening tags, with what stands in them.
fn tags<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let open = format!("<{name}");
    page.match_indices(&open)
        .map(|(at, _)| page[at + open.len()..].split('>').next().unwrap())
        .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        .collect()
}

#[test]
fn tables_and_parts_say_what_they_are() {
    let languages = [(Language::Dutch, "/settings/nl"), (Language::English, "/settings/en")];
    for language in Language::ALL {
        let page =
            Sheet::new(&Guide::new(&open()), language).html(Frame::Served { style: "/s", languages: &languages });
        let tables = tags(&page, "table");
        assert_eq!(tables.len(), 5);
        assert_eq!(page.matches("<caption>").count(), tables.len());
        // the layout of cards takes the meaning of a table away: roles give it back
        for (name, role) in [("table", &["table"][..]), ("tr", &["row"]), ("td", &["cell"])] {
            for tag in tags(&page, name) {
                assert!(role.iter().any(|role| tag.contains(&format!("role=\"{role}\""))), "{name}: {tag}");
            }
        }
        for heading in tags(&page, "th") {
            let column = heading.contains("role=\"columnheader\"") && heading.contains("scope=\"col\"");
            let row = heading.contains("role=\"rowheader\"") && heading.contains("scope=\"row\"");
            assert!(column || row, "{heading}");
        }
        let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{ids:?}");
        for section in tags(&page, "section") {
            let name = section.split("aria-labelledby=\"").nth(1).unwrap().split('"').next().unwrap();
            assert!(ids.contains(&name), "{section}");
        }
        assert_eq!((tags(&page, "h1").len(), tags(&page, "main").len(), tags(&page, "nav").len()), (1, 1, 1));
        assert!(!page.contains("user-scalable") && !page.contains("maximum-scale"), "letters may be made larger");
    }
}
