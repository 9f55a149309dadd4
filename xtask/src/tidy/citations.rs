//! Every cited RFC stands in `docs/standards.tsv`, and every row there is cited where it says.
use super::source::Source;
use std::collections::BTreeMap;
use std::path::Path;

pub fn check(house: &Path, sources: &[Source]) -> Result<Vec<String>, String> {
    let path = house.join("docs/standards.tsv");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("docs/standards.tsv: {error}"))?;
    let mut faults = Vec::new();
    let mut rows = BTreeMap::new();
    for (at, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        match (fields.as_slice(), fields.first().and_then(|number| number.parse::<u32>().ok())) {
            ([_, _status, _title, places], Some(number)) => {
                if rows.insert(number, *places).is_some() {
                    faults.push(format!("docs/standards.tsv:{}: RFC {number} stands twice", at + 1));
                }
            }
            _ => faults.push(format!("docs/standards.tsv:{}: not number, status, title, where", at + 1)),
        }
    }
    let mut cited: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for source in sources.iter().filter(|source| !source.path.starts_with("xtask/")) {
        for number in numbers(&source.text) {
            cited.entry(number).or_default().push(&source.path);
        }
    }
    for (number, places) in &cited {
        if !rows.contains_key(number) {
            faults.push(format!("{}: RFC {number} is not in docs/standards.tsv", places[0]));
        }
    }
    for (number, places) in rows {
        let files = cited.get(&number).map(Vec::as_slice).unwrap_or_default();
        for place in places.split(',').map(str::trim).filter(|place| !place.is_empty()) {
            if !files.iter().any(|file| file.starts_with(place)) {
                faults.push(format!("docs/standards.tsv: nothing in {place} cites RFC {number}"));
            }
        }
    }
    Ok(faults)
}

/// The numbers that follow `RFC ` in `text`.
fn numbers(text: &str) -> Vec<u32> {
    text.match_indices("RFC ")
        .filter_map(|(at, _)| {
            let rest = &text[at + 4..];
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            (end >= 3).then(|| rest[..end].parse().ok()).flatten()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn finds_the_numbers() {
        assert_eq!(super::numbers("(RFC 5321, 4.1) and RFC 822; RFCs 1, RFC x"), [5321, 822]);
    }
}
