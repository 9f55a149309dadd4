//! `glaspost message show FILE`.
use super::Global;
use crate::failure::Failure;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Message {
    /// Show the structure, envelope, preview and text of a message
    #[command(after_help = "Example:\n  glaspost message show letter.eml\n  glaspost message show - < letter.eml")]
    Show {
        /// The file, or `-` for standard input
        file: PathBuf,
    },
}

impl Message {
    pub(crate) fn run(self, _global: &Global) -> Result<(), Failure> {
        match self {
            Self::Show { .. } => Ok(()),
        }
    }
}
