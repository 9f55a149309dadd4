//! Glaspost: the whole mail service of an access provider in one program.
//!
//! The command line ([`cli`]), the configuration ([`configuration`]) and the wiring of the rooms.
mod brand;
mod cli;
mod configuration;
mod confinement;
mod demo;
mod failure;
mod health;
mod house;
mod log;
mod open_doors;
mod own_names;
mod regular_file;
mod relay_domains;
mod routes;
mod serve;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    confinement::close_memory();
    net::install_provider();
    let command_line = match cli::CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            let code = if error.use_stderr() { failure::Code::Usage as u8 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match command_line.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.exit(),
    }
}
