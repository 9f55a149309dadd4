//! `glaspost config check|show|reference`.
use super::{Global, print};
use crate::configuration::{self, Configuration};
use crate::failure::{Code, Failure};
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check the file: exit 0, or 78 with each fault's line and column
    #[command(after_help = "Example:\n  glaspost config check --config /etc/glaspost/glaspost.toml")]
    Check,
    /// Print the settings in force, defaults included
    #[command(after_help = "Example:\n  glaspost config show --config /etc/glaspost/glaspost.toml")]
    Show,
    /// Print a file with every setting, its meaning and its default
    #[command(after_help = "Example:\n  glaspost config reference > glaspost.toml")]
    Reference,
}

impl Config {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Check => {
                let configuration = load(global)?;
                if global.json {
                    return super::print_json(
                        &serde_json::json!({ "ok": true, "listeners": configuration.listeners.len() }),
                    );
                }
                print(&format!("{}: right, {} listeners\n", global.config.display(), configuration.listeners.len()))
            }
            Self::Show if global.json => super::print_json(&configuration::as_json(&load(global)?)),
            Self::Show => print(&configuration::show(&load(global)?)),
            Self::Reference => print(&configuration::reference()),
        }
    }
}

/// Reads the file that the command line names.
pub(crate) fn load(global: &Global) -> Result<Configuration, Failure> {
    configuration::load(&global.config).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| fault.in_file(&global.config).to_string()).collect();
        Failure::new(Code::Config, lines.join("\n"))
    })
}
