//! Nothing that people read is left out.
use super::*;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_table_is_sorted() {
    assert!(TEXTS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert!(TEXTS.iter().all(|(_, dutch)| dutch.is_ascii()));
}

#[test]
fn what_has_a_number_in_it() {
    for (english, dutch) in [
        ("not a mailbox name: a part of it is empty", "geen naam van een map: een deel ervan is leeg"),
        ("the limit of 1000 keywords is reached", "de grens van 1000 trefwoorden is bereikt"),
        (
            "too many wrong passwords; try again in 60 seconds",
            "te veel verkeerde wachtwoorden; probeer het over 60 seconden opnieuw",
        ),
    ] {
        assert_eq!(said(english).as_deref(), Some(dutch));
    }
    assert_eq!(said("the limit of nothing"), None);
    assert_eq!(said("expected a space at byte 7"), None);
}

/// The texts of a source file: the strings within the calls that say something to people.
fn texts(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]").next().unwrap_or_default();
    let calls = ["Completion::ok(", "Completion::no(", "Completion::bad(", "told(error, ", ".tell(", "go_ahead("];
    let mut texts = BTreeSet::new();
    for call in calls {
        for (at, _) in code.match_indices(call) {
            let rest = &code[at + call.len()..];
            // Up to the first string, unless the call ends before it, or makes the text itself.
            let Some(begin) = rest.find('"') else { continue };
            let before = &rest[..begin];
            if before.contains(';')
                || before.contains("format!")
                || before.matches(')').count() > before.matches('(').count()
            {
                continue;
            }
            let text = &rest[begin + 1..];
            texts.extend(text.find('"').map(|end| text[..end].to_owned()));
        }
    }
    texts
}

#[test]
fn every_text_is_known() {
    let (mut folders, mut all) = (vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")], BTreeSet::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("dutch/tests.rs") {
                all.extend(texts(&std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(all.len() > 60, "{all:?}");
    // Before anybody can ask for another language.
    all.remove("Glaspost is ready");
    let unknown: Vec<&String> = all.iter().filter(|text| said(text).is_none()).collect();
    assert!(unknown.is_empty(), "in src/session/language/dutch.rs nothing stands for {unknown:?}");
}
