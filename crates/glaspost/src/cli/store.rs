//! `glaspost store check|stats|compact`.
use super::act::{run, unexpected};
use super::table::Table;
use super::terminal::safe_line;
use super::{Global, changed, or_dash, print, print_json};
use crate::failure::{Code, Failure};
use admin::{CheckView, Request, Response, StoreAct, StoreStatsView};
use clap::Subcommand;
use names::ByteSize;

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Prove that all is sound, mail and directory: exit 0, or 1 with each fault on a line
    #[command(after_help = "Examples:\n  glaspost store check\n  glaspost store check --bytes   read every byte too")]
    Check {
        /// Read every byte of every message too
        #[arg(long)]
        bytes: bool,
    },
    /// Show sizes
    #[command(after_help = "Example:\n  glaspost store stats --json")]
    Stats,
    /// Remove for good what was deleted too long ago, and give its space back
    #[command(after_help = "Example:\n  glaspost store compact\n\nA running server does this by itself.")]
    Compact,
}

impl StoreCommand {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Check { bytes } => match run(global, Request::Store(StoreAct::Check { bytes }))? {
                Response::Checked(view) => checked(global, &view),
                _ => Err(unexpected()),
            },
            Self::Stats => match run(global, Request::Store(StoreAct::Stats))? {
                Response::StoreStats(view) if global.json => print_json(&view),
                Response::StoreStats(view) => print(&page(&view)),
                _ => Err(unexpected()),
            },
            Self::Compact => match run(global, Request::Store(StoreAct::Compact))? {
                Response::Compacted { emails, blobs, bytes } => compacted(global, emails, blobs, bytes),
                _ => Err(unexpected()),
            },
        }
    }
}

fn checked(global: &Global, view: &CheckView) -> Result<(), Failure> {
    if global.json {
        print_json(view)?;
    } else {
        let faults: String = view.faults.iter().map(|fault| safe_line(fault) + "\n").collect();
        print(&faults)?;
        let named = view.faults.len() as u64;
        if view.count > named {
            eprintln!("and {} more", view.count - named);
        }
        let CheckView { domains, accounts, aliases, mailboxes, messages, emails, blobs, .. } = view;
        eprintln!(
            "looked at {domains} domains, {accounts} accounts, {aliases} aliases, {mailboxes} mailboxes, {messages} messages, {emails} emails, {blobs} blobs"
        );
        if view.without_address > 0 {
            eprintln!(
                "{} accounts have no address: an act that made or removed them was cut off",
                view.without_address
            );
        }
        match view.count {
            0 => eprintln!("all is sound"),
            1 => eprintln!("1 fault"),
            count => eprintln!("{count} faults"),
        }
    }
    if view.count == 0 { Ok(()) } else { Err(Failure::silent(Code::Found)) }
}

fn compacted(global: &Global, emails: u64, blobs: u64, bytes: u64) -> Result<(), Failure> {
    if global.json {
        return print_json(&serde_json::json!({ "emails": emails, "blobs": blobs, "bytes": bytes }));
    }
    let said = format!("{emails} emails and {blobs} blobs are gone for good, {} given back", ByteSize(bytes));
    changed(global, "store compact", "store", &said)
}

fn page(view: &StoreStatsView) -> String {
    let mut table = Table::bare();
    for (name, value) in [
        ("domains", view.domains.to_string()),
        ("accounts", view.accounts.to_string()),
        ("records", view.records.to_string()),
        ("records take", rounded(view.record_bytes)),
        ("blobs", view.blobs.to_string()),
        ("blobs hold", rounded(view.blob_bytes)),
        ("blobs take", rounded(view.blob_stored_bytes)),
        ("of that unused", rounded(view.blob_dead_bytes)),
        ("free on the disk", or_dash(view.free_bytes.map(rounded))),
    ] {
        table.row(&[name.to_owned(), value]);
    }
    table.render()
}

/// With one decimal, in the unit that fits.
fn rounded(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    match units.into_iter().find(|(shift, _)| bytes >> shift > 0) {
        Some((shift, unit)) => {
            let tenths = (u128::from(bytes) * 10) >> shift;
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        None => format!("{bytes} B"),
    }
}
