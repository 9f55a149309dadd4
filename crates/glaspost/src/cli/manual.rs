//! `glaspost completions` and `glaspost man`: printed from the command line's own definition.
use super::CommandLine;
use crate::failure::{Code, Failure};
use clap::Args;
use clap_complete::Shell;
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  glaspost completions bash > /etc/bash_completion.d/glaspost")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut CommandLine::tree(), "glaspost", &mut text);
        super::print(&String::from_utf8_lossy(&text))
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  glaspost man | man -l -\n  glaspost man --output /usr/share/man/man1")]
pub(crate) struct Man {
    /// Write a page for each command into this folder
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print the help of every command as one page of Markdown
    #[arg(long, conflicts_with = "output")]
    markdown: bool,
}

impl Man {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.output {
            None if self.markdown => super::print(&markdown()),
            None => super::print(&page(CommandLine::tree())?),
            Some(folder) => write_pages(&folder),
        }
    }
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(|error| Failure::new(Code::Software, error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// One page a command, `glaspost-account-add.1` and so on.
fn write_pages(folder: &Path) -> Result<(), Failure> {
    let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(CommandLine::tree(), folder));
    written.map_err(|error| Failure::new(Code::CantCreate, format!("{}: {error}", folder.display())))
}

/// The help of every command, in the order of the command line.
fn markdown() -> String {
    let mut page =
        "# Commands\n\nPrinted from the command line's own definition by `glaspost man --markdown`.\n".to_owned();
    let mut tree = CommandLine::tree().term_width(100);
    tree.build();
    let mut open = vec![tree];
    while let Some(mut command) = open.pop() {
        let name = command.get_bin_name().unwrap_or("glaspost").to_owned();
        page.push_str(&format!("\n## {name}\n\n"));
        for line in command.render_help().to_string().lines() {
            page.push_str(format!("    {line}").trim_end());
            page.push('\n');
        }
        let below: Vec<clap::Command> =
            command.get_subcommands().filter(|one| one.get_name() != "help").cloned().collect();
        open.extend(below.into_iter().rev());
    }
    page
}
