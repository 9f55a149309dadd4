//! Why the program stops with other than 0: a line for people and a code after sysexits.
use std::fmt::Display;
use std::process::ExitCode;

/// The exit codes of sysexits(3) that the program uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// A check found something.
    Found = 1,
    /// The command line is wrong.
    Usage = 64,
    /// What was read is wrong.
    Data = 65,
    /// A file that was named cannot be read.
    NoInput = 66,
    /// No such account, alias, domain or queue entry.
    NoUser = 67,
    /// The server or its store cannot be reached.
    Unavailable = 69,
    /// A fault of the program.
    Software = 70,
    /// The operating system refused.
    Os = 71,
    /// A file cannot be written.
    CantCreate = 73,
    /// Reading or writing failed; after a failed sync the server ends with this code.
    Io = 74,
    /// Try again later.
    Temporary = 75,
    /// Not allowed.
    NoPermission = 77,
    /// The configuration is wrong.
    Config = 78,
}

/// One or more lines for people, and the code.
#[derive(Debug)]
pub(crate) struct Failure {
    code: Code,
    message: String,
}

impl Failure {
    pub(crate) fn new(code: Code, message: impl Display) -> Self {
        Self { code, message: message.to_string() }
    }

    /// A failure that has been explained already, on standard output.
    pub(crate) const fn silent(code: Code) -> Self {
        Self { code, message: String::new() }
    }

    /// What is said.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Names `file` before each `line N:`.
    pub(crate) fn in_file(self, file: &str) -> Self {
        let named = |line: &str| if line.starts_with("line ") { format!("{file}: {line}") } else { line.to_owned() };
        Self { code: self.code, message: self.message.lines().map(named).collect::<Vec<_>>().join("\n") }
    }

    /// Says it on standard error and gives the code.
    pub(crate) fn exit(&self) -> ExitCode {
        for line in self.message.lines() {
            eprintln!("glaspost: {line}");
        }
        ExitCode::from(self.code as u8)
    }
}
