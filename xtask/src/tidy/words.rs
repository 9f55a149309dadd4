//! Names that say nothing, and what was left for later.
use super::source::Source;

const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "manager"];

pub fn check(sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("xtask/src/tidy")) {
        for part in source.path.trim_end_matches(".rs").split('/') {
            if EMPTY_NAMES.contains(&part) {
                faults.push(format!("{}: `{part}` says nothing", source.path));
            }
        }
        if !source.is_test() && !source.text.starts_with("//!") && !source.text.starts_with("#![") {
            faults.push(format!("{}: does not open with `//!` and what it is for", source.path));
        }
        for (at, line) in source.text.lines().enumerate() {
            if ["TODO", "FIXME", "XXX"].iter().any(|word| line.contains(&format!("// {word}")))
                || line.contains("#[ignore")
            {
                faults.push(format!("{}:{}: left for later", source.path, at + 1));
            }
        }
    }
    faults
}
