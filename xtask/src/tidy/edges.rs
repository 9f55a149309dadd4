//! Crate edges against `xtask/edges.txt`, and what the pure crates may not lean on.
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// Grammar and words: no runtime, clock, socket, log or store (ARCHITECTURE.md, "Invariants").
const PURE: [&str; 5] = ["names", "message", "smtp-wire", "imap-wire", "jmap-wire"];
const IMPURE: [&str; 7] = ["tokio", "tokio-util", "tracing", "rusqlite", "rustls", "hickory-resolver", "store"];

pub fn check(house: &Path) -> Result<Vec<String>, String> {
    let listed = listed(house)?;
    let mut faults = Vec::new();
    for (room, needs) in actual(house)? {
        let Some(may) = listed.get(&room) else {
            faults.push(format!("xtask/edges.txt: no line for crate {room}"));
            continue;
        };
        for need in &needs {
            if listed.contains_key(need) && !may.contains(need) {
                faults.push(format!("{room} leans on {need}: not an edge of xtask/edges.txt"));
            }
            if PURE.contains(&room.as_str()) && IMPURE.contains(&need.as_str()) {
                faults.push(format!("{room} is pure and leans on {need}"));
            }
        }
    }
    Ok(faults)
}

fn listed(house: &Path) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let text = std::fs::read_to_string(house.join("xtask/edges.txt")).map_err(|error| error.to_string())?;
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(':'))
        .map(|(room, needs)| (room.to_owned(), needs.split_whitespace().map(str::to_owned).collect()))
        .collect())
}

/// The crates of the workspace with what they lean on outside tests.
fn actual(house: &Path) -> Result<BTreeMap<String, BTreeSet<String>>, String> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(house)
        .output()
        .map_err(|error| error.to_string())?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let mut rooms = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let needs = package["dependencies"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|dependency| dependency["kind"].is_null())
            .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
            .collect();
        if let Some(name) = package["name"].as_str() {
            rooms.insert(name.to_owned(), needs);
        }
    }
    Ok(rooms)
}
