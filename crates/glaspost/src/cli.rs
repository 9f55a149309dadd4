//! The command line: what there is, and where each command is done.
mod account;
mod act;
mod alias;
mod config;
mod domain;
mod listing;
mod manual;
mod message;
mod nowhere;
mod owner;
mod queue;
mod sender;
mod settings;
mod share;
mod store;
mod table;
mod terminal;
mod trace;
mod when;
pub(crate) use config::load;

use crate::demo::Demo;
use crate::failure::{Code, Failure};
use crate::serve::Serve;
use clap::{CommandFactory, Parser, Subcommand};
use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

/// An access provider's whole mail service in one program.
#[derive(Debug, Parser)]
#[command(
    name = "glaspost",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  glaspost demo                      a whole provider on this machine, with accounts and mail\n  glaspost serve --config FILE       run the server\n\nNext: `glaspost demo --help`, `glaspost config reference`."
)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// The configuration file
    #[arg(
        long,
        short,
        global = true,
        value_name = "FILE",
        env = "GLASPOST_CONFIG",
        hide_env_values = true,
        default_value = "/etc/glaspost/glaspost.toml"
    )]
    pub(crate) config: PathBuf,
    /// Print data as JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A whole provider on this machine, with accounts and mail
    Demo(Demo),
    /// Run the server
    Serve(Serve),
    /// Check, show or explain the configuration
    #[command(subcommand)]
    Config(config::Config),
    /// The domains for which mail is taken
    #[command(subcommand)]
    Domain(domain::DomainCommand),
    /// The accounts
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// The addresses that stand for others
    #[command(subcommand)]
    Alias(alias::AliasCommand),
    /// The mailboxes that accounts share
    #[command(subcommand)]
    Share(share::ShareCommand),
    /// Who may send as an address that is not his own
    #[command(subcommand)]
    Sender(sender::SenderCommand),
    /// The messages that wait to be sent
    #[command(subcommand)]
    Queue(queue::QueueCommand),
    /// What happened to messages
    #[command(subcommand)]
    Trace(trace::TraceCommand),
    /// What customers set up in their mail programs: their page of settings, as text, HTML or JSON
    Settings(settings::Settings),
    /// The store as a whole
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Show what is inside a message
    #[command(subcommand)]
    Message(message::Message),
    /// Print the completions of a shell
    Completions(manual::Completions),
    /// Print the manual page, or write those of all commands into a folder
    Man(manual::Man),
}

impl CommandLine {
    /// Does what was asked.
    pub(crate) fn run(self) -> Result<(), Failure> {
        let global = self.global;
        match self.command {
            Command::Demo(command) => command.run(&global),
            Command::Serve(command) => command.run(&global),
            Command::Config(command) => command.run(&global),
            Command::Domain(command) => command.run(&global),
            Command::Account(command) => command.run(&global),
            Command::Alias(command) => command.run(&global),
            Command::Share(command) => command.run(&global),
            Command::Sender(command) => command.run(&global),
            Command::Queue(command) => command.run(&global),
            Command::Trace(command) => command.run(&global),
            Command::Settings(command) => command.run(&global),
            Command::Store(command) => command.run(&global),
            Command::Message(command) => command.run(&global),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
        }
    }

    /// The whole tree of commands, for completions and manual pages.
    fn tree() -> clap::Command {
        Self::command()
    }
}

/// Writes data to standard output. A reader that has gone (`glaspost … | head`) ends the output quietly.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(Code::Io, error)),
        _ => Ok(()),
    }
}

/// Writes `value` as one JSON document.
pub(crate) fn print_json<T: serde::Serialize>(value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::new(Code::Software, error))?;
    print(&format!("{text}\n"))
}

/// Says what an act changed and how to undo it: to people on standard error, to machines on standard output.
pub(crate) fn changed(global: &Global, act: &str, subject: &str, said: &str) -> Result<(), Failure> {
    if global.json {
        return print_json(&serde_json::json!({ "ok": true, "act": act, "subject": subject }));
    }
    eprintln!("{}", terminal::safe_text(said));
    Ok(())
}

/// A moment, from seconds since 1970.
fn moment(seconds: u64) -> String {
    let at = i64::try_from(seconds).ok().and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    or_dash(at)
}

/// The value, or `-` where there is none.
fn or_dash(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
