//! What is answered to mail while its reader is away.
use super::Switch;
use crate::cli::act::{Desk, at_desk, run, unexpected};
use crate::cli::table::Table;
use crate::cli::when::When;
use crate::cli::{Global, changed, moment, or_dash, print, print_json};
use crate::configuration::Period;
use crate::failure::{Code, Failure};
use admin::{AccountAct, Request, Response};
use delivery::Vacation;
use names::Address;
use std::fs;
use std::path::PathBuf;
use std::str::FromStr;

/// What an answer is to be.
#[derive(Debug, clap::Args)]
pub(crate) struct VacationChange {
    /// Whether mail is answered; without it, what is set is shown
    #[arg(value_enum)]
    state: Option<Switch>,
    /// The subject; without it, that of the message, behind a word of ours
    #[arg(long, value_name = "TEXT", requires = "state")]
    subject: Option<String>,
    /// A file with the text, in UTF-8; without it, the text stays as it is
    #[arg(long, value_name = "FILE", requires = "state")]
    text_file: Option<PathBuf>,
    /// From when on, such as `2026-12-24`, in UTC
    #[arg(long, value_name = "WHEN", requires = "state")]
    from: Option<Day>,
    /// Until when, such as `2027-01-02T08:00`, in UTC
    #[arg(long, value_name = "WHEN", requires = "state")]
    until: Option<Day>,
    /// A sender is answered once in so many days
    #[arg(long, value_name = "NUMBER", requires = "state")]
    days: Option<u16>,
}

/// A moment that is written as a date, for one that is `2 h` ago is nothing that begins or ends a holiday.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Day(u64);

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.parse::<Period>().is_ok() {
            return Err(format!("`{text}` is no date: write one in UTC, such as `2026-12-24` or `2026-12-24T14:00`"));
        }
        text.parse::<When>().map(|when| Self(when.0))
    }
}

impl VacationChange {
    pub(super) fn run(self, global: &Global, address: Address) -> Result<(), Failure> {
        let Some(state) = self.state else { return show(global, address) };
        let whom = address.to_string();
        let text = self.text_file.as_ref().map(fs::read_to_string).transpose();
        let text = text.map_err(|error| Failure::new(Code::NoInput, error))?;
        let on = state == Switch::On;
        at_desk(global, async |desk: &mut Desk| {
            let shown = desk.ask(Request::Account(AccountAct::Vacation { address: address.clone() })).await?;
            let Response::Vacation(before) = shown else { return Err(unexpected()) };
            // dates and subject are of one holiday; switched off, all of it stays for the next one
            let vacation = match on {
                false => Vacation { enabled: false, ..before },
                true => Vacation {
                    enabled: true,
                    subject: self.subject,
                    from: self.from.map(|day| day.0),
                    until: self.until.map(|day| day.0),
                    html: if text.is_some() { None } else { before.html },
                    text: text.or(before.text),
                    days: self.days.unwrap_or(before.days),
                },
            };
            match desk.ask(Request::Account(AccountAct::SetVacation { address, vacation })).await? {
                Response::Done => Ok(()),
                _ => Err(unexpected()),
            }
        })?;
        let said = if on {
            format!("{whom}: its mail is answered\nundo: glaspost account vacation {whom} off")
        } else {
            format!("{whom}: its mail is not answered\nundo: glaspost account vacation {whom} on")
        };
        changed(global, "account vacation", &whom, &said)
    }
}

fn show(global: &Global, address: Address) -> Result<(), Failure> {
    match run(global, Request::Account(AccountAct::Vacation { address }))? {
        Response::Vacation(vacation) if global.json => print_json(&vacation),
        Response::Vacation(vacation) => print(&page(&vacation)),
        _ => Err(unexpected()),
    }
}

fn page(vacation: &Vacation) -> String {
    let mut table = Table::bare();
    for (name, value) in [
        ("answered", if vacation.enabled { "yes" } else { "no" }.to_owned()),
        ("from", or_dash(vacation.from.map(moment))),
        ("until", or_dash(vacation.until.map(moment))),
        ("once in", format!("{} days", vacation.days)),
        ("subject", or_dash(vacation.subject.clone())),
        ("text", or_dash(vacation.text.as_ref().map(|text| text.trim_end().replace('\n', " / ")))),
        ("HTML", if vacation.html.is_some() { "yes" } else { "no" }.to_owned()),
    ] {
        table.row(&[name.to_owned(), value]);
    }
    table.render()
}
