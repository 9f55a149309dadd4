//! `docs/security.md`: a line for each row of the catalogue of threats, with the tests that hold it, each of which exists.
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/security.md";

/// The rows, by letter. A letter whose code does not exist yet stands under "No code yet" on the page.
const ROWS: [(char, &[u8]); 11] = [
    ('S', &[1, 3, 5, 7, 8, 10, 12, 13, 15, 17, 19, 20, 22, 24, 25, 26, 27, 29, 31, 33, 34, 35]),
    ('I', &[1, 3, 5, 6, 8, 10, 12, 13, 15, 17, 19, 20, 22, 24, 26, 27, 28]),
    ('P', &[1, 2, 4, 6, 7, 8, 9]),
    ('M', &[1, 3, 4, 7, 9, 10, 13, 15]),
    ('A', &[1, 3, 4, 5, 8, 10, 13, 14, 15, 17]),
    ('D', &[5]),
    ('J', &[1, 2, 5, 7, 10, 12, 13, 14, 20, 25, 26]),
    ('Q', &[1, 2, 4, 5, 6, 8, 10, 11, 12, 13]),
    ('W', &[1, 2, 5, 7, 9, 11, 12, 14]),
    ('R', &[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 24, 25]),
    ('X', &[1, 3, 4, 7, 8, 9, 10, 11]),
];

/// What stands in the place of tests where there is nothing to test.
const NO_CODE: &str = "no code yet:";

/// What stands there where a test is still owed.
const NO_TEST: &str = "no test yet";

pub fn check(house: &Path) -> Result<Vec<String>, String> {
    let page = fs::read_to_string(house.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let mut faults = Vec::new();
    let mut cells = BTreeMap::new();
    for (at, line) in page.lines().enumerate() {
        let Some((row, tests)) = row(line) else { continue };
        if cells.insert(row, tests).is_some() {
            faults.push(format!("{PAGE}:{}: {row} stands twice", at + 1));
        }
    }
    let rows = ROWS.iter().flat_map(|(letter, numbers)| numbers.iter().map(move |n| format!("{letter}{n:02}")));
    for row in rows {
        match cells.remove(row.as_str()) {
            None => faults.push(format!("{PAGE}: {row} is missing")),
            Some(tests) => faults.extend(row_faults(house, &row, tests)),
        }
    }
    faults.extend(cells.keys().map(|row| format!("{PAGE}: there is no row {row}")));
    Ok(faults)
}

/// The row and the cell with its tests, if `line` is a line of the table.
fn row(line: &str) -> Option<(&str, &str)> {
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    let [_, row, .., tests, _] = cells.as_slice() else { return None };
    let (letter, number) = row.split_at_checked(1)?;
    let is_row = letter.chars().all(|c| c.is_ascii_uppercase()) && number.len() == 2 && number.parse::<u8>().is_ok();
    is_row.then_some((row, tests))
}

fn row_faults(house: &Path, row: &str, tests: &str) -> Vec<String> {
    if tests.starts_with(NO_CODE) || tests == NO_TEST {
        return Vec::new();
    }
    let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
    let mut faults: Vec<String> = named
        .iter()
        .filter_map(|test| fault(house, test).map(|fault| format!("{PAGE}: {row}: `{test}`: {fault}")))
        .collect();
    let own = row.to_ascii_lowercase();
    if !named.iter().any(|test| is_named_after(test, &own)) {
        faults.push(format!("{PAGE}: {row}: no test is named after it (`test_{own}_…`, `{own}_…` or `{own}-….txt`)"));
    }
    faults
}

/// Whether the last part of `test` (a function, or a transcript's file) begins with the row's name.
fn is_named_after(test: &str, row: &str) -> bool {
    let name = test.rsplit([':', '/']).next().unwrap_or_default();
    let name = name.strip_prefix("test_").unwrap_or(name);
    name.strip_prefix(row).is_some_and(|rest| rest.starts_with(['_', '-']))
}

/// Why `path::name`, or a transcript's path, is no test.
fn fault(house: &Path, test: &str) -> Option<String> {
    let (path, name) = test.split_once("::").unwrap_or((test, ""));
    let text = match fs::read_to_string(house.join(path)) {
        Ok(text) => text,
        Err(error) => return Some(error.to_string()),
    };
    let is_there = match path.rsplit('.').next() {
        Some("rs") => text.contains(&format!("fn {name}(")),
        Some("py") => text.contains(&format!("def {name}(")),
        _ => name.is_empty(),
    };
    (!is_there).then(|| "not in that file".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_table() {
        assert_eq!(row("| S01 | only one end | `a.rs::b` |"), Some(("S01", "`a.rs::b`")));
        assert_eq!(row("| row | what is kept | tests |"), None);
        assert_eq!(row("text"), None);
    }

    #[test]
    fn says_what_is_wrong() {
        let house = crate::house();
        let fault = |tests: &str| row_faults(house, "S01", tests).join("\n");
        let own = "`xtask/src/tidy/threats.rs::says_what_is_wrong`";
        assert!(fault(own).contains("no test is named after it"), "{}", fault(own));
        assert!(fault("`xtask/src/tidy/threats.rs::s01_nowhere`").contains("not in that file"));
        assert!(fault("`nowhere.py::test_s01_x`").contains("nowhere.py"));
        assert!(fault("").contains("no test is named after it"));
        assert_eq!(fault("no code yet: nothing does that"), "");
        assert_eq!(fault("no test yet"), "");
        assert!(fault("no test yet, but soon").contains("no test is named after it"));
        assert!(is_named_after("crates/smtp/transcripts/s01-smuggling.txt", "s01"));
        assert!(!is_named_after("tests/bounds/test_s.py::test_s011_x", "s01"));
    }
}
