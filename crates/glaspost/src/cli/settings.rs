//! `glaspost settings`: the customers' page of settings, for letters, other sites and programs.
use super::act::{ask_server, unexpected};
use super::terminal::safe_text;
use super::{Global, load, print, print_json};
use crate::configuration::{Configuration, Language};
use crate::failure::{Code, Failure};
use crate::open_doors;
use crate::serve::load_certificates;
use admin::{Request, Response};
use clap::{Args, ValueEnum};
use guide::{Frame, Guide, Sheet, Spoken};

#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  glaspost settings\n  glaspost settings --format html --language en > settings.html\n  glaspost settings --json\n\nThe same stands at /settings of the https listener. A running server tells what is so now; without one, or without the right\nto ask it, the configuration file does."
)]
pub(crate) struct Settings {
    /// How it is printed; `--json` is short for `--format json`
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// In which language; by default the one that the configuration names
    #[arg(long, visible_alias = "lang", value_enum)]
    language: Option<Language>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Plain text
    Text,
    /// A document that stands alone
    Html,
    /// Facts for programs, with the sentences beside them
    Json,
}

impl Settings {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        let format = match (self.format, global.json) {
            (None | Some(Format::Json), true) => Format::Json,
            (Some(_), true) => {
                return Err(Failure::new(Code::Usage, "`--json` and another `--format`: which one is meant?"));
            }
            (format, false) => format.unwrap_or(Format::Text),
        };
        let configuration = load(global)?;
        let guide = match ask_server(&configuration, &Request::Settings)? {
            Some(Response::Settings(guide)) => *guide,
            Some(_) => return Err(unexpected()),
            None => planned(&configuration)?,
        };
        let language = self.language.unwrap_or(configuration.general.language).spoken();
        match format {
            Format::Text => print(&Sheet::new(&guide, language).text()),
            Format::Html => print(&format!("{}\n", Sheet::new(&guide, language).html(Frame::Alone))),
            Format::Json => print_json(&Spoken::new(&guide, language)),
        }
    }
}

/// The guide to the listeners of the file, where no server can be asked.
fn planned(configuration: &Configuration) -> Result<Guide, Failure> {
    let certificates = load_certificates(configuration).unwrap_or_else(|failure| {
        let fault = safe_text(failure.message());
        eprintln!("warning: which names the certificates bear is not told: {fault}");
        None
    });
    open_doors::guide(configuration, certificates.as_deref(), &[])
}
