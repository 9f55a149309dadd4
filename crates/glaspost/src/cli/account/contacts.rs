//! `glaspost account contacts`: vCards into an account and out of it.
use crate::cli::act::{Desk, at_desk, unexpected};
use crate::cli::{Global, changed, print, print_json};
use crate::failure::{Code, Failure};
use admin::{AccountAct, Request, Response};
use clap::Subcommand;
use names::Address;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// vCards that go in one request come to so many bytes, unless one alone is larger.
const PIECE: usize = 256 * 1024;
/// vCards that go in one request, at most.
const PIECE_CARDS: usize = 500;
/// The longest line that is read.
const MAX_LINE: usize = 2 * 1024 * 1024;

/// What is done with contacts.
#[derive(Debug, Subcommand)]
pub(crate) enum ContactsCommand {
    /// Take in vCards; one whose UID is known takes the place of that contact
    #[command(
        after_help = "Examples:\n  glaspost account contacts import anna@example.org contacts.vcf\n  glaspost account contacts import anna@example.org - < contacts.vcf\n\nIt can be repeated: nobody is there twice. Pictures that are too large for a contact are left out."
    )]
    Import {
        /// The account's address
        address: Address,
        /// A file with vCards (3.0 or 4.0), or `-`
        file: PathBuf,
    },
    /// Write all contacts as vCards (4.0)
    #[command(after_help = "Example:\n  glaspost account contacts export anna@example.org > contacts.vcf")]
    Export {
        /// The account's address
        address: Address,
    },
}

impl ContactsCommand {
    pub(super) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Import { address, file } => import(global, &address, &file),
            Self::Export { address } => export(global, &address),
        }
    }
}

/// What all requests of one import came to.
#[derive(Debug, Default, serde::Serialize)]
struct Total {
    created: u64,
    replaced: u64,
    without_pictures: u64,
    refused: Vec<String>,
}

fn import(global: &Global, address: &Address, file: &Path) -> Result<(), Failure> {
    let named = |error: io::Error| Failure::new(Code::NoInput, format!("{}: {error}", file.display()));
    let mut input: Box<dyn BufRead> = if file.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(file).map_err(named)?))
    };
    let mut total = Total::default();
    at_desk(global, async |desk: &mut Desk| {
        while let Some(vcards) = piece(&mut input).map_err(named)? {
            let act = AccountAct::ImportContacts { address: address.clone(), vcards };
            let answer = desk.ask(Request::Account(act)).await?;
            let Response::ContactsImported { created, replaced, bare, refused } = answer else {
                return Err(unexpected());
            };
            total.created += created;
            total.replaced += replaced;
            total.without_pictures += bare;
            total.refused.extend(refused.into_iter().map(|left_out| left_out.told));
        }
        Ok(())
    })?;
    if global.json {
        return print_json(&total);
    }
    let Total { created, replaced, without_pictures, refused } = total;
    let mut said = format!("{address}: {created} contacts are new, {replaced} took the place of one that was there");
    if without_pictures > 0 {
        said += &format!("\n{without_pictures} came without their pictures, which are too large");
    }
    refused.iter().for_each(|why| said += &format!("\nleft out: {why}"));
    changed(global, "account contacts import", &address.to_string(), &said)
}

/// The next vCards of a file, whole ones; nothing at its end.
fn piece(input: &mut impl BufRead) -> io::Result<Option<String>> {
    let (mut bytes, mut cards) = (Vec::new(), 0);
    loop {
        let before = bytes.len();
        let read = io::Read::take(&mut *input, MAX_LINE as u64).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        let line = bytes.get(before..).unwrap_or_default().trim_ascii();
        if line.eq_ignore_ascii_case(b"END:VCARD") {
            cards += 1;
            if bytes.len() >= PIECE || cards >= PIECE_CARDS {
                break;
            }
        }
        if bytes.len() > 2 * MAX_LINE {
            return Err(io::Error::other("a vCard that is too large"));
        }
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    String::from_utf8(bytes).map(Some).map_err(|_| io::Error::other("not UTF-8"))
}

fn export(global: &Global, address: &Address) -> Result<(), Failure> {
    at_desk(global, async |desk: &mut Desk| {
        let (mut after, mut more) = (None, true);
        while more {
            let act = AccountAct::ExportContacts { address: address.clone(), after };
            let Response::Contacts { vcards, next } = desk.ask(Request::Account(act)).await? else {
                return Err(unexpected());
            };
            print(&vcards)?;
            (after, more) = (next, next.is_some());
        }
        Ok(())
    })
}
