//! No orphan file: each Rust file is a root or is named by a `mod` of its parent.
use super::source::Source;
use std::collections::BTreeMap;

pub fn check(sources: &[Source]) -> Vec<String> {
    let texts: BTreeMap<&str, &str> =
        sources.iter().map(|source| (source.path.as_str(), source.text.as_str())).collect();
    let mut faults = Vec::new();
    for source in sources {
        let (folder, file) = source.path.rsplit_once('/').unwrap_or(("", &source.path));
        if file == "mod.rs" {
            faults.push(format!("{}: a module's root stands beside its folder, never mod.rs", source.path));
        }
        let is_root = matches!(file, "lib.rs" | "main.rs" | "build.rs")
            || folder.ends_with("/bin")
            || folder.ends_with("/benches")
            || folder.ends_with("/examples");
        if is_root {
            continue;
        }
        let name = file.trim_end_matches(".rs");
        let parents = [format!("{folder}.rs"), format!("{folder}/lib.rs"), format!("{folder}/main.rs")];
        let named = parents.iter().filter_map(|parent| texts.get(parent.as_str())).any(|text| {
            text.lines().any(|line| {
                line.trim_end().ends_with(&format!("mod {name};"))
                    || line.trim_end().ends_with(&format!("mod r#{name};"))
            })
        });
        if !named {
            faults.push(format!("{}: no parent names it", source.path));
        }
    }
    faults
}
