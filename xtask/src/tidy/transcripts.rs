//! A transcript for every command row. A row is a file or constant of a session's command table with `name: "NAME"`.
use super::source::Source;
use std::fs;
use std::path::Path;

const FACES: [&str; 3] = ["crates/smtp", "crates/imap", "crates/pop3"];

pub fn check(house: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let mut faults = Vec::new();
    for face in FACES {
        let said = client_lines(&house.join(face).join("transcripts"))?;
        let rows = rows(sources, face);
        if rows.is_empty() {
            faults.push(format!("{face}: no command row found"));
        }
        for row in rows {
            if !said.iter().any(|line| is_command(line, &row)) {
                faults.push(format!("{face}: no transcript in which a client says {row}"));
            }
        }
    }
    Ok(faults)
}

/// The names of the rows in the command table of `face`.
fn rows(sources: &[Source], face: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for source in sources.iter().filter(|source| source.path.starts_with(face) && source.path.contains("/session/")) {
        for line in source.code().lines().map(str::trim) {
            let name = line.strip_prefix("name: \"").or_else(|| line.strip_prefix("verb: \""));
            if let Some((name, _)) = name.and_then(|rest| rest.split_once('"')) {
                rows.push(name.to_ascii_uppercase());
            }
        }
    }
    rows
}

/// Every line that a client says in the transcripts of `folder`, upper case.
fn client_lines(folder: &Path) -> Result<Vec<String>, String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        lines.extend(
            text.lines()
                .filter_map(|line| line.strip_prefix("C:").or_else(|| line.strip_prefix("C-:")))
                .map(|line| line.trim().to_ascii_uppercase()),
        );
    }
    Ok(lines)
}

/// Whether `line` is the command `name`, perhaps behind an IMAP tag.
fn is_command(line: &str, name: &str) -> bool {
    let untagged = line.split_once(' ').map_or("", |(_, rest)| rest);
    [line, untagged]
        .iter()
        .any(|text| text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ':', '\\'])))
}
