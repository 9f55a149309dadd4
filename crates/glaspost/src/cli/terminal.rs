//! The terminal: what is safe to print on it, and what is asked on it.
use crate::failure::{Code, Failure};
use names::Secret;
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;

/// A longer password is none that anybody types.
const MAX_PASSWORD: u64 = 4_096;

/// Text without what could colour a terminal or turn the direction of writing; line ends and tabs stay.
pub(crate) fn safe_text(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { safe(c) }).collect()
}

/// As [`safe_text`], on one line.
pub(crate) fn safe_line(text: &str) -> String {
    text.chars().map(safe).collect()
}

fn safe(c: char) -> char {
    if texts::is_unshown(c) { '\u{fffd}' } else { c }
}

/// The new password of `whom`: the first line of `file` (`-`: of standard input), else asked for twice.
///
/// # Errors
/// When there is no file and nobody to ask.
pub(crate) fn new_password(whom: &str, file: Option<&Path>) -> Result<Secret<String>, Failure> {
    match file {
        Some(file) if file.as_os_str() == "-" => first_line(io::stdin().lock(), "standard input"),
        Some(file) => {
            let name = file.display().to_string();
            let open = File::open(file).map_err(|error| Failure::new(Code::NoInput, format!("{name}: {error}")))?;
            first_line(BufReader::new(open), &name)
        }
        None if io::stdin().is_terminal() => ask_twice(whom),
        None => Err(Failure::new(
            Code::Usage,
            "a password is asked for on a terminal only; give `--password-file FILE`, or `--password-file -` for standard input",
        )),
    }
}

fn first_line(input: impl BufRead, name: &str) -> Result<Secret<String>, Failure> {
    let mut line = String::new();
    let read = input.take(MAX_PASSWORD).read_line(&mut line);
    let line = Secret::new(line);
    read.map_err(|error| Failure::new(Code::NoInput, format!("{name}: {error}")))?;
    let password = line.reveal().trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Failure::new(Code::Data, format!("{name}: the first line is empty, it should be the password")));
    }
    Ok(Secret::new(password.to_owned()))
}

fn ask_twice(whom: &str) -> Result<Secret<String>, Failure> {
    let hidden = Hidden::begin()?;
    let first = asked(&format!("Password for {whom}: "))?;
    let second = asked("The same again: ")?;
    drop(hidden);
    if first.reveal() == second.reveal() {
        Ok(first)
    } else {
        Err(Failure::new(Code::Data, "the two passwords differ; nothing was changed"))
    }
}

fn asked(question: &str) -> Result<Secret<String>, Failure> {
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question}").and_then(|()| err.flush());
    let answer = first_line(io::stdin().lock(), "the terminal");
    let _ = writeln!(err);
    answer
}

/// The terminal without echo, until dropped.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> Result<Self, Failure> {
        let failed = |error| Failure::new(Code::Os, format!("the terminal: {error}"));
        let before = tcgetattr(io::stdin()).map_err(failed)?;
        let mut silent = before.clone();
        silent.local_flags.remove(LocalFlags::ECHO);
        tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &silent).map_err(failed)?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSAFLUSH, &self.0);
    }
}

/// Goes on only if what is lost was named a second time: by `--confirm`, or typed on a terminal.
///
/// # Errors
/// When it was not, or something else was.
pub(crate) fn confirm(what_is_lost: &str, name: &str, given: Option<&str>) -> Result<(), Failure> {
    let typed = match given {
        Some(given) => given.to_owned(),
        None if io::stdin().is_terminal() => {
            let mut err = io::stderr().lock();
            let _ = write!(err, "{what_is_lost}\nType {name} to go on: ").and_then(|()| err.flush());
            let mut line = String::new();
            let read = io::stdin().lock().take(MAX_PASSWORD).read_line(&mut line);
            read.map_err(|error| Failure::new(Code::NoInput, format!("the terminal: {error}")))?;
            line.trim().to_owned()
        }
        None => {
            let text = format!("{what_is_lost}\nIf that is meant, add `--confirm {name}`.");
            return Err(Failure::new(Code::Usage, text));
        }
    };
    if typed.eq_ignore_ascii_case(name) {
        Ok(())
    } else {
        Err(Failure::new(Code::Usage, format!("{name} was not confirmed; nothing was changed")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line() {
        for (text, password) in [("geheim\n", "geheim"), ("a b \r\nrest", "a b "), ("x", "x")] {
            assert_eq!(first_line(text.as_bytes(), "it").unwrap().reveal(), password);
        }
        assert!(first_line(&b"\nsecond"[..], "it").is_err());
        assert!(first_line(&b""[..], "it").is_err());
    }

    #[test]
    fn a_removal_needs_the_name_again() {
        assert!(confirm("All goes.", "anna@example.nl", Some("ANNA@example.nl")).is_ok());
        assert!(confirm("All goes.", "anna@example.nl", Some("bram@example.nl")).is_err());
    }

    #[test]
    fn nothing_colours_the_terminal() {
        assert_eq!(safe_text("a\tb\n\u{1b}[31m\u{202e}"), "a\tb\n\u{fffd}[31m\u{fffd}");
        assert_eq!(safe_line("a\nb"), "a\u{fffd}b");
    }
}
