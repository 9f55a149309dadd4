//! The chores of the house that need logic: `tidy`, `fuzz`.
mod fuzz;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => report(tidy::run(house())),
        ["fuzz", rest @ ..] => report(fuzz::run(house(), rest)),
        _ => {
            eprintln!("usage: xtask tidy | xtask fuzz [SECONDS] [TARGET]");
            ExitCode::from(64)
        }
    }
}

/// The workspace's folder.
fn house() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn report(faults: Result<Vec<String>, String>) -> ExitCode {
    match faults {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("{} faults", faults.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(70)
        }
    }
}
