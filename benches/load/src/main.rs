//! `load WORK …`: one JSON object on standard output, the first unexpected reply on standard error.
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    load::run(&load::Arguments::parse())
}
