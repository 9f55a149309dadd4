//! The messages under `corpus/`.

use std::path::Path;

use message::{Shape, Structure};

/// Every file by its name without the ending, in order.
pub(crate) fn files() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    assert!(files.len() >= 60);
    files
}

/// One file.
pub(crate) fn file(name: &str) -> Vec<u8> {
    files().into_iter().find(|(found, _)| found == name).unwrap_or_else(|| panic!("no {name}")).1
}

/// The types of all parts, what is inside a part in parentheses: `multipart/mixed(text/plain text/html)`.
pub(crate) fn outline(structure: &Structure) -> String {
    let mut text = String::new();
    let mut ends: Vec<usize> = Vec::new();
    for (index, part) in structure.parts().iter().enumerate() {
        while ends.last().is_some_and(|&end| end <= index) {
            ends.pop();
            text.push(')');
        }
        if !text.is_empty() && !text.ends_with('(') {
            text.push(' ');
        }
        text += &String::from_utf8_lossy(&part.media.kind).to_lowercase();
        text.push('/');
        text += &String::from_utf8_lossy(&part.media.subtype).to_lowercase();
        if part.shape != Shape::Leaf {
            text.push('(');
            ends.push(part.end as usize);
        }
    }
    text + &")".repeat(ends.len())
}
