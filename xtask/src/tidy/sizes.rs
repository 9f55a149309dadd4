//! How many files and functions are over size (STYLE: 400 lines a file, 60 a function).
use super::source::Source;

const FILE: usize = 400;
const FILE_AT_MOST: usize = 500;
const FUNCTION: usize = 60;

/// The long ones, counted and named.
pub fn summary(sources: &[Source]) -> String {
    let files = over(sources, FILE);
    let functions: usize =
        sources.iter().filter(|source| !source.is_test()).map(|source| long_functions(source.code())).sum();
    let lines: usize = sources.iter().map(|source| source.text.lines().count()).sum();
    let mut text = format!(
        "{} Rust files, {lines} lines; {} files over {FILE} lines, {functions} functions over {FUNCTION}",
        sources.len(),
        files.len()
    );
    for (path, lines) in files {
        text.push_str(&format!("\n  {lines} {path}"));
    }
    text
}

/// A file far over size is a fault: it has more than one idea.
pub fn check(sources: &[Source]) -> Vec<String> {
    over(sources, FILE_AT_MOST)
        .into_iter()
        .map(|(path, lines)| format!("{path}: {lines} lines, over {FILE_AT_MOST}"))
        .collect()
}

/// Files of code (tests and tables apart) with more than `limit` lines.
fn over(sources: &[Source], limit: usize) -> Vec<(&str, usize)> {
    sources
        .iter()
        .filter(|source| !source.is_test() && !source.path.ends_with("/table.rs"))
        .map(|source| (source.path.as_str(), source.text.lines().count()))
        .filter(|(_, lines)| *lines > limit)
        .collect()
}

/// Counts functions by the indentation that rustfmt gives: from `fn` to the closing brace in its column.
fn long_functions(code: &str) -> usize {
    let lines: Vec<&str> = code.lines().collect();
    let mut count = 0;
    for (at, line) in lines.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let is_function = line.contains("fn ") && !line.trim_start().starts_with("//") && line.ends_with('{');
        if is_function {
            let close = format!("{}}}", " ".repeat(indent));
            let length = lines[at..].iter().position(|line| *line == close).unwrap_or(0);
            count += usize::from(length > FUNCTION);
        }
    }
    count
}
