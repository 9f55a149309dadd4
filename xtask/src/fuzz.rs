//! Drives the fuzz targets with libFuzzer on the stable compiler: what it finds becomes a corpus file.
use std::path::Path;
use std::process::Command;

/// Coverage instrumentation that the stable compiler offers.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing -Ccodegen-units=1 -Cdebug-assertions";
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// What a stranger's bytes reach first: these run five times as long.
const HOSTILE: [&str; 5] = ["imap_command", "imap_literal_stream", "mime", "smtp_command", "smtp_data"];

/// Runs one target, or each, for the given seconds, the hostile-facing ones five times as long; returns a line for each
/// that found something.
pub fn run(house: &Path, arguments: &[&str]) -> Result<Vec<String>, String> {
    let seconds: u32 =
        arguments.first().map_or(Ok(120), |text| text.parse()).map_err(|_| "SECONDS is a whole number")?;
    let folder = house.join("fuzz");
    let status = Command::new("cargo")
        .args([
            "build",
            "--release",
            "--locked",
            "--target",
            TRIPLE,
            "--features",
            "libfuzzer",
            "-p",
            "fuzz",
            "--bin",
            "drive",
        ])
        .env("RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", house.join("target/fuzz"))
        .current_dir(house)
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err("the fuzz targets do not build".to_owned());
    }
    let program = house.join("target/fuzz").join(TRIPLE).join("release/drive");
    let mut faults = Vec::new();
    for target in targets(&folder)?.iter().filter(|name| arguments.get(1).is_none_or(|only| only == name)) {
        let seconds = if HOSTILE.contains(&target.as_str()) { seconds.saturating_mul(5) } else { seconds };
        println!("{target}: {seconds} s");
        let corpus = folder.join("corpus").join(target);
        let found = house.join("target/fuzz/found").join(target);
        let grown = house.join("target/fuzz/grown").join(target);
        for folder in [&found, &grown] {
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        let status = Command::new(&program)
            .env("FUZZ_TARGET", target)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .args(["-max_len=65536", "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1", "-verbosity=0"])
            .args([&grown, &corpus])
            .status()
            .map_err(|error| error.to_string())?;
        if !status.success() {
            faults.push(format!("{target}: see {}", found.display()));
        }
    }
    Ok(faults)
}

/// The targets: the folders of the corpus.
fn targets(folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder.join("corpus")).map_err(|error| error.to_string())? {
        names.push(entry.map_err(|error| error.to_string())?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}
