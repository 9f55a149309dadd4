//! `glaspost message show FILE`: what is inside a message, read as it goes by and never held.
mod render;
mod structure;
mod summary;

use super::{Global, print, print_json};
use crate::failure::{Code, Failure};
use clap::Subcommand;
use message::{Limits, Parsed, Parser, SearchScope, TextExtractor};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use summary::Summary;

/// The text that is shown with the rest; `--text` shows all.
const TEXT_SHOWN: usize = 256 * 1024;
/// What is read at once.
const PIECE: usize = 64 * 1024;

#[derive(Debug, Subcommand)]
pub(crate) enum Message {
    /// Show the structure, envelope, preview, flaws and text of a message
    #[command(
        after_help = "Examples:\n  glaspost message show letter.eml\n  glaspost message show --json - < letter.eml\n  glaspost message show --text letter.eml | less"
    )]
    Show {
        /// The file, or `-` for standard input
        file: PathBuf,
        /// Print only the text, all of it
        #[arg(long, conflicts_with = "json")]
        text: bool,
    },
}

impl Message {
    pub(crate) fn run(self, global: &Global) -> Result<(), Failure> {
        match self {
            Self::Show { file, text: true } => show_text(&file),
            Self::Show { file, text: false } => {
                let (parsed, text, cut) = read(&file)?;
                let summary = Summary::new(&parsed, text, cut);
                if global.json { print_json(&summary) } else { print(&render::render(&summary)) }
            }
        }
    }
}

/// Reads the message once, keeping what was found in it and the begin of its text.
fn read(file: &Path) -> Result<(Parsed, String, bool), Failure> {
    let mut parser = Parser::new(Limits::default());
    let mut extractor = Some(TextExtractor::new(Limits::default(), SearchScope::Content));
    let mut text = String::new();
    pieces(file, |piece| {
        parser.push(piece);
        if let Some(open) = &mut extractor {
            open.push(piece, &mut text);
            bare_lines(&mut text);
        }
        if text.len() > TEXT_SHOWN {
            extractor = None;
        }
        Ok(())
    })?;
    let cut = extractor.is_none();
    if let Some(open) = extractor {
        open.finish(&mut text);
        bare_lines(&mut text);
    }
    if cut {
        text.truncate(text.floor_char_boundary(TEXT_SHOWN));
    }
    Ok((parser.finish(), text, cut))
}

/// Prints the text while the message goes by.
fn show_text(file: &Path) -> Result<(), Failure> {
    let mut extractor = TextExtractor::new(Limits::default(), SearchScope::Content);
    let mut text = String::new();
    pieces(file, |piece| {
        extractor.push(piece, &mut text);
        bare_lines(&mut text);
        print(&super::terminal::safe_text(&text))?;
        text.clear();
        Ok(())
    })?;
    extractor.finish(&mut text);
    bare_lines(&mut text);
    print(&super::terminal::safe_text(&text))
}

/// Takes away what CRLF has beside LF.
fn bare_lines(text: &mut String) {
    text.retain(|c| c != '\r');
}

/// Gives the octets of `file`, a piece at a time.
fn pieces(file: &Path, mut take: impl FnMut(&[u8]) -> Result<(), Failure>) -> Result<(), Failure> {
    let named = |error: io::Error| Failure::new(Code::NoInput, format!("{}: {error}", file.display()));
    let mut input: Box<dyn Read> =
        if file.as_os_str() == "-" { Box::new(io::stdin().lock()) } else { Box::new(File::open(file).map_err(named)?) };
    let mut buffer = vec![0; PIECE];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(named(error)),
        };
        take(buffer.get(..read).unwrap_or_default())?;
    }
}
