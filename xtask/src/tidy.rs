//! The rules that hold the house up, each a file that gives its faults as lines of text.
mod citations;
mod edges;
mod orphans;
mod sizes;
mod source;
mod threats;
mod transcripts;
mod words;

use source::Source;
use std::path::Path;

/// Checks every rule; prints the sizes, returns the faults.
pub fn run(house: &Path) -> Result<Vec<String>, String> {
    let sources = source::all(house)?;
    println!("{}", sizes::summary(&sources));
    faults(house, &sources)
}

fn faults(house: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let mut faults = edges::check(house)?;
    faults.extend(citations::check(house, sources)?);
    faults.extend(transcripts::check(house, sources)?);
    faults.extend(threats::check(house)?);
    faults.extend(orphans::check(sources));
    faults.extend(words::check(sources));
    faults.extend(sizes::check(sources));
    Ok(faults)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        let house = crate::house();
        let sources = super::source::all(house).unwrap();
        let faults = super::faults(house, &sources).unwrap();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
