//! The Rust files of the house, read once.
use std::fs;
use std::path::Path;

/// One Rust file.
pub struct Source {
    /// Its path from the house's folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Whether it holds only tests, tables or generated code, and may be long.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The text before the module of tests.
    pub fn code(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
    }
}

/// Reads every Rust file under `benches`, `crates`, `fuzz` and `xtask`.
pub fn all(house: &Path) -> Result<Vec<Source>, String> {
    let mut files = Vec::new();
    let mut folders = ["benches", "crates", "fuzz", "xtask"].map(|name| house.join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
                let path = path.strip_prefix(house).map_err(|error| error.to_string())?;
                files.push(Source { path: path.to_string_lossy().into_owned(), text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
