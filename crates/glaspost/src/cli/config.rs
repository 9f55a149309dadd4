//! `glaspost config check|show|reference`.
use super::terminal::safe_text;
use super::{Global, print};
use crate::brand;
use crate::configuration::{self, Configuration};
use crate::failure::{Code, Failure};
use crate::relay_domains;
use crate::routes::password;
use crate::serve::load_certificates;
use clap::Subcommand;
use directory::Pepper;

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Check the file: exit 0, or 78 with each fault's line and column; warn of certificates and password files
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
                files_of(&configuration).iter().for_each(|fault| eprintln!("warning: {}", safe_text(fault)));
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

/// What is wrong with the files that the configuration names, as far as who asks may see them.
fn files_of(configuration: &Configuration) -> Vec<String> {
    let mut faults = Vec::new();
    match load_certificates(configuration) {
        Ok(None) => {}
        Ok(Some(store)) => faults.extend(store.certificates().into_iter().filter_map(|certificate| {
            certificate.weakness.map(|weakness| format!("{}: {weakness}", certificate.file.display()))
        })),
        Err(failure) => faults.push(failure.message().to_owned()),
    }
    let routes = configuration.routes.iter().filter_map(|route| route.password_file.as_deref());
    faults.extend(routes.filter_map(|file| password(file).err()));
    let lists = configuration.mx.relay_domains.iter().filter_map(|one| relay_domains::of(one).err());
    faults.extend(lists.map(|fault| fault.message().to_owned()));
    faults.extend(brand::logo(configuration).err());
    let passwords = &configuration.passwords;
    faults.extend(passwords.pepper.as_deref().and_then(|file| Pepper::load(file).err()).map(|fault| fault.to_string()));
    if let Some(list) = &passwords.breached
        && let Err(error) = std::fs::File::open(list)
    {
        faults.push(format!("{}: {error}", list.display()));
    }
    faults
}

/// Reads the file that the command line names.
pub(crate) fn load(global: &Global) -> Result<Configuration, Failure> {
    configuration::load(&global.config).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| fault.in_file(&global.config).to_string()).collect();
        Failure::new(Code::Config, lines.join("\n"))
    })
}
